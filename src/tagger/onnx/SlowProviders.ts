import { createHash } from 'node:crypto';
import { lstat, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { placeText } from '../../base/machine/processIdentity';
import type { LocalProvider, ProviderSpeed } from '../../protocol/tagging/execution';
import { isProviderSpeed } from '../../protocol/tagging/providerTrial';

/** How long a provider is not tried again with the same model, in milliseconds: its driver may be replaced. */
const remembered = 24 * 60 * 60 * 1000;

/** A provider with the file of a model as it was when it was tried. */
export interface TriedModel {
  provider: LocalProvider;
  /** of ONNX Runtime: a new version gets a new trial */
  version: string;
  path: string;
  /** in bytes */
  size: number;
  /** in milliseconds since 1970 */
  modified: number;
}

/**
 * Remembers on disk which providers were slower than the CPU on this machine: a trial of one that is far slower takes
 * half a minute.
 */
export class SlowProviders {
  /**
   * @param folder that of the notes of trials, which is there during a trial; undefined: nothing is remembered
   * @param now returns the current time, in milliseconds since 1970
   */
  constructor(
    private readonly folder: string | undefined,
    private readonly now: () => number = Date.now,
  ) {}

  /** The notes of this user, in the folder that the environment variable `DATASET_CAPTIONS_STATE` names. */
  static fromEnvironment(env: NodeJS.ProcessEnv): SlowProviders {
    return new SlowProviders(env.DATASET_CAPTIONS_STATE);
  }

  /** How slow the provider was less than a day ago; undefined if it is not known to be slow. */
  async speedOf(tried: TriedModel): Promise<ProviderSpeed | undefined> {
    const note = this.noteOf(tried);
    if (note === undefined) return undefined;
    try {
      const { mtimeMs, uid } = await lstat(note);
      // What another user wrote decides nothing. On Windows every user has folders of their own.
      if (this.now() - mtimeMs > remembered || (process.getuid !== undefined && uid !== process.getuid()))
        return undefined;
      const speed: unknown = JSON.parse(await readFile(note, 'utf8'));
      return isProviderSpeed(speed) ? speed : undefined;
    } catch {
      return undefined;
    }
  }

  /** Remembers that the provider is slower than the CPU. Where that cannot be written, it is tried again. */
  async remember(tried: TriedModel, speed: ProviderSpeed): Promise<void> {
    const note = this.noteOf(tried);
    if (note === undefined) return;
    try {
      await rm(note, { force: true });
      await writeFile(note, JSON.stringify(speed), { flag: 'wx', mode: 0o600 });
    } catch {
      // Only a trial more.
    }
  }

  private noteOf({ provider, version, path: file, size, modified }: TriedModel): string | undefined {
    if (this.folder === undefined) return undefined;
    const hash = createHash('sha256').update([placeText(), file, size, modified].join('\n')).digest('hex');
    return path.join(this.folder, `slow-${provider}-${version}-${hash.slice(0, 16)}`);
  }
}
