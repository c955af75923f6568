import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { TaggerProcess } from '../../../src/protocol/child/TaggerProcess';
import { errorCode } from '../../../src/protocol/channel/wireError';
import { imageCorpus, residentMegabytes } from './imageCorpus';
import { testFolder } from '../shared/testFolder';

const entry = path.resolve(__dirname, '../../../dist/tagger.js');

/** Files of a few bytes that ask for gigabytes of pixels, one for each format. */
async function bombs(): Promise<Record<string, Buffer>> {
  const files = new Map((await imageCorpus()).map(({ name, bytes }) => [name, bytes]));
  const of = (name: string): Buffer => Buffer.from(files.get(name) ?? Buffer.alloc(0));
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(60_000, 0);
  header.writeUInt32BE(60_000, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const png = Buffer.concat([
    of('a.png').subarray(0, 8),
    ...[chunk('IHDR', header), chunk('IDAT', deflateSync(Buffer.alloc(1 << 20))), chunk('IEND', Buffer.alloc(0))],
  ]);
  const jpeg = of('progressive.jpg');
  const frame = jpeg.indexOf(Buffer.from([0xff, 0xc2]));
  jpeg.writeUInt16BE(65_500, frame + 5);
  jpeg.writeUInt16BE(65_500, frame + 7);
  const gif = of('a.gif');
  gif.writeUInt16LE(65_535, 6);
  gif.writeUInt16LE(65_535, 8);
  // The decoder believes the frame, not the screen: 61 x 47 at its upper left corner.
  const frameStart = gif.indexOf(Buffer.from([0x2c, 0, 0, 0, 0, 61, 0, 47, 0]));
  gif.writeUInt16LE(65_535, frameStart + 5);
  gif.writeUInt16LE(65_535, frameStart + 7);
  const webp = of('lossless.webp');
  const bits = webp.indexOf('VP8L') + 9;
  // 14 bits each: width and height less one.
  webp.writeUInt32LE(((webp.readUInt32LE(bits) & 0xf0000000) | 0x0fffffff) >>> 0, bits);
  const tiff = of('a.tiff');
  const directory = tiff.readUInt32LE(4);
  for (let index = 0; index < tiff.readUInt16LE(directory); index++) {
    const tag = directory + 2 + 12 * index;
    if (![256, 257].includes(tiff.readUInt16LE(tag))) continue;
    tiff.writeUInt16LE(4, tag + 2);
    tiff.writeUInt32LE(60_000, tag + 8);
  }
  const avif = of('a.avif');
  for (let at = avif.indexOf('ispe'); at !== -1; at = avif.indexOf('ispe', at + 4)) {
    avif.writeUInt32BE(60_000, at + 8);
    avif.writeUInt32BE(60_000, at + 12);
  }
  const bmp = of('a.bmp');
  bmp.writeInt32LE(60_000, 18);
  bmp.writeInt32LE(60_000, 22);
  return { 'x.png': png, 'x.jpg': jpeg, 'x.gif': gif, 'x.webp': webp, 'x.tiff': tiff, 'x.avif': avif, 'x.bmp': bmp };
}

describe('The child that decodes', function () {
  this.timeout(60_000);
  const folder = testFolder();
  let tagger: TaggerProcess;
  beforeEach(() => {
    tagger = new TaggerProcess({ entry });
  });
  afterEach(() => {
    tagger.dispose();
  });
  const decode = async (name: string, bytes: Buffer | string): Promise<string> => {
    const imagePath = path.join(folder(), name);
    await writeFile(imagePath, bytes);
    const outputPath = `${imagePath}.thumbnail.webp`;
    const asked = await Promise.all(
      [
        tagger.request('makeThumbnail', { imagePath, size: 64, outputPath }),
        tagger.request('prepareImage', { imagePath, size: 32, mode: 'exact' }),
      ].map((one) =>
        one.then(
          () => 'decoded',
          (thrown: unknown) => `${errorCode(thrown) ?? ''} ${(thrown as Error).message}`,
        ),
      ),
    );
    assert.equal(asked[0], asked[1]);
    return asked[0] ?? '';
  };

  it('decodes every format that is offered, though untrusted loaders are off', async () => {
    for (const { name, bytes } of await imageCorpus()) assert.equal(await decode(name, bytes), 'decoded', name);
  });

  it('refuses files that ask for gigabytes before it takes the memory for them', async () => {
    await decode('warm.png', (await imageCorpus())[0]!.bytes);
    const before = process.platform === 'linux' ? residentMegabytes(tagger.pid!) : 0;
    for (const [name, bytes] of Object.entries(await bombs())) {
      // Where the parts of a file do not agree about its size it is damaged, which is found out as early.
      assert.match(
        await decode(name, bytes),
        ['x.avif', 'x.webp'].includes(name)
          ? /^IMAGE_(TOO_LARGE|TRUNCATED|DAMAGED|NOT_AN_IMAGE) /
          : /^IMAGE_TOO_LARGE /,
        name,
      );
    }
    if (process.platform !== 'linux') return;
    const after = residentMegabytes(tagger.pid!);
    assert.ok(after < before + 200, `${before} MB became ${after} MB`);
  });

  it('goes by what a file is, and never takes SVG, PDF or text for an image', async () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="file:///etc/passwd"/></svg>';
    const others = [
      svg,
      `<?xml version="1.0"?>${svg}`,
      '%PDF-1.4\n',
      'P6 1 1 255\nabc',
      '#?RADIANCE\n',
      '/* XPM */',
      '#!/bin/sh\n',
    ];
    for (const [index, text] of others.entries()) {
      assert.match(await decode(`${index}.png`, text), /^IMAGE_NOT_AN_IMAGE /, text);
    }
    const jpeg = (await imageCorpus()).find(({ name }) => name === 'a.jpg')!.bytes;
    assert.equal(await decode('really-a-jpeg.png', jpeg), 'decoded');
    const thumbnail = await readFile(path.join(folder(), 'really-a-jpeg.png.thumbnail.webp'));
    assert.equal(thumbnail.toString('latin1', 8, 12), 'WEBP');
  });
});
