import path from 'node:path';
import * as l10n from '@vscode/l10n';
import pMap from 'p-map';
import { CaptionConflictError, fileError } from '../../dataset/files/CaptionError';
import { captionHash } from '../../dataset/captions/captionHash';
import { readIfThere } from '../../dataset/captions/captionFile';
import type { FileWriter } from '../../dataset/files/FileWriter';
import { captionPathOf } from '../../dataset/files/imageFiles';
import type { JobFolder } from '../folder/JobFolder';
import type { WriteIntent } from '../folder/journalEntries';

/** Maximum number of files in flight. */
const maxFilesInFlight = 64;

export interface RevertResult {
  /** relative paths of the images whose captions are again what they were before the job */
  reverted: string[];
  /** the images whose captions were not touched, each with the reason */
  left: { path: string; reason: string }[];
}

/**
 * Restores the previous bytes of every caption that a job wrote and nobody changed since; deletes the files that the
 * job created. Idempotent.
 * @throws JobError JOB_BUSY with the name of the process that has the job, JOB_TAKEN if it has it by now; the signal's
 * reason: files reverted so far stay reverted, and calling again resumes
 */
export async function revertJob(
  folder: JobFolder,
  writer: FileWriter,
  options: { signal: AbortSignal; onProgress?: (done: number, total: number) => void },
): Promise<RevertResult> {
  const lock = await folder.lock();
  try {
    const { root, captionExtension } = await folder.readManifest();
    const images = await folder.readImages();
    const intents = [...(await folder.readJournal())].flatMap(([index, { intent }]) => {
      const image = images[index];
      return intent === undefined || image === undefined ? [] : [{ image: image.path, intent }];
    });
    const result: RevertResult = { reverted: [], left: [] };
    let done = 0;
    await pMap(
      intents,
      async ({ image, intent }) => {
        const file = path.join(root, captionPathOf(image, captionExtension));
        await lock.check();
        const reason = await revertFile(file, intent, writer);
        if (reason === undefined) result.reverted.push(image);
        else if (reason !== neverWritten) result.left.push({ path: image, reason });
        options.onProgress?.(++done, intents.length);
      },
      { concurrency: maxFilesInFlight, signal: options.signal },
    );
    await lock.check();
    const state = await folder.readState();
    await folder.writeState({
      ...state,
      status: state.status === 'completed' ? 'completed' : 'cancelled',
      reverted: new Date().toISOString(),
    });
    return result;
  } finally {
    await lock.release();
  }
}

const neverWritten = Symbol('never written');

/** @returns why the file was not touched; undefined if it holds its previous content now */
async function revertFile(
  file: string,
  { previous, written }: WriteIntent,
  writer: FileWriter,
): Promise<string | undefined | typeof neverWritten> {
  try {
    const bytes = await readIfThere(file);
    const hash = captionHash(bytes);
    if (hash === captionHash(previous)) return hash === written ? undefined : neverWritten;
    if (hash !== written) return changedSince;
    // A job writes no file that is not UTF-8, so that decoding loses no byte.
    await writer.write({ file, content: previous === null ? null : Buffer.from(previous).toString(), expected: bytes });
    return undefined;
  } catch (thrown) {
    return thrown instanceof CaptionConflictError ? changedSince : fileError(thrown, file, 'save').message;
  }
}

const changedSince = l10n.t('The caption was changed after the job wrote it.');
