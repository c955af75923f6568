import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { decodeImage } from '../../../../src/tagger/pictures/decodeImage';
import { ImageError, type ImageErrorCode } from '../../../../src/tagger/pictures/ImageError';
import { prepareImage } from '../../../../src/tagger/preprocess/prepareImage';

const goldens = path.resolve(__dirname, '../../../test/fixtures/goldens/images');

describe('Decoding an image', function () {
  this.timeout(60_000);
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'decode-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const file = (name: string, content: Uint8Array | string): string => {
    writeFileSync(path.join(folder, name), content);
    return path.join(folder, name);
  };

  async function rejects(imagePath: string, code: ImageErrorCode, message: RegExp | string): Promise<void> {
    await assert.rejects(decodeImage(imagePath), (error: unknown) => {
      assert.ok(error instanceof ImageError, String(error));
      assert.equal(error.code, code);
      assert.equal(error.path, imagePath);
      if (typeof message === 'string') assert.equal(error.message, message);
      else assert.match(error.message, message);
      return true;
    });
  }

  const whole = [
    'baseline.jpg',
    'progressive.jpeg',
    'rgb-down.png',
    'lossy.webp',
    'still.gif',
    'lzw.tiff',
    'bmp24.bmp',
  ];
  for (const name of whole) {
    for (const percent of [33, 90]) {
      it(`refuses ${name} cut off at ${percent} %`, async () => {
        const bytes = readFileSync(path.join(goldens, name));
        const cut = file(name, bytes.subarray(0, Math.floor((bytes.length * percent) / 100)));
        await rejects(
          cut,
          'IMAGE_TRUNCATED',
          /^The (JPEG|PNG|WebP|GIF|TIFF|BMP) ends early: it is truncated or damaged\.$/,
        );
      });
    }
  }

  it('refuses a PNG whose pixel data is damaged in the middle', async () => {
    const bytes = readFileSync(path.join(goldens, 'rgb-down.png'));
    const middle = Math.floor(bytes.length / 2);
    bytes.fill(0x55, middle, middle + 64);
    await rejects(file('damaged.png', bytes), 'IMAGE_DAMAGED', 'The PNG is damaged: its data contradict themselves.');
  });

  it('goes by the content, not by the extension', async () => {
    const asPng = file('photo.png', readFileSync(path.join(goldens, 'baseline.jpg')));
    const { pixels } = await decodeImage(asPng);
    assert.deepEqual(pixels, (await decodeImage(path.join(goldens, 'baseline.jpg'))).pixels);
  });

  it('says that an empty file is empty', () =>
    rejects(file('empty.png', ''), 'IMAGE_EMPTY', 'The file is empty (0 bytes).'));

  it('says that a text is no image', () =>
    rejects(file('text.png', 'a caption\n'), 'IMAGE_NOT_AN_IMAGE', /^Not an image/));

  it('says that an SVG is not supported', () =>
    rejects(
      file('drawing.svg', '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
      'IMAGE_NOT_AN_IMAGE',
      'SVG is a format that is not supported.',
    ));

  it('says that a folder is a folder', async () => {
    mkdirSync(path.join(folder, 'x.jpg'));
    await rejects(path.join(folder, 'x.jpg'), 'IMAGE_IS_FOLDER', /folder/);
  });

  it('says that the file is missing', () =>
    rejects(path.join(folder, 'none.jpg'), 'IMAGE_MISSING', 'The file does not exist.'));

  it('says that a link leads nowhere', async () => {
    symlinkSync(path.join(folder, 'none.jpg'), path.join(folder, 'link.jpg'));
    const message = 'The link points to a file that does not exist.';
    await rejects(path.join(folder, 'link.jpg'), 'IMAGE_MISSING', message);
  });

  it('says that a link leads back to itself', async () => {
    symlinkSync(path.join(folder, 'loop.jpg'), path.join(folder, 'loop.jpg'));
    await rejects(path.join(folder, 'loop.jpg'), 'IMAGE_UNREADABLE', 'The link leads back to itself.');
  });

  it('does not wait for a pipe', async function () {
    if (process.platform === 'win32') this.skip();
    execFileSync('mkfifo', [path.join(folder, 'pipe.png')]);
    await rejects(path.join(folder, 'pipe.png'), 'IMAGE_UNREADABLE', /not a regular file/);
  });

  it('says that it may not read a file', async function () {
    if (process.platform === 'win32') this.skip();
    const secret = file('secret.png', 'x');
    chmodSync(secret, 0);
    // Root may read everything, so it becomes somebody else for this.
    const isRoot = process.getuid?.() === 0;
    chmodSync(folder, 0o755);
    if (isRoot) process.seteuid?.(65_534);
    try {
      await rejects(secret, 'IMAGE_NO_PERMISSION', /no permission/);
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });

  it('refuses an image bomb by its header alone', async () => {
    const bomb = file('bomb.png', plainPng(30_000, 30_000));
    const before = process.memoryUsage().rss;
    await rejects(bomb, 'IMAGE_TOO_LARGE', '30000 x 30000 pixels are more than the limit of 179 megapixels.');
    const grown = (process.memoryUsage().rss - before) / 1e6;
    assert.ok(grown < 200, `${grown} MB`);
  });

  it('refuses a side that the padding would make enormous', () =>
    rejects(file('line.png', plainPng(70_000, 1)), 'IMAGE_TOO_LARGE', /70000 x 1 pixels: a side is longer/));

  it('prepares a very long picture without the memory of its square', async function () {
    const line = file('line.png', plainPng(65_000, 3));
    const pixels = await prepareImage(line, 448, 'exact');
    assert.equal(pixels.length, 448 * 448 * 3);
    assert.deepEqual([...pixels.subarray(0, 3)], [255, 255, 255]);
  });
});

/** A black one-bit greyscale PNG, which takes next to nothing on disk. */
function plainPng(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 1;
  // Only the first rows of an enormous one: whoever reads them has not looked at the header.
  const rows = deflateSync(Buffer.alloc((Math.ceil(width / 8) + 1) * Math.min(height, 100)));
  const chunks = [pngChunk('IHDR', header), pngChunk('IDAT', rows), pngChunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...chunks]);
}

function pngChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(data.length, 0);
  body.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(body), chunk.length - 4);
  return chunk;
}
