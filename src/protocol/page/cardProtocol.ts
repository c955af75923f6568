/** How the caption that a card shows relates to the caption file. */
export type SaveState =
  /** the file holds exactly this caption (or there is no file and no caption) */
  | { state: 'saved' }
  /** edited, and not saved automatically yet */
  | { state: 'unsaved' }
  | { state: 'saving' }
  /** writing failed; `reason` is a sentence for the user */
  | { state: 'failed'; reason: string }
  /**
   * another program changed the file while there was an unsaved edit; `theirs` is the file's text, null if it was
   * deleted
   */
  | { state: 'conflict'; theirs: string | null };

/** The caption of an image; other images may share its file. */
export interface CaptionOf {
  /** path of the image relative to the dataset, with `/` */
  path: string;
  /** path of the caption file relative to the dataset, with `/` */
  captionPath: string;
}

/** One card of the grid. */
export interface CardItem extends CaptionOf {
  /** position in the current order and filter, from 0 */
  index: number;
  /** the caption as edited, with LF line ends and without the final newline */
  text: string;
  save: SaveState;
  /** sequence number of the last draft of this caption that the host has applied; 0 if there is none */
  draft: number;
  /** warnings about the caption, one sentence each, such as that another image shares the caption file */
  warnings: string[];
  /**
   * set when the caption file is not clean UTF-8: the encoding that it looks like, `unknown`, or `utf-8` for one that
   * is damaged. The text cannot be edited until the user agrees to write it as it is shown
   */
  foreignEncoding?: string;
  /** set when the caption file cannot be read: writing it would lose its content */
  readOnly?: true;
  /** changes whenever the image file changes */
  imageVersion: string;
  /** the address of the thumbnail, if it has been made: the `src` of an img */
  thumbnail?: string;
  selected: boolean;
  /** state of this image in the running job */
  job?: 'queued' | 'captioning';
  /** why the last attempt to caption this image failed */
  jobFailure?: string;
}
