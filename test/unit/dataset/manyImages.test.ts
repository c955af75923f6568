import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { Caption } from '../../../src/dataset/captions/Caption';
import { planCaptionJob } from '../../../src/jobs/captionJob';
import { sortInSlices } from '../../../src/base/sortInSlices';
import { firstTags } from '../../../src/dataset/tagIndex/TagList';
import { defaultWriteOptions } from '../../../src/tags/writeMode';
import { JobFolder } from '../../../src/jobs/folder/JobFolder';
import { JobMarks } from '../../../src/jobs/run/JobMarks';
import { jobImages } from '../../../src/jobs/folder/jobTargets';
import { readJournal } from '../../../src/jobs/folder/journalEntries';
import { defaultCaptionOptions } from '../../../src/protocol/tagging/captionOptions';
import { longestBlock, mostBlocked } from '../shared/longestBlock';
import { setupOf } from '../shared/taggerSetup';
import { testFolder } from '../shared/testFolder';

describe('Work on very many images', function () {
  this.timeout(60_000);
  const folder = testFolder();

  it('sorts as a list does, equal ones in their order', async () => {
    const pairs = fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.nat()), { maxLength: 1000 });
    await fc.assert(
      fc.asyncProperty(pairs, async (items) => {
        const compare = ([a]: [number, number], [b]: [number, number]): number => a - b;
        assert.deepEqual(await sortInSlices(items, compare), items.toSorted(compare));
      }),
      { numRuns: 50 },
    );
  });

  it('counts 100,000 different tags without keeping a window waiting', async () => {
    const counts = new Map(Array.from({ length: 100_000 }, (_, index) => [`tag ${(index * 7919) % 100_000}`, 1]));
    let tags: readonly { tag: string }[] = [];
    const blocked = await longestBlock(async () => (tags = await firstTags(counts, 'count', counts.size)));
    assert.ok(blocked < mostBlocked, `${blocked} ms at a stretch`);
    assert.equal(tags.length, counts.size);
    assert.deepEqual(
      tags.slice(0, 3).map(({ tag }) => tag),
      ['tag 0', 'tag 1', 'tag 10'],
    );
  });

  it('writes a job down, reads it and marks its captions without keeping a window waiting', async () => {
    const count = 50_000;
    const images = Array.from({ length: count }, (_, index) => {
      const caption = new Caption(`set/${index}.txt`, [`set/${index}.png`]);
      caption.readFromDisk({ raw: `1girl, solo, long hair, looking at viewer, tag ${index}` });
      return { path: `set/${index}.png`, caption };
    });
    const journal = path.join(folder(), 'journal.jsonl');
    const lines = images.map((_, index) => `${JSON.stringify(['o', index, 'written', 12])}\n`).join('');
    const blocked = await longestBlock(async () => {
      const work = await jobImages(await planCaptionJob(images, 'all', 'replace'));
      const setup = setupOf('/models/none');
      const job = await JobFolder.create(
        path.join(folder(), 'jobs'),
        {
          ...{ label: 'Caption All', root: folder(), captionExtension: '.txt', mode: 'all' },
          ...{ write: defaultWriteOptions, options: { ...defaultCaptionOptions } },
          tagger: { name: 'none', setup, environment: {}, hashes: [] },
          place: { kind: 'local' },
        },
        work,
      );
      assert.deepEqual((await job.readImages()).at(-1), work.at(-1));
      await writeFile(journal, lines);
      assert.equal((await readJournal(journal)).get(count - 1)?.outcome, 'written');
      const marks = new JobMarks();
      marks.open(job.id);
      await marks.fill(
        job.id,
        images.map(({ caption }) => caption.path),
      );
      assert.equal(marks.stateOf(`set/${count - 1}.txt`), 'queued');
    });
    assert.ok(blocked < mostBlocked, `${blocked} ms at a stretch`);
  });
});
