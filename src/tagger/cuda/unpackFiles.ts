import { createWriteStream } from 'node:fs';
import { statfs } from 'node:fs/promises';
import path from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as l10n from '@vscode/l10n';
import { openPromise, type Entry } from 'yauzl';
import { displayLanguage } from '../../base/displayLanguage';
import { errorMessage } from '../../protocol/channel/wireError';
import { formatBytes } from '../../protocol/text/formatBytes';
import { CudaError } from './CudaError';
import { writeError } from './runtimeCopy';

/** Bytes that stay free on the disk: a full one breaks other programs, too. */
const spareSpace = 64 << 20;

/** How to follow and cancel the unpacking. */
export interface UnpackOptions {
  /** @param written of `total`, in bytes */
  onProgress: (written: number, total: number) => void;
  signal: AbortSignal | undefined;
}

/**
 * Unpacks some files of a zip archive, piece by piece: they may be larger than the memory. The archive's own hash must
 * have been verified before: the checksums in it are not.
 * @param archive absolute path
 * @param files the names that they get, and their paths in the archive; all must be there
 * @param folder where they go
 * @throws CudaError CUDA_PACKAGE_INCOMPLETE, CUDA_DISK_FULL, CUDA_FOLDER_UNWRITABLE; the signal's reason
 */
export async function unpackFiles(
  archive: string,
  files: ReadonlyMap<string, string>,
  folder: string,
  { onProgress, signal }: UnpackOptions,
): Promise<void> {
  const zip = await openPromise(archive, { autoClose: false }).catch((error: unknown) => {
    throw incomplete(archive, errorMessage(error), error);
  });
  try {
    const entries = new Map<string, Entry>();
    for await (const entry of zip.eachEntry()) entries.set(entry.fileName, entry);
    const wanted = Array.from(files, ([name, inside]) => {
      const entry = entries.get(inside);
      if (entry === undefined) throw incomplete(archive, l10n.t('it has no {0}', inside));
      return { target: path.join(folder, name), entry };
    });
    const total = wanted.reduce((sum, { entry }) => sum + entry.uncompressedSize, 0);
    await checkSpace(folder, total);
    let written = 0;
    onProgress(written, total);
    for (const { target, entry } of wanted) {
      const meter = new Transform({
        transform(piece: Buffer, _encoding, done) {
          written += piece.length;
          onProgress(written, total);
          done(null, piece);
        },
      });
      await pipeline(await zip.openReadStreamPromise(entry), meter, createWriteStream(target), { signal });
    }
  } catch (error) {
    if (signal?.aborted === true || error instanceof CudaError) throw error;
    const known = writeError(error, folder);
    throw known instanceof CudaError ? known : incomplete(archive, errorMessage(error), error);
  } finally {
    zip.close();
  }
}

async function checkSpace(folder: string, needed: number): Promise<void> {
  const { bavail, bsize, blocks } = await statfs(folder);
  // Some network file systems have no figures and say 0 for all of them.
  if (blocks === 0 || bavail * bsize >= needed + spareSpace) return;
  const lacking = formatBytes(needed + spareSpace - bavail * bsize, displayLanguage());
  const message = l10n.t(
    'There is not enough space to unpack CUDA support in {0}: free {1} and install again; the download is kept.',
    folder,
    lacking,
  );
  throw new CudaError('CUDA_DISK_FULL', folder, message);
}

function incomplete(archive: string, why: string, cause?: unknown): CudaError {
  const message = l10n.t(
    "The package of ONNX Runtime's CUDA libraries cannot be unpacked: {0} ({1}).",
    why,
    path.basename(archive),
  );
  return new CudaError('CUDA_PACKAGE_INCOMPLETE', archive, message, cause);
}
