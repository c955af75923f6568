import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { planCaptionJob, type CaptionScope } from '../../../src/jobs/captionJob';
import { Dataset } from '../../../src/dataset/Dataset';
import { defaultWriteOptions, type WriteMode } from '../../../src/tags/writeMode';
import { JobFolder } from '../../../src/jobs/folder/JobFolder';
import { jobImages } from '../../../src/jobs/folder/jobTargets';
import type { JobInfo, TaggerManifest } from '../../../src/jobs/jobTypes';
import { RunnerClient } from '../../../src/jobs/client/RunnerClient';
import { readEndpoint } from '../../../src/jobs/client/runnerEndpoint';
import { defaultCaptionOptions } from '../../../src/protocol/tagging/captionOptions';
import { errorMessage } from '../../../src/protocol/channel/wireError';
import { root as projectRoot } from '../shared/runCli';
import { setupOf } from '../shared/taggerSetup';
import { isRunning, until, writeFiles } from '../shared/testFolder';

const palette = path.join(projectRoot, 'dist/models/palette');

async function sha256(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
}

/** Small red pictures `1.png`, `2.png`, … */
export async function writePictures(folder: string, count: number): Promise<void> {
  const picture = sharp({ create: { width: 64, height: 48, channels: 3, background: '#d01010' } });
  await writeFiles(folder, { '1.png': await picture.png().toBuffer() });
  await Promise.all(
    Array.from({ length: count - 1 }, (_, index) =>
      copyFile(path.join(folder, '1.png'), path.join(folder, `${index + 2}.png`)),
    ),
  );
}

/** Writes a job of all images of a folder, or the empty ones, with the built-in tagger. */
export async function makeJob(
  jobsFolder: string,
  root: string,
  more: { mode?: CaptionScope; write?: WriteMode; model?: string; addedTags?: string[] } = {},
): Promise<JobFolder> {
  const { mode = 'empty', write = 'replace', model = palette, addedTags = [] } = more;
  const dataset = new Dataset(root, { captionExtension: '.txt', emptiedCaption: 'delete' });
  await dataset.load();
  const hashes = [
    {
      model: await sha256(path.join(model, 'model.onnx')),
      tags: await sha256(path.join(model, 'selected_tags.csv')),
    },
  ];
  return JobFolder.create(
    jobsFolder,
    {
      label: mode === 'all' ? 'Caption All' : 'Caption Empty',
      root,
      captionExtension: '.txt',
      mode,
      write: { ...defaultWriteOptions, mode: write },
      options: { ...defaultCaptionOptions, addedTags },
      tagger: { name: 'Palette', setup: setupOf(model), environment: {}, hashes },
      place: { kind: 'local' },
    },
    await jobImages(await planCaptionJob(dataset.allImages, mode, write)),
  );
}

/** What a job by a tagger is to do. */
export async function taggerManifest(job: JobFolder): Promise<TaggerManifest> {
  const manifest = await job.readManifest();
  if ('tagger' in manifest) return manifest;
  throw new Error(`${job.id} is a job by a captioner.`);
}

/** Clients of one runner, as windows are; after each test of the surrounding `describe` they and the runner end. */
export function testRunner(jobsFolder: () => string): () => RunnerClient {
  let clients: RunnerClient[] = [];
  afterEach(async () => {
    for (const client of clients) client.dispose();
    clients = [];
    await endRunner(jobsFolder(), 'SIGTERM');
  });
  return () => {
    const client = new RunnerClient({ jobsFolder: jobsFolder(), entry: path.join(projectRoot, 'dist/runner.js') });
    clients.push(client);
    return client;
  };
}

/** Ends the runner of a folder of jobs, where there is one, and waits until it is gone. */
export async function endRunner(jobsFolder: string, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  const endpoint = await readEndpoint(jobsFolder);
  if (endpoint === undefined || !isRunning(endpoint.pid)) return;
  process.kill(endpoint.pid, signal);
  await until(() => !isRunning(endpoint.pid), 'the runner is gone');
}

/** Waits until a client sees a job so. */
export async function jobIs(
  client: RunnerClient,
  id: string,
  condition: (job: JobInfo) => boolean,
  limit = 30_000,
): Promise<JobInfo> {
  const find = (): JobInfo | undefined => client.jobs.find((job) => job.id === id && condition(job));
  await until(() => find() !== undefined, 'the job is as wanted', limit).catch((thrown: unknown) => {
    throw new Error(`${errorMessage(thrown)}; it is ${JSON.stringify(client.jobs)}`);
  });
  return find()!;
}

/** Makes a folder for pictures below the test's. */
export async function pictureFolder(folder: string, count: number): Promise<string> {
  const pictures = path.join(folder, 'pictures');
  await mkdir(pictures);
  await writePictures(pictures, count);
  return pictures;
}
