/**
 * Why a model stopped: it was done, it had no tokens left, or a filter ended it. `none`: the server does not say, as
 * some never do; `other`: something else ended it, such as an abort or a time limit.
 */
export type FinishReason = 'stop' | 'length' | 'filter' | 'none' | 'other';

/** What a server answered about a picture, as it said it. */
export interface ServerAnswer {
  /** untouched, without what it thought in fields of its own; empty where it said nothing */
  text: string;
  finish: FinishReason;
  /** the words with which the model, or a filter before it, refused the picture or the prompt */
  refusal?: string;
  /** in tokens, where the server tells them */
  usage?: { prompt: number; completion: number };
}
