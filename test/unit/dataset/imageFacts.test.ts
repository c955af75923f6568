import assert from 'node:assert/strict';
import { stat, unlink, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp, { type Sharp } from 'sharp';
import * as make from '../base/pictureHead/pictureFiles';
import { openDataset } from './openDataset';
import { testFolder } from '../shared/testFolder';

describe('Facts of image files', function () {
  this.timeout(60_000);
  const folder = testFolder();
  const inFolder = (name: string): string => path.join(folder(), name);
  const picture = (width: number, height: number): Sharp =>
    sharp({ create: { width, height, channels: 3, background: '#808080' } });

  it('are unknown until asked for, then those of the file', async () => {
    await picture(30, 20).toFile(inFolder('a.png'));
    const dataset = await openDataset(folder(), { 'b.jpg': 'no picture' });
    assert.equal(dataset.facts.get('a.png'), undefined);
    await dataset.facts.loadStats();
    const { mtimeMs, size } = await stat(inFolder('a.png'));
    assert.deepEqual(dataset.facts.get('a.png'), { modified: mtimeMs, fileSize: size });
    await dataset.facts.loadSizes();
    assert.deepEqual(dataset.facts.get('a.png'), { modified: mtimeMs, fileSize: size, width: 30, height: 20 });
    assert.deepEqual(dataset.facts.get('b.jpg'), { modified: 1_000_000_000, fileSize: 10 });
  });

  it('have the size of every format, as it is shown', async () => {
    for (const extension of ['jpg', 'png', 'webp', 'gif', 'tiff', 'avif']) {
      await picture(70, 50).toFile(inFolder(`plain.${extension}`));
    }
    // 8 turns by a quarter: what lies is shown upright.
    await picture(70, 50).withMetadata({ orientation: 8 }).toFile(inFolder('turned.jpg'));
    // So much in front of the picture that a look at the first bytes is not enough.
    await picture(70, 50)
      .withExif({ IFD0: { ImageDescription: 'x'.repeat(60_000) } })
      .toFile(inFolder('late.jpg'));
    const dataset = await openDataset(folder(), {
      'turned.png': make.png(70, 50, [make.chunk('eXIf', make.exif(6))]),
      // The directory of a TIFF stands wherever its writer put it, often behind the pixels.
      'turned.tiff': make.tiff(
        'little',
        [
          make.entry('little', 256, 'short', 70),
          make.entry('little', 257, 'short', 50),
          make.entry('little', 274, 'short', 6),
        ],
        { before: 3_000_000 },
      ),
      'turned.avif': make.avif([make.ispe(70, 50), make.box('irot', Buffer.from([1]))]),
    });
    await dataset.facts.loadSizes();
    const sizes = Object.fromEntries(
      dataset.allImages.map(({ path: image }) => {
        const { width, height } = dataset.facts.get(image)!;
        return [image, `${width}x${height}`];
      }),
    );
    assert.deepEqual(sizes, {
      'late.jpg': '70x50',
      'plain.avif': '70x50',
      'plain.gif': '70x50',
      'plain.jpg': '70x50',
      'plain.png': '70x50',
      'plain.tiff': '70x50',
      'plain.webp': '70x50',
      'turned.avif': '50x70',
      'turned.jpg': '50x70',
      'turned.png': '50x70',
      'turned.tiff': '50x70',
    });
  });

  it('are not asked of formats that are never shown, whatever the name says', async () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="70" height="50"></svg>';
    const psd = Buffer.alloc(100);
    psd.write('8BPS');
    psd.writeUInt16BE(1, 4);
    psd.writeUInt32BE(50, 14);
    psd.writeUInt32BE(70, 18);
    const dataset = await openDataset(folder(), { 'a.png': svg, 'b.jpg': psd });
    await dataset.facts.loadSizes();
    for (const name of ['a.png', 'b.jpg']) assert.equal(dataset.facts.get(name)?.width, undefined, name);
  });

  it('are those of the largest picture of an AVIF that names none, and take no longer for one with very many', async () => {
    const box = (type: string, ...content: Buffer[]): Buffer => {
      const head = Buffer.alloc(8);
      head.writeUInt32BE(8 + Buffer.concat(content).length);
      head.write(type, 4);
      return Buffer.concat([head, ...content]);
    };
    const ispe = (width: number, height: number): Buffer => {
      const size = Buffer.alloc(12);
      size.writeUInt32BE(width, 4);
      size.writeUInt32BE(height, 8);
      return box('ispe', size);
    };
    const avif = (sizes: Buffer[]): Buffer =>
      Buffer.concat([
        box('ftyp', Buffer.from('avif\0\0\0\0avif')),
        box('meta', Buffer.alloc(4), box('iprp', box('ipco', ...sizes))),
      ]);
    const many = Array<Buffer>(50_000).fill(ispe(3, 2));
    const dataset = await openDataset(folder(), {
      'few.avif': avif([ispe(10, 10), ispe(70, 50), ispe(70, 50)]),
      'many.avif': avif([...many, ispe(7, 5)]),
      'cut.avif': avif([ispe(70, 50)]).subarray(0, 50),
    });
    const before = performance.now();
    await dataset.facts.loadSizes();
    assert.ok(performance.now() - before < 5000);
    const widths = ['few.avif', 'many.avif', 'cut.avif'].map((name) => dataset.facts.get(name)?.width);
    assert.deepEqual(widths, [70, 7, undefined]);
  });

  it('are looked at again when the file changed: told of it, or with a refresh', async () => {
    await picture(30, 20).toFile(inFolder('a.png'));
    const dataset = await openDataset(folder(), {});
    const size = (): string => {
      const fact = dataset.facts.get('a.png');
      return `${fact?.width}x${fact?.height}`;
    };
    await dataset.facts.loadSizes();
    await picture(40, 20).toFile(inFolder('a.png'));
    await dataset.reconcile(['a.png']);
    assert.equal(dataset.facts.get('a.png'), undefined);
    await dataset.facts.loadSizes({ paths: ['a.png'] });
    assert.equal(size(), '40x20');
    await picture(50, 20).toFile(inFolder('a.png'));
    await utimes(inFolder('a.png'), 5, 5);
    await dataset.load();
    await dataset.facts.loadStats();
    assert.equal(dataset.facts.get('a.png')?.modified, 5000);
    assert.equal(size(), 'undefinedxundefined', 'a size of another file');
    await dataset.facts.loadSizes();
    assert.equal(size(), '50x20');
    await unlink(inFolder('a.png'));
    dataset.facts.expire();
    await dataset.facts.loadStats({ paths: ['a.png'] });
    assert.equal(dataset.facts.get('a.png'), undefined);
  });

  it('of thousands come with progress, and stop when told to', async () => {
    const names = Array.from({ length: 3000 }, (_, index) => `${index}.jpg`);
    await Promise.all(names.map((name) => writeFile(inFolder(name), name)));
    const dataset = await openDataset(folder(), {});
    const stop = new AbortController();
    const stopped = dataset.facts.loadSizes({
      signal: stop.signal,
      onProgress: () => {
        stop.abort();
      },
    });
    await assert.rejects(stopped, { name: 'AbortError' });
    const seen: number[] = [];
    await dataset.facts.loadStats({
      onProgress: (done, total) => {
        assert.ok(done <= total);
        seen.push(done);
      },
    });
    assert.ok(seen.length > 1);
    assert.ok(names.every((name) => dataset.facts.get(name)?.fileSize === name.length));
  });
});
