import path from 'node:path';
import * as l10n from '@vscode/l10n';
import type { JobResult, JobTarget } from '../captionJob';
import type { FileWriter } from '../../dataset/files/FileWriter';
import { captionPathOf } from '../../dataset/files/imageFiles';
import { describeExecution, describeNotUsed, describeSpeed } from '../../protocol/text/executionText';
import { loadTagger } from '../../protocol/child/loadTagger';
import type { TaggerProcess } from '../../protocol/child/TaggerProcess';
import type { ExecutionOptions } from '../../protocol/tagging/execution';
import type { TaggerDescription, TaggerSetup } from '../../protocol/tagging/taggerProtocol';
import { jobFault, JobFaultError } from './jobFault';
import type { JobFolder } from '../folder/JobFolder';
import { countOutcomes, handledOf, jobInfo } from '../folder/jobInfo';
import type { JobJournal } from '../folder/JobJournal';
import { captionWork, type ImageEnd, type RunTagger } from './captionWork';
import type { CaptionTexts } from './CaptionTexts';
import { openCaptioner, paceText, type OpenCaptioner } from './openCaptioner';
import type { ImageRecord } from '../folder/journalEntries';
import { checkCaptionFolder } from '../folder/checkCaptionFolder';
import { isListed } from '../imageOutcomes';
import type { FoundTags } from '../../tags/FoundTags';
import {
  shownFailures,
  type CaptionerManifest,
  type JobImage,
  type JobManifest,
  type JobState,
  type TaggerManifest,
} from '../jobTypes';
import { JobRunBase, type RunListener } from './JobRunBase';
import { settleIntents } from './settleIntents';
import { snapshotBeforeJob, withoutSnapshot } from './snapshotBeforeJob';

/** Minimum time between two writes of `state.json` while a job runs, in milliseconds. */
const statePause = 2000;
/** Interval of the checks whether the tagger still runs on the same providers, in milliseconds. */
const providerPause = 5000;

export interface LocalJobRunOptions extends RunListener {
  /** its process has the environment that the job's manifest names; for a captioner it prepares pictures */
  tagger: Pick<TaggerProcess, 'request'>;
  /** writes the caption files */
  writer: FileWriter;
  /** replaces the execution options of the job; its models stay */
  execution?: ExecutionOptions;
  /** keys for the servers of a captioner, by their origins */
  endpointKeys?: Readonly<Record<string, string>>;
  /** replaces the addresses of the captioner's servers */
  endpoints?: readonly string[];
  /** retry the images that failed */
  retryFailed?: boolean;
  /** ask again for the images whose answers are flagged */
  retryFlagged?: boolean;
  /** called with each line for the log */
  onLog?: (line: string) => void;
  /** called once, after the tagger was loaded */
  onLoaded?: (description: TaggerDescription) => void;
}

/** One run of a job on this machine: continues where the last run ended, until the job's end, a stop or a fault. */
export class LocalJobRun extends JobRunBase {
  /** the providers that the models ran on when they were loaded */
  private providers = '';
  private folderWarning: string | undefined;
  /** other notes about this run, shown beside the providers */
  private readonly notes: JobState['execution'] = [];
  /** of the captions before the job */
  private snapshot: Promise<void> = Promise.resolve();

  /** @param manifest as read from the folder */
  constructor(
    folder: JobFolder,
    manifest: JobManifest,
    private readonly options: LocalJobRunOptions,
  ) {
    super(folder, manifest, options, statePause);
  }

  private setupOf({ tagger: { setup } }: TaggerManifest): TaggerSetup {
    return { ...setup, execution: this.options.execution ?? setup.execution };
  }

  protected async runLocked(): Promise<JobResult | undefined> {
    const images = await this.folder.readImages();
    const records = await this.folder.readJournal();
    const journal = await this.folder.openJournal();
    let result: JobResult | undefined;
    try {
      await this.begin(images, records, journal);
      result = await this.work(images, records, journal);
    } catch (thrown) {
      if (!this.signal.aborted) this.fault ??= jobFault(thrown);
    }
    await this.end(result, journal);
    return result;
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
    await this.settleWrites(images, records, journal);
    const { retryFailed = false, retryFlagged = false } = this.options;
    for (const [index, record] of records) {
      const isAgain = (retryFailed && record.outcome === 'failed') || (retryFlagged && record.outcome === 'flagged');
      if (!isAgain) continue;
      delete record.outcome;
      delete record.flagged;
      await journal.append(['r', index]);
    }
    Object.assign(state, countOutcomes(images, records));
    await this.folder.writeState(state);
    // In parallel with loading the tagger. A resumed job has a snapshot from before its first write.
    if (records.size === 0) this.snapshot = this.takeSnapshot();
    this.update({ ...jobInfo(this.manifest, state, false), message: this.beginning });
  }

  /** What is done first, in words. */
  private get beginning(): string {
    return 'captioner' in this.manifest ? l10n.t('Trying the servers…') : l10n.t('Loading the tagger…');
  }

  /** Gives an outcome to the images whose captions the last run had written when its process died. */
  private async settleWrites(
    images: readonly JobImage[],
    records: ReadonlyMap<number, ImageRecord>,
    journal: JobJournal,
  ): Promise<void> {
    const unsettled = [...records].flatMap(([index, { outcome, intent }]) => {
      const image = images[index];
      if (outcome !== undefined || intent === undefined || image === undefined) return [];
      return [{ index, path: image.path, intents: [intent] }];
    });
    await settleIntents(this.manifest, unsettled, async (index) => {
      Object.assign(records.get(index) ?? {}, { outcome: 'written', milliseconds: 0 });
      await journal.append(['o', index, 'written', 0]);
    });
  }

  private async work(
    images: readonly JobImage[],
    records: ReadonlyMap<number, ImageRecord>,
    journal: JobJournal,
  ): Promise<JobResult> {
    const { manifest } = this;
    let watch: NodeJS.Timeout | undefined;
    let captioner: OpenCaptioner | undefined;
    try {
      return await captionWork({
        manifest,
        images,
        firstIndex: 0,
        records,
        journal,
        flushIntents: false,
        writer: this.options.writer,
        beforeWrite: () => this.checkLock(),
        listedOnly: false,
        signal: this.signal,
        prepareTagger: async (first, texts): Promise<RunTagger> => {
          await this.checkCaptionFolder(first);
          if ('captioner' in manifest) {
            if (first === undefined) return nothingLeft;
            captioner = await this.openCaptioner(manifest, texts);
            await this.snapshot;
            return captioner;
          }
          const setup = this.setupOf(manifest);
          const imagesInWork = await this.load(manifest, setup);
          await this.snapshot;
          watch = setInterval(() => void this.watchProvider(setup), providerPause);
          return { makeTags: (imagePath, stopped) => this.makeTags(manifest, setup, imagePath, stopped), imagesInWork };
        },
        onRecordNote: (note, isProblem) => {
          this.options.onLog?.(note);
          if (isProblem) this.note({ runsOn: l10n.t('Who writes what is not recorded'), notUsed: [note] });
        },
        onOutcome: (end) => {
          this.countOutcome(end);
        },
      });
    } finally {
      clearInterval(watch);
      await captioner?.close();
    }
  }

  /** Tries the servers of the captioner. @throws CaptionerError; the signal's reason */
  private async openCaptioner({ captioner }: CaptionerManifest, texts: CaptionTexts): Promise<OpenCaptioner> {
    const { tagger, endpointKeys = {}, endpoints = captioner.profile.endpoints, onLog } = this.options;
    const opened = await openCaptioner(
      {
        profile: { ...captioner.profile, endpoints: [...endpoints] },
        keys: new Map(Object.entries(endpointKeys)),
        tagger,
        signal: this.signal,
        onStatus: (status) => {
          if (!this.isEnding) this.update({ pace: paceText(status) });
        },
        ...(onLog === undefined ? {} : { onLog }),
      },
      texts,
    );
    this.state.execution = opened.reports.map(({ model, endpoint, serverName, problems }) => ({
      runsOn: l10n.t('{0} at {1} ({2})', model, endpoint, serverName),
      notUsed: problems.map(({ text }) => text),
    }));
    this.showExecution();
    return opened;
  }

  /** Shows the providers and the notes of this run. */
  private showExecution(): void {
    const { folderWarning, state } = this;
    if (folderWarning !== undefined) {
      state.execution.push({ runsOn: l10n.t('The folder cannot do everything'), notUsed: [folderWarning] });
    }
    state.execution.push(...this.notes);
    this.update({ execution: state.execution, message: '' });
  }

  private async checkCaptionFolder(first: JobTarget | undefined): Promise<void> {
    if (first === undefined) return;
    const { root, captionExtension } = this.manifest;
    const file = path.join(root, captionPathOf(first.path, captionExtension));
    this.folderWarning = await checkCaptionFolder(file, this.options.onLog ?? (() => undefined));
  }

  private makeTags(
    { options }: TaggerManifest,
    setup: TaggerSetup,
    imagePath: string,
    signal: AbortSignal,
  ): Promise<FoundTags> {
    return this.options.tagger.request('captionImage', { imagePath, setup, options }, signal);
  }

  private async takeSnapshot(): Promise<void> {
    const problem = await snapshotBeforeJob(this.manifest, this.signal);
    if (problem === undefined) return;
    this.options.onLog?.(problem);
    this.note(withoutSnapshot(problem));
  }

  /** Adds a note that is shown beside the providers until the next run. */
  private note(note: JobState['execution'][number]): void {
    this.notes.push(note);
    if (this.state.execution.length === 0) return;
    this.state.execution = [...this.state.execution, note];
    this.update({ execution: this.state.execution });
  }

  /**
   * Loads the models that the job was made with.
   * @returns the maximum number of images in flight
   * @throws JobFaultError MODEL_CHANGED; the signal's reason
   */
  private async load({ tagger: { hashes } }: TaggerManifest, setup: TaggerSetup): Promise<number> {
    const { tagger } = this.options;
    const { signal } = this;
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
      notUsed: [...describeNotUsed(model), ...describeSpeed(model)],
    }));
    this.showExecution();
    this.providers = providersOf(description);
    return description.imagesInWork;
  }

  /**
   * Pauses the job if the tagger fell back from a lost GPU to the CPU: hours would become days, so the user has to
   * decide.
   */
  private async watchProvider(setup: TaggerSetup): Promise<void> {
    const now = await this.options.tagger.request('loadTagger', { setup }, this.signal).catch(() => undefined);
    if (now === undefined || providersOf(now) === this.providers || this.signal.aborted) return;
    // The last entry of `notUsed` is the provider that was used until now.
    const why = now.models.flatMap(describeNotUsed).at(-1);
    this.fault = new JobFaultError(
      'PROVIDER_LOST',
      l10n.t('The tagger lost what it ran on. {0} Resume tries it again, and goes on with what there is.', why ?? ''),
    );
    this.stop('paused');
  }

  private countOutcome({ image, outcome, reason, inWork }: ImageEnd): void {
    const { counts, failures } = this.state;
    const listed = isListed(outcome);
    const isShown = listed && reason !== undefined && failures.length < shownFailures;
    this.updateCounts(
      {
        counts: { ...counts, [outcome]: counts[outcome] + 1 },
        failures: isShown ? [...failures, { path: image, reason }] : failures,
      },
      { inWork: [...inWork] },
    );
    this.reportHandled(image, listed ? reason : undefined);
  }

  private async end(result: JobResult | undefined, journal: JobJournal): Promise<void> {
    try {
      await journal.close();
    } catch (thrown) {
      this.fault ??= jobFault(thrown);
    }
    if (result?.status === 'error' && result.error !== undefined) this.fault ??= jobFault(result.error);
    const isDone = handledOf(this.state.counts) >= this.manifest.total;
    await this.finish(this.fault !== undefined ? 'paused' : isDone ? 'completed' : (this.stopped ?? 'paused'));
  }
}

/** Stands in for the tagger if no image is left. */
const nothingLeft: RunTagger = { makeTags: () => Promise.reject(new Error('Nothing is left to do.')), imagesInWork: 1 };

function providersOf({ models }: TaggerDescription): string {
  return models.map(({ execution }) => execution.provider).join(' ');
}
