import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { localCaptioner, type LocalCaptioners } from '../../../src/cluster/localCaptioner';
import { ImageList } from '../../../src/cluster/ImageList';
import { runShard, type ShardEnd } from '../../../src/cluster/ShardRun';
import { hashOf, planShards } from '../../../src/cluster/shards';
import { InPlaceWriter } from '../../../src/dataset/files/FileWriter';
import { flaggedAnswers } from '../../../src/jobs/folder/flaggedAnswers';
import { clusterCaptionerJob, sharedJobsFolder } from '../../../src/jobs/folder/clusterJob';
import { JobFolder } from '../../../src/jobs/folder/JobFolder';
import { captionerHash } from '../../../src/jobs/captionerHash';
import type { CaptionerProfile } from '../../../src/protocol/captioning/captionerProfile';
import { ChatServer, makeCaptionerJob, preparesPictures, testProfile } from '../jobs/captionerJobs';
import { pictureFolder } from '../jobs/testJobs';
import { testFolder } from '../shared/testFolder';

describe('A shard of a job by a captioner', function () {
  this.timeout(60_000);
  const folder = testFolder();

  it('is asked about at the servers of the worker’s own captioner, with its own keys, and never at those of the job', async () => {
    const root = await pictureFolder(folder(), 3);
    const own = await ChatServer.start((image) => (image === '2' ? '' : `Picture ${image} is red, all over.`));
    const other = await ChatServer.start(() => 'Nobody should ask me about that.');
    try {
      const ofJob = testProfile(other.url);
      const job = await makeShared(root, ofJob);
      const captioners: LocalCaptioners = {
        profiles: [testProfile(own.url)],
        file: '/captioners.json',
        keysFor: () => ({ [new URL(own.url).origin]: 'sk-of-this-machine' }),
      };
      assert.equal(await shardOf(job, captioners), 'done');
      assert.deepEqual(other.asked, []);
      assert.deepEqual([...own.asked].sort(), ['1', '2', '3']);
      assert.ok(own.keys.has('Bearer sk-of-this-machine'));
      assert.equal(await readFile(path.join(root, '1.txt'), 'utf8'), 'Picture 1 is red, all over.');
      assert.deepEqual(
        (await flaggedAnswers(job)).map(({ path: image, flag }) => [image, flag]),
        [['2.png', 'empty']],
      );
    } finally {
      await own.stop();
      await other.stop();
    }
  });

  it('is not begun where the worker has no captioner of that name, or one that would write something else', () => {
    const profile = testProfile('http://127.0.0.1:9/v1');
    const ofJob = { profile, hash: captionerHash(profile) };
    const local = (...profiles: CaptionerProfile[]): LocalCaptioners => ({
      profiles,
      file: '/c.json',
      keysFor: () => ({}),
    });
    assert.throws(() => localCaptioner(ofJob, undefined), { code: 'CAPTIONER_FAILED' });
    assert.throws(() => localCaptioner(ofJob, local({ ...profile, name: 'Another' })), /"Test captioner".*\/c\.json/);
    assert.throws(() => localCaptioner(ofJob, local({ ...profile, prompt: 'Another.' })), /not the one of the job/);
    const moved = { ...profile, endpoints: ['http://127.0.0.1:10/v1'] };
    assert.equal(localCaptioner(ofJob, local(moved)), moved);
  });

  async function makeShared(root: string, profile: CaptionerProfile): Promise<JobFolder> {
    const local = await makeCaptionerJob(path.join(folder(), '.local'), root, profile, { mode: 'all' });
    const manifest = await local.readManifest();
    assert.ok('captioner' in manifest);
    const { label, captionExtension, mode, write, captioner } = manifest;
    const jobsFolder = sharedJobsFolder(root);
    const job = await clusterCaptionerJob(
      { label, root, captionExtension, mode, write, captioner },
      { queue: 'q', mount: root, shardSize: 10, jobsFolder },
    );
    return JobFolder.create(jobsFolder, job, await local.readImages());
  }

  async function shardOf(job: JobFolder, captioners: LocalCaptioners): Promise<ShardEnd> {
    const { root } = await job.readManifest();
    const list = await ImageList.read(job.path);
    const [data] = planShards(
      {
        job: job.id,
        folder: path.relative(root, job.path).split(path.sep).join('/'),
        generation: 0,
        manifest: hashOf(await readFile(path.join(job.path, 'manifest.json'))),
      },
      list,
      10,
      () => true,
    );
    return runShard(data!, {
      root,
      worker: 'w1',
      tagger: await preparesPictures(),
      writer: new InPlaceWriter(),
      prepare: () => Promise.reject(new Error('A captioner has no tagger.')),
      captioners,
      signal: new AbortController().signal,
      onProgress: () => undefined,
      onLog: () => undefined,
    });
  }
});
