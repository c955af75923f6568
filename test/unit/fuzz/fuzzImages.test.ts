import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { TaggerProcess } from '../../../src/protocol/child/TaggerProcess';
import { errorCode } from '../../../src/protocol/channel/wireError';
import { fuzzAsync, fuzzSeconds } from './fuzzRun';
import { imageCorpus, mutated, residentMegabytes } from '../tagger/imageCorpus';
import { itOnLinux } from '../shared/itOnLinux';
import { testFolder } from '../shared/testFolder';

const entry = path.resolve(__dirname, '../../../dist/tagger.js');

describe('Whatever stands in an image file', function () {
  this.timeout(fuzzSeconds * 1000 + 60_000);
  const folder = testFolder();
  let tagger: TaggerProcess;
  const said: string[] = [];
  let files: Buffer[] = [];
  before(async () => {
    files = (await imageCorpus()).map(({ bytes }) => bytes);
  });
  beforeEach(() => {
    tagger = new TaggerProcess({ entry, onLog: (line) => said.push(line) });
  });
  afterEach(() => {
    tagger.dispose();
  });

  /** Has the child do all that is done with images. @returns whether it could be decoded; else it was said why not */
  async function decode(name: string, bytes: Buffer): Promise<boolean> {
    const imagePath = path.join(folder(), name);
    await writeFile(imagePath, bytes);
    const outputPath = `${imagePath}.webp`;
    const asked = await Promise.allSettled([
      tagger.request('makeThumbnail', { imagePath, size: 64, outputPath }),
      tagger.request('prepareImage', { imagePath, size: 32, mode: 'exact' }),
      tagger.request('prepareImage', { imagePath, size: 32, mode: 'fast' }),
      tagger.request('readImageInfo', { imagePath }),
    ]);
    for (const one of asked) {
      if (one.status === 'rejected') assert.match(errorCode(one.reason) ?? String(one.reason), /^IMAGE_/);
    }
    return asked[0].status === 'fulfilled';
  }

  it('it is decoded or the reason is said, and the child lives', async () => {
    let decoded = 0;
    let refused = 0;
    let pid: number | undefined;
    await fuzzAsync(
      fc.asyncProperty(mutated(files), async (bytes) => {
        if (await decode('x.png', bytes)) decoded++;
        else refused++;
        pid ??= tagger.pid;
        assert.equal(tagger.pid, pid, 'the same child');
      }),
    );
    console.log(`      ${decoded} decoded, ${refused} refused`);
  });

  itOnLinux('500 damaged files leave no more memory behind than the first of them', async () => {
    const damaged = fc.sample(mutated(files), { numRuns: 500, seed: 20_261 });
    const memory: number[] = [];
    let decoded = 0;
    for (let start = 0; start < damaged.length; start += 10) {
      const results = await Promise.all(
        damaged.slice(start, start + 10).map((bytes, index) => decode(`${index}.png`, bytes)),
      );
      decoded += results.filter(Boolean).length;
      assert.ok(tagger.pid !== undefined);
      memory.push(residentMegabytes(tagger.pid));
    }
    const before = Math.max(...memory.slice(5, 25));
    const after = Math.max(...memory.slice(-20));
    console.log(`      ${decoded} of 500 decoded; ${before.toFixed(0)} MB after 250, ${after.toFixed(0)} MB after 500`);
    assert.ok(decoded > 20 && decoded < 480, `${decoded} decoded`);
    assert.ok(after < before * 1.1 + 20, `${before} MB became ${after} MB`);
  });
});
