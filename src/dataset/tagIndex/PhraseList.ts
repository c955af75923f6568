import { inSlices, type SliceOptions } from '../../base/inSlices';
import { phrasesIn } from '../../tags/phrases';
import type { DatasetImage } from '../captions/DatasetImage';

/** A word or phrase of prose, and how many images have it in their captions. */
export interface CountedPhrase {
  phrase: string;
  count: number;
}

/** So many phrases are counted at once; above that, those that were met once are forgotten. */
const mostCounted = 300_000;

/**
 * Counts words and phrases of the prose in the captions of some images: in how many images each occurs, as a search for
 * it finds them. In very large datasets rare ones are counted too low.
 * @throws the signal's reason when aborted
 */
export async function countPhrasesOf(
  images: readonly DatasetImage[],
  options: SliceOptions = {},
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  await inSlices(
    images,
    ({ caption }) => {
      for (const phrase of phrasesIn(caption.text)) counts.set(phrase, (counts.get(phrase) ?? 0) + 1);
      if (counts.size <= mostCounted) return;
      for (const [phrase, count] of counts) if (count === 1) counts.delete(phrase);
    },
    options,
  );
  return counts;
}

/**
 * The most frequent phrases, those of equal count in alphabetical order. One that occurs only within a longer one says
 * nothing more and is left out, and so is one of a single image.
 * @param max maximum number
 */
export function frequentPhrases(counts: ReadonlyMap<string, number>, max: number): CountedPhrase[] {
  const often = [...counts].filter(([, count]) => count > 1);
  const within = new Set<string>();
  for (const [phrase, count] of often) {
    const words = phrase.split(' ');
    if (words.length === 1) continue;
    for (const part of [words.slice(1), words.slice(0, -1), ...words.map((word) => [word])]) {
      const text = part.join(' ');
      if (counts.get(text) === count) within.add(text);
    }
  }
  return often
    .filter(([phrase]) => !within.has(phrase))
    .sort(([phraseA, a], [phraseB, b]) => b - a || (phraseA < phraseB ? -1 : 1))
    .slice(0, max)
    .map(([phrase, count]) => ({ phrase, count }));
}
