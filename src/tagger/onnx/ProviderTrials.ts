import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as l10n from '@vscode/l10n';
import { makeOwnFolder, ownFileMode } from '../../base/machine/ownFolder';
import type { LocalProvider } from '../../protocol/tagging/execution';
import {
  identityText,
  isAlive,
  isOfThisMachine,
  parseIdentity,
  placeText,
  processAt,
  thisProcess,
  type ProcessIdentity,
} from '../../base/machine/processIdentity';

/** How long after a crash a provider is tried only if the user chose it, in milliseconds. */
const crashRemembered = 24 * 60 * 60 * 1000;
/**
 * If the process ended during this many trials, that counts as a crash, even if it is unknown how the process ended: it
 * may have hung.
 */
const unfinishedTrials = 2;

/**
 * The time after which a trial counts as ended, in milliseconds, if its process cannot be checked because it runs in
 * another container of this machine. A trial takes minutes at most.
 */
const longestTrial = 60 * 60 * 1000;

interface Trial {
  file: string;
  process: ProcessIdentity;
  /** when it began, in milliseconds since 1970 */
  modified: number;
}

/**
 * Remembers on disk which execution providers crashed when they were tried. A bug in a driver ends the whole process,
 * so a note (a small file) is written before each trial and removed after it. A later process that finds the note of an
 * unfinished trial does not use that provider.
 */
export class ProviderTrials {
  /** the folder of the notes once it is known that nobody else can write there; undefined if there is none */
  private own: Promise<string | undefined> | undefined;

  /**
   * @param folder contains the notes, and nothing else; created when it is needed. Undefined: nothing is remembered, as
   *   where the folder is another user's, whose notes or links decide nothing here
   * @param crashedProcesses ids of the processes that certainly crashed, in contrast to those that merely ended
   * @param now returns the current time, in milliseconds since 1970
   */
  constructor(
    private readonly folder: string | undefined,
    private readonly crashedProcesses: ReadonlySet<number>,
    private readonly now: () => number = Date.now,
  ) {}

  /**
   * The trials of this user. The environment variable `DATASET_CAPTIONS_STATE` is the folder of the notes;
   * `DATASET_CAPTIONS_CRASHED` lists the ids of the processes that crashed.
   */
  static fromEnvironment(env: NodeJS.ProcessEnv): ProviderTrials {
    const crashed = (env.DATASET_CAPTIONS_CRASHED ?? '').split(',').filter((id) => id !== '');
    return new ProviderTrials(env.DATASET_CAPTIONS_STATE, new Set(crashed.map(Number)));
  }

  /**
   * The reason why a provider should not be tried now; undefined if it may be tried.
   * @param version of the runtime: a new version gets a new trial
   * @param askedFor whether the user chose this provider explicitly: then only crashes since the editor or the command
   *   was started count, so that a repaired driver is used at once
   */
  async objection(provider: LocalProvider, version: string, askedFor: boolean): Promise<string | undefined> {
    const folder = await this.ownFolder();
    if (folder === undefined) return undefined;
    const trials = (await trialsIn(folder, provider, version)).filter((trial) => this.hasEnded(trial));
    const crash = crashNote(folder, provider, version);
    const crashed = trials.some((trial) => this.crashedProcesses.has(trial.process.pid));
    if (crashed || trials.length >= unfinishedTrials) {
      const [latest, ...older] = trials.sort((a, b) => b.modified - a.modified);
      if (latest !== undefined) await rename(latest.file, crash).catch(() => undefined);
      await remove(older.map(({ file }) => file));
    }
    const reason = l10n.t('It ended the tagger process when it was tried last.');
    if (crashed) return reason;
    const modified = await modifiedTime(crash);
    const crashedProcess = await crashedProcessOf(crash);
    if (modified === undefined || (crashedProcess !== undefined && !isOfThisMachine(crashedProcess))) return undefined;
    // This editor or command does not retry a provider if it has seen that crash itself.
    if (askedFor) return this.crashedProcesses.has(crashedProcess?.pid ?? NaN) ? reason : undefined;
    return this.now() - modified < crashRemembered ? reason : undefined;
  }

  /** Runs a trial. Its note remains on disk only if this process ends during the trial. */
  async guard<T>(provider: LocalProvider, version: string, trial: () => Promise<T>): Promise<T> {
    const folder = await this.ownFolder();
    // If the note cannot be written, the trial runs anyway; only a crash would not be remembered.
    if (folder === undefined) return trial();
    const identity = identityText(thisProcess());
    const note = path.join(folder, `${trialOf(provider, version)}-${identity}`);
    await writeFile(note, identity, { flag: 'wx', mode: ownFileMode }).catch(() => undefined);
    try {
      return await trial();
    } finally {
      const others = await trialsIn(folder, provider, version);
      const outdated = others.filter((other) => this.hasEnded(other) || this.now() - other.modified > crashRemembered);
      await remove([note, crashNote(folder, provider, version), ...outdated.map(({ file }) => file)]);
    }
  }

  private ownFolder(): Promise<string | undefined> {
    const { folder } = this;
    if (folder === undefined) return Promise.resolve(undefined);
    this.own ??= makeOwnFolder(folder).then(
      () => folder,
      () => undefined,
    );
    return this.own;
  }

  /**
   * Whether a trial ended because its process did. False for a trial on another machine: that says nothing about the
   * drivers of this machine.
   */
  private hasEnded({ process: owner, modified }: Trial): boolean {
    const liveness = isAlive(owner, modified);
    if (liveness !== 'unknown') return liveness === 'dead';
    return isOfThisMachine(owner) && this.now() - modified > longestTrial;
  }
}

function crashNote(folder: string, provider: LocalProvider, version: string): string {
  return path.join(folder, `crashed-${provider}-${version}`);
}

/** The process that wrote the note of a crash; undefined if the note cannot be read. */
async function crashedProcessOf(crash: string): Promise<ProcessIdentity | undefined> {
  return identityOf(await readFile(crash, 'utf8').catch(() => ''));
}

/** All trials that have a note in a folder, including those of other machines. */
async function trialsIn(folder: string, provider: LocalProvider, version: string): Promise<Trial[]> {
  const prefix = `${trialOf(provider, version)}-`;
  const found: Trial[] = [];
  for (const name of await readdir(folder).catch(() => [])) {
    const owner = name.startsWith(prefix) ? identityOf(name.slice(prefix.length)) : undefined;
    if (owner === undefined) continue;
    const file = path.join(folder, name);
    const modified = await modifiedTime(file);
    if (modified !== undefined) found.push({ file, process: owner, modified });
  }
  return found;
}

async function remove(files: readonly string[]): Promise<void> {
  for (const file of files) await rm(file, { force: true }).catch(() => undefined);
}

function trialOf(provider: LocalProvider, version: string): string {
  return `trying-${provider}-${version}`;
}

async function modifiedTime(file: string): Promise<number | undefined> {
  return stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  );
}

/** The process that wrote a note. Version 0.1.0 of this program wrote only the id of the process. */
function identityOf(text: string): ProcessIdentity | undefined {
  if (/^\d+$/.test(text)) return processAt(placeText(), Number(text));
  return parseIdentity(text);
}
