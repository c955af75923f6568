import assert from 'node:assert/strict';
import { lstat, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { captionHash } from '../../../src/dataset/captions/captionHash';
import { Dataset } from '../../../src/dataset/Dataset';
import { InPlaceWriter } from '../../../src/dataset/files/FileWriter';
import { planCaptionJob, type JobResult } from '../../../src/jobs/captionJob';
import { JobFolder } from '../../../src/jobs/folder/JobFolder';
import { jobImages, targetsBesides } from '../../../src/jobs/folder/jobTargets';
import type { JobImage } from '../../../src/jobs/jobTypes';
import type { ImageRecord } from '../../../src/jobs/folder/journalEntries';
import { captionWork } from '../../../src/jobs/run/captionWork';
import { revertJob, type RevertResult } from '../../../src/jobs/run/revertJob';
import type { WriteMode } from '../../../src/tags/writeMode';
import { testFolder, writeFiles } from '../shared/testFolder';
import { makeJob, taggerManifest } from './testJobs';

describe('A job for captions that are links to one file', function () {
  this.timeout(60_000);
  const folder = testFolder();
  const jobsFolder = (): string => path.join(folder(), 'jobs');
  const root = (): string => path.join(folder(), 'set');
  const inRoot = (name: string): string => path.join(root(), name);
  const textOf = (name: string): Promise<string> => readFile(inRoot(name), 'utf8');
  const outcomes = new Map<string, string>();
  beforeEach(async () => {
    outcomes.clear();
    await writeFiles(root(), { '1.png': '', '2.png': '', '3.png': '', '.blobs/4f2c': 'by hand' });
  });

  async function linkCaptions(...numbers: number[]): Promise<void> {
    for (const number of numbers) {
      await rm(inRoot(`${number}.txt`), { force: true });
      await symlink('.blobs/4f2c', inRoot(`${number}.txt`));
    }
  }

  /** Runs a job as one machine does, or as a worker of a cluster; the tag of an image is its name. */
  async function run(job: JobFolder, listedOnly = false): Promise<JobResult> {
    const journal = await job.openJournal();
    const records = await job.readJournal();
    try {
      return await captionWork({
        manifest: await job.readManifest(),
        images: await job.readImages(),
        firstIndex: 0,
        records,
        journal,
        flushIntents: false,
        writer: new InPlaceWriter(),
        beforeWrite: () => Promise.resolve(),
        listedOnly,
        signal: new AbortController().signal,
        onRecordNote: (note) => {
          assert.match(note, /^From now on/);
        },
        prepareTagger: () => ({
          makeTags: (image) => Promise.resolve({ tags: [`tag of ${path.basename(image, '.png')}`] }),
          imagesInWork: 2,
        }),
        onOutcome: ({ image, outcome }) => {
          outcomes.set(image, outcome);
        },
      });
    } finally {
      await journal.close();
    }
  }
  const revert = (job: JobFolder): Promise<RevertResult> =>
    revertJob(job, new InPlaceWriter(), { signal: new AbortController().signal });
  /** Another job like one, for other images. */
  async function makeLike(job: JobFolder, images: readonly JobImage[]): Promise<JobFolder> {
    const { label, captionExtension, mode, write, options, tagger, place } = await taggerManifest(job);
    const like = { label, root: root(), captionExtension, mode, write, options, tagger, place };
    return JobFolder.create(jobsFolder(), like, images);
  }
  const make = (write: WriteMode): Promise<JobFolder> => makeJob(jobsFolder(), root(), { mode: 'all', write });

  for (const write of ['append', 'prepend', 'replace'] as const) {
    it(`captions the first image, and gives the file its bytes back: ${write}`, async () => {
      await linkCaptions(1, 2, 3);
      const job = await make(write);
      await run(job);
      assert.deepEqual(Object.fromEntries(outcomes), { '1.png': 'written' });
      const expected = { append: 'by hand, tag of 1', prepend: 'tag of 1, by hand', replace: 'tag of 1' }[write];
      assert.equal(await textOf('3.txt'), expected);
      assert.deepEqual(await revert(job), { reverted: ['1.png'], left: [] });
      assert.equal(await textOf('.blobs/4f2c'), 'by hand');
      assert.ok((await lstat(inRoot('2.txt'))).isSymbolicLink());
    });
  }

  for (const listedOnly of [false, true]) {
    const who = listedOnly ? 'a worker of a cluster' : 'one machine';
    it(`never puts the tags of two pictures into one text where links were made after the plan: ${who}`, async () => {
      for (const write of ['append', 'replace'] as const) {
        await writeFiles(root(), {
          '1.txt': 'by hand',
          '2.txt': 'by hand',
          '3.txt': 'by hand',
          '.blobs/4f2c': 'by hand',
        });
        const job = await make(write);
        await linkCaptions(1, 2, 3);
        await run(job, listedOnly);
        assert.deepEqual([...outcomes.values()].sort(), ['kept', 'kept', 'written']);
        const [written] = [...outcomes].find(([, outcome]) => outcome === 'written') ?? [''];
        const tag = `tag of ${path.basename(written, '.png')}`;
        assert.equal(await textOf('.blobs/4f2c'), write === 'append' ? `by hand, ${tag}` : tag);
        assert.deepEqual((await revert(job)).left, []);
        assert.equal(await textOf('.blobs/4f2c'), 'by hand');
        await rm(inRoot('1.txt'));
      }
    });

    it(`adds nothing to what it wrote by another link before it was interrupted: ${who}`, async () => {
      for (const number of [1, 2, 3]) await writeFile(inRoot(`${number}.txt`), 'by hand');
      const job = await make('append');
      await linkCaptions(1, 2);
      await writeFile(inRoot('.blobs/4f2c'), 'by hand, tag of 1');
      const journal = await job.openJournal();
      const before = Buffer.from('by hand').toString('base64');
      await journal.append(['w', 0, before, captionHash('by hand, tag of 1')]);
      await journal.append(['o', 0, 'written', 1]);
      await journal.close();
      await run(job, listedOnly);
      assert.deepEqual(Object.fromEntries(outcomes), { '2.png': 'kept', '3.png': 'written' });
      assert.equal(await textOf('2.txt'), 'by hand, tag of 1');
    });
  }

  it('captions an image that was chosen alone, though the path of its caption is that of another one', async () => {
    await linkCaptions(1, 2);
    const dataset = new Dataset(root(), { captionExtension: '.txt', emptiedCaption: 'delete' });
    await dataset.load();
    const second = dataset.allImages.filter((image) => image.path === '2.png');
    const planned = await jobImages(await planCaptionJob(second, 'all', 'append'));
    const job = await makeLike(await make('append'), planned);
    // A run that goes on reads the whole folder.
    const records = new Map<number, ImageRecord>([[7, { outcome: 'written' }]]);
    job.readJournal = () => Promise.resolve(records);
    await run(job);
    assert.deepEqual(Object.fromEntries(outcomes), { '2.png': 'written' });
    assert.equal(await textOf('1.txt'), 'by hand, tag of 2');
  });

  it('is not made anew for a caption that an interrupted job has by another link', async () => {
    await linkCaptions(1, 2);
    const interrupted = await make('append');
    await writeFiles(root(), { '0.png': '' });
    await linkCaptions(0);
    const dataset = new Dataset(root(), { captionExtension: '.txt', emptiedCaption: 'delete' });
    await dataset.load();
    const planned = await planCaptionJob(dataset.allImages, 'all', 'append');
    assert.deepEqual(
      planned.map(({ path: image }) => image),
      ['0.png', '3.png'],
    );
    assert.deepEqual(targetsBesides(planned, dataset, await interrupted.readImages()), []);
    assert.equal(targetsBesides(planned, dataset).length, 2);
  });

  it('gives every previous byte back also where an earlier version wrote the file once for each link', async () => {
    await linkCaptions(1, 2, 3);
    const planned = ['1.png', '2.png', '3.png'].map((image) => ({ path: image, expected: captionHash('by hand') }));
    const job = await makeLike(await make('append'), planned);
    const journal = await job.openJournal();
    let text = 'by hand';
    for (const index of [1, 0, 2]) {
      const after = `${text}, tag of ${index + 1}`;
      await journal.append(['w', index, Buffer.from(text).toString('base64'), captionHash(after)]);
      await journal.append(['o', index, 'written', 1]);
      text = after;
    }
    await journal.close();
    await writeFile(inRoot('.blobs/4f2c'), text);
    const { reverted, left } = await revert(job);
    assert.deepEqual([reverted.sort(), left], [['1.png', '2.png', '3.png'], []]);
    assert.equal(await textOf('.blobs/4f2c'), 'by hand');
  });
});
