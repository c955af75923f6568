/** How a model is sampled. What is not set is the server's own choice and is not sent. */
export interface Sampling {
  /** 0..2 */
  temperature?: number;
  /** 0..1 */
  topP?: number;
  /** the longest answer, in tokens, at least 1 */
  maxTokens: number;
  seed?: number;
  /** texts at which the server stops */
  stop?: string[];
  /** further fields of the request, as the server takes them, such as `top_k` or `chat_template_kwargs` */
  extra?: Record<string, unknown>;
}

/** How a model's answer becomes the text that is written. */
export interface OutputRules {
  /** the text of the file, with `{prose}`, `{tags}` and `{trigger}`, such as `{tags}. {prose}` */
  template: string;
  /** openings that say nothing about the picture, such as `The image shows`, which are removed from answers */
  openings: string[];
  /** the language of an answer, as in BCP 47, that is not flagged; empty for any */
  language: string;
}

/**
 * A captioner: a vision-language model behind chat completions of one or several servers, and what it is asked. Holds
 * no secret: keys are kept by the origin of an endpoint.
 */
export interface CaptionerProfile {
  /** as it is chosen and recorded, unique among the user's profiles */
  name: string;
  /** base addresses of servers that have the model; their images come from one queue */
  endpoints: string[];
  /** as the servers name it; empty for the first that they list */
  model: string;
  /** instructions before the prompt; empty for none */
  system: string;
  /** with the placeholders of `promptPlaceholders` */
  prompt: string;
  /** the word that `{trigger}` stands for; empty for none */
  trigger: string;
  sampling: Sampling;
  /** the longer side of the picture that is sent, in pixels; it is never enlarged */
  imageSide: number;
  /** most requests in flight at an endpoint; the number adapts to the server below it */
  maximumInFlight: number;
  /** how long an answer may take, in seconds; the first of an endpoint, which loads the model, five times as long */
  timeoutSeconds: number;
  output: OutputRules;
}

/** Why an answer is not written, but shown to a person. */
export const flagReasons = ['refused', 'thinking', 'truncated', 'loop', 'empty', 'language', 'odd'] as const;
export type FlagReason = (typeof flagReasons)[number];

/** What became of a model's answer: the prose in it, or why there is none, with the raw answer. */
export type CaptionAnswer = { prose: string } | { flagged: FlagReason; text: string };
