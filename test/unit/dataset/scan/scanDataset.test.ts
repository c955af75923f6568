import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { chmod, mkdir, realpath, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { buildSync } from 'esbuild';
import { CaptionError } from '../../../../src/dataset/files/CaptionError';
import { captionExtensionProblem, captionPathOf, isImageName } from '../../../../src/dataset/files/imageFiles';
import { scanDataset, type ListedImage, type ScanRest } from '../../../../src/dataset/scan/scanDataset';
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
    for (const name of ['a.txt', 'jpg', '.jpg', 'a.jpg.txt', 'a.svg', '._a.jpg'])
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

  it('has files whose names are not UTF-8 among the problems, with what to do', async function () {
    if (process.platform !== 'linux') this.skip();
    await writeFiles(folder(), { 'a.png': '', 'real \ufffd.png': '' });
    // Shift JIS, as it comes out of a zip.
    const named = (name: string): Buffer =>
      Buffer.concat([Buffer.from(`${folder()}/`), Buffer.from([0x83, 0x6c, 0x83, 0x52]), Buffer.from(name)]);
    for (const name of ['.png', '.txt', '.md']) await writeFile(named(name), '');
    await mkdir(named(''));
    const found = scan(folder());
    assert.deepEqual(pathsOf(found), ['a.png', 'real \ufffd.png']);
    assert.deepEqual(found.problems.map(({ path: name, reason }) => [name.replaceAll('\ufffd', '?'), reason]).sort(), [
      ['?l?R', 'Its name is not UTF-8. Rename it.'],
      ['?l?R.png', 'Its name is not UTF-8. Rename it.'],
    ]);
  });

  it('looks for a caption where a file has its name in another case, which some file systems find', async () => {
    await writeFiles(folder(), {
      'a.jpg': '',
      'a.TXT': '',
      'B.jpg': '',
      'b.txt': '',
      '\u00e9.jpg': '',
      'e\u0301.txt': '',
      'd.jpg': '',
      'd.txt.bak': '',
    });
    const found = scan(folder()).images.map(({ path: name, hasCaption }) => [name, hasCaption]);
    assert.deepEqual(Object.fromEntries(found), { 'a.jpg': true, 'B.jpg': true, 'd.jpg': false, '\u00e9.jpg': true });
  });

  it('skips hidden folders', async () => {
    await writeFiles(folder(), { '.git/a.png': '', '.cache/b/c.png': '', 'a.png': '', 'b/.x/a.png': '' });
    assert.deepEqual(pathsOf(scan(folder())), ['a.png']);
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
    assert.deepEqual(found.images, [{ path: 'b.jpg', hasCaption: false }]);
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
    assert.match(found.problems[0]!.reason, /permission/i);
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
