import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { TaggerProcess } from '../../../../src/protocol/child/TaggerProcess';
import { errorCode } from '../../../../src/protocol/channel/wireError';
import type { PreparedJpeg } from '../../../../src/protocol/tagging/taggerProtocol';
import { prepareJpeg } from '../../../../src/tagger/pictures/prepareJpeg';
import { root } from '../../shared/runCli';
import { testFolder } from '../../shared/testFolder';
import { imageCorpus } from '../imageCorpus';

const maximumBytes = 5_000_000;

interface Seen {
  width: number;
  height: number;
  /** the colour in the middle of the left, in the middle, and in the middle of the right */
  colours: number[][];
}

async function seen({ jpeg }: PreparedJpeg): Promise<Seen> {
  assert.equal((await sharp(jpeg).metadata()).format, 'jpeg');
  const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
  assert.equal(info.channels, 3);
  const at = (x: number): number[] => {
    const from = (Math.floor(info.height / 2) * info.width + x) * 3;
    return [...data.subarray(from, from + 3)];
  };
  return {
    width: info.width,
    height: info.height,
    colours: [at(1), at(Math.floor(info.width / 2)), at(info.width - 2)],
  };
}

function isNear(colour: number[] | undefined, expected: number[]): boolean {
  return expected.every((value, index) => Math.abs(value - (colour?.[index] ?? -100)) <= 12);
}

describe('A picture for a vision-language model', function () {
  this.timeout(60_000);
  const folder = testFolder();
  const plain = async (name: string, width: number, height: number, background = 'red'): Promise<string> => {
    const file = path.join(folder(), name);
    await sharp({ create: { width, height, channels: 4, background } }).toFile(file);
    return file;
  };

  it('is a JPEG of each format that is read', async () => {
    for (const { name, bytes } of await imageCorpus()) {
      const imagePath = path.join(folder(), name);
      await writeFile(imagePath, bytes);
      const made = await prepareJpeg({ imagePath, side: 32, maximumBytes });
      const { width, height } = await seen(made);
      assert.deepEqual({ width, height }, { width: made.width, height: made.height }, name);
      assert.equal(Math.max(width, height), 32, name);
    }
  });

  it('has the longer side that is asked for, and is never enlarged', async () => {
    const imagePath = await plain('a.png', 400, 100);
    const small = await prepareJpeg({ imagePath, side: 200, maximumBytes });
    assert.deepEqual([small.width, small.height], [200, 50]);
    const large = await prepareJpeg({ imagePath, side: 1024, maximumBytes });
    assert.deepEqual([large.width, large.height], [400, 100]);
  });

  it('stands upright, as EXIF says, and tells nothing of it', async () => {
    const imagePath = path.join(folder(), 'turned.jpg');
    const left = await sharp({ create: { width: 100, height: 100, channels: 3, background: 'blue' } })
      .png()
      .toBuffer();
    // Turned by a quarter, what was left is on top.
    await sharp({ create: { width: 400, height: 100, channels: 3, background: 'red' } })
      .composite([{ input: left, left: 0, top: 0 }])
      .withMetadata({ orientation: 6, exif: { IFD0: { Artist: 'secret' } } })
      .jpeg()
      .toFile(imagePath);
    const made = await prepareJpeg({ imagePath, side: 1024, maximumBytes });
    assert.deepEqual([made.width, made.height], [100, 400]);
    const { data } = await sharp(made.jpeg).raw().toBuffer({ resolveWithObject: true });
    assert.ok(isNear([...data.subarray(50 * 300, 50 * 300 + 3)], [0, 0, 255]), 'blue on top');
    assert.equal((await sharp(made.jpeg).metadata()).exif, undefined);
  });

  it('is on white where it is transparent', async () => {
    const made = await prepareJpeg({
      imagePath: await plain('clear.png', 20, 20, 'rgba(0, 0, 0, 0)'),
      side: 20,
      maximumBytes,
    });
    assert.ok((await seen(made)).colours.every((colour) => isNear(colour, [255, 255, 255])));
    const half = await prepareJpeg({
      imagePath: await plain('half.png', 20, 20, 'rgba(0, 0, 0, 0.5)'),
      side: 20,
      maximumBytes,
    });
    assert.ok((await seen(half)).colours.every((colour) => isNear(colour, [128, 128, 128])));
  });

  it('is in sRGB, whatever the colours of the file', async () => {
    const p3 = path.join(folder(), 'p3.png');
    await sharp({ create: { width: 20, height: 20, channels: 3, background: { r: 200, g: 100, b: 50 } } })
      .withIccProfile('p3')
      .png()
      .toFile(p3);
    assert.ok(
      isNear((await seen(await prepareJpeg({ imagePath: p3, side: 20, maximumBytes }))).colours[1], [200, 100, 50]),
    );
    const grey = path.join(folder(), 'grey.jpg');
    await sharp({ create: { width: 20, height: 20, channels: 3, background: { r: 90, g: 90, b: 90 } } })
      .toColourspace('b-w')
      .jpeg()
      .toFile(grey);
    assert.ok(
      isNear((await seen(await prepareJpeg({ imagePath: grey, side: 20, maximumBytes }))).colours[1], [90, 90, 90]),
    );
    const cmyk = path.join(folder(), 'cmyk.jpg');
    await sharp({ create: { width: 20, height: 20, channels: 3, background: 'white' } })
      .toColourspace('cmyk')
      .jpeg()
      .toFile(cmyk);
    assert.ok(
      isNear((await seen(await prepareJpeg({ imagePath: cmyk, side: 20, maximumBytes }))).colours[1], [255, 255, 255]),
    );
  });

  it('falls in quality, and then in size, until its base64 is small enough', async () => {
    const imagePath = path.join(folder(), 'noise.png');
    await sharp(randomBytes(600 * 400 * 3), { raw: { width: 600, height: 400, channels: 3 } })
      .png()
      .toFile(imagePath);
    const best = await prepareJpeg({ imagePath, side: 600, maximumBytes });
    const base64 = ({ jpeg }: PreparedJpeg): number => Buffer.from(jpeg).toString('base64').length;
    for (const share of [0.9, 0.5, 0.1, 0.01]) {
      const most = Math.floor(base64(best) * share);
      const made = await prepareJpeg({ imagePath, side: 600, maximumBytes: most });
      assert.ok(base64(made) <= most, `${base64(made)} of ${most}`);
      assert.ok(Math.abs(made.width / made.height - 1.5) < 0.06);
      if (share === 0.9) assert.equal(made.width, 600, 'quality is given up before size');
    }
  });

  it('comes from the child process, which loads no model for it', async () => {
    const tagger = new TaggerProcess({ entry: path.join(root, 'dist/tagger.js') });
    try {
      const imagePath = await plain('a.png', 400, 100);
      const made = await tagger.request('prepareJpeg', { imagePath, side: 200, maximumBytes });
      assert.ok(made.jpeg instanceof Uint8Array);
      assert.deepEqual([made.width, made.height], [200, 50]);
      const broken = path.join(folder(), 'broken.png');
      await writeFile(broken, 'no image');
      await assert.rejects(
        tagger.request('prepareJpeg', { imagePath: broken, side: 200, maximumBytes }),
        (error) => errorCode(error) === 'IMAGE_NOT_AN_IMAGE',
      );
    } finally {
      tagger.dispose();
    }
  });
});
