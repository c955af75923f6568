import { createHash } from 'node:crypto';
import path from 'node:path';
import * as l10n from '@vscode/l10n';
import pMap from 'p-map';
import { CaptionConflictError, fileError } from '../../dataset/files/CaptionError';
import { captionHash } from '../../dataset/captions/captionHash';
import { readIfThere } from '../../dataset/captions/captionFile';
import type { FileWriter } from '../../dataset/files/FileWriter';
import { captionPathOf } from '../../dataset/files/imageFiles';
import { finishSavesIn } from '../../dataset/files/leftovers';
import { JobError } from '../JobError';
import type { JobFolder } from '../folder/JobFolder';
import type { ImageRecord, WriteIntent } from '../folder/journalEntries';
import { PreviousContents } from '../folder/PreviousContents';
import type { JobManifest } from '../jobTypes';
import type { Author } from '../../records/recordEntry';
import { jobAuthor } from './jobAuthor';
import { TakenBackRecords } from '../../records/TakenBackRecords';

/** Maximum number of files in flight. */
const maxFilesInFlight = 64;

export interface RevertResult {
  /** relative paths of the images whose captions are again what they were before the job */
  reverted: string[];
  /** the images whose captions were not touched, each with the reason */
  left: { path: string; reason: string }[];
}

/** What reverting a job would take back, for the question to the user. */
export interface RevertPreview {
  /** how many captions the job wrote */
  written: number;
  /** identifies what the job wrote: it is another one as soon as the job has written more */
  version: string;
}

/** Says what reverting a job would take back as of now. @throws JobError JOB_MISSING, JOB_UNREADABLE */
export async function previewRevert(folder: JobFolder): Promise<RevertPreview> {
  const records = await folder.readJournal();
  const written = [...records.values()].filter(({ outcome }) => outcome === 'written').length;
  return { written, version: versionOf(records) };
}

/**
 * Restores the previous bytes of every caption that a job wrote and nobody changed since; deletes the files that the
 * job created. Idempotent. A file that the job wrote several times, as captions of several images are links to it, is
 * taken back write by write.
 * @param options.shown the version of the preview that the user agreed to; undefined if nobody was asked
 * @throws JobError JOB_BUSY with the name of the process that has the job, JOB_TAKEN if it took the lock meanwhile,
 *   JOB_CHANGED if it wrote more than was shown: then nothing is reverted; the signal's reason: files reverted so far
 *   stay reverted, and calling again resumes
 */
export async function revertJob(
  folder: JobFolder,
  writer: FileWriter,
  options: { signal: AbortSignal; shown?: string; onProgress?: (done: number, total: number) => void },
): Promise<RevertResult> {
  const lock = await folder.lock();
  try {
    const manifest = await folder.readManifest();
    const { root, captionExtension } = manifest;
    const images = await folder.readImages();
    const journal = await folder.readJournal();
    if (options.shown !== undefined && options.shown !== versionOf(journal)) throw wroteMore(folder);
    const intents = [...journal].flatMap(([index, { intent, outcome }]) => {
      const image = images[index];
      // For an image that was kept, the write was refused.
      const isNone = intent === undefined || outcome === 'kept' || image === undefined;
      return isNone ? [] : [{ image: image.path, intent }];
    });
    const folders = new Set(
      intents.map(({ image }) => path.dirname(path.join(root, captionPathOf(image, captionExtension)))),
    );
    // A file that was being written in place may be half-written: it would count as changed by somebody else.
    for (const one of folders) await finishSavesIn(one);
    const result: RevertResult = { reverted: [], left: [] };
    let open = intents;
    const records = await TakenBackRecords.of(root, authorOfRevert(manifest), manifest.write.records ?? 'dataset');
    await PreviousContents.use(async (contents) => {
      for (let before = -1; open.length > 0 && before < result.reverted.length;) {
        before = result.reverted.length;
        const changed: typeof intents = [];
        await pMap(
          open,
          async ({ image, intent }) => {
            const file = path.join(root, captionPathOf(image, captionExtension));
            await lock.check();
            const reason = await revertFile({ file, picture: path.join(root, image) }, intent, contents, {
              writer,
              records,
            });
            if (reason === undefined) result.reverted.push(image);
            else if (reason === changedSince) changed.push({ image, intent });
            else if (reason !== neverWritten) result.left.push({ path: image, reason });
            options.onProgress?.(result.reverted.length + result.left.length, intents.length);
          },
          { concurrency: maxFilesInFlight, signal: options.signal },
        );
        // The file may have been changed since by this job, through another link; that write is reverted already.
        open = changed;
      }
    });
    await records.close();
    for (const { image } of open) result.left.push({ path: image, reason: changedSince });
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

/** The author of a revert, as it is named in records: without thresholds and separator, as nothing is tagged. */
function authorOfRevert(job: JobManifest): Author {
  const { by, name = '' } = jobAuthor(job);
  return { by, name, job: job.id };
}

function versionOf(records: ReadonlyMap<number, ImageRecord>): string {
  const hash = createHash('sha256');
  for (const [index, { intent }] of records) {
    // Journals only grow, so the place of the previous content identifies the intent.
    if (intent !== undefined) hash.update(JSON.stringify([index, intent.written, intent.previous]));
  }
  return hash.digest('hex');
}

function wroteMore(folder: JobFolder): JobError {
  const message = l10n.t('The job went on after you were asked, so nothing was reverted. Revert it again.');
  return new JobError('JOB_CHANGED', message, folder.path);
}

const neverWritten = Symbol('never written');

/** @returns why the file was not touched; undefined if it holds its previous content now */
async function revertFile(
  { file, picture }: { file: string; picture: string },
  { previous: place, written }: WriteIntent,
  contents: PreviousContents,
  { writer, records }: { writer: FileWriter; records: TakenBackRecords },
): Promise<string | undefined | typeof neverWritten> {
  try {
    const previous = place === null ? null : await contents.read(place);
    const bytes = await readIfThere(file);
    const hash = captionHash(bytes);
    if (hash === captionHash(previous)) return hash === written ? undefined : neverWritten;
    if (hash !== written) return changedSince;
    // A job writes no file that is not UTF-8, so that decoding loses no byte.
    const content = previous?.toString() ?? null;
    const finish = await records.record({ file, picture }, bytes?.toString() ?? '', content ?? '');
    await writer.write({ file, content, expected: bytes });
    finish();
    return undefined;
  } catch (thrown) {
    return thrown instanceof CaptionConflictError ? changedSince : fileError(thrown, file, 'save').message;
  }
}

const changedSince = l10n.t('The caption was changed after the job wrote it.');
