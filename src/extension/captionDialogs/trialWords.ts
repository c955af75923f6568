import { languageOfWords } from '../../protocol/captioning/answerLanguage';
import type { CaptionerProfile } from '../../protocol/captioning/captionerProfile';
import type { TriedCaptioner, TrialWords } from '../../protocol/page/trialProtocol';

/** The fields of a captioner that can be edited in a trial. */
export function wordsOf({ system, prompt, trigger, sampling }: CaptionerProfile): TrialWords {
  return { system, prompt, trigger, temperature: sampling.temperature ?? null };
}

/** A captioner with other words. */
export function withWords(profile: CaptionerProfile, words: TrialWords): CaptionerProfile {
  const { system, prompt, trigger, temperature } = words;
  const { output } = profile;
  const language = languageOfWords(output.language, profile, words);
  const sampling = samplingWith(profile, temperature);
  return { ...profile, system, prompt, trigger, sampling, output: { ...output, language } };
}

/** A captioner with another temperature. @param temperature 0..2; null for the server's own */
export function withTemperature(profile: CaptionerProfile, temperature: number | null): CaptionerProfile {
  return { ...profile, sampling: samplingWith(profile, temperature) };
}

function samplingWith({ sampling }: CaptionerProfile, temperature: number | null): CaptionerProfile['sampling'] {
  const changed = { ...sampling };
  if (temperature === null) delete changed.temperature;
  else changed.temperature = temperature;
  return changed;
}

/** A captioner as the dialog names it. */
export function triedCaptioner(profile: CaptionerProfile): TriedCaptioner {
  const { name, model, endpoints } = profile;
  const hosts = endpoints.map((endpoint) => (URL.canParse(endpoint) ? new URL(endpoint).host : endpoint));
  return { name, place: [model, hosts.join(', ')].filter((part) => part !== '').join(' · '), words: wordsOf(profile) };
}

/**
 * The new value of the setting after one of its captioners got other words: only what differs from what it says now is
 * written, so that it goes on following its preset in all else. A temperature that its preset sets and the user does
 * not want becomes null.
 * @param list the user's own value of the setting, of any form
 * @param now the captioner as that value makes it
 * @returns undefined if the captioner is not in it
 */
export function entriesWithWords(
  list: readonly unknown[],
  now: CaptionerProfile,
  words: TrialWords,
): unknown[] | undefined {
  const entry = list.find((one): one is Record<string, unknown> => nameIn(one) === now.name);
  if (entry === undefined) return undefined;
  const changed: Record<string, unknown> = { ...entry };
  const before = wordsOf(now);
  for (const field of ['system', 'prompt', 'trigger'] as const) {
    if (words[field] !== before[field]) changed[field] = words[field];
  }
  if (words.temperature !== before.temperature) {
    const sampling = typeof entry.sampling === 'object' && entry.sampling !== null ? entry.sampling : {};
    changed.sampling = { ...sampling, temperature: words.temperature };
  }
  return list.map((one) => (one === entry ? changed : one));
}

function nameIn(entry: unknown): string | undefined {
  if (typeof entry !== 'object' || entry === null || !('name' in entry)) return undefined;
  return typeof entry.name === 'string' ? entry.name.trim() : undefined;
}
