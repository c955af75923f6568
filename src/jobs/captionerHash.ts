import { createHash } from 'node:crypto';
import type { CaptionerProfile } from '../protocol/captioning/captionerProfile';

/**
 * A hash of what decides the captions of a captioner: model, words, sampling, size of the picture and what is made of
 * the answer. Not where its servers are, nor how many requests they take: a server that restarts at another address
 * can continue the same work. 32 hexadecimal digits.
 */
export function captionerHash(profile: CaptionerProfile): string {
  const { model, system, prompt, trigger, sampling, imageSide, output } = profile;
  const deciding = inOrder({ model, system, prompt, trigger, sampling, imageSide, output });
  return createHash('sha256').update(JSON.stringify(deciding)).digest('hex').slice(0, 32);
}

/** A value with the keys of its objects in alphabetical order, as files may have them in any order. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, one]) => [key, inOrder(one)]));
}
