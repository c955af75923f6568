import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { ImageError } from '../../src/tagger/ImageError';
import { makeThumbnail } from '../../src/tagger/thumbnail';

const goldens = path.resolve(__dirname, '../../../test/fixtures/goldens/images');

describe('A thumbnail', function () {
  this.timeout(10_000);
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
    const size = await makeThumbnail(await plain('wide.png', 400, 100, 'red'), 200, output());
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
      await makeThumbnail(image, 10, file);
      assert.equal((await sharp(file).metadata()).format, format);
    }
    const { data } = await sharp(path.join(folder, 'small.jpg')).raw().toBuffer({ resolveWithObject: true });
    assert.deepEqual([...data.subarray(0, 3)], [255, 255, 255], 'what was transparent is white');
  });

  it('is never larger than the image', async () => {
    const size = await makeThumbnail(await plain('small.png', 30, 20, 'red'), 200, output());
    assert.deepEqual(size, { width: 30, height: 20 });
  });

  it('stands upright', async () => {
    const turned = path.join(folder, 'turned.jpg');
    await sharp({ create: { width: 400, height: 100, channels: 3, background: 'red' } })
      .withMetadata({ orientation: 6 })
      .toFile(turned);
    assert.deepEqual(await makeThumbnail(turned, 200, output()), { width: 50, height: 200 });
  });

  it('stays transparent', async () => {
    await makeThumbnail(await plain('clear.png', 20, 20, 'rgba(255, 0, 0, 0)'), 10, output());
    const { data, info } = await sharp(output()).raw().toBuffer({ resolveWithObject: true });
    assert.equal(info.channels, 4);
    assert.equal(data[3], 0);
  });

  it('is made of the first frame of an animation', async () => {
    await makeThumbnail(path.join(goldens, 'animated.gif'), 64, output());
    assert.equal((await sharp(output()).metadata()).pages, undefined);
  });

  it('can be made of a BMP', async () => {
    const { width, height } = await makeThumbnail(path.join(goldens, 'bmp24.bmp'), 64, output());
    assert.equal(Math.max(width, height), 64);
  });

  it('is not written for an image that cannot be read', async () => {
    const broken = path.join(folder, 'broken.png');
    writeFileSync(broken, 'text');
    await assert.rejects(makeThumbnail(broken, 64, output()), ImageError);
    assert.deepEqual(readdirSync(folder), ['broken.png']);
  });

  it('replaces an older one and leaves nothing else behind', async () => {
    await makeThumbnail(await plain('a.png', 50, 50, 'red'), 40, output());
    await makeThumbnail(await plain('b.png', 50, 50, 'blue'), 20, output());
    assert.equal((await sharp(output()).metadata()).width, 20);
    assert.deepEqual(readdirSync(path.dirname(output())), ['thumbnail.webp']);
  });
});
