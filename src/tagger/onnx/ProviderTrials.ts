import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as l10n from '@vscode/l10n';
import type { LocalProvider } from '../../protocol/tagging/execution';
import { errorCode } from '../../protocol/channel/wireError';

/** How long a provider that crashed the process is not tried again unasked, in milliseconds. */
const crashRemembered = 24 * 60 * 60 * 1000;
/**
 * This many trials that ended with their process count as a crash, even if nobody saw how it ended: it may have hung.
 */
const unfinishedTrials = 2;

const trialName = /^trying-(.+)-(\d+)$/;

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
    const trials = await this.unfinished(provider, version);
    const crash = this.crashNote(provider, version);
    const crashed = trials.some(({ pid }) => this.crashedProcesses.has(pid));
    if (crashed || trials.length >= unfinishedTrials) {
      const [latest, ...older] = trials.sort((a, b) => b.modified - a.modified);
      if (latest !== undefined) await rename(latest.file, crash).catch(() => undefined);
      await this.remove(older.map(({ file }) => file));
    }
    const reason = l10n.t('It ended the tagger process when it was tried last.');
    if (crashed) return reason;
    const modified = await modifiedTime(crash);
    if (modified === undefined) return undefined;
    // What this editor or command has seen crash itself is not tried again by it.
    if (askedFor) return (await this.isOwnCrash(crash)) ? reason : undefined;
    return this.now() - modified < crashRemembered ? reason : undefined;
  }

  /** Runs a trial. Its note stays only when this process does not survive. */
  async guard<T>(provider: LocalProvider, version: string, trial: () => Promise<T>): Promise<T> {
    const note = path.join(this.folder, `${trialOf(provider, version)}-${process.pid}`);
    // Without a note the trial is as good as ever, only a crash would not be remembered.
    await mkdir(this.folder, { recursive: true, mode: 0o700 }).catch(() => undefined);
    await writeFile(note, String(process.pid)).catch(() => undefined);
    try {
      return await trial();
    } finally {
      const unfinished = await this.unfinished(provider, version);
      await this.remove([note, this.crashNote(provider, version), ...unfinished.map(({ file }) => file)]);
    }
  }

  private crashNote(provider: LocalProvider, version: string): string {
    return path.join(this.folder, `crashed-${provider}-${version}`);
  }

  private async isOwnCrash(crash: string): Promise<boolean> {
    // The note holds the id of the process that wrote it.
    const pid = Number(await readFile(crash, 'utf8').catch(() => ''));
    return this.crashedProcesses.has(pid);
  }

  /** The trials whose process is no more. */
  private async unfinished(
    provider: LocalProvider,
    version: string,
  ): Promise<{ file: string; pid: number; modified: number }[]> {
    const found: { file: string; pid: number; modified: number }[] = [];
    for (const name of await readdir(this.folder).catch(() => [])) {
      const pid = Number(trialName.exec(name)?.[2]);
      if (!name.startsWith(`${trialOf(provider, version)}-`) || !(pid > 0) || isAlive(pid)) continue;
      const file = path.join(this.folder, name);
      const modified = await modifiedTime(file);
      if (modified !== undefined) found.push({ file, pid, modified });
    }
    return found;
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

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (thrown) {
    // Of another user.
    return errorCode(thrown) === 'EPERM';
  }
}
