import * as l10n from '@vscode/l10n';
import { decodeCaption } from '../dataset/captions/captionContent';
import { captionPathOf } from '../dataset/files/imageFiles';
import { rawWithText, textOfRaw } from '../tags/captionText';
import { noCaption, unreadCaption, type CaptionKey } from './store/captionKey';
import { lostReason, type CaptionStates } from './CaptionStates';
import { withTagOfBefore } from './tagOfBefore';

export interface RestoreWish {
  /** whether the caption of an image is to be restored; all if undefined */
  isWanted?: (image: string) => boolean;
  /** restore only this tag, in all captions that have or had it */
  tag?: string | undefined;
}

/** A caption that differs. */
export interface RestoreStep {
  /** the first image with this caption, relative to the folder */
  image: string;
  captionPath: string;
  now: CaptionKey;
  wanted: CaptionKey;
}

export interface RestorePlan {
  steps: RestoreStep[];
  /** images whose captions are the same as in the snapshot */
  same: number;
  /** images of the snapshot that are gone by now, relative to the folder */
  gone: string[];
  /** images that the snapshot does not have */
  unknown: number;
  /** images whose captions stay as they are, with the reason */
  left: { path: string; reason: string }[];
}

/**
 * Plans which captions have to be written to restore a snapshot. Captions of images that the snapshot does not have
 * stay as they are.
 */
export function planRestore(
  snapshot: CaptionStates,
  now: CaptionStates,
  captionExtension: string,
  { isWanted = () => true }: RestoreWish = {},
): RestorePlan {
  const plan: RestorePlan = { steps: [], same: 0, gone: [], unknown: 0, left: [] };
  const planned = new Set<string>();
  for (const [image, key] of now.keys) {
    if (!isWanted(image)) continue;
    const wanted = snapshot.keys.get(image);
    const captionPath = captionPathOf(image, captionExtension);
    if (wanted === undefined && snapshot.lost > 0 && snapshot.covers(image))
      plan.left.push({ path: image, reason: lostReason() });
    else if (wanted === undefined) plan.unknown++;
    else if (wanted === key && key !== unreadCaption) plan.same++;
    else if (wanted === unreadCaption) plan.left.push({ path: image, reason: notInSnapshot() });
    else if (key === unreadCaption) plan.left.push({ path: image, reason: notReadable() });
    else if (!planned.has(captionPath)) {
      planned.add(captionPath);
      plan.steps.push({ image, captionPath, now: key, wanted });
    }
  }
  for (const image of snapshot.keys.keys()) if (!now.keys.has(image) && isWanted(image)) plan.gone.push(image);
  const places = new Map(snapshot.inOrder(new Set(plan.steps.map(({ wanted }) => wanted))).map((key, at) => [key, at]));
  plan.steps.sort((a, b) => (places.get(a.wanted) ?? 0) - (places.get(b.wanted) ?? 0));
  return plan;
}

/** The current and the new content of a caption file; null for no file. */
export interface RestoredContent {
  now: Uint8Array | null;
  wanted: Uint8Array | null;
}

/**
 * The contents of a step. Equal where nothing is to be done, as when one tag is restored and has not changed.
 * @throws SnapshotError SNAPSHOT_DAMAGED
 */
export async function contentOfStep(
  { now: key, wanted: wantedKey }: RestoreStep,
  snapshot: CaptionStates,
  current: CaptionStates,
  tag: string | undefined,
): Promise<RestoredContent | { reason: string }> {
  const now = key === noCaption ? null : await current.read(key);
  const wanted = wantedKey === noCaption ? null : await snapshot.read(wantedKey);
  if (tag === undefined) return { now, wanted };
  const [content, before] = [now, wanted].map((bytes) => (bytes === null ? undefined : decodeCaption(bytes)));
  if (content?.foreign !== undefined || before?.foreign !== undefined) return { reason: notUtf8() };
  const text = content === undefined ? '' : textOfRaw(content.raw);
  const changed = withTagOfBefore(text, before === undefined ? '' : textOfRaw(before.raw), tag);
  if (changed === text) return { now, wanted: now };
  const raw = rawWithText(content?.raw ?? null, changed);
  // An empty caption gets no file: trainers stop at files of 0 bytes.
  return { now, wanted: changed.trim() === '' ? null : Buffer.from(raw) };
}

function notInSnapshot(): string {
  return l10n.t('The caption could not be read when the snapshot was made, so it is not in it.');
}

function notReadable(): string {
  return l10n.t('The caption cannot be read now, so it was left as it is.');
}

function notUtf8(): string {
  return l10n.t('The caption is not UTF-8, so no single tag of it is restored.');
}
