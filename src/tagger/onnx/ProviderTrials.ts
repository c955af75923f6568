import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as l10n from '@vscode/l10n';
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
} from '../../base/processIdentity';

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
  /**
   * @param folder contains the notes; created by the first trial
   * @param crashedProcesses ids of the processes that certainly crashed, in contrast to those that merely ended
   * @param now returns the current time, in milliseconds since 1970
   */
  constructor(
    private readonly folder: string,
    private readonly crashedProcesses: ReadonlySet<number>,
    private readonly now: () => number = Date.now,
  ) {}

  /**
   * The trials of this user. The environment variable `DATASET_CAPTIONS_STATE` is the folder of the notes, by default a
   * temporary one; `DATASET_CAPTIONS_CRASHED` lists the ids of the processes that crashed.
   */
  static fromEnvironment(env: NodeJS.ProcessEnv): ProviderTrials {
    // `getuid` does not exist on Windows, where every user has a temporary folder of their own.
    const user = String(process.getuid?.() ?? 'user');
    const folder = env.DATASET_CAPTIONS_STATE ?? path.join(os.tmpdir(), `dataset-captions-${user}`);
    const crashed = (env.DATASET_CAPTIONS_CRASHED ?? '').split(',').filter((id) => id !== '');
    return new ProviderTrials(folder, new Set(crashed.map(Number)));
  }

  /**
   * The reason why a provider should not be tried now; undefined if it may be tried.
   * @param version of the runtime: a new version gets a new trial
   * @param askedFor whether the user chose this provider explicitly: then only crashes since the editor or the command
   *   was started count, so that a repaired driver is used at once
   */
  async objection(provider: LocalProvider, version: string, askedFor: boolean): Promise<string | undefined> {
    const trials = (await this.trials(provider, version)).filter((trial) => this.hasEnded(trial));
    const crash = this.crashNote(provider, version);
    const crashed = trials.some((trial) => this.crashedProcesses.has(trial.process.pid));
    if (crashed || trials.length >= unfinishedTrials) {
      const [latest, ...older] = trials.sort((a, b) => b.modified - a.modified);
      if (latest !== undefined) await rename(latest.file, crash).catch(() => undefined);
      await this.remove(older.map(({ file }) => file));
    }
    const reason = l10n.t('It ended the tagger process when it was tried last.');
    if (crashed) return reason;
    const modified = await modifiedTime(crash);
    const crashedProcess = await this.crashedProcess(crash);
    if (modified === undefined || (crashedProcess !== undefined && !isOfThisMachine(crashedProcess))) return undefined;
    // This editor or command does not retry a provider if it has seen that crash itself.
    if (askedFor) return this.crashedProcesses.has(crashedProcess?.pid ?? NaN) ? reason : undefined;
    return this.now() - modified < crashRemembered ? reason : undefined;
  }

  /** Runs a trial. Its note remains on disk only if this process ends during the trial. */
  async guard<T>(provider: LocalProvider, version: string, trial: () => Promise<T>): Promise<T> {
    const identity = identityText(thisProcess());
    const note = path.join(this.folder, `${trialOf(provider, version)}-${identity}`);
    // If the note cannot be written, the trial runs anyway; only a crash would not be remembered.
    await mkdir(this.folder, { recursive: true, mode: 0o700 }).catch(() => undefined);
    await writeFile(note, identity).catch(() => undefined);
    try {
      return await trial();
    } finally {
      const others = await this.trials(provider, version);
      const outdated = others.filter((other) => this.hasEnded(other) || this.now() - other.modified > crashRemembered);
      await this.remove([note, this.crashNote(provider, version), ...outdated.map(({ file }) => file)]);
    }
  }

  private crashNote(provider: LocalProvider, version: string): string {
    return path.join(this.folder, `crashed-${provider}-${version}`);
  }

  /** The process that wrote the note of a crash; undefined if the note cannot be read. */
  private async crashedProcess(crash: string): Promise<ProcessIdentity | undefined> {
    return identityOf(await readFile(crash, 'utf8').catch(() => ''));
  }

  /** All trials that have a note, including those of other machines. */
  private async trials(provider: LocalProvider, version: string): Promise<Trial[]> {
    const prefix = `${trialOf(provider, version)}-`;
    const found: Trial[] = [];
    for (const name of await readdir(this.folder).catch(() => [])) {
      const owner = name.startsWith(prefix) ? identityOf(name.slice(prefix.length)) : undefined;
      if (owner === undefined) continue;
      const file = path.join(this.folder, name);
      const modified = await modifiedTime(file);
      if (modified !== undefined) found.push({ file, process: owner, modified });
    }
    return found;
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

  private async remove(files: readonly string[]): Promise<void> {
    for (const file of files) await rm(file, { force: true }).catch(() => undefined);
  }
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
