import type { Sampling } from '../../protocol/captioning/captionerProfile';

/** The longest picture that is sent, in bytes of its base64; hosted servers refuse more. */
export const maximumPictureBytes = 5_000_000;

/** What a model is asked about one picture. */
export interface ChatOrder {
  model: string;
  /** instructions before the prompt; empty for none */
  system: string;
  prompt: string;
  jpeg: Uint8Array;
  sampling: Sampling;
  /** the name of the field for the maximum number of tokens: models that think want another one */
  limitName: 'max_tokens' | 'max_completion_tokens';
}

/** The fields of a request that the user's `extra` fields must not replace. */
const ownFields: ReadonlySet<string> = new Set(['model', 'messages', 'stream', 'n']);

/**
 * The body of a request for chat completions
 * (https://platform.openai.com/docs/api-reference/chat/create). The text stands before the picture, so that servers
 * find the beginning of each request in their prefix caches: vLLM hashes a picture into every block after it.
 */
export function chatRequest({ model, system, prompt, jpeg, sampling, limitName }: ChatOrder): Buffer {
  const { temperature, topP, maxTokens, seed, stop, extra = {} } = sampling;
  const picture = `data:image/jpeg;base64,${Buffer.from(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength).toString('base64')}`;
  const further = Object.fromEntries(Object.entries(extra).filter(([name]) => !ownFields.has(name)));
  return Buffer.from(
    JSON.stringify({
      model,
      messages: [
        ...(system === '' ? [] : [{ role: 'system', content: system }]),
        {
          role: 'user',
          content: [
            { type: 'text', text: prompt },
            { type: 'image_url', image_url: { url: picture } },
          ],
        },
      ],
      [limitName]: maxTokens,
      // undefined is left out of JSON.
      temperature,
      top_p: topP,
      seed,
      stop: stop?.length === 0 ? undefined : stop,
      stream: false,
      ...further,
    }),
  );
}
