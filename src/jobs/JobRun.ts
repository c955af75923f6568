import path from 'node:path';
import { performance } from 'node:perf_hooks';
import * as l10n from '@vscode/l10n';
import { runCaptionJob, type ImageOutcome, type JobResult, type JobTarget } from '../dataset/captionJob';
import type { FileWriter } from '../dataset/FileWriter';
import { captionPathOf } from '../dataset/imageFiles';
import { describeExecution, describeNotUsed } from '../protocol/executionText';
import { JobRate } from '../protocol/JobRate';
import { loadTagger } from '../protocol/loadTagger';
import { taggerFault } from '../protocol/taggerFault';
import { taggerCrashed, type TaggerProcess } from '../protocol/TaggerProcess';
import type { ExecutionOptions } from '../protocol/execution';
import type { TaggerDescription, TaggerSetup } from '../protocol/taggerProtocol';
import { errorCode } from '../protocol/wireError';
import { JobError } from './JobError';
import { jobFault, JobFaultError } from './jobFault';
import { newState, type JobFolder } from './JobFolder';
import { countOutcomes, handledOf, jobInfo } from './jobInfo';
import type { JobJournal } from './JobJournal';
import { JournaledWriter } from './JournaledWriter';
import type { ImageRecord } from './journalEntries';
import { lookAtFolder } from './lookAtFolder';
import { captionIndex, readJobWork } from './jobTargets';
import { shownFailures, type JobImage, type JobInfo, type JobManifest, type JobStatus } from './jobTypes';
import { settleIntents } from './settleIntents';

/** `state.json` is written at most this often while a job runs, in milliseconds. */
const statePause = 2000;
/** Whether the tagger still runs on what it ran on is asked this often, in milliseconds. */
const providerPause = 5000;

export interface JobRunOptions {
  /** in the environment that the job's tagger needs */
  tagger: Pick<TaggerProcess, 'request'>;
  /** what writes the caption files */
  writer: FileWriter;
  /** on what it runs, where that is not what the job was made with; the models are those of the job */
  execution?: ExecutionOptions;
  /** images that failed are tried again */
  retryFailed?: boolean;
  /** called whenever {@link JobRun.info} is another one */
  onChange: () => void;
  /** called with the path of each image that got an outcome */
  onHandled?: (image: string, failure: string | undefined) => void;
  /** called with what is worth a line in a log */
  onLog?: (line: string) => void;
  /** called once, when the tagger is loaded */
  onLoaded?: (description: TaggerDescription) => void;
}

/**
 * What becomes of a job whose run is stopped. `running` is for a process that has to end: whoever finds the job says that it
 * was interrupted.
 */
export type JobStop = Extract<JobStatus, 'paused' | 'cancelled' | 'running'>;

/** How a run of a job ended. */
export interface JobRunEnd {
  info: JobInfo;
  /** of this run only; undefined where it did not come to its first image */
  result: JobResult | undefined;
}

/** One run of a job on this machine, from where the last one ended until its end, a pause, or a fault. */
export class JobRun {
  private current: JobInfo;
  private readonly stopper = new AbortController();
  private stoppedAs: JobStop = 'paused';
  private fault: JobFaultError | undefined;
  private readonly startedAt = new Map<string, number>();
  private readonly rate = new JobRate();
  private stateWritten = 0;
  /** what the models run on since they were loaded */
  private providers = '';
  private folderWarning: string | undefined;
  private readonly begun = performance.now();

  private state = newState(0);

  /** @param manifest that of the folder */
  constructor(
    private readonly folder: JobFolder,
    private readonly manifest: JobManifest,
    private readonly options: JobRunOptions,
  ) {
    this.current = jobInfo(manifest, { ...this.state, status: 'running' }, false);
  }

  private get setup(): TaggerSetup {
    const { setup } = this.manifest.tagger;
    return { ...setup, execution: this.options.execution ?? setup.execution };
  }

  /** Where it is; another object whenever it moved on. */
  get info(): JobInfo {
    return this.current;
  }

  /** Whether it was stopped, or has nothing left but to write down how it ended. */
  get isEnding(): boolean {
    return this.stopper.signal.aborted || this.current.status !== 'running';
  }

  /** Ends the run after the writes that have begun; images in work are taken up again by the next run. */
  stop(as: JobStop): void {
    this.stoppedAs = as;
    this.stopper.abort(new DOMException('Stopped', 'AbortError'));
  }

  /**
   * Runs the job. What goes wrong with the machine is noted as a fault and pauses it.
   * @throws JobError when another process runs it, or its folder cannot be read or written
   */
  async run(): Promise<JobRunEnd> {
    const lock = await this.folder.lock();
    if (lock === undefined) throw new JobError('JOB_BUSY', l10n.t('Another process runs this job.'), this.folder.path);
    try {
      this.state = await this.folder.readState();
      const images = await this.folder.readImages();
      const records = await this.folder.readJournal();
      const journal = await this.folder.openJournal();
      let result: JobResult | undefined;
      try {
        await this.begin(images, records, journal);
        result = await this.work(images, records, journal);
      } catch (thrown) {
        if (!this.stopper.signal.aborted) this.fault ??= jobFault(thrown);
      }
      await this.end(result, journal);
      return { info: this.current, result };
    } finally {
      await lock.release();
    }
  }

  private async begin(
    images: readonly JobImage[],
    records: Map<number, ImageRecord>,
    journal: JobJournal,
  ): Promise<void> {
    const { state } = this;
    delete state.fault;
    delete state.finished;
    Object.assign(state, { status: 'running', started: state.started ?? new Date().toISOString() });
    await settleIntents(this.manifest, images, records, journal);
    if (this.options.retryFailed === true) {
      for (const [index, record] of records) {
        if (record.outcome !== 'failed') continue;
        delete record.outcome;
        await journal.append(['r', index]);
      }
    }
    Object.assign(state, countOutcomes(images, records));
    await this.folder.writeState(state);
    this.update({ ...jobInfo(this.manifest, state, false), message: l10n.t('Loading the tagger…') });
  }

  private async work(
    images: readonly JobImage[],
    records: ReadonlyMap<number, ImageRecord>,
    journal: JobJournal,
  ): Promise<JobResult> {
    const { manifest } = this;
    const { signal } = this.stopper;
    const captions = captionIndex(manifest, images);
    const writer = new JournaledWriter(this.options.writer, journal, (file) => captions.get(file));
    const { dataset, targets, settled } = await readJobWork(manifest, images, records, writer, signal);
    const indexOf = new Map(images.map(({ path: image }, index) => [image, index]));
    const note = (image: string, index: number, outcome: ImageOutcome, reason: string | undefined): void => {
      const begun = this.startedAt.get(image);
      this.startedAt.delete(image);
      const milliseconds = begun === undefined ? 0 : Math.round(performance.now() - begun);
      // A journal that cannot be written fails the next write of a caption, which pauses the job.
      journal
        .append(
          reason === undefined ? ['o', index, outcome, milliseconds] : ['o', index, outcome, milliseconds, reason],
        )
        .catch(() => undefined);
      this.count(image, outcome, reason);
    };
    for (const { index, outcome, reason } of settled) note(images[index]?.path ?? '', index, outcome, reason);
    await this.lookAtFolder(targets[0]);
    const imagesInWork = await this.load();
    const watch = setInterval(() => void this.watchProvider(), providerPause);
    try {
      return await runCaptionJob(dataset, targets, {
        makeTags: (imagePath, stopped) => this.makeTags(imagePath, stopped),
        isCrash: (thrown) => errorCode(thrown) === taggerCrashed,
        faultOf: taggerFault,
        mode: manifest.mode,
        write: manifest.write,
        problems: [],
        concurrency: imagesInWork,
        signal,
        onStart: ({ path: image }) => {
          this.startedAt.set(image, performance.now());
        },
        onOutcome: ({ path: image }: JobTarget, outcome, reason) => {
          note(image, indexOf.get(image) ?? -1, outcome, reason);
        },
      });
    } finally {
      clearInterval(watch);
    }
  }

  private async lookAtFolder(first: JobTarget | undefined): Promise<void> {
    if (first === undefined) return;
    const { root, captionExtension } = this.manifest;
    const file = path.join(root, captionPathOf(first.path, captionExtension));
    this.folderWarning = await lookAtFolder(file, this.options.onLog ?? (() => undefined));
  }

  private async makeTags(imagePath: string, signal: AbortSignal): Promise<string[]> {
    const { setup } = this;
    const { options } = this.manifest;
    return (await this.options.tagger.request('captionImage', { imagePath, setup, options }, signal)).tags;
  }

  /** Loads the models that the job was made with. @returns how many images to have in work */
  private async load(): Promise<number> {
    const { hashes } = this.manifest.tagger;
    const { setup } = this;
    const { tagger } = this.options;
    const { signal } = this.stopper;
    const now = await tagger.request('hashModels', { setup }, signal);
    for (const [index, model] of setup.models.entries()) {
      const [before, after] = [hashes[index], now.hashes[index]];
      if (before?.model === after?.model && before?.tags === after?.tags) continue;
      const name = path.basename(model.folder);
      throw new JobFaultError(
        'MODEL_CHANGED',
        l10n.t(
          'The model {0} is not the one that this job began with. Put that one back and resume, or start a new job.',
          name,
        ),
      );
    }
    const description = await loadTagger(tagger, setup, signal);
    this.options.onLoaded?.(description);
    this.state.execution = description.models.map((model) => ({
      runsOn: l10n.t('{0} runs on {1}', path.basename(model.folder), describeExecution(model)),
      notUsed: describeNotUsed(model),
    }));
    const { folderWarning } = this;
    if (folderWarning !== undefined) {
      this.state.execution.push({ runsOn: l10n.t('The folder cannot do everything'), notUsed: [folderWarning] });
    }
    this.update({ execution: this.state.execution, message: '' });
    this.providers = providersOf(description);
    return description.imagesInWork;
  }

  /** A GPU that went in the middle of a job is replaced by the CPU: hours become days, so somebody has to decide. */
  private async watchProvider(): Promise<void> {
    const { setup } = this;
    const now = await this.options.tagger.request('loadTagger', { setup }, this.stopper.signal).catch(() => undefined);
    if (now === undefined || providersOf(now) === this.providers || this.stopper.signal.aborted) return;
    const [why] = now.models.flatMap(describeNotUsed);
    this.fault = new JobFaultError(
      'PROVIDER_LOST',
      l10n.t('The tagger lost what it ran on. {0} Resume tries it again, and goes on with what there is.', why ?? ''),
    );
    this.stop('paused');
  }

  private count(image: string, outcome: ImageOutcome, reason: string | undefined): void {
    const { state } = this;
    state.counts = { ...state.counts, [outcome]: state.counts[outcome] + 1 };
    const failed = outcome === 'failed' || outcome === 'kept';
    if (failed && reason !== undefined && state.failures.length < shownFailures) {
      state.failures = [...state.failures, { path: image, reason }];
    }
    const { counts, failures } = state;
    const now = performance.now();
    const rate = this.rate.measure(now, handledOf(counts), this.manifest.total);
    this.update({ counts, failures, inWork: [...this.startedAt.keys()], ...rate });
    this.options.onHandled?.(image, outcome === 'failed' || outcome === 'kept' ? reason : undefined);
    if (now - this.stateWritten < statePause) return;
    this.stateWritten = now;
    // Only for those who look from outside: the journal is what counts.
    this.folder.writeState({ ...state }).catch(() => undefined);
  }

  private async end(result: JobResult | undefined, journal: JobJournal): Promise<void> {
    const { state } = this;
    try {
      await journal.close();
    } catch (thrown) {
      this.fault ??= jobFault(thrown);
    }
    if (result?.status === 'error' && result.error !== undefined) this.fault ??= jobFault(result.error);
    const done = handledOf(state.counts) >= this.manifest.total;
    if (this.fault !== undefined) {
      state.fault = { code: this.fault.code, message: this.fault.message };
      state.status = 'paused';
    } else state.status = done ? 'completed' : this.stopper.signal.aborted ? this.stoppedAs : 'paused';
    state.ran += Math.round(performance.now() - this.begun);
    if (state.status === 'completed' || state.status === 'cancelled') state.finished = new Date().toISOString();
    this.update({ ...jobInfo(this.manifest, state, false) });
    // On a full disk the state may not be written; then the journal tells how far it is, and that nobody runs it.
    await this.folder.writeState(state).catch(() => undefined);
  }

  private update(change: Partial<JobInfo>): void {
    this.current = { ...this.current, ...change };
    this.options.onChange();
  }
}

function providersOf({ models }: TaggerDescription): string {
  return models.map(({ execution }) => execution.provider).join(' ');
}
