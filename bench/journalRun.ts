// What `bench journal` measures: a job as the runner runs it, with its journal and without one, and the socket to windows.
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { planCaptionJob } from '../src/jobs/captionJob';
import { Dataset } from '../src/dataset/Dataset';
import { defaultWriteOptions } from '../src/tags/writeMode';
import { WriteThreads } from '../src/dataset/files/WriteThreads';
import { JobFolder, newState } from '../src/jobs/folder/JobFolder';
import { jobInfo } from '../src/jobs/folder/jobInfo';
import { LocalJobRun } from '../src/jobs/run/LocalJobRun';
import { jobImages } from '../src/jobs/folder/jobTargets';
import type { JobInfo } from '../src/jobs/jobTypes';
import type { RunnerEvents } from '../src/jobs/client/runnerProtocol';
import { socketPort } from '../src/jobs/client/socketPort';
import { defaultCaptionOptions, defaultThresholds } from '../src/protocol/tagging/captionOptions';
import { Channel } from '../src/protocol/channel/Channel';
import { defaultExecution } from '../src/protocol/tagging/execution';
import { TaggerProcess } from '../src/protocol/child/TaggerProcess';
import type { TaggerSetup } from '../src/protocol/tagging/taggerProtocol';

/** A job whose journal is written nowhere. */
class ForgetfulFolder extends JobFolder {
  override openJournal(): ReturnType<JobFolder['openJournal']> {
    const journal = { append: () => Promise.resolve(), close: () => Promise.resolve() };
    return Promise.resolve(journal as unknown as Awaited<ReturnType<JobFolder['openJournal']>>);
  }
}

/** Runs jobs over the images of a dataset, each captioned anew. */
export class JobBench {
  private readonly writer: WriteThreads;
  readonly tagger: TaggerProcess;

  constructor(private readonly dist: string) {
    this.writer = new WriteThreads({ workerFile: path.join(dist, 'writeWorker.js') });
    this.tagger = new TaggerProcess({ entry: path.join(dist, 'tagger.js') });
  }

  /**
   * Captions every image of a folder that has no captions.
   * @returns milliseconds of the run, from its first look at the folder to its end
   */
  async run(root: string, journaled: boolean): Promise<number> {
    const jobsFolder = await mkdtemp(path.join(tmpdir(), 'dataset-captions-bench-jobs-'));
    try {
      const folder = await this.makeJob(jobsFolder, root);
      const manifest = await folder.readManifest();
      const own = journaled ? folder : new ForgetfulFolder(folder.path);
      const run = new LocalJobRun(own, manifest, {
        tagger: this.tagger,
        writer: this.writer,
        onChange: () => undefined,
      });
      const begun = performance.now();
      const { info } = await run.run();
      if (info.counts.written !== manifest.total) throw new Error(`Not all was captioned: ${JSON.stringify(info)}`);
      return performance.now() - begun;
    } finally {
      await rm(jobsFolder, { recursive: true, force: true });
    }
  }

  private async makeJob(jobsFolder: string, root: string): Promise<JobFolder> {
    const dataset = new Dataset(root, { captionExtension: '.txt', emptiedCaption: 'delete' });
    await dataset.load();
    const setup: TaggerSetup = {
      models: [{ folder: path.join(this.dist, 'models/palette'), thresholds: { ...defaultThresholds } }],
      merge: 'mean',
      execution: { ...defaultExecution, provider: 'cpu' },
    };
    const { hashes } = await this.tagger.request('hashModels', { setup });
    return JobFolder.create(
      jobsFolder,
      {
        label: 'Caption Empty',
        ...{ root, captionExtension: '.txt', mode: 'empty', write: defaultWriteOptions },
        options: { ...defaultCaptionOptions },
        tagger: { name: 'Palette', setup, environment: {}, hashes },
        place: { kind: 'local' },
      },
      await jobImages(await planCaptionJob(dataset.allImages, 'empty', 'replace')),
    );
  }
}

/**
 * What an event of progress costs over a local socket: written, read and understood, both ends in this process.
 * @returns milliseconds for each
 */
export async function socketRun(events: number): Promise<number> {
  const folder = await mkdtemp(path.join(tmpdir(), 'dataset-captions-bench-'));
  const address = path.join(folder, 'socket');
  const server = createServer();
  try {
    await new Promise<void>((resolve) => server.listen(address, resolve));
    const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
    const client = connect(address);
    const socket = await accepted;
    const sender = new Channel<object, object, object, RunnerEvents>(socketPort(socket), {}, {});
    const job = sampleJob();
    let heard = 0;
    const all = new Promise<void>((resolve) => {
      const hear = (): void => {
        if (++heard === events) resolve();
      };
      const silent = { removed: () => undefined, handled: () => undefined, log: () => undefined };
      new Channel<object, object, RunnerEvents, object>(socketPort(client), {}, { ...silent, jobs: hear });
    });
    const begun = performance.now();
    for (let index = 0; index < events; index++) {
      sender.tell('jobs', { jobs: [job] });
      if (index % 10 === 9) await new Promise((resolve) => setImmediate(resolve));
    }
    await all;
    const each = (performance.now() - begun) / events;
    client.destroy();
    socket.destroy();
    return each;
  } finally {
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** With as many failures as one carries at most, and many images in work. */
function sampleJob(): JobInfo {
  const failures = Array.from({ length: 100 }, (_, index) => ({
    path: `some folder/image ${index}.png`,
    reason: 'The image cannot be decoded: premature end of the file.',
  }));
  const state = { ...newState(0), failures };
  const manifest = { id: 'x', label: 'Caption Empty', root: '/data/set', total: 10_000, created: '' };
  const info = jobInfo({ ...manifest, tagger: { name: 'Palette' } } as Parameters<typeof jobInfo>[0], state, false);
  return { ...info, inWork: Array.from({ length: 40 }, (_, index) => `some folder/image ${index}.png`) };
}
