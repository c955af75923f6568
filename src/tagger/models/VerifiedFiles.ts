import { randomUUID } from 'node:crypto';
import { lstat, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileDigest } from '../download/fileHash';
import type { PinnedFile } from './catalogue';
import { realPath } from '../../base/realPath';

interface HashedFile {
  size: number;
  /** the time of its last change, in milliseconds since 1970 */
  modified: number;
  sha256: string;
}

/**
 * Checks whether files have the hashes that the catalogue pins. A large file is hashed only once: its hash is stored
 * with its path, size and modification time, in `verified-files.json` in the download folder. A file in a hub cache is
 * named after its hash; that it is the wrong one is believed without reading it, that it is the right one is not.
 */
export class VerifiedFiles {
  private readonly path: string;
  private known: Promise<Map<string, HashedFile>> | undefined;

  constructor(private readonly downloadFolder: string) {
    this.path = path.join(downloadFolder, 'verified-files.json');
  }

  /** Whether a file is the pinned one, if that is known without reading the file; otherwise undefined. */
  async knownAnswer(file: string, pinned: PinnedFile): Promise<boolean | undefined> {
    const stats = await stat(file).catch(() => undefined);
    if (stats?.isFile() !== true || (pinned.size !== undefined && stats.size !== pinned.size)) return false;
    const real = await realPath(file);
    const blob = path.basename(path.dirname(real)) === 'blobs' ? path.basename(real) : '';
    if (/^[0-9a-f]{64}$/.test(blob) && blob !== pinned.sha256) return false;
    const known = (await this.knownFiles()).get(real);
    if (known?.size !== stats.size || known.modified !== stats.mtimeMs) return undefined;
    return known.sha256 === pinned.sha256;
  }

  /**
   * Whether a file is the pinned one; reads the file if that is not known.
   * @throws the signal's reason when aborted
   */
  async verify(file: string, pinned: PinnedFile, signal: AbortSignal | undefined): Promise<boolean> {
    const answer = await this.knownAnswer(file, pinned);
    if (answer !== undefined) return answer;
    try {
      const sha256 = await sha256Of(file, signal);
      await this.remember(file, sha256);
      return sha256 === pinned.sha256;
    } catch (error) {
      if (signal?.aborted === true) throw error;
      // A file that cannot be read counts as a wrong one.
      return false;
    }
  }

  /**
   * Stores the hash of a file as it is now. If the download folder is not writable, the hash is not stored on disk, and
   * the next process hashes the file again.
   */
  async remember(file: string, sha256: string): Promise<void> {
    const [{ size, mtimeMs }, real, known] = await Promise.all([stat(file), realPath(file), this.knownFiles()]);
    known.set(real, { size, modified: mtimeMs, sha256 });
    const temporary = `${this.path}.${randomUUID()}.tmp`;
    try {
      await mkdir(this.downloadFolder, { recursive: true });
      await writeFile(temporary, JSON.stringify(Object.fromEntries(known), undefined, 1), { flag: 'wx', mode: 0o644 });
      await rename(temporary, this.path);
    } catch {
      await rm(temporary, { force: true }).catch(() => undefined);
    }
  }

  private knownFiles(): Promise<Map<string, HashedFile>> {
    this.known ??= readKnown(this.path);
    return this.known;
  }
}

/** Whether a small file is the pinned one; the file is read at each call. */
export async function isPinnedFile(file: string, { sha256 }: PinnedFile): Promise<boolean> {
  const actual = await sha256Of(file, undefined).catch(() => undefined);
  return actual === sha256;
}

function sha256Of(file: string, signal: AbortSignal | undefined): Promise<string> {
  return fileDigest(file, { algorithm: 'sha256', encoding: 'hex' }, signal);
}

/**
 * Whether a file says what this user, or whoever this user trusts with the folder, found out: it belongs to this user,
 * the system or the folder's owner, and nobody else can write it. In a folder of several users others could call any
 * file the pinned one.
 */
async function isTrusted(file: string): Promise<boolean> {
  if (process.platform === 'win32') return true;
  const [info, folder] = await Promise.all([lstat(file), stat(path.dirname(file))]);
  const owners = [process.geteuid?.(), 0, folder.uid];
  return info.isFile() && owners.includes(info.uid) && (info.mode & 0o002) === 0;
}

async function readKnown(file: string): Promise<Map<string, HashedFile>> {
  const known = new Map<string, HashedFile>();
  try {
    if (!(await isTrusted(file))) return known;
    const content = JSON.parse(await readFile(file, 'utf8')) as Record<string, Partial<HashedFile>>;
    for (const [name, { size, modified, sha256 }] of Object.entries(content)) {
      if (typeof size === 'number' && typeof modified === 'number' && typeof sha256 === 'string') {
        known.set(name, { size, modified, sha256 });
      }
    }
  } catch {
    // Missing or damaged: the files are hashed again.
    return new Map();
  }
  return known;
}
