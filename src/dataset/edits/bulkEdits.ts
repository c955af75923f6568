import * as l10n from '@vscode/l10n';
import type { Caption, CaptionChange } from '../captions/Caption';
import { CaptionError } from '../files/CaptionError';
import { refuseUnwritable } from '../captions/captionFile';
import type { Dataset } from '../Dataset';
import type { EditAuthor } from '../files/FileWriter';
import { inSlices } from '../../base/inSlices';

/** The new text of a caption. */
export interface TextEdit {
  caption: Caption;
  /** with LF line ends, but none at the end */
  text: string;
  /** the exact content of the file, null for none; undefined: line ends and a byte order mark stay as they are */
  raw?: string | null;
  /**
   * the content of the caption file when the user was shown this edit, null for no file: the edit is left out if the
   * caption holds anything else when its turn comes; undefined for an edit that was not shown
   */
  expected?: string | null;
  /** its author, if that differs from the author of the whole edit */
  by?: EditAuthor;
}

/** The result of a bulk edit. */
export interface AppliedEdits {
  /** one entry for each changed caption */
  changes: CaptionChange[];
  /** captions that cannot be edited now, with the reason */
  leftOut: { path: string; reason: string }[];
}

/**
 * Changes many captions in memory, in slices. Captions that are in conflict, unreadable, not UTF-8, not in the
 * dataset any more, or not as they were shown are left out. On any other failure no caption is changed.
 * @param by who makes the edit, for the record
 */
export async function applyEdits(
  dataset: Dataset,
  edits: readonly TextEdit[],
  by: EditAuthor = { by: 'bulk' },
): Promise<AppliedEdits> {
  const changes = new Map<Caption, CaptionChange>();
  const leftOut: AppliedEdits['leftOut'] = [];
  const apply = ({ caption: shown, text, raw, expected, by: author }: TextEdit): void => {
    // If the image was removed and came back, its caption has a new object.
    const caption = dataset.caption(shown.path) ?? shown;
    const reason = reasonToLeaveOut(dataset, caption, expected);
    if (reason !== undefined) {
      leftOut.push({ path: caption.path, reason });
      return;
    }
    const change =
      raw === undefined ? caption.setText(text, dataset.options.emptiedCaption) : changeOfRaw(caption, raw);
    if (change === undefined) return;
    if (author !== undefined) change.by = author;
    caption.addStep(author ?? by, changes);
    const first = changes.get(caption);
    // Several images may share a caption: undo restores its state before the whole edit.
    if (first === undefined) changes.set(caption, change);
    else first.after = change.after;
  };
  try {
    await inSlices(edits, apply);
  } catch (thrown) {
    for (const change of changes.values()) change.caption.replay(change, 'undo');
    throw thrown;
  } finally {
    dataset.changed();
  }
  return { changes: [...changes.values()], leftOut };
}

/**
 * Undoes or redoes many edits, in slices, as {@link Dataset.replay} does.
 * @param by who made the edits, for the record where they are made again; undefined: a job
 * @returns the captions that were skipped, because they have been changed since
 */
export async function replayEdits(
  dataset: Dataset,
  changes: readonly CaptionChange[],
  direction: 'undo' | 'redo',
  by?: EditAuthor,
): Promise<Caption[]> {
  const leftAlone: Caption[] = [];
  await inSlices(changes, (change) => {
    if (!dataset.replayOne(change, direction)) leftAlone.push(change.caption);
    else dataset.caption(change.caption.path)?.addStep(direction === 'undo' ? 'undo' : (change.by ?? by ?? 'undo'));
  });
  dataset.changed();
  return leftAlone;
}

function changeOfRaw(caption: Caption, raw: string | null): CaptionChange | undefined {
  const before = caption.raw;
  return caption.setRaw(raw) ? { caption, before, after: raw } : undefined;
}

function reasonToLeaveOut(dataset: Dataset, caption: Caption, expected: TextEdit['expected']): string | undefined {
  if (dataset.caption(caption.path) === undefined) return l10n.t('Its image is not in the dataset any more.');
  if (expected !== undefined && caption.raw !== expected) return l10n.t('It was changed since it was shown.');
  if (caption.inConflict) return l10n.t('Another program changed the file under an unsaved edit. Choose a text first.');
  try {
    refuseUnwritable(caption, dataset.absolute(caption.path));
    return undefined;
  } catch (thrown) {
    if (thrown instanceof CaptionError) return thrown.message;
    throw thrown;
  }
}
