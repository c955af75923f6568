import path from 'node:path';
import * as l10n from '@vscode/l10n';
import pMap from 'p-map';
import { decodeCaption } from '../dataset/captions/captionContent';
import { CaptionConflictError, fileError } from '../dataset/files/CaptionError';
import { sameBytes } from '../dataset/files/fileBytes';
import type { FileWriter } from '../dataset/files/FileWriter';
import { finishSavesIn } from '../dataset/files/leftovers';
import type { TakenBackRecords } from '../records/TakenBackRecords';
import type { CaptionStates } from './CaptionStates';
import { contentOfStep, type RestorePlan, type RestoreStep } from './restorePlan';
import { SnapshotError } from './store/SnapshotError';

/** Maximum number of files in flight, enough for each writing thread to stay in its own folder. */
const maxFilesInFlight = 512;

export interface RestoreOptions {
  /** of the dataset, absolute */
  folder: string;
  snapshot: CaptionStates;
  /** the current captions: a file that has changed by the time of its write is left alone */
  now: CaptionStates;
  tag?: string | undefined;
  writer: FileWriter;
  records: TakenBackRecords;
  signal: AbortSignal;
  onProgress?: (done: number, total: number) => void;
}

export interface Restored {
  /** images, relative to the folder, whose captions were written */
  restored: string[];
  /** those whose captions were left as they are, with the reason */
  left: { path: string; reason: string }[];
}

/**
 * Writes the captions of a plan, with the exact bytes of the snapshot. A file that was changed since the plan is left
 * alone.
 * @throws the signal's reason: what was restored so far stays so
 */
export async function restoreFiles(plan: RestorePlan, options: RestoreOptions): Promise<Restored> {
  const { folder, signal, onProgress } = options;
  const result: Restored = { restored: [], left: [...plan.left] };
  const folders = new Set(plan.steps.map(({ captionPath }) => path.dirname(path.join(folder, captionPath))));
  // A file that was being written in place may be half-written.
  for (const one of folders) await finishSavesIn(one);
  let done = 0;
  await pMap(
    plan.steps,
    async (step) => {
      const reason = await restoreFile(step, options);
      if (reason === undefined) result.restored.push(step.image);
      else if (reason !== unchanged) result.left.push({ path: step.image, reason });
      onProgress?.(++done, plan.steps.length);
    },
    { concurrency: maxFilesInFlight, signal },
  );
  return result;
}

const unchanged = Symbol('unchanged');

/** @returns why the file was not written; undefined if it was */
async function restoreFile(step: RestoreStep, options: RestoreOptions): Promise<string | undefined | typeof unchanged> {
  const { folder, snapshot, now: current, tag, writer, records } = options;
  const file = path.join(folder, step.captionPath);
  try {
    const content = await contentOfStep(step, snapshot, current, tag);
    if ('reason' in content) return content.reason;
    const { now, wanted } = content;
    if (sameBytes(now, wanted)) return unchanged;
    const finish = await records.record({ file, picture: path.join(folder, step.image) }, textOf(now), textOf(wanted));
    await writer.write({ file, content: wanted, expected: now });
    finish();
    return undefined;
  } catch (thrown) {
    if (thrown instanceof SnapshotError) return thrown.message;
    return thrown instanceof CaptionConflictError ? changedMeanwhile() : fileError(thrown, file, 'save').message;
  }
}

function textOf(content: Uint8Array | null): string {
  return content === null ? '' : decodeCaption(content).raw;
}

function changedMeanwhile(): string {
  return l10n.t('The caption was changed meanwhile; what it holds was kept.');
}
