import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { InPlaceWriter } from '../../../../src/dataset/files/FileWriter';
import { flaggedAnswers } from '../../../../src/jobs/folder/flaggedAnswers';
import type { JobFolder } from '../../../../src/jobs/folder/JobFolder';
import type { JobInfo } from '../../../../src/jobs/jobTypes';
import { LocalJobRun, type LocalJobRunOptions } from '../../../../src/jobs/run/LocalJobRun';
import { revertJob } from '../../../../src/jobs/run/revertJob';
import type { CaptionerProfile } from '../../../../src/protocol/captioning/captionerProfile';
import { readHistory } from '../../../../src/records/edits/readHistory';
import type { WriteOptions } from '../../../../src/tags/writeMode';
import { namesIn, testFolder } from '../../shared/testFolder';
import { ChatServer, makeCaptionerJob, preparesPictures, testProfile, timesAsked, type Said } from '../captionerJobs';
import { pictureFolder } from '../testJobs';

const refusal = "I'm sorry, but I can't help with describing this image.";

describe('A job by a captioner', function () {
  this.timeout(60_000);
  const folder = testFolder();
  let root: string;
  let server: ChatServer;
  let tagger: LocalJobRunOptions['tagger'];
  const jobsFolder = (): string => path.join(folder(), 'jobs');

  before(async () => {
    tagger = await preparesPictures();
  });
  afterEach(() => server.stop());

  async function begin(
    pictures: number,
    answer: (image: string, prompt: string) => Said | Promise<Said>,
  ): Promise<void> {
    root = await pictureFolder(folder(), pictures);
    server = await ChatServer.start(answer);
  }

  function jobOf(
    more: Partial<CaptionerProfile> = {},
    how: { mode?: 'all' | 'empty'; write?: Partial<WriteOptions> } = {},
  ): Promise<JobFolder> {
    return makeCaptionerJob(jobsFolder(), root, testProfile(server.url, more), how);
  }

  async function run(job: JobFolder, more: Partial<LocalJobRunOptions> = {}): Promise<JobInfo> {
    const options = { tagger, writer: new InPlaceWriter(), onChange: () => undefined, ...more };
    const { info } = await new LocalJobRun(job, await job.readManifest(), options).run();
    return info;
  }

  const captionOf = (image: string): Promise<string> => readFile(path.join(root, `${image}.txt`), 'utf8');

  it('writes what the model says, and loads no model of its own', async () => {
    await begin(3, (image) => `Picture ${image} is red, all over.`);
    const info = await run(await jobOf());
    assert.deepEqual([info.status, info.counts.written, info.tagger], ['completed', 3, 'Test captioner']);
    assert.equal(await captionOf('2'), 'Picture 2 is red, all over.');
    assert.match(info.execution[0]?.runsOn ?? '', /^test-model at http:/);
  });

  it('writes no refusal, keeps the caption and the answer for a person, and goes on with the others', async () => {
    await begin(3, (image) => (image === '2' ? refusal : 'A red square fills the picture.'));
    await writeFile(path.join(root, '2.txt'), 'mine');
    const job = await jobOf({}, { mode: 'all' });
    const info = await run(job);
    assert.deepEqual(
      [info.status, info.counts.written, info.counts.flagged, info.counts.failed],
      ['completed', 2, 1, 0],
    );
    assert.deepEqual(info.failures, [{ path: '2.png', reason: 'The model refused to describe the picture.' }]);
    assert.equal(await captionOf('2'), 'mine');
    const [flagged] = await flaggedAnswers(job);
    assert.deepEqual([flagged?.path, flagged?.flag, flagged?.text], ['2.png', 'refused', refusal]);
    assert.equal((await job.readState()).counts.flagged, 1);
  });

  it('asks nothing again that has an answer, but flagged ones when that is wanted', async () => {
    let isSorry = true;
    await begin(3, (image) => (image === '2' && isSorry ? refusal : 'A red square fills the picture.'));
    const job = await jobOf();
    await run(job);
    await run(job, { retryFailed: true });
    assert.equal(timesAsked(server).get('2'), 1, 'asked again without a wish');
    isSorry = false;
    const info = await run(job, { retryFlagged: true });
    assert.deepEqual([...timesAsked(server)].sort(), [
      ['1', 1],
      ['2', 2],
      ['3', 1],
    ]);
    assert.deepEqual([info.counts.written, info.counts.flagged], [3, 0]);
    assert.equal(await captionOf('2'), 'A red square fills the picture.');
    assert.deepEqual(await flaggedAnswers(job), []);
  });

  it('is paused by a key that is refused, says so, and asks about no image for nothing', async () => {
    await begin(20, () => ({ status: 401, body: { error: { message: 'No such key', code: 'invalid_api_key' } } }));
    const job = await jobOf();
    const info = await run(job, { endpointKeys: { [new URL(server.url).origin]: 'marker-5e3c1a' } });
    assert.deepEqual([info.status, info.fault?.code], ['paused', 'CAPTIONER_FAILED']);
    assert.equal(info.counts.failed, 0, 'images were blamed');
    assert.ok(server.asked.length < 20, 'every image was asked about');
    assert.ok(server.keys.has('Bearer marker-5e3c1a'), 'the server got the key');
    assert.ok(!JSON.stringify(info).includes('marker'), 'the key is in the info');
    for (const name of await namesIn(job.path)) {
      assert.ok(!(await readFile(path.join(job.path, name), 'utf8')).includes('marker'), name);
    }
  });

  it('never stops for one bad image', async () => {
    await begin(4, (image) =>
      image === '3'
        ? { status: 400, body: { error: { message: 'invalid image input', type: 'invalid_request_error' } } }
        : 'A red square fills the picture.',
    );
    const info = await run(await jobOf());
    assert.deepEqual([info.status, info.counts.written, info.counts.failed], ['completed', 3, 1]);
    assert.equal(info.failures[0]?.path, '3.png');
    assert.equal(timesAsked(server).get('3'), 1, 'a permanent error was tried again');
  });

  it('puts tags into the question and around the answer, and never asks where there are none', async () => {
    await begin(2, () => 'A girl stands there, smiling.');
    await writeFile(path.join(root, '1.txt'), '1girl, hand on own hip');
    const profile = {
      prompt: 'Describe {filename}, please. Tags: {tags}',
      output: { ...testProfile('').output, template: '{tags}. {prose}' },
    };
    const info = await run(await jobOf(profile, { mode: 'all' }));
    assert.deepEqual(server.prompts, ['Describe 1, please. Tags: 1girl, hand on own hip']);
    assert.equal(await captionOf('1'), '1girl, hand on own hip. A girl stands there, smiling.');
    assert.equal(info.counts.failed, 1);
    assert.match(info.failures[0]?.reason ?? '', /\{tags\}/);
  });

  it('says whose the sentences are, and puts new ones in their place, not in that of persons and taggers', async () => {
    let sentence = 'A girl stands there, smiling.';
    await begin(2, () => sentence);
    await writeFile(path.join(root, '1.txt'), '1girl, solo');
    const update = { mode: 'all', write: { mode: 'update' } } as const;
    await run(await jobOf({}, update));
    assert.equal(await captionOf('1'), '1girl, solo. A girl stands there, smiling.');
    await writeFile(path.join(root, '1.txt'), '1girl, solo. A girl stands there, smiling. Her name is Mia.');
    const known = await readHistory(root, [
      { caption: '1.txt', text: await captionOf('1'), picture: path.join(root, '1.png') },
    ]);
    const origins = known.history.originsOf('1.txt', await captionOf('1'));
    assert.deepEqual(
      origins.parts.map(({ text, by, name }) => [text, by, name]),
      [
        ['1girl', 'hand', undefined],
        ['solo', 'hand', undefined],
        ['A girl stands there, smiling.', 'captioner', 'Test captioner'],
        ['Her name is Mia.', 'hand', undefined],
      ],
    );
    sentence = 'A woman waits at home, bored.';
    await run(await jobOf({}, update));
    assert.equal(await captionOf('1'), '1girl, solo. A woman waits at home, bored. Her name is Mia.');
    assert.equal(await captionOf('2'), 'A woman waits at home, bored.');
  });

  it('is taken back as jobs by taggers are', async () => {
    await begin(2, () => 'A red square fills the picture.');
    await writeFile(path.join(root, '1.txt'), 'mine');
    const job = await jobOf({}, { mode: 'all' });
    await run(job);
    const { reverted, left } = await revertJob(job, new InPlaceWriter(), { signal: new AbortController().signal });
    assert.deepEqual([reverted.sort(), left], [['1.png', '2.png'], []]);
    assert.equal(await captionOf('1'), 'mine');
    assert.ok(!(await namesIn(root)).includes('2.txt'));
  });

  it('goes on at another address of the same model', async () => {
    await begin(2, () => 'A red square fills the picture.');
    const job = await makeCaptionerJob(jobsFolder(), root, testProfile('http://127.0.0.1:9/v1'));
    const info = await run(job, { endpoints: [server.url] });
    assert.deepEqual([info.status, info.counts.written], ['completed', 2]);
  });

  it('is refused by versions that know taggers only, by its number', async () => {
    await begin(1, () => 'A red square fills the picture.');
    const job = await jobOf();
    const manifest = JSON.parse(await readFile(path.join(job.path, 'manifest.json'), 'utf8')) as { version: number };
    assert.equal(manifest.version, 2);
    await writeFile(path.join(job.path, 'manifest.json'), JSON.stringify({ ...manifest, version: 3 }));
    await assert.rejects(job.readManifest(), { code: 'JOB_UNREADABLE' });
  });
});
