import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import pMap from 'p-map';
import sharp from 'sharp';
import { cli, type CaptionReport } from '../shared/runCli';
import { testFolder, writeFiles } from '../shared/testFolder';

describe('Parts of a dataset on the command line', function () {
  this.timeout(60_000);
  const folder = testFolder();
  const parts = 3;
  let picture: Uint8Array;

  before(async () => {
    const red = { width: 16, height: 16, channels: 3, background: '#d01010' } as const;
    picture = await sharp({ create: red }).png().toBuffer();
  });

  async function addImages(names: readonly string[]): Promise<void> {
    await writeFiles(folder(), Object.fromEntries(names.map((name) => [name, picture])));
  }
  /** @returns the images that were captioned, by their paths relative to the folder, of one part after the other */
  async function caption(which: readonly number[]): Promise<string[]> {
    const reports = await pMap(
      which,
      async (part) => {
        const { code, stdout, stderr } = await cli('caption', folder(), '--shard', `${part}/${parts}`, '--json');
        assert.equal(code, 0, stderr);
        return JSON.parse(stdout) as CaptionReport;
      },
      { concurrency: 2 },
    );
    return reports.flatMap(({ results }) => Object.keys(results).map((file) => path.relative(folder(), file)));
  }

  it('caption every image exactly once, also those that are added between the runs', async () => {
    const first = Array.from({ length: 40 }, (_, index) => `sub ${index % 3}/${index}.png`);
    const added = Array.from({ length: 40 }, (_, index) => `sub ${index % 4}/added ${index}.png`);
    await addImages(first);
    const done = await caption([0, 1]);
    await addImages(added);
    done.push(...(await caption([2])));
    const again = await caption([0, 1]);
    assert.ok(again.length > 0 && again.every((image) => image.includes('added')), again.join(' '));
    assert.deepEqual([...done, ...again].sort(), [...first, ...added].sort());
    for (const image of [...first, ...added]) {
      const text = await readFile(path.join(folder(), image.replace('.png', '.txt')), 'utf8');
      assert.match(text, /^monochrome, red theme/);
    }
  });

  it('are refused by one sentence when they are none', async () => {
    await addImages(['a.png']);
    for (const wrong of ['7/7', 'x/y']) {
      const { code, stderr } = await cli('caption', folder(), '--shard', wrong);
      assert.equal(code, 1);
      assert.match(stderr, /^--shard takes I\/N/);
    }
  });
});
