import assert from 'node:assert/strict';
import { mkdir, stat, truncate } from 'node:fs/promises';
import path from 'node:path';
import * as make from '../../base/pictureHead/pictureFiles';
import { cli } from '../../shared/runCli';
import { testFolder, writeFiles } from '../../shared/testFolder';

describe('The command "info"', function () {
  this.timeout(60_000);
  const folder = testFolder();
  const inFolder = (name: string): string => path.join(folder(), name);

  it('says the size as shown, the format, the length and the caption of each image, by its path as given', async () => {
    await writeFiles(folder(), {
      'turned.png': make.png(70, 50, [make.chunk('eXIf', make.exif(6))]),
      'turned.txt': '1girl, solo\n',
      // The content counts, not the name.
      'no caption.jpg': make.gif([20, 10], [5, 5, 20, 10]),
      'blank.jpg': make.jpeg(70, 50),
      'blank.txt': ' \n',
      'wide.tif': make.tiff('big', [make.entry('big', 256, 'short', 70), make.entry('big', 257, 'short', 50)]),
      'wide.txt': Buffer.from('\uFEFFéa', 'utf16le'),
      'large.webp': make.webp(make.extended(0, 70, 50)),
      'large.txt': '',
      'sub/a.bmp': make.bmp(40, 70, -50),
      'sub/a.tags': 'cat',
    });
    await truncate(inFolder('large.txt'), 64_000_000);
    const names = ['turned.png', 'no caption.jpg', 'blank.jpg', 'wide.tif', 'large.webp'];
    const relative = path.relative(process.cwd(), inFolder('sub/a.bmp'));
    const [json, others, text] = await Promise.all([
      cli('info', ...names.map(inFolder), inFolder('blank.jpg'), '--json'),
      cli('info', relative, '--caption-extension', '.tags', '--json'),
      cli('info', ...names.map(inFolder)),
    ]);
    assert.equal(json.code, 0, json.stderr);
    const bytes = async (name: string): Promise<number> => (await stat(inFolder(name))).size;
    const none = { encoding: null, text: null };
    const infos = {
      'turned.png': { width: 50, height: 70, format: 'PNG', state: 'text', encoding: 'utf-8', text: '1girl, solo' },
      'no caption.jpg': { width: 25, height: 15, format: 'GIF', state: 'missing', ...none },
      'blank.jpg': { width: 70, height: 50, format: 'JPEG', state: 'empty', encoding: 'utf-8' },
      'wide.tif': { width: 70, height: 50, format: 'TIFF', state: 'text', encoding: 'utf-16le', text: 'éa' },
      'large.webp': { width: 70, height: 50, format: 'WebP', state: 'unreadable', ...none },
    };
    const parsed = JSON.parse(json.stdout) as Record<string, { caption: { text: string | null } }>;
    assert.equal(parsed[inFolder('blank.jpg')]?.caption.text?.trim(), '');
    for (const [name, { width, height, format, ...caption }] of Object.entries(infos)) {
      const expected = { width, height, format, bytes: await bytes(name), caption: { text: '', ...caption } };
      const info = parsed[inFolder(name)];
      assert.deepEqual(name === 'blank.jpg' ? { ...info, caption: { ...info?.caption, text: '' } } : info, expected);
    }
    assert.deepEqual(Object.keys(parsed), names.map(inFolder));
    assert.match(json.stderr, /large\.txt: Too large for a caption: 64 MB/);
    const caption = { state: 'text', encoding: 'utf-8', text: 'cat' };
    assert.deepEqual(JSON.parse(others.stdout), {
      [relative]: { width: 70, height: 50, format: 'BMP', bytes: 54, caption },
    });
    assert.match(text.stdout, /turned\.png: 50 x 70, PNG, \d+ bytes, caption \(utf-8\): 1girl, solo\n/);
    assert.match(text.stdout, /no caption\.jpg: 25 x 15, GIF, \d+ bytes, no caption\n/);
  });

  it('names each image that cannot be read with the reason, says the others, and ends with 2', async () => {
    await writeFiles(folder(), { 'a.png': make.png(70, 50), 'empty.png': '', 'text.png': 'no picture' });
    await mkdir(inFolder('folder.png'));
    const names = ['gone.png', 'empty.png', 'a.png', 'text.png', 'folder.png'];
    const { code, stdout, stderr } = await cli('info', ...names.map(inFolder), '--json');
    assert.equal(code, 2);
    assert.deepEqual(Object.keys(JSON.parse(stdout) as object), [inFolder('a.png')]);
    for (const reason of [
      /gone\.png: .*does not exist/,
      /empty\.png: .*empty/,
      /text\.png: \S/,
      /folder\.png: .*folder/,
    ]) {
      assert.match(stderr, reason);
    }
    assert.equal(stderr.split('\n').filter((line) => line !== '').length, 4, stderr);
  });

  it('needs an image', async () => {
    const { code, stdout, stderr } = await cli('info', '--json');
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, /Which images/);
  });
});
