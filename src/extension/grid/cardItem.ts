import * as l10n from '@vscode/l10n';
import type { Caption } from '../../dataset/captions/Caption';
import type { DatasetImage } from '../../dataset/captions/DatasetImage';
import type { Dataset } from '../../dataset/Dataset';
import type { ImageSelection } from '../../dataset/view/ImageSelection';
import { normalizeLineEnds, textOfRaw } from '../../tags/captionText';
import type { CardItem, SaveState } from '../../protocol/page/cardProtocol';
import { fileVersion } from '../shared/fileVersion';

/** Maximum number of images that a card names which share its caption file: thousands may, as links to one file. */
const sharersShown = 5;

/** What captioning jobs say about the captions of one dataset. */
export interface CaptionMarks {
  /** what the running job does with a caption right now */
  stateOf(caption: Caption): 'queued' | 'captioning' | undefined;
  /** why the last job could not make a caption */
  failureOf(caption: Caption): string | undefined;
}

/** The part of a document that cards are made of. */
interface CardDocument {
  readonly dataset: Dataset;
  /** paths of the captions of which a text editor has a text that is not saved */
  readonly unsavedInEditors: ReadonlySet<string>;
}

/** What a card is made of. */
interface CardSources {
  document: CardDocument;
  marks: CaptionMarks;
  selection: ImageSelection;
  /** by caption, the number of the last draft that arrived from this webview */
  drafts: ReadonlyMap<Caption, number>;
}

/** What the card of an image shows. */
export async function cardItem(image: DatasetImage, index: number, sources: CardSources): Promise<CardItem> {
  const { document, marks, selection, drafts } = sources;
  const { caption } = image;
  const item: CardItem = {
    index,
    path: image.path,
    captionPath: caption.path,
    text: normalizeLineEnds(caption.text),
    save: document.unsavedInEditors.has(caption.path) ? unsavedElsewhere(saveState(caption)) : saveState(caption),
    draft: drafts.get(caption) ?? 0,
    warnings: warnings(image, document),
    selected: selection.has(image.path),
    imageVersion: await fileVersion(document.dataset.absolute(image.path)),
  };
  const job = marks.stateOf(caption);
  const jobFailure = marks.failureOf(caption);
  if (caption.foreignEncoding !== undefined) item.foreignEncoding = caption.foreignEncoding;
  if (caption.unreadable !== undefined) item.readOnly = true;
  if (job !== undefined) item.job = job;
  if (jobFailure !== undefined) item.jobFailure = jobFailure;
  return item;
}

function saveState(caption: Caption): SaveState {
  const { theirs } = caption;
  if (theirs !== undefined) return { state: 'conflict', theirs: theirs === null ? null : textOfRaw(theirs.raw) };
  if (caption.saving) return { state: 'saving' };
  if (caption.failure !== undefined) return { state: 'failed', reason: caption.failure.message };
  return { state: caption.isDirty ? 'unsaved' : 'saved' };
}

/** The text of a text editor that did not save it is not on the disk, so the card must not call it saved. */
function unsavedElsewhere(state: SaveState): SaveState {
  return state.state === 'saved' ? { state: 'unsaved' } : state;
}

function warnings(image: DatasetImage, document: CardDocument): string[] {
  const { path, caption } = image;
  const list: string[] = [];
  const shown = caption.images.slice(0, sharersShown + 1).filter((other) => other !== path);
  const sharers = shown.slice(0, sharersShown).join(', ');
  const more = caption.imageCount - 1 - Math.min(shown.length, sharersShown);
  if (more > 0) list.push(l10n.t('Shares its caption file with {0} and {1} more', sharers, more));
  else if (shown.length > 0) list.push(l10n.t('Shares its caption file with {0}', sharers));
  const lookalike = document.dataset.lookalikeWarning(image);
  if (lookalike !== undefined) list.push(lookalike);
  if (caption.unreadable !== undefined) {
    list.push(l10n.t('The caption file cannot be read: {0}', caption.unreadable.message));
  }
  if (document.unsavedInEditors.has(caption.path))
    list.push(l10n.t('A text editor has this text and has not saved it.'));
  return list;
}
