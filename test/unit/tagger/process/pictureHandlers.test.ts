import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { pictureHandlers } from '../../../../src/tagger/process/pictureHandlers';
import { testFolder } from '../../shared/testFolder';

describe('The line of pictures in the child process', () => {
  const folder = testFolder();

  it('makes those of the lowest rank first, and never begins what was called off while it waited', async () => {
    const imagePath = path.join(folder(), 'image.png');
    await sharp({ create: { width: 600, height: 400, channels: 3, background: 'red' } }).toFile(imagePath);
    const { makeThumbnail } = pictureHandlers(() => undefined, 1);
    const done: string[] = [];
    const order = async (name: string, rank: number, signal = new AbortController().signal): Promise<void> => {
      try {
        await makeThumbnail({ imagePath, size: 100, outputPath: path.join(folder(), 'made', name), rank }, signal);
        done.push(name);
      } catch {
        done.push(`no ${name}`);
      }
    };
    const gone = new AbortController();
    const all = Promise.all([
      order('first.webp', 1),
      order('preview.webp', 2),
      order('gone.webp', 1, gone.signal),
      order('thumbnail.webp', 1),
      order('urgent.webp', 0),
    ]);
    gone.abort();
    await all;
    assert.deepEqual(done, ['first.webp', 'urgent.webp', 'no gone.webp', 'thumbnail.webp', 'preview.webp']);
    assert.ok(!(await readdir(path.join(folder(), 'made'))).includes('gone.webp'));
  });
});
