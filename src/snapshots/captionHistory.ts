import { decodeCaption } from '../dataset/captions/captionContent';
import { captionParts } from '../records/captionParts';
import type { CaptionState } from '../records/captionStates';
import { textHash } from '../records/recordEntry';
import { textOfRaw } from '../tags/captionText';
import type { CaptionInSnapshot } from './captionInSnapshots';
import type { Snapshot } from './store/snapshotTypes';

/** A state of a caption, from its records or from snapshots. */
export interface HistoryState extends Omit<CaptionState, 'kind'> {
  /** as in {@link CaptionState}; `snapshot`: only a snapshot has it, which was made at `when` */
  kind: CaptionState['kind'] | 'snapshot';
  /** the snapshots that have it */
  snapshots: Snapshot[];
  /**
   * tags and sentences that were added and removed since the state before; undefined if one of the two texts is not
   * known
   */
  difference: { came: string[]; went: string[] } | undefined;
}

/**
 * All known states of a caption, oldest first.
 * @param states from the records
 * @param seen what it was in snapshots, oldest first
 */
export function captionHistory(states: readonly CaptionState[], seen: readonly CaptionInSnapshot[]): HistoryState[] {
  const history = states.map((state): HistoryState => ({ ...state, snapshots: [], difference: undefined }));
  for (const { snapshot, content } of seen) addSeen(history, snapshot, content);
  for (const [index, state] of history.entries()) {
    state.difference = differenceBetween(index === 0 ? '' : history[index - 1]?.text, state.text);
  }
  return history;
}

function addSeen(history: HistoryState[], snapshot: Snapshot, content: Uint8Array | null): void {
  const text = content === null ? '' : textOfRaw(decodeCaption(content).raw);
  const hash = textHash(text);
  // The state at that time: the last one before it, or one that the next write found there.
  const isBefore = ({ when }: HistoryState): boolean => when !== undefined && when <= snapshot.created;
  const last = history.findLastIndex(isBefore);
  const next = history.findIndex(({ when }, index) => index > last && when !== undefined);
  const end = next < 0 ? history.length : next;
  const known = history.findIndex((state, index) => index >= Math.max(0, last) && index < end && state.hash === hash);
  const state = history[known];
  if (state !== undefined) {
    state.snapshots.push(snapshot);
    state.text ??= text;
    return;
  }
  // An empty caption is how each begins.
  if (last < 0 && hash === '') return;
  history.splice(last + 1, 0, {
    hash,
    text,
    kind: 'snapshot',
    when: snapshot.created,
    snapshots: [snapshot],
    difference: undefined,
  });
}

function differenceBetween(before: string | undefined, after: string | undefined): HistoryState['difference'] {
  if (before === undefined || after === undefined) return undefined;
  const [old, now] = [before, after].map((text) => new Set(captionParts(text).map((part) => part.text)));
  return {
    came: [...(now ?? [])].filter((text) => old?.has(text) !== true),
    went: [...(old ?? [])].filter((text) => now?.has(text) !== true),
  };
}
