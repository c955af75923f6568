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

/** How long a provider that crashed the process is not tried again unasked, in milliseconds. */
const crashRemembered = 24 * 60 * 60 * 1000;
/**
 * This many trials that ended with their process count as a crash, even if nobody saw how it ended: it may have hung.
 */
const unfinishedTrials = 2;

/**
 * A trial by a process that cannot be looked at, in another container of this machine, has ended after so long, in
 * milliseconds: it takes minutes at most.
 */
const longestTrial = 60 * 60 * 1000;

interface Trial {
  file: string;
  process: ProcessIdentity;
  /** when it began, in milliseconds since 1970 */
  modified: number;
}

/**
 * Remembers on disk which provider is being tried, because a bug in a driver ends the whole process: the next one finds
 * the note of a trial without an end and leaves that provider out.
 */
export class ProviderTrials {
  /**
   * @param folder where the notes are kept; is made when it is needed
   * @param crashedProcesses ids of processes that are known to have crashed, not just ended
   * @param now milliseconds since 1970
   */
  constructor(
    private readonly folder: string,
    private readonly crashedProcesses: ReadonlySet<number>,
    private readonly now: () => number = Date.now,
  ) {}

  /**
   * The notes of this user, in the folder `DATASET_CAPTIONS_STATE` or a temporary one; `DATASET_CAPTIONS_CRASHED` names
   * the processes that crashed, by their ids.
   */
  static fromEnvironment(env: NodeJS.ProcessEnv): ProviderTrials {
    // No such function on Windows, where the temporary folder is the user's own anyway.
    const user = String(process.getuid?.() ?? 'user');
    const folder = env.DATASET_CAPTIONS_STATE ?? path.join(os.tmpdir(), `dataset-captions-${user}`);
    const crashed = (env.DATASET_CAPTIONS_CRASHED ?? '').split(',').filter((id) => id !== '');
    return new ProviderTrials(folder, new Set(crashed.map(Number)));
  }

  /**
   * Why a provider should not be tried now; undefined when nothing stands against it.
   * @param version of the runtime: a new version gets a new trial
   * @param askedFor the user chose this very provider: then only a crash since the editor or the command was started
   *   counts, so that a repaired driver is used at once
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
    // What this editor or command has seen crash itself is not tried again by it.
    if (askedFor) return this.crashedProcesses.has(crashedProcess?.pid ?? NaN) ? reason : undefined;
    return this.now() - modified < crashRemembered ? reason : undefined;
  }

  /** Runs a trial. Its note stays only when this process does not survive. */
  async guard<T>(provider: LocalProvider, version: string, trial: () => Promise<T>): Promise<T> {
    const identity = identityText(thisProcess());
    const note = path.join(this.folder, `${trialOf(provider, version)}-${identity}`);
    // Without a note the trial is as good as ever, only a crash would not be remembered.
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

  /** Who wrote the note of a crash: undefined where it cannot be read. */
  private async crashedProcess(crash: string): Promise<ProcessIdentity | undefined> {
    return identityOf(await readFile(crash, 'utf8').catch(() => ''));
  }

  /** All trials that have a note, those of other machines too. */
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

  /** Whether a trial ended with its process. One on another machine says nothing of the drivers of this one. */
  private hasEnded({ process: owner, modified }: Trial): boolean {
    const liveness = isAlive(owner);
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

/** The process that a note names; version 0.1.0 wrote its id only. */
function identityOf(text: string): ProcessIdentity | undefined {
  if (/^\d+$/.test(text)) return processAt(placeText(), Number(text));
  return parseIdentity(text);
}
