import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { ImageError } from '../../../../src/tagger/pictures/ImageError';
import { makeThumbnail, readImageInfo } from '../../../../src/tagger/pictures/thumbnail';

const goldens = path.resolve(__dirname, '../../../test/fixtures/goldens/images');

async function thumbnail(imagePath: string, size: number, outputPath: string): Promise<object> {
  const { width, height, bytes } = await makeThumbnail({ imagePath, size, outputPath });
  assert.equal(bytes, statSync(outputPath).size);
  return { width, height };
}

describe('A thumbnail', function () {
  this.timeout(60_000);
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'thumbnail-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const output = (): string => path.join(folder, 'new/folder/thumbnail.webp');

  async function plain(name: string, width: number, height: number, background: string): Promise<string> {
    const file = path.join(folder, name);
    await sharp({ create: { width, height, channels: 4, background } }).toFile(file);
    return file;
  }

  it('is a WebP whose longer side has the asked size, in a folder that is made for it', async () => {
    const size = await thumbnail(await plain('wide.png', 400, 100, 'red'), 200, output());
    assert.deepEqual(size, { width: 200, height: 50 });
    const { format, width, height } = await sharp(output()).metadata();
    assert.deepEqual({ format, width, height }, { format: 'webp', width: 200, height: 50 });
  });

  it('is a JPEG or a PNG where its name says so', async () => {
    const image = await plain('half.png', 40, 20, 'rgba(255, 0, 0, 0)');
    for (const [name, format] of [
      ['small.jpg', 'jpeg'],
      ['small.PNG', 'png'],
      ['small.out', 'webp'],
    ] as const) {
      const file = path.join(folder, name);
      await thumbnail(image, 10, file);
      assert.equal((await sharp(file).metadata()).format, format);
    }
    const { data } = await sharp(path.join(folder, 'small.jpg')).raw().toBuffer({ resolveWithObject: true });
    assert.deepEqual([...data.subarray(0, 3)], [255, 255, 255], 'what was transparent is white');
  });

  it('is for this user only, with its folders, where the order says so', async function () {
    if (process.platform === 'win32') this.skip();
    const imagePath = await plain('private.png', 40, 20, 'red');
    await makeThumbnail({ imagePath, size: 10, outputPath: output(), ownerOnly: true });
    const modes = [output(), path.dirname(output())].map((made) => statSync(made).mode & 0o777);
    assert.deepEqual(modes, [0o600, 0o700]);
  });

  it('is never larger than the image', async () => {
    const size = await thumbnail(await plain('small.png', 30, 20, 'red'), 200, output());
    assert.deepEqual(size, { width: 30, height: 20 });
  });

  it('stands upright', async () => {
    const turned = path.join(folder, 'turned.jpg');
    await sharp({ create: { width: 400, height: 100, channels: 3, background: 'red' } })
      .withMetadata({ orientation: 6 })
      .toFile(turned);
    assert.deepEqual(await thumbnail(turned, 200, output()), { width: 50, height: 200 });
  });

  it('stays transparent', async () => {
    await thumbnail(await plain('clear.png', 20, 20, 'rgba(255, 0, 0, 0)'), 10, output());
    const { data, info } = await sharp(output()).raw().toBuffer({ resolveWithObject: true });
    assert.equal(info.channels, 4);
    assert.equal(data[3], 0);
  });

  it('is made of the first frame of an animation', async () => {
    await thumbnail(path.join(goldens, 'animated.gif'), 64, output());
    assert.equal((await sharp(output()).metadata()).pages, undefined);
  });

  it('can be made of a BMP', async () => {
    await thumbnail(path.join(goldens, 'bmp24.bmp'), 64, output());
    const { width, height } = await sharp(output()).metadata();
    assert.equal(Math.max(width, height), 64);
  });

  it('is not written for an image that cannot be read', async () => {
    const broken = path.join(folder, 'broken.png');
    writeFileSync(broken, 'text');
    await assert.rejects(thumbnail(broken, 64, output()), ImageError);
    assert.deepEqual(readdirSync(folder), ['broken.png']);
  });

  it('replaces an older one and leaves nothing else behind', async () => {
    await thumbnail(await plain('a.png', 50, 50, 'red'), 40, output());
    await thumbnail(await plain('b.png', 50, 50, 'blue'), 20, output());
    assert.equal((await sharp(output()).metadata()).width, 20);
    assert.deepEqual(readdirSync(path.dirname(output())), ['thumbnail.webp']);
  });

  it('can be of a part of the picture as it is shown, at the size that was asked for', async () => {
    // Stored lying: red above blue; shown upright (orientation 6 turns it clockwise): blue left, red right.
    const halves = await sharp({ create: { width: 200, height: 100, channels: 3, background: 'red' } })
      .composite([
        {
          input: { create: { width: 200, height: 50, channels: 3, background: 'blue' } },
          top: 50,
          left: 0,
        },
      ])
      .withMetadata({ orientation: 6 })
      .png()
      .toBuffer();
    const image = path.join(folder, 'turned.png');
    writeFileSync(image, halves);
    const right = { left: 60, top: 100, width: 1000, height: 40 };
    const made = await makeThumbnail({ imagePath: image, size: 20, outputPath: output(), region: right });
    assert.deepEqual([made.width, made.height], [20, 20], 'what lies outside is left out');
    const { data } = await sharp(output()).raw().toBuffer({ resolveWithObject: true });
    const [red = 0, , blue = 255] = data;
    assert.ok(red > 200 && blue < 50, `${red} ${blue}`);
  });

  it('comes with what the image is: its size as it is shown, its format whatever its name says', async () => {
    const turned = path.join(folder, 'turned.png');
    await sharp({ create: { width: 400, height: 100, channels: 3, background: 'red' } })
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toFile(turned);
    assert.deepEqual(await readImageInfo(turned), {
      width: 100,
      height: 400,
      format: 'JPEG',
      fileSize: statSync(turned).size,
    });
    const bmp = await readImageInfo(path.join(goldens, 'bmp24.bmp'));
    assert.equal(bmp.format, 'BMP');
  });
});
