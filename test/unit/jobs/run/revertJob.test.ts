import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { captionHash } from '../../../../src/dataset/captions/captionHash';
import { InPlaceWriter } from '../../../../src/dataset/files/FileWriter';
import { LocalJobRun } from '../../../../src/jobs/run/LocalJobRun';
import type { JobFolder } from '../../../../src/jobs/folder/JobFolder';
import { previewRevert, revertJob, type RevertResult } from '../../../../src/jobs/run/revertJob';
import { TaggerProcess } from '../../../../src/protocol/child/TaggerProcess';
import { root as projectRoot } from '../../shared/runCli';
import { namesIn, testFolder } from '../../shared/testFolder';
import { writerScript } from '../../shared/writerScript';
import { makeJob, pictureFolder } from '../testJobs';

/** The full number is for the soak. */
const images = Number(process.env.DATASET_CAPTIONS_REVERTED ?? '200');

describe('Reverting a job', function () {
  this.timeout(Math.max(60_000, images * 60));
  const folder = testFolder();
  let tagger: TaggerProcess;
  beforeEach(() => {
    tagger = new TaggerProcess({ entry: path.join(projectRoot, 'dist/tagger.js') });
  });
  afterEach(() => {
    tagger.dispose();
  });

  async function run(job: JobFolder): Promise<void> {
    const writer = new InPlaceWriter();
    const { info } = await new LocalJobRun(job, await job.readManifest(), {
      tagger,
      writer,
      onChange: () => undefined,
    }).run();
    assert.equal(info.status, 'completed');
  }
  const revert = (job: JobFolder): Promise<RevertResult> =>
    revertJob(job, new InPlaceWriter(), { signal: new AbortController().signal });
  async function contents(root: string): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    for (const name of await namesIn(root)) {
      if (!name.endsWith('.png')) found.set(name, (await readFile(path.join(root, name))).toString('hex'));
    }
    return found;
  }

  it('says nothing of captions that the job kept: it never wrote them', async () => {
    const root = await pictureFolder(folder(), 2);
    await writeFile(path.join(root, '1.txt'), 'mine');
    const job = await makeJob(path.join(folder(), 'jobs'), root, { mode: 'all' });
    const journal = await job.openJournal();
    // Somebody wrote the caption between the intent and the write.
    await journal.append(['w', 0, null, captionHash('red')]);
    await journal.append(['o', 0, 'kept', 1, 'Somebody wrote it.']);
    await journal.close();
    assert.deepEqual(await revert(job), { reverted: [], left: [] });
    assert.equal(await readFile(path.join(root, '1.txt'), 'utf8'), 'mine');
  });

  it('gives every caption its bytes back but those that somebody edited since, and lists these', async () => {
    const root = await pictureFolder(folder(), images);
    const odd = ['\uFEFFbom, a', 'crlf, b\r\n', ' ', '\n', 'ends, with, comma, ', 'größe, 東京\nsecond line'];
    for (let index = 0; index < images / 2; index++) {
      await writeFile(path.join(root, `${index + 1}.txt`), odd[index % odd.length]!);
    }
    const before = await contents(root);
    const job = await makeJob(path.join(folder(), 'jobs'), root, { mode: 'all' });
    await run(job);
    const edited = Array.from({ length: 10 }, (_, index) => index * Math.floor(images / 10) + 3);
    for (const number of edited) await writeFile(path.join(root, `${number}.txt`), `by hand ${number}`);
    const { reverted, left } = await revert(job);
    assert.deepEqual(left.map(({ path: image }) => image).sort(), edited.map((number) => `${number}.png`).sort());
    assert.equal(reverted.length, images - 10);
    const after = await contents(root);
    for (const number of edited) {
      assert.equal(after.get(`${number}.txt`), Buffer.from(`by hand ${number}`).toString('hex'));
      after.delete(`${number}.txt`);
      before.delete(`${number}.txt`);
    }
    assert.deepEqual(after, before);
  });

  it('gives a caption its bytes back that was half-written in place when its process was killed', async function () {
    if (process.platform === 'win32') this.skip();
    const root = await pictureFolder(folder(), 1);
    const file = path.join(root, '1.txt');
    const old = 'what somebody wrote, '.repeat(20);
    await writeFile(file, old);
    const job = await makeJob(path.join(folder(), 'jobs'), root, { mode: 'all' });
    await run(job);
    const written = await readFile(file, 'utf8');
    await writeFile(file, old);
    const script = writerScript(
      folder(),
      `
      require('node:fs').ftruncateSync = () => process.kill(process.pid, 'SIGKILL');
      const [file, content, before] = process.argv.slice(2);
      writeInPlace(file, file, Buffer.from(content), Buffer.from(before));
    `,
    );
    spawnSync(process.execPath, [script, file, written, old]);
    assert.equal(await readFile(file, 'utf8'), written + old.slice(written.length), 'half-written');
    const { reverted, left } = await revert(job);
    assert.deepEqual([reverted, left], [['1.png'], []]);
    assert.equal(await readFile(file, 'utf8'), old);
    assert.deepEqual(await namesIn(root), ['1.png', '1.txt']);
  });

  it('can be done again, and does no more then', async () => {
    const root = await pictureFolder(folder(), 5);
    const job = await makeJob(path.join(folder(), 'jobs'), root);
    await run(job);
    assert.equal((await revert(job)).reverted.length, 5);
    const again = await revert(job);
    assert.deepEqual([again.reverted, again.left], [[], []]);
    assert.deepEqual((await contents(root)).size, 0);
  });

  it('leaves a caption alone that somebody deleted since', async () => {
    const root = await pictureFolder(folder(), 3);
    await writeFile(path.join(root, '1.txt'), 'old');
    const job = await makeJob(path.join(folder(), 'jobs'), root, { mode: 'all' });
    await run(job);
    await rm(path.join(root, '1.txt'));
    const { left } = await revert(job);
    assert.deepEqual(
      left.map(({ path: image }) => image),
      ['1.png'],
    );
    assert.deepEqual((await contents(root)).size, 0);
  });

  it('reverts nothing where the job wrote more than the user was shown, and all once that was shown, too', async () => {
    const root = await pictureFolder(folder(), 3);
    const job = await makeJob(path.join(folder(), 'jobs'), root);
    await run(job);
    const before = await contents(root);
    const shown = await previewRevert(job);
    assert.equal(shown.written, 3);
    const journal = await job.openJournal();
    await journal.append(['w', 0, null, 'what it wrote since'], true);
    await journal.close();
    const revertShown = (version: string): Promise<RevertResult> =>
      revertJob(job, new InPlaceWriter(), { signal: new AbortController().signal, shown: version });
    await assert.rejects(revertShown(shown.version), { code: 'JOB_CHANGED', path: job.path });
    assert.deepEqual(await contents(root), before);
    assert.equal((await job.readState()).reverted, undefined);
    const now = await previewRevert(job);
    assert.notEqual(now.version, shown.version);
    assert.equal((await revertShown(now.version)).reverted.length, 2);
  });

  it('waits for no job that runs', async () => {
    const root = await pictureFolder(folder(), 3);
    const job = await makeJob(path.join(folder(), 'jobs'), root);
    const lock = await job.lock();
    await assert.rejects(revert(job), { code: 'JOB_BUSY' });
    await lock.release();
  });
});
