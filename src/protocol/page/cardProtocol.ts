/** Whether what a card shows is what the caption file holds. */
export type SaveState =
  /** the file holds exactly this caption (or there is no file and no caption) */
  | { state: 'saved' }
  /** edited; the automatic save has not come yet */
  | { state: 'unsaved' }
  | { state: 'saving' }
  /** writing failed; `reason` is a sentence for the user */
  | { state: 'failed'; reason: string }
  /** the file was changed by another program under an unsaved edit; `theirs` is its text, null when it was deleted */
  | { state: 'conflict'; theirs: string | null };

/** One card of the grid. */
export interface CardItem {
  /** position in the current order and filter, from 0 */
  index: number;
  /** path of the image relative to the dataset, with `/` */
  path: string;
  /** path of the caption file relative to the dataset, with `/` */
  captionPath: string;
  /** the caption as edited, with LF line ends and without the final newline */
  text: string;
  save: SaveState;
  /** sequence number of the last draft of this caption that the host has taken in; 0 when none */
  draft: number;
  /** sentences about the caption that the user should know, such as a caption file shared with another image */
  warnings: string[];
  /** set when the caption file is not valid UTF-8: the text is a guess and may not be edited until the user agrees */
  foreignEncoding?: string;
  /** set when the caption file cannot be read: writing it would lose what it holds */
  readOnly?: true;
  /** changes whenever the image file changes */
  imageVersion: string;
  selected: boolean;
  /** what the running job does with this image */
  job?: 'queued' | 'captioning';
  /** why the last attempt to caption this image failed */
  jobFailure?: string;
}
