import assert from 'node:assert/strict';
import { readFile, rename, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { captionHash } from '../../../../src/dataset/captions/captionHash';
import { InPlaceWriter, type FileWriter } from '../../../../src/dataset/files/FileWriter';
import type { JobResult } from '../../../../src/jobs/captionJob';
import type { JobFolder } from '../../../../src/jobs/folder/JobFolder';
import { JobError } from '../../../../src/jobs/JobError';
import { captionWork, type CaptionWork } from '../../../../src/jobs/run/captionWork';
import { namesIn, testFolder } from '../../shared/testFolder';
import { makeJob, pictureFolder } from '../testJobs';

describe('The work of a run', function () {
  this.timeout(30_000);
  const folder = testFolder();
  let root: string;
  let job: JobFolder;
  /** what happened, in its order */
  let events: unknown[];
  const hashOfRed = captionHash('red');

  beforeEach(async () => {
    events = [];
    root = await pictureFolder(folder(), 2);
    await writeFile(path.join(root, '1.txt'), 'old');
    job = await makeJob(path.join(folder(), 'jobs'), root, { mode: 'all' });
  });

  const journal: CaptionWork['journal'] = {
    append: ([kind, index, ...more], flushed) => {
      // How long an image took is another number each time.
      events.push(
        kind === 'o' ? [kind, index, more[0]] : [kind, index, ...more, flushed === true ? 'flushed' : 'not flushed'],
      );
      return Promise.resolve();
    },
  };

  async function run(more: Partial<CaptionWork> = {}): Promise<JobResult> {
    const writer = new InPlaceWriter();
    const recorded: FileWriter = {
      write: (write) => {
        events.push(`writes ${path.basename(write.file)}`);
        return writer.write(write);
      },
    };
    return captionWork({
      beforeWrite: () => Promise.resolve(),
      manifest: await job.readManifest(),
      images: await job.readImages(),
      firstIndex: 0,
      records: new Map(),
      journal,
      flushIntents: false,
      writer: recorded,
      listedOnly: true,
      onRecordNote: (note) => {
        // That there are records now is told by tests of the command line.
        if (!note.startsWith('From now on')) events.push(note);
      },
      signal: new AbortController().signal,
      prepareTagger: (first) => {
        events.push(`prepares for ${first?.path ?? 'nothing'}`);
        return { makeTags: () => Promise.resolve({ tags: ['red'] }), imagesInWork: 1 };
      },
      onOutcome: ({ image, outcome, inWork }) => {
        events.push(`${image} is ${outcome}, in work: ${[...inWork].join(' ')}`);
      },
      ...more,
    });
  }

  it('counts what somebody else wrote meanwhile in the very same words as theirs, and has nothing to revert', async () => {
    const theirs = path.join(root, '2.txt');
    await run({
      prepareTagger: () => ({
        makeTags: async (image) => {
          if (image.endsWith('2.png')) await writeFile(theirs, 'red');
          return { tags: ['red'] };
        },
        imagesInWork: 1,
      }),
    });
    assert.ok(events.includes('2.png is same, in work: '));
    assert.deepEqual(
      events.filter((event) => Array.isArray(event) && event[1] === 1),
      [['o', 1, 'same']],
    );
    assert.equal(await readFile(theirs, 'utf8'), 'red');
  });

  it('journals what a caption will become before its file is touched, and the outcome afterwards', async () => {
    const { status } = await run();
    assert.equal(status, 'completed');
    assert.deepEqual(events, [
      'prepares for 1.png',
      // Only what is destroyed must be on the disk before.
      ['w', 0, Buffer.from('old').toString('base64'), hashOfRed, 'flushed'],
      'writes 1.txt',
      ['o', 0, 'written'],
      '1.png is written, in work: ',
      ['w', 1, null, hashOfRed, 'not flushed'],
      'writes 2.txt',
      ['o', 1, 'written'],
      '2.png is written, in work: ',
    ]);
    assert.equal(await readFile(path.join(root, '1.txt'), 'utf8'), 'red');
  });

  it('counts the images of a shard as the job does, and flushes whatever it is about to write', async () => {
    const images = (await job.readImages()).slice(1);
    await run({ images, firstIndex: 1, flushIntents: true });
    assert.deepEqual(events.slice(1, 4), [['w', 1, null, hashOfRed, 'flushed'], 'writes 2.txt', ['o', 1, 'written']]);
    assert.equal(await readFile(path.join(root, '1.txt'), 'utf8'), 'old');
  });

  it('tells the outcomes that need no tagger before it has one made ready', async () => {
    await writeFile(path.join(root, '1.txt'), 'edited meanwhile');
    await run();
    assert.deepEqual(events.slice(0, 3), [['o', 0, 'kept'], '1.png is kept, in work: ', 'prepares for 2.png']);
    assert.equal(await readFile(path.join(root, '1.txt'), 'utf8'), 'edited meanwhile');
  });

  it('leaves out the images that have an outcome', async () => {
    await run({ records: new Map([[0, { outcome: 'written' }]]) });
    assert.deepEqual(events[0], 'prepares for 2.png');
    assert.equal(await readFile(path.join(root, '1.txt'), 'utf8'), 'old');
  });

  it('tells which images are still in work when one is done', async () => {
    let finishFirst = (): void => undefined;
    const first = new Promise<void>((resolve) => (finishFirst = resolve));
    await run({
      prepareTagger: () => ({
        makeTags: async (imagePath) => {
          if (path.basename(imagePath) === '1.png') await first;
          return { tags: ['red'] };
        },
        imagesInWork: 2,
      }),
      onOutcome: ({ image, inWork }) => {
        events.push(`${image} is done, in work: ${[...inWork].join(' ')}`);
        finishFirst();
      },
    });
    const done = events.filter((event) => typeof event === 'string' && event.includes('done'));
    assert.deepEqual(done, ['2.png is done, in work: 1.png', '1.png is done, in work: ']);
  });

  it('touches no file where the journal cannot be written, and ends', async () => {
    const full = Object.assign(new Error('no space'), { code: 'ENOSPC' });
    const { status, error } = await run({
      journal: { append: () => Promise.reject(new JobError('JOURNAL_FAILED', 'It cannot be written.', '/j', full)) },
    });
    assert.equal(status, 'error');
    assert.equal((error as { code?: unknown } | undefined)?.code, 'DISK_FULL');
    assert.deepEqual(events, ['prepares for 1.png']);
    assert.deepEqual(await namesIn(root), ['1.png', '1.txt', '2.png']);
    assert.equal(await readFile(path.join(root, '1.txt'), 'utf8'), 'old');
  });

  it('blames no caption that is a link for a journal that cannot be written', async () => {
    const target = path.join(folder(), 'target.txt');
    await rename(path.join(root, '1.txt'), target);
    await symlink(target, path.join(root, '1.txt'));
    const broken = new JobError('JOURNAL_FAILED', 'It cannot be written.', '/j');
    const { status, failed } = await run({ journal: { append: () => Promise.reject(broken) } });
    assert.equal(status, 'error');
    assert.equal(failed.size, 0);
    assert.equal(await readFile(target, 'utf8'), 'old');
  });
});
