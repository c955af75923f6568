import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { ClusterJobRun, type ClusterJobRunOptions } from '../../../src/cluster/ClusterJobRun';
import { ShardWorker } from '../../../src/cluster/ShardWorker';
import { InPlaceWriter } from '../../../src/dataset/files/FileWriter';
import { clusterJob, sharedJobsFolder } from '../../../src/jobs/folder/clusterJob';
import { JobFolder } from '../../../src/jobs/folder/JobFolder';
import type { JobInfo } from '../../../src/jobs/jobTypes';
import { TaggerProcess } from '../../../src/protocol/child/TaggerProcess';
import { program, root as projectRoot } from '../shared/runCli';
import { makeJob, taggerManifest } from '../jobs/testJobs';

export const queueName = 'test-queue';

/** Writes small pictures of four colours into a few folders. @returns their paths, relative to the folder */
export async function writeManyPictures(folder: string, count: number, folders = 4): Promise<string[]> {
  const pictures = await Promise.all(
    ['#d01010', '#10d010', '#1010d0', '#808080'].map((background) =>
      sharp({ create: { width: 16, height: 16, channels: 3, background } })
        .png()
        .toBuffer(),
    ),
  );
  for (let index = 0; index < folders; index++) await mkdir(path.join(folder, `sub ${index}`), { recursive: true });
  const names = Array.from({ length: count }, (_, index) => `sub ${index % folders}/${index}.png`);
  for (const [index, name] of names.entries()) await writeFile(path.join(folder, name), pictures[index % 4]!);
  return names;
}

/** Makes a job for the cluster of a test, below the folder that all share. */
export async function makeClusterJob(
  mount: string,
  dataset: string,
  more: Parameters<typeof makeJob>[2] & { shardSize?: number; jobsFolder?: string } = {},
): Promise<JobFolder> {
  // As for this machine, in a folder that nobody looks into; then the same for a cluster.
  const local = await makeJob(path.join(mount, '.local'), dataset, more);
  const { label, captionExtension, mode, write, options, tagger } = await taggerManifest(local);
  const { shardSize = 10, jobsFolder = sharedJobsFolder(dataset) } = more;
  const job = await clusterJob(
    { label, root: dataset, captionExtension, mode, write, options, tagger },
    { queue: queueName, mount, shardSize, modelNames: ['palette'], jobsFolder },
  );
  return JobFolder.create(jobsFolder, job, await local.readImages());
}

/** Follows a job. */
export async function clusterRun(
  folder: JobFolder,
  redisUrl: string | undefined,
  more: Partial<ClusterJobRunOptions> = {},
): Promise<ClusterJobRun> {
  return new ClusterJobRun(folder, await folder.readManifest(), { redisUrl, onChange: () => undefined, ...more });
}

/** Follows a job to its end. */
export async function followed(...args: Parameters<typeof clusterRun>): Promise<JobInfo> {
  return (await (await clusterRun(...args)).run()).info;
}

/** Workers of a test, in its own process; they end with it. */
export function testWorkers(): (
  redisUrl: string,
  root: string,
  palette?: string,
) => { log: string[]; end: () => Promise<void> } {
  let ends: (() => Promise<void>)[] = [];
  afterEach(async () => {
    await Promise.all(ends.map((end) => end()));
    ends = [];
  });
  return (redisUrl, root, palette = path.join(projectRoot, 'dist/models/palette')) => {
    const log: string[] = [];
    const tagger = new TaggerProcess({ entry: path.join(projectRoot, 'dist/tagger.js') });
    const stopper = new AbortController();
    const folders = { downloadFolder: path.join(root, 'no models'), extraFolders: [] };
    const worker = new ShardWorker({
      ...{ redisUrl, queue: queueName, tagger, writer: new InPlaceWriter() },
      models: { root, palette, folders, download: false, execution: { provider: 'cpu' } },
      onLog: (line) => log.push(line),
    });
    const ended = worker.run(stopper.signal).finally(() => {
      tagger.dispose();
    });
    const end = (): Promise<void> => {
      stopper.abort();
      return ended;
    };
    ends.push(end);
    return { log, end };
  };
}

/** A worker as users start it, in a process of its own. */
export class WorkerProcess {
  log = '';
  readonly ended: Promise<unknown>;
  private readonly child: ChildProcess;

  constructor(redisUrl: string, root: string, lock: number) {
    const flags = ['--queue', queueName, '--root', root, '--provider', 'cpu', '--preprocess-threads', '1'];
    this.child = spawn(process.execPath, [program, 'worker', ...flags], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, DATASET_CAPTIONS_REDIS_URL: redisUrl, DATASET_CAPTIONS_CLUSTER_LOCK: `${lock}` },
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.log += text));
    }
    this.ended = once(this.child, 'exit');
  }

  /** As its journals have it; undefined before it takes work. */
  get name(): string | undefined {
    return /Worker (\S+) takes/.exec(this.log)?.[1];
  }

  get exitCode(): number | null {
    return this.child.exitCode;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }
}
