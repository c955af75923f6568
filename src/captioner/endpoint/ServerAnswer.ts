/**
 * Why a model stopped: it was done, it had no tokens left, or a filter ended it. `none`: the server does not say, as
 * some never do; `other`: something else ended it, such as an abort or a time limit.
 */
export type FinishReason = 'stop' | 'length' | 'filter' | 'none' | 'other';

/** The raw answer of a server about a picture. */
export interface ServerAnswer {
  /** unchanged; without thinking that came in separate fields; may be empty */
  text: string;
  finish: FinishReason;
  /** the words with which the model, or a filter before it, refused the picture or the prompt */
  refusal?: string;
  /** in tokens, where the server reports them */
  usage?: { prompt: number; completion: number };
}
