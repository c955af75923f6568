import * as l10n from '@vscode/l10n';
import { escapeControls } from '../../protocol/text/escapeControls';
import type { TextEdit } from '../../dataset/edits/bulkEdits';
import type { Caption } from '../../dataset/captions/Caption';
import { normalizeLineEnds } from '../../tags/captionText';
import type { Dataset } from '../../dataset/Dataset';
import { captionDiff, type DiffPiece } from '../../dataset/edits/captionDiff';
import { list, readInput, requiredText } from './toolInput';

/** Maximum number of captions that a model may change at a time: the user has to read all changes. */
export const maxEdits = 50;
const maxPathLength = 4096;
const maxCaptionLength = 20_000;

const proposalSchemas = { edits: list(maxEdits) };
const editSchemas = {
  image: requiredText(maxPathLength),
  expected: requiredText(maxCaptionLength),
  caption: requiredText(maxCaptionLength),
};

/** A caption that a language model wants to change. */
export interface ProposedEdit {
  /** relative to the directory, with `/` */
  image: string;
  /** the caption as the model has read it */
  expected: string;
  /** the caption that the model proposes */
  caption: string;
}

/** Proposed edits, divided into those that can be made now and those that cannot. */
export interface Proposal {
  changes: (TextEdit & { image: string; before: string })[];
  /** edits that must not or need not be made, each with the reason */
  refused: { image: string; reason: string }[];
}

/** Reads the edits from the input of the tool. @throws ApiError ARGUMENT_INVALID */
export function proposedEdits(input: unknown): ProposedEdit[] {
  return readInput(proposalSchemas, input).edits.map((edit) => readInput(editSchemas, edit));
}

/**
 * Compares proposed edits with the captions as they are now: captions that changed since the model read them are
 * refused.
 * @param prefix path inside the dataset that the images are relative to; ends with `/` unless it is empty
 */
export function propose(dataset: Dataset, prefix: string, edits: readonly ProposedEdit[]): Proposal {
  const proposal: Proposal = { changes: [], refused: [] };
  const seen = new Set<Caption>();
  for (const { image, expected, caption: wanted } of edits) {
    const refuse = (reason: string): void => {
      proposal.refused.push({ image, reason });
    };
    const caption = dataset.image(prefix + image)?.caption;
    if (caption === undefined) {
      refuse(l10n.t('There is no such image.'));
      continue;
    }
    const before = normalizeLineEnds(caption.text);
    const text = normalizeLineEnds(wanted);
    if (seen.has(caption)) refuse(l10n.t('Another edit is of the same caption.'));
    else if (caption.inConflict) refuse(l10n.t('It stands in a conflict with what another program wrote.'));
    else if (before.trim() !== normalizeLineEnds(expected).trim()) refuse(l10n.t('It was changed meanwhile.'));
    else if (before === text) refuse(l10n.t('It is this text already.'));
    else proposal.changes.push({ image, before, caption, text, expected: caption.raw });
    seen.add(caption);
  }
  return proposal;
}

/**
 * The question to the user before captions change: each image with its removed, added and moved tags, in one line, so
 * that no name and no caption can look like another line of the question.
 * @param separator between two tags of a caption
 */
export function confirmation({ changes, refused }: Proposal, separator: string): { title: string; lines: string[] } {
  const [first] = changes;
  const title =
    changes.length === 1 && first !== undefined
      ? l10n.t('Change the caption of {0}?', inOneLine(first.image))
      : l10n.t('Change {0} captions?', changes.length);
  const lines = changes.map(({ image, before, text }) => {
    const { pieces } = captionDiff(before, text, 'tags', separator);
    return `${image}: ${pieces.flatMap((piece) => pieceText(piece)).join('  ')}`;
  });
  if (refused.length > 0) lines.push(l10n.t('Left as they are:'));
  lines.push(...refused.map(({ image, reason }) => `${image}: ${reason}`));
  return { title, lines: lines.map(inOneLine) };
}

function pieceText({ kind, text }: DiffPiece): string[] {
  switch (kind) {
    case 'added':
      return [`+ ${shown(text)}`];
    case 'removed':
      return [`− ${shown(text)}`];
    case 'moved':
      return [`↕ ${shown(text)}`];
    case 'kept':
    case 'skipped':
      return [];
  }
}

/** Blanks alone would look as if nothing came or went. */
function shown(text: string): string {
  return text.trim() === '' ? JSON.stringify(text) : text.trim();
}

function inOneLine(text: string): string {
  return escapeControls(text.replaceAll('\n', '↵'));
}
