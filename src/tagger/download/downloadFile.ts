import { mkdir, rm, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as l10n from '@vscode/l10n';
import { onDisk } from './diskErrors';
import { DownloadError } from './DownloadError';
import type { DownloadEnvironment, DownloadRequest } from './downloadRequest';
import { fileDigest } from './fileHash';
import { FileLock } from '../../base/machine/FileLock';
import { HttpClient } from './HttpClient';
import { PartialFile, partialPaths } from './PartialFile';
import { Transfer } from './Transfer';

const defaultTimeout = 10_000;

const thisComputer: DownloadEnvironment = {
  now: () => Date.now(),
  sleep: async (time, signal) => {
    await delay(time, undefined, signal === undefined ? {} : { signal });
  },
  freeSpace: async (folder) => {
    try {
      const { blocks, bavail, bsize } = await statfs(folder);
      // Some network file systems have no figures and say 0 for all of them.
      return blocks === 0 ? undefined : bavail * bsize;
    } catch {
      return undefined;
    }
  },
};

/**
 * Downloads a file: continues what an earlier try left, retries after failures that may pass (five times in a row
 * without a new byte), verifies size and hash, and only then puts it under its name. One process at a time: others wait
 * and find it done. A target that is there and fits is left as it is.
 * @throws DownloadError; nothing is then under the final name that was not there before. CANCELLED, failures of the
 *   network and kills leave `<target>.partial` and `<target>.partial.json` for the next time.
 */
export async function downloadFile(request: DownloadRequest): Promise<void> {
  const { target, signal, onProgress } = request;
  const environment = { ...thisComputer, ...request.environment };
  if (!URL.canParse(request.url)) {
    throw new DownloadError(
      'BAD_ADDRESS',
      target,
      l10n.t('"{0}" is no web address. Check the server\'s address.', request.url),
    );
  }
  try {
    signal?.throwIfAborted();
    await onDisk(target, () => mkdir(path.dirname(target), { recursive: true }));
    const lock = await onDisk(target, () =>
      FileLock.acquire(lockPath(target), {
        signal,
        onWait: () => {
          void reportWaiting(request);
        },
      }),
    );
    try {
      if (await fits(request)) {
        await removePartial(target);
        return;
      }
      const http = await HttpClient.open({
        headers: request.headers ?? {},
        token: request.token,
        timeout: request.timeout ?? defaultTimeout,
        signal,
        target,
      });
      const partial = await PartialFile.find(target, request.url, request.hash, signal);
      try {
        await new Transfer(
          { ...request, environment, onProgress: onProgress ?? (() => undefined) },
          http,
          partial,
        ).run();
      } finally {
        await partial.close();
        await http.close();
      }
    } finally {
      await lock.release();
    }
  } catch (thrown) {
    if (signal?.aborted !== true) throw thrown;
    throw new DownloadError(
      'CANCELLED',
      target,
      l10n.t('The download was cancelled. What is there will be continued.'),
      thrown,
    );
  }
}

/** The file that says who is downloading `target`. */
export function lockPath(target: string): string {
  return `${target}.lock`;
}

/** Whether the target already is the requested file; false without a size or a hash to compare. */
async function fits({ target, size, hash, signal }: DownloadRequest): Promise<boolean> {
  if (size === undefined && hash === undefined) return false;
  const stats = await stat(target).catch(() => undefined);
  if (stats?.isFile() !== true || (size !== undefined && stats.size !== size)) return false;
  return hash === undefined || (await onDisk(target, () => fileDigest(target, hash, signal))) === hash.digest;
}

async function reportWaiting({ target, size, onProgress }: DownloadRequest): Promise<void> {
  const stats = await stat(partialPaths(target).bytes).catch(() => undefined);
  onProgress?.({ phase: 'waiting', receivedBytes: stats?.size ?? 0, totalBytes: size ?? 0, bytesPerSecond: 0 });
}

async function removePartial(target: string): Promise<void> {
  const { bytes, source } = partialPaths(target);
  await rm(bytes, { force: true });
  await rm(source, { force: true });
}
