import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { chmod, mkdir, realpath, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { buildSync } from 'esbuild';
import { CaptionError } from '../../../../src/dataset/files/CaptionError';
import { captionExtensionProblem, captionPathOf, isImageName } from '../../../../src/dataset/files/imageFiles';
import { OtherPictures } from '../../../../src/dataset/scan/otherPictures';
import { scanDataset, type ListedImage, type ScanRest } from '../../../../src/dataset/scan/scanDataset';
import { foldNamesIn } from '../../shared/foldNames';
import { canActAsNobody, nobody, testFolder, writeFiles } from '../../shared/testFolder';

const run = promisify(execFile);
const root = path.resolve(__dirname, '../../..');

interface Found extends ScanRest {
  images: ListedImage[];
}

const pathsOf = (found: Found): string[] => found.images.map((image) => image.path);

function scan(folder: string): Found {
  const images: ListedImage[] = [];
  const folders = scanDataset(folder, '.txt');
  for (;;) {
    const { done, value } = folders.next();
    if (done === true) return { images, ...value };
    images.push(...value.images);
  }
}

describe('Image and caption names', () => {
  it('know all image extensions in any case', () => {
    for (const extension of 'jpg jpeg png gif bmp webp tiff tif avif'.split(' ')) {
      assert.ok(isImageName(`a.${extension}`) && isImageName(`a b.c.${extension.toUpperCase()}`), extension);
    }
    for (const name of ['a.txt', 'jpg', '.jpg', 'a.jpg.txt', 'a.svg', '._a.jpg', '.a.jpg', '..png', 'a.png~'])
      assert.equal(isImageName(name), false, name);
  });

  it('put the caption beside its image', () => {
    assert.equal(captionPathOf('a.b/c.d.JPG', '.txt'), 'a.b/c.d.txt');
    assert.equal(captionPathOf('/x/a.png', '.caption'), '/x/a.caption');
  });

  it('never make images the captions of images', () => {
    for (const extension of ['.txt', '.caption', '.tags.txt'])
      assert.equal(captionExtensionProblem(extension), undefined);
    for (const extension of ['', 'txt', '.', '.jpg', '.PNG', '.x.webp', './a', '.a/b', '.a\\b']) {
      assert.notEqual(captionExtensionProblem(extension), undefined, extension);
    }
  });
});

describe('Scanning a folder', function () {
  this.timeout(60_000);
  const folder = testFolder();

  it('lists the images of a folder that may be listed but not entered, and all others', async function () {
    if (process.platform === 'win32') this.skip();
    await writeFiles(folder(), { 'ok.png': '', 'closed/a.png': '', 'closed/b.png': '', 'closed/ü.png': '' });
    const closed = path.join(folder(), 'closed');
    await chmod(folder(), 0o755);
    await chmod(closed, 0o744);
    // Root may enter everything.
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid?.(nobody.uid);
    else await chmod(closed, 0o644);
    try {
      const names = scan(folder()).images.map((image) => image.path);
      assert.deepEqual(names, ['ok.png', 'closed/a.png', 'closed/b.png', 'closed/ü.png']);
    } finally {
      if (isRoot) process.seteuid?.(0);
      await chmod(closed, 0o755);
    }
  });

  it('finds images of all folders in natural order, and the captions that are there', async () => {
    await writeFiles(folder(), {
      'img10.PNG': '',
      'img2.jpg': '',
      'img2.txt': 'a',
      'sub/deep/x.webp': '',
      'sub/1.avif': '',
      'sub/1.txt': '',
      'notes.md': '',
      'orphan.txt': '',
    });
    const found = scan(folder());
    assert.deepEqual(found.images, [
      { path: 'img2.jpg', hasCaption: true },
      { path: 'img10.PNG', hasCaption: false },
      { path: 'sub/1.avif', hasCaption: true },
      { path: 'sub/deep/x.webp', hasCaption: false },
    ]);
    assert.deepEqual(found.problems, []);
  });

  it('has each file and folder whose name is not UTF-8 among the problems, with what to do', async function () {
    if (process.platform !== 'linux') this.skip();
    await writeFiles(folder(), { 'a.png': '', 'real \ufffd.png': '', '\ufffd\ufffd.png': '' });
    // Shift JIS, as it comes out of a zip; decoded, the two pictures and a third one have the same name.
    const named = (bytes: number[], name = ''): Buffer =>
      Buffer.concat([Buffer.from(`${folder()}/`), Buffer.from(bytes), Buffer.from(name)]);
    const [a, i] = [
      [0x82, 0xa0],
      [0x82, 0xa2],
    ] as const;
    for (const name of ['.png', '.txt', '.md']) await writeFile(named([...a], name), '');
    await writeFile(named([...i], '.png'), '');
    await writeFile(named([0x2e, 0xff], '.png'), '');
    await mkdir(named([0x89, 0xe6]));
    await writeFile(named([0x89, 0xe6], '/inside.png'), '');
    await symlink('/', named([0x89, 0xe7]));
    await writeFile(named([0xe7, 0x94, 0xbb, 0x89], ' \u753b.png'), '');
    const found = scan(folder());
    assert.deepEqual(pathsOf(found), ['a.png', 'real \ufffd.png', '\ufffd\ufffd.png']);
    const reason = 'Its name is not UTF-8. Rename it.';
    assert.deepEqual(
      found.problems.sort((one, other) => (one.path < other.path ? -1 : 1)),
      [
        { path: '\\x82\\xa0.png', reason, isImage: true },
        { path: '\\x82\\xa2.png', reason, isImage: true },
        { path: '\\x89\\xe6', reason, isImage: false },
        { path: '\\x89\\xe7', reason, isImage: false },
        { path: '\u753b\\x89 \u753b.png', reason, isImage: true },
      ],
    );
  });

  it('reads a linked folder whose real name is not UTF-8 by the name of the link', async function () {
    if (process.platform !== 'linux') this.skip();
    await mkdir(path.join(folder(), 'data'));
    const named = (byte: number, name = ''): Buffer =>
      Buffer.concat([Buffer.from(`${folder()}/`), Buffer.from([byte]), Buffer.from(name)]);
    for (const byte of [0x81, 0x82]) {
      await mkdir(named(byte));
      await writeFile(named(byte, `/${byte}.png`), '');
      await symlink(named(byte), path.join(folder(), `data/${byte}`));
    }
    const found = scan(path.join(folder(), 'data'));
    assert.deepEqual(pathsOf(found), ['129/129.png', '130/130.png']);
    assert.deepEqual(found.problems, []);
  });

  it('tells what a trainer would not find: a caption in other capitals, or with accents composed otherwise', async function () {
    if (process.platform !== 'linux') this.skip();
    await writeFiles(folder(), {
      'a.jpg': '',
      'a.TXT': '',
      'B.jpg': '',
      'b.txt': '',
      '\u00e9.jpg': '',
      'e\u0301.txt': '',
      'd.jpg': '',
      'd.txt.bak': '',
      'e.jpg': '',
      'E.jpg': '',
      'e.txt': '',
      'f.png': '',
      'f.txt': '',
      'F.PNG': '',
      'F.TXT': '',
    });
    const found = scan(folder()).images.map(({ path: name, ...rest }) => [name, rest] as const);
    assert.deepEqual(Object.fromEntries(found), {
      'a.jpg': { hasCaption: false, lookalike: 'a.TXT' },
      'B.jpg': { hasCaption: false, lookalike: 'b.txt' },
      '\u00e9.jpg': { hasCaption: false, lookalike: 'e\u0301.txt' },
      'd.jpg': { hasCaption: false },
      'e.jpg': { hasCaption: true },
      // That of another image is none of its own.
      'E.jpg': { hasCaption: false },
      'f.png': { hasCaption: true },
      'F.PNG': { hasCaption: false, lookalike: 'F.TXT' },
    });
  });

  it('tells the captions apart that are one file, and those that only hold the same', async () => {
    await writeFiles(folder(), {
      'blobs/4f2c': 'a photo',
      'blobs/5a00': 'a photo',
      ...Object.fromEntries(['1', '2', '3', '4', '5', 'sub/6'].map((name) => [`set/${name}.png`, ''])),
      'set/5.txt': 'own',
    });
    const set = path.join(folder(), 'set');
    await symlink('../blobs/4f2c', path.join(set, '1.txt'));
    await symlink('../blobs/5a00', path.join(set, '2.txt'));
    await symlink('1.txt', path.join(set, '3.txt'));
    await symlink('gone', path.join(set, '4.txt'));
    await symlink('../5.txt', path.join(set, 'sub/6.txt'));
    const real = await realpath(folder());
    assert.deepEqual(scan(set).images, [
      { path: '1.png', hasCaption: true, captionFile: path.join(real, 'blobs/4f2c') },
      { path: '2.png', hasCaption: true, captionFile: path.join(real, 'blobs/5a00') },
      { path: '3.png', hasCaption: true, captionFile: path.join(real, 'blobs/4f2c') },
      { path: '4.png', hasCaption: true },
      { path: '5.png', hasCaption: true },
      { path: 'sub/6.png', hasCaption: true, captionFile: '5.txt' },
    ]);
  });

  it('tells that captions in a linked folder are those that others are links to', async () => {
    await writeFiles(folder(), { 'set/1.png': '', 'outside/2.png': '', 'outside/2.txt': '' });
    await symlink('../outside/2.txt', path.join(folder(), 'set/1.txt'));
    await symlink('../outside', path.join(folder(), 'set/more'));
    const captionFile = path.join(await realpath(folder()), 'outside/2.txt');
    assert.deepEqual(scan(path.join(folder(), 'set')).images, [
      { path: '1.png', hasCaption: true, captionFile },
      { path: 'more/2.png', hasCaption: true, captionFile },
    ]);
  });

  describe('on a disk that does not tell capitals and composition apart', () => {
    let restore: () => void = () => undefined;
    beforeEach(() => {
      restore = foldNamesIn(folder());
    });
    afterEach(() => {
      restore();
    });

    it('finds the caption under the other name, and says under which', async () => {
      await writeFiles(folder(), {
        'A.png': '',
        'A.txt': '',
        'B.png': '',
        'B.TXT': '',
        '\u00e9.png': '',
        'e\u0301.txt': '',
      });
      assert.deepEqual(scan(folder()).images, [
        { path: 'A.png', hasCaption: true },
        { path: 'B.png', hasCaption: true, lookalike: 'B.TXT', captionFile: 'B.TXT' },
        { path: '\u00e9.png', hasCaption: true, lookalike: 'e\u0301.txt', captionFile: 'e\u0301.txt' },
      ]);
    });

    it('tells which images would write one caption file, and which have one', async () => {
      await writeFiles(folder(), {
        'b.png': '',
        'B.jpg': '',
        'c.png': '',
        'sub/e\u0301.png': '',
        'sub/\u00e9.jpg': '',
        'x.png': '',
        'X.jpg': '',
        'x.txt': '',
      });
      const files = scan(folder()).images.map(({ path: name, captionFile }) => [name, captionFile] as const);
      assert.deepEqual(Object.fromEntries(files), {
        'B.jpg': undefined,
        'b.png': 'B.txt',
        'c.png': undefined,
        'X.jpg': 'x.txt',
        'x.png': undefined,
        'sub/\u00e9.jpg': undefined,
        'sub/e\u0301.png': 'sub/\u00e9.txt',
      });
    });
  });

  it('has images of which only the case of the names differs apart where the disk does', async function () {
    if (process.platform !== 'linux') this.skip();
    await writeFiles(folder(), { 'b.png': '', 'B.jpg': '', 'B.png': '', '\u00e9.png': '', 'e\u0301.png': '' });
    assert.ok(scan(folder()).images.every(({ captionFile }) => captionFile === undefined));
  });

  it('skips hidden files and folders', async () => {
    await writeFiles(folder(), {
      '.git/a.png': '',
      '.cache/b/c.png': '',
      'a.png': '',
      'b/.x/a.png': '',
      '.trashed-1700000000-IMG_1.jpg': '',
      '.pending-1700000000-IMG_2.jpg': '',
      '..png': '',
      'b/._c.png': '',
    });
    const found = scan(folder());
    assert.deepEqual(pathsOf(found), ['a.png']);
    assert.deepEqual([found.problems, found.otherPictures], [[], { renamable: [], convertible: [] }]);
  });

  it('skips the folders that network disks and systems make for themselves, whatever is in them', async () => {
    const folders = [
      ...['@eaDir/cat.png', '#recycle', '#snapshot', '@Recycle', '@Recently-Snapshot', '@__thumb', '.AppleDouble'],
      ...['Network Trash Folder', 'Temporary Items', 'System Volume Information', '$RECYCLE.BIN', 'lost+found'],
      ...['~snapshot', 'FOUND.000', '__MACOSX', 'sub/@eaDir/x.jpg'],
    ];
    await writeFiles(folder(), {
      'cat.png': '',
      'sub/x.jpg': '',
      'found/1.png': '',
      '@me/2.png': '',
      'eaDir/3.png': '',
      ...Object.fromEntries(folders.map((name) => [`${name}/SYNOPHOTO_THUMB_M.jpg`, ''])),
    });
    const found = scan(folder());
    assert.deepEqual(pathsOf(found).sort(), ['@me/2.png', 'cat.png', 'eaDir/3.png', 'found/1.png', 'sub/x.jpg']);
    assert.deepEqual(found.problems, []);
  });

  it('counts the pictures that are left out because of their names or formats, and no backups or hidden ones', async () => {
    const names = [
      'a.jfif',
      'B.JFIF',
      'c.jpe',
      'd.jpg_large',
      'e.png?name=orig&x=1',
      'f.jpg:large',
      'a.heic',
      'b.HEIF',
      'c.jxl',
      'd.svg',
      'e.mpo',
      'f.EXR',
      'g.psd',
    ];
    const others = ['krita.png~', 'a.png.bak', '.b.heic', 'notes.md', 'a.txt', 'video.mp4', 'x.tar', 'a.jpg.txt'];
    await writeFiles(folder(), { ...Object.fromEntries([...names, ...others].map((name) => [name, ''])), 'a.jpg': '' });
    const found = new OtherPictures(scan(folder()).otherPictures);
    assert.equal(found.size, names.length);
    assert.deepEqual(found.describe(), [
      'Left out because of their names: .jfif (2), .jpe (1), .jpg:large (1), .jpg_large (1), .png?… (1). Rename them to .jpg, .png or what they are.',
      'Left out because of their format: .exr (1), .heic (1), .heif (1), .jxl (1), .mpo (1), .psd (1), .svg (1). Convert them to use them.',
    ]);
  });

  it('counts such a picture also where its name is not UTF-8', async function () {
    if (process.platform !== 'linux') this.skip();
    await writeFile(Buffer.concat([Buffer.from(`${folder()}/bad`), Buffer.from([0xff]), Buffer.from('.jfif')]), '');
    const { otherPictures, problems } = scan(folder());
    assert.deepEqual([otherPictures.renamable, problems], [[['.jfif', 1]], []]);
  });

  it('ends in circles of links and shows no picture twice', async () => {
    await writeFiles(folder(), { 'data/a/1.png': '', 'data/b/2.png': '', 'outside/3.png': '' });
    const data = path.join(folder(), 'data');
    await symlink('..', path.join(data, 'a/up'));
    await symlink('.', path.join(data, 'self'));
    await symlink('b', path.join(data, 'a0'));
    await symlink('../b', path.join(data, 'a/sibling'));
    await symlink('../outside', path.join(data, 'linked'));
    await symlink('../outside', path.join(data, 'linked again'));
    const found = scan(data);
    assert.deepEqual(pathsOf(found).sort(), ['a/1.png', 'b/2.png', 'linked/3.png']);
    const real = await realpath(path.join(folder(), 'outside'));
    assert.deepEqual(found.linkedFolders, [{ path: 'linked', real }], 'what has to be watched beside the folder');
  });

  it('works on a folder that is itself a link', async () => {
    await writeFiles(folder(), { 'real/a.png': '' });
    await symlink('real', path.join(folder(), 'link'));
    assert.deepEqual(pathsOf(scan(path.join(folder(), 'link'))), ['a.png']);
  });

  it('names what cannot be used once, and calls none of it an image', async function () {
    if (!canActAsNobody()) this.skip();
    await mkdir(path.join(folder(), 'x.png'));
    await symlink(path.join(folder(), 'x.png'), path.join(folder(), 'link'));
    execFileSync('mkfifo', [path.join(folder(), 'pipe.png')]);
    const found = scan(folder());
    assert.deepEqual(
      found.problems.map(({ path: name, isImage }) => [name, isImage]),
      [
        ['pipe.png', false],
        ['x.png', false],
      ],
    );
  });

  it('takes a folder named x.jpg for no image and still finds the images in it', async () => {
    await writeFiles(folder(), { 'x.jpg/1.png': '' });
    const found = scan(folder());
    assert.deepEqual(pathsOf(found), ['x.jpg/1.png']);
    assert.deepEqual(
      found.problems.map((problem) => problem.path),
      ['x.jpg'],
    );
  });

  it('lists a dangling link, so that the user sees what is missing', async () => {
    await symlink('gone.png', path.join(folder(), 'a.png'));
    assert.deepEqual(pathsOf(scan(folder())), ['a.png']);
  });

  it('lists a pipe as a problem and does not wait for it', async function () {
    if (process.platform === 'win32') this.skip();
    await writeFiles(folder(), { 'b.jpg': '' });
    execFileSync('mkfifo', [path.join(folder(), 'a.png'), path.join(folder(), 'b.txt')]);
    const found = scan(folder());
    assert.deepEqual(found.images, [{ path: 'b.jpg', hasCaption: true }]);
    assert.deepEqual(
      found.problems.map((problem) => problem.path),
      ['a.png'],
    );
  });

  it('reports a folder that it may not read and goes on', async function () {
    if (!canActAsNobody()) this.skip();
    await writeFiles(folder(), { 'locked/1.png': '', 'open/2.png': '' });
    await chmod(path.join(folder(), 'locked'), 0o700);
    const script = path.join(folder(), 'scan.cjs');
    buildSync({
      stdin: {
        contents: `import { scanDataset } from './src/dataset/scan/scanDataset';
          const images = [];
          const folders = scanDataset(process.argv[2], '.txt');
          let next = folders.next();
          for (; !next.done; next = folders.next()) images.push(...next.value.images.map((image) => image.path));
          console.log(JSON.stringify({ images, problems: next.value.problems }));`,
        resolveDir: root,
      },
      bundle: true,
      platform: 'node',
      outfile: script,
    });
    const { stdout } = await run(process.execPath, [script, folder()], nobody);
    const found = JSON.parse(stdout) as { images: string[]; problems: { path: string; reason: string }[] };
    assert.deepEqual(found.images, ['open/2.png']);
    assert.deepEqual(
      found.problems.map((problem) => problem.path),
      ['locked'],
    );
    assert.match(found.problems[0]!.reason, /^No permission to read this folder/);
  });

  it('says what is wrong with the folder itself', async () => {
    await writeFile(path.join(folder(), 'file'), '');
    for (const [name, message] of [
      ['gone', /does not exist/],
      ['file', /not a folder/],
    ] as const) {
      assert.throws(
        () => scan(path.join(folder(), name)),
        (error) => error instanceof CaptionError && message.test(error.message),
      );
    }
  });

  it('finds names with commas, quotes, line ends, emoji and bytes of all kinds', async () => {
    const names = [
      'a, b.png',
      'it\'s "x".png',
      'new\nline.png',
      '\u{1F600}.png',
      '\u65e5\u672c.png',
      '%41.png',
      '#?&.png',
      ' .png',
    ];
    for (const name of names) await writeFile(path.join(folder(), name), '');
    assert.deepEqual(pathsOf(scan(folder())).sort(), [...names].sort());
  });

  it('agrees with a separate count of 20,000 images', async () => {
    for (let sub = 0; sub < 20; sub++) {
      const target = path.join(folder(), sub % 2 === 0 ? `set ${sub}` : `set 1/more ${sub}`);
      await mkdir(target, { recursive: true });
      await Promise.all(
        Array.from({ length: 1000 }, (_, index) =>
          writeFile(path.join(target, `${index}.${index % 3 === 0 ? 'PNG' : 'jpg'}`), ''),
        ),
      );
      await Promise.all(
        Array.from({ length: 500 }, (_, index) => writeFile(path.join(target, `${index * 2}.txt`), 'a, b')),
      );
    }
    const all = readdirSync(folder(), { recursive: true }).map((name) => String(name));
    const found = scan(folder());
    assert.equal(found.images.length, all.filter((name) => /\.(png|jpg)$/i.test(name)).length);
    assert.equal(found.images.length, 20_000);
    assert.equal(
      found.images.filter(({ hasCaption }) => hasCaption).length,
      all.filter((name) => name.endsWith('.txt')).length,
    );
    assert.equal(new Set(pathsOf(found)).size, 20_000);
  });
});
