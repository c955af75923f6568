import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, symlink, truncate } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { foldNamesScript } from '../shared/foldNames';
import { cli, program, root, type CaptionReport } from '../shared/runCli';
import { fingerprint, namesIn, testFolder, until, writeFiles } from '../shared/testFolder';

/** The processes that a process has started, on Linux. */
function childrenOf(parent: number): number[] {
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return processes.map(Number).filter((pid) => {
    try {
      return (
        readFileSync(`/proc/${pid}/stat`, 'utf8')
          .replace(/^.*\) /, '')
          .split(' ')[1] === String(parent)
      );
    } catch {
      return false;
    }
  });
}

describe('The command line', function () {
  this.timeout(60_000);
  const folder = testFolder();
  const inFolder = (name: string): string => path.join(folder(), name);
  const textOf = (name: string): Promise<string> => readFile(inFolder(name), 'utf8');

  async function writeImages(...names: string[]): Promise<void> {
    const image = await sharp({ create: { width: 64, height: 48, channels: 3, background: '#d01010' } })
      .png()
      .toBuffer();
    for (const name of names) await writeFiles(folder(), { [name]: image });
  }
  async function captionJson(expectedCode: number, ...args: string[]): Promise<CaptionReport> {
    const { code, stdout, stderr } = await cli('caption', ...args, '--json');
    assert.equal(code, expectedCode, stderr);
    return JSON.parse(stdout) as CaptionReport;
  }

  it('explains itself and every command', async () => {
    const help = await cli('--help');
    assert.equal(help.code, 0);
    for (const command of ['list', 'tags', 'info', 'caption', 'scores', 'thumbnail', 'models']) {
      assert.ok(help.stdout.includes(command));
      const { code, stdout, stderr } = await cli(command, '--help');
      assert.deepEqual([code, stderr], [0, '']);
      assert.ok(stdout.startsWith(`${command}: `));
    }
    assert.match((await cli('caption', '--help')).stdout, /empty \(default\)/);
  });

  it('says which captions it does not read, of a file that is none, and captions the others', async () => {
    await writeImages('plot.png', 'a.png');
    await writeFiles(folder(), { 'plot.txt': 'log' });
    await truncate(inFolder('plot.txt'), 64_000_000);
    const before = await fingerprint(inFolder('plot.txt'));
    for (const command of ['list', 'tags']) {
      const { code, stderr } = await cli(command, folder());
      assert.equal(code, 0);
      assert.ok(stderr.includes(`${inFolder('plot.txt')}: Too large for a caption: 64 MB`), stderr);
    }
    const report = await captionJson(2, folder());
    assert.deepEqual(Object.keys(report.results), [inFolder('a.png')]);
    assert.deepEqual(Object.keys(report.failed), [inFolder('plot.png')]);
    assert.match(report.failed[inFolder('plot.png')] ?? '', /^Too large for a caption: 64 MB/);
    assert.equal(await fingerprint(inFolder('plot.txt')), before);
  });

  it('names captions that are damaged or not UTF-8, counts none as empty, and keeps their bytes', async () => {
    await writeImages('nul.png', 'sjis.png', 'odd.png');
    const files = {
      'nul.txt': new Uint8Array(512),
      // "girl, smile" in Shift JIS, by Python's codec.
      'sjis.txt': Buffer.from('8f97 82cc 8e71 2c20 8fce 8ae7'.replaceAll(' ', ''), 'hex'),
      'odd.txt': Buffer.from([0x61, 0x81, 0xff, 0x61]),
    };
    await writeFiles(folder(), files);
    for (const command of ['list', 'tags']) {
      const { stderr } = await cli(command, folder());
      assert.match(stderr, /nul\.txt: The file has nothing but NULs/, command);
      assert.match(stderr, /sjis\.txt: .*looks like shift_jis/, command);
      assert.match(stderr, /odd\.txt: .*encoding is not clear/, command);
    }
    assert.match((await cli('list', folder())).stdout, /sjis\.png: \u5973\u306e\u5b50, \u7b11\u9854\n/);
    const report = await captionJson(2, folder());
    assert.deepEqual(Object.keys(report.results), []);
    assert.match(report.failed[inFolder('nul.png')] ?? '', /NULs/);
    await captionJson(2, folder(), '--write-mode', 'append');
    for (const [name, bytes] of Object.entries(files))
      assert.deepEqual(await readFile(inFolder(name)), Buffer.from(bytes));
  });

  it('keeps captions that are JSON where tags are added, and says so', async () => {
    await writeImages('a.png', 'b.png');
    await writeFiles(folder(), { 'a.txt': '{"scene": "a portrait, studio light"}\n', 'b.txt': 'mine' });
    const { stderr } = await cli('caption', folder(), '--write-mode', 'append');
    assert.ok(stderr.includes(`${inFolder('a.png')}: The caption is JSON: nothing was added to it.`), stderr);
    assert.equal(await textOf('a.txt'), '{"scene": "a portrait, studio light"}\n');
    assert.match(await textOf('b.txt'), /^mine, /);
  });

  it('ends with 1 and says what was wrong with the call', async () => {
    await writeImages('a.png');
    await writeFiles(folder(), { 'notes.md': 'x', 'empty-model/readme': 'x' });
    await mkdir(inFolder('nothing'));
    const cases: [args: string[], message: RegExp][] = [
      [[], /Which command/],
      [['lst', folder()], /no command "lst"/],
      [['toString'], /no command "toString"/],
      [['list'], /Which folder/],
      [['list', folder(), folder()], /one folder at a time/],
      [['list', folder(), '--foo'], /--foo/],
      [['list', inFolder('gone')], /does not exist.*gone/],
      [['list', inFolder('a.png')], /not a folder.*a\.png/],
      [['list', folder(), '--caption-extension', '.png'], /extension of images/],
      [['tags', inFolder('gone')], /does not exist/],
      [['caption', inFolder('gone.png')], /no such file or folder.*gone\.png/],
      [['caption', inFolder('notes.md')], /Not an image.*notes\.md/],
      [['caption', inFolder('nothing')], /no images.*nothing/],
      ...[['caption', folder()], ['jobs']].map((args): [string[], RegExp] => [
        [...args, '--jobs', inFolder('notes.md/jobs')],
        /notes\.md.jobs cannot hold jobs \(.*[^.]\)\. Choose another --jobs DIR\.$/m,
      ]),
      [
        ['caption', folder(), '--jobs', inFolder('notes.md')],
        /notes\.md is not a folder\. Choose another --jobs DIR\.$/m,
      ],
      [['caption', folder(), '--mode', 'some'], /--mode/],
      [['caption', folder(), '--general-threshold', '35'], /--general-threshold.*0 to 1/],
      [['caption', folder(), '--character-threshold', 'x'], /--character-threshold/],
      [['caption', folder(), '--general-threshold', ''], /--general-threshold/],
      [['caption', folder(), '--model', inFolder('empty-model')], /model.*empty-model/],
      [['caption', folder(), '--model', inFolder('gone')], /model.*gone/],
      [['scores', inFolder('a.png'), '--model', inFolder('gone')], /model.*gone/],
      [['scores'], /Which images/],
      [['thumbnail', inFolder('a.png')], /--output/],
      [['thumbnail', inFolder('a.png'), '--output', inFolder('t.webp'), '--size', '0'], /--size/],
      [['thumbnail', inFolder('a.png'), '--output', inFolder('a.png')], /must not replace/],
    ];
    for (const [args, message] of cases) {
      const { code, stdout, stderr } = await cli(...args, '--json');
      assert.equal(code, 1, `${args.join(' ')}: ${stderr}`);
      assert.match(stderr, message);
      assert.ok(!stderr.includes('    at '), stderr);
      assert.equal(stdout, '');
    }
    assert.deepEqual(await namesIn(folder()), ['a.png', 'empty-model', 'nothing', 'notes.md'].sort());
  });

  it('lists images and captions as the editor shows them', async () => {
    await writeFiles(folder(), {
      'b10.jpg': '',
      'b2.PNG': '',
      'b2.txt': '\uFEFFa, "b"\r\nc\r\n',
      'sub/x y.webp': '',
      'sub/x y.txt': '',
    });
    await mkdir(inFolder('z.jpg'));
    const { code, stdout, stderr } = await cli('list', folder(), '--json');
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(stdout), {
      images: [
        { filename: 'b2.PNG', caption_filename: 'b2.txt', caption: 'a, "b"\nc', image_path: inFolder('b2.PNG') },
        { filename: 'b10.jpg', caption_filename: 'b10.txt', caption: '', image_path: inFolder('b10.jpg') },
        {
          filename: 'sub/x y.webp',
          caption_filename: 'sub/x y.txt',
          caption: '',
          image_path: inFolder('sub/x y.webp'),
        },
      ],
      count: 3,
    });
    assert.match(stderr, /z\.jpg: A folder/);
    assert.match((await cli('list', folder())).stdout, /b2\.PNG: a, "b"\\nc\n/);
  });

  it('takes a relative folder and gives absolute paths', async () => {
    await writeFiles(folder(), { 'a.jpg': '' });
    const { stdout } = await cli('list', path.relative(process.cwd(), folder()), '--json');
    assert.equal((JSON.parse(stdout) as { images: { image_path: string }[] }).images[0]?.image_path, inFolder('a.jpg'));
  });

  it('counts tags over images, most frequent first, also tags that JavaScript sorts or swallows', async () => {
    await writeFiles(folder(), {
      'a.jpg': '',
      'a.txt': 'solo, __proto__, "x"',
      'b.jpg': '',
      'b.txt': 'solo, 1990',
      'c.jpg': '',
      'c.png': '',
      'c.txt': 'solo, 1990',
      'no-image.txt': 'unseen',
    });
    const { code, stdout } = await cli('tags', folder(), '--json');
    assert.equal(code, 0);
    assert.equal(stdout, '{"solo":4,"1990":3,"\\"x\\"":1,"__proto__":1}\n');
    assert.match((await cli('tags', folder())).stdout, /^ +4 {2}solo\n +3 {2}1990\n/);
  });

  it('agrees with a separate count on 20,000 images and captions', async () => {
    for (let sub = 0; sub < 20; sub++) await mkdir(inFolder(`s${sub}`));
    for (let index = 0; index < 20_000; index++) {
      const name = inFolder(`s${index % 20}/${index}`);
      writeFileSync(`${name}.png`, '');
      if (index % 4 !== 0) writeFileSync(`${name}.txt`, `tag${index % 7}, all,  t${index % 11}`);
    }
    const counts = new Map<string, number>();
    let images = 0;
    for (const entry of await readdir(folder(), { recursive: true })) {
      if (entry.endsWith('.png')) images++;
      if (!entry.endsWith('.txt')) continue;
      for (const tag of (await textOf(entry)).split(/,\s*/)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
    }
    const [list, tags] = await Promise.all([cli('list', folder(), '--json'), cli('tags', folder(), '--json')]);
    const listed = JSON.parse(list.stdout) as { images: { caption: string }[]; count: number };
    assert.deepEqual([listed.count, listed.images.length], [images, images]);
    assert.equal(listed.images.filter(({ caption }) => caption === '').length, 5000);
    assert.deepEqual(JSON.parse(tags.stdout), Object.fromEntries(counts));
  });

  it('captions the empty ones by default, all when told to, and leaves the rest alone to the byte', async () => {
    await writeImages('a.png', 'b.png', 'sub/c.png');
    await writeFiles(folder(), { 'a.txt': 'mine\r\n', 'b.txt': ' ' });
    const before = await fingerprint(inFolder('a.txt'));
    const first = await captionJson(0, folder());
    assert.equal(first.status, 'completed');
    assert.deepEqual(Object.keys(first.results), [inFolder('b.png'), inFolder('sub/c.png')]);
    assert.deepEqual([first.done, first.total, first.failed], [2, 2, {}]);
    assert.match(first.results[inFolder('b.png')]!, /red theme/);
    assert.equal(await textOf('sub/c.txt'), first.results[inFolder('sub/c.png')]);
    assert.equal(await fingerprint(inFolder('a.txt')), before);
    const second = await captionJson(0, folder(), '--mode', 'all');
    assert.equal(second.done, 3);
    assert.equal(await textOf('a.txt'), `${second.results[inFolder('a.png')]!}\r\n`);
    assert.deepEqual((await captionJson(0, folder())).results, {});
  });

  it('captions one image', async () => {
    await writeImages('a.png', 'b.png');
    const report = await captionJson(0, inFolder('a.png'), '--model', 'palette', '--caption-extension', '.caption');
    assert.deepEqual(Object.keys(report.results), [inFolder('a.png')]);
    assert.deepEqual(await namesIn(folder()), ['a.caption', 'a.png', 'b.png']);
  });

  it('counts an image without a tag as done and writes no file for it', async () => {
    await writeImages('a.png');
    const report = await captionJson(0, folder(), '--general-threshold', '1', '--character-threshold', '1');
    assert.deepEqual([report.done, report.untagged, report.results], [1, 1, { [inFolder('a.png')]: '' }]);
    assert.deepEqual(await namesIn(folder()), ['a.png']);
  });

  it('captions everything but the bad files, lists each with its reason and ends with 2', async () => {
    await writeImages('good 1.png', 'good 2.png');
    const jpeg = await sharp({ create: { width: 300, height: 300, channels: 3, background: '#123456' } })
      .jpeg()
      .toBuffer();
    await writeFiles(folder(), {
      'truncated.jpg': jpeg.subarray(0, jpeg.length / 2),
      'zero.png': '',
      'text.png': 'just text',
    });
    await mkdir(inFolder('x.jpg'));
    await symlink('gone.png', inFolder('dangling.png'));
    const report = await captionJson(2, folder());
    assert.equal(report.status, 'completed');
    assert.deepEqual(Object.keys(report.results), [inFolder('good 1.png'), inFolder('good 2.png')]);
    const bad = ['dangling.png', 'text.png', 'truncated.jpg', 'zero.png'];
    assert.deepEqual(Object.keys(report.failed).sort(), bad.map(inFolder));
    // A folder is no image, whatever its name.
    assert.deepEqual(report.problems, { [inFolder('x.jpg')]: 'A folder, not an image.' });
    for (const reason of Object.values(report.failed))
      assert.ok(reason.length > 5 && !reason.startsWith('Unexpected'), reason);
    assert.equal((await namesIn(folder())).filter((name) => name.endsWith('.txt')).length, 2);
    const { code, stderr } = await cli('caption', folder());
    assert.equal(code, 2);
    for (const name of [...bad, 'x.jpg']) assert.ok(stderr.includes(`${inFolder(name)}: `), `${name}: ${stderr}`);
  });

  it('ends with 0, each time, where all images are done, and names once what is none', async () => {
    await writeImages('good 1.png', 'good 2.png', 'x.jpg/inner.png');
    await writeFiles(folder(), {
      '.trashed-1.png': '',
      '@eaDir/good 1.png/SYNOPHOTO_THUMB_M.jpg': '',
      'lost+found/#12.png': '',
      'old.jfif': '',
      'phone.heic': '',
    });
    const first = await captionJson(0, folder());
    assert.deepEqual(Object.keys(first.results), ['good 1.png', 'good 2.png', 'x.jpg/inner.png'].map(inFolder));
    assert.deepEqual([first.failed, first.problems], [{}, { [inFolder('x.jpg')]: 'A folder, not an image.' }]);
    const { code, stderr } = await cli('caption', folder());
    assert.equal(code, 0);
    const named = stderr.split('\n').filter((line) => line.includes('x.jpg: A folder'));
    assert.equal(named.length, 1, stderr);
    assert.match(stderr, /because of their names: \.jfif \(1\).*\n.*because of their format: \.heic \(1\)/);
  });

  it('finds and writes captions by all names that a disk takes for one, and each file once', async () => {
    await writeImages('A.png', 'b.png', 'x.png', 'X.jpg', '\u00e9.png');
    await writeFiles(folder(), { 'A.txt': 'a', 'B.TXT': 'by hand', 'e\u0301.txt': 'by hand' });
    process.env.DATASET_CAPTIONS_FOLD = folder();
    process.env.NODE_OPTIONS = `--require ${JSON.stringify(foldNamesScript)}`;
    const { code, stderr } = await cli('caption', folder(), '--write-mode', 'append').finally(() => {
      delete process.env.DATASET_CAPTIONS_FOLD;
      delete process.env.NODE_OPTIONS;
    });
    assert.equal(code, 0, stderr);
    const texts = (await namesIn(folder())).filter((name) => name.toLowerCase().endsWith('.txt'));
    assert.deepEqual(texts, ['A.txt', 'B.TXT', 'X.txt', 'e\u0301.txt']);
    for (const name of ['B.TXT', 'e\u0301.txt']) assert.match(await textOf(name), /^by hand, .*red theme/);
    assert.equal((await textOf('X.txt')).match(/red theme/g)?.length, 1, 'the tags of one picture');
  });

  it('ends cleanly with Ctrl+C: what is written is whole, the report says cancelled', async () => {
    await writeImages('1.png');
    const count = 800;
    await Promise.all(
      Array.from({ length: count }, (_, index) =>
        copyFile(inFolder('1.png'), inFolder(`${index + 1}.png`)).catch(() => undefined),
      ),
    );
    const child = spawn(process.execPath, [program, 'caption', folder(), '--json'], {
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    await until(async () => (await namesIn(folder())).some((name) => name.endsWith('.txt')), 'a caption is there');
    // As a terminal does: to the whole group, the tagger included.
    process.kill(-child.pid!, 'SIGINT');
    const [code] = (await once(child, 'close')) as [number | null];
    assert.equal(code, 130);
    const report = JSON.parse(stdout) as CaptionReport;
    assert.equal(report.status, 'cancelled');
    assert.ok(report.done > 0 && report.done < count);
    const names = await namesIn(folder());
    assert.equal(names.filter((name) => name.endsWith('.txt')).length, report.done);
    assert.equal(names.filter((name) => name.endsWith('.tmp')).length, 0);
    for (const [image, caption] of Object.entries(report.results)) {
      assert.equal(await readFile(image.replace('.png', '.txt'), 'utf8'), caption);
    }
  });

  it('finishes the job when the tagger is killed in the middle of it', async function () {
    if (process.platform !== 'linux') this.skip();
    await writeImages('1.png');
    const count = 150;
    await Promise.all(
      Array.from({ length: count - 1 }, (_, index) => copyFile(inFolder('1.png'), inFolder(`${index + 2}.png`))),
    );
    const child = spawn(process.execPath, [program, 'caption', folder(), '--json'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    await until(async () => (await namesIn(folder())).some((name) => name.endsWith('.txt')), 'a caption is there');
    for (const tagger of childrenOf(child.pid!)) process.kill(tagger, 'SIGKILL');
    const [code] = (await once(child, 'close')) as [number | null];
    assert.equal(code, 0);
    const report = JSON.parse(stdout) as CaptionReport;
    assert.deepEqual([report.status, report.done, report.total], ['completed', count, count]);
    assert.equal((await namesIn(folder())).filter((name) => name.endsWith('.txt')).length, count);
  });

  it('prints every score of a model unrounded, by the paths as given, and goes on after a bad image', async () => {
    await writeImages('a.png');
    await writeFiles(folder(), { 'bad.png': 'text' });
    const given = path.relative(process.cwd(), inFolder('a.png'));
    const model = path.join(root, 'dist/models/palette');
    const { code, stdout, stderr } = await cli('scores', inFolder('bad.png'), given, '--model', model, '--json');
    assert.equal(code, 2);
    assert.match(stderr, /bad\.png: /);
    const scores = JSON.parse(stdout) as Record<string, Record<string, number>>;
    assert.deepEqual(Object.keys(scores), [given]);
    const tagLines = (await readFile(path.join(model, 'selected_tags.csv'), 'utf8')).trim().split('\n').slice(1);
    assert.equal(Object.keys(scores[given]!).length, tagLines.length);
    for (const score of Object.values(scores[given]!)) assert.equal(Math.fround(score), score);
    assert.ok(scores[given]!.red_theme! > 0.35);
    assert.match((await cli('scores', given)).stdout, /red_theme/);
  });

  it('makes a thumbnail', async () => {
    await writeImages('a.png');
    const output = inFolder('new folder/t.webp');
    const { code, stdout } = await cli('thumbnail', inFolder('a.png'), '--size', '32', '--output', output, '--json');
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(stdout), { output, width: 32, height: 24 });
    const { format, width, height } = await sharp(output).metadata();
    assert.deepEqual([format, width, height], ['webp', 32, 24]);
    await writeFiles(folder(), { 'bad.png': 'text' });
    assert.equal((await cli('thumbnail', inFolder('bad.png'), '--output', inFolder('u.webp'))).code, 2);
    assert.ok(!(await namesIn(folder())).includes('u.webp'));
  });

  it('stops quietly when nobody reads on', async () => {
    await writeFiles(folder(), Object.fromEntries(Array.from({ length: 3000 }, (_, index) => [`${index}.png`, ''])));
    const child = spawn(process.execPath, [program, 'list', folder(), '--json'], { stdio: ['ignore', 'pipe', 'pipe'] });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.stdout.once('data', () => child.stdout.destroy());
    await once(child, 'exit');
    assert.equal(stderr, '');
  });
});
