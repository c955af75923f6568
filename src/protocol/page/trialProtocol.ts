/** A captioner whose words can be tried. */
export interface TriedCaptioner {
  name: string;
  /** its model and where it runs, such as `qwen3-vl at localhost:8000` */
  place: string;
  words: TrialWords;
}

/** The words of a captioner that can be edited in a trial. */
export interface TrialWords {
  /** instructions before the prompt; empty for none */
  system: string;
  /** with placeholders */
  prompt: string;
  /** the word that `{trigger}` stands for; empty for none */
  trigger: string;
  /** 0..2; null for the server's own */
  temperature: number | null;
}

/** A captioner with words that may be others than its own. */
export interface Trial {
  /** the name of the captioner */
  captioner: string;
  words: TrialWords;
}

/** A picture on which captioners are tried. */
export interface TrialImage {
  image: string;
  /** version of the image's file */
  imageVersion: string;
  /** the caption as it stands, with LF line ends */
  caption: string;
}

/** All that the dialog begins with. */
export interface TrialSummary {
  /** of this dialog; a newer one of the same grid has another */
  id: number;
  /** at most five */
  images: TrialImage[];
  captioners: TriedCaptioner[];
  /** what is tried: the words of the selected captioner, or those that an earlier page had */
  trial: Trial;
}

/** The problems of the words of a trial, before anything is sent. */
export interface TrialProblems {
  /** in sentences; nothing can be asked while there are any */
  problems: string[];
  /** for each image, the placeholders that have nothing for it, with their braces */
  missing: string[][];
}

/** The result of a trial on one image. Nothing is written. */
export type TrialResult =
  /** what the caption file would hold if it were empty */
  | { state: 'caption'; text: string }
  /** a job would flag it: the reason in words, and the answer */
  | { state: 'flagged'; reason: string; text: string }
  /** placeholders that have nothing for this image, with their braces */
  | { state: 'missing'; placeholders: string[] }
  | { state: 'failed'; reason: string };

/** Requests from the webview to the host about trials of captioners. */
export interface TrialRequests {
  /** The trial that a command opened while there was no page, or that an earlier page showed; null for none. */
  wantedTrial(params: Record<string, never>): TrialSummary | null;
  /** Looks at the words, and remembers them for another page. Throws DIALOG_GONE if there is a newer one, as all do. */
  checkTrial(params: { id: number; trial: Trial }): TrialProblems;
  /** Asks about one image, by its position, in the way of a job. The signal gives it up. */
  tryOnImage(params: { id: number; trial: Trial; index: number }): TrialResult;
  /** Makes the words those of the captioner, in the user's settings. */
  useTrial(params: { id: number; trial: Trial }): { captioners: TriedCaptioner[] };
  /** Selects the captioner and continues with the captioning command. */
  captionAfterTrial(params: { id: number; captioner: string }): undefined;
  /** The user closed the dialog. */
  dropTrial(params: { id: number }): undefined;
}
