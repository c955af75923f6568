import { isEmptyCaption } from '../tags/captionText';
import { noScore, type FoundTags } from '../tags/FoundTags';
import { captionParts } from './captionParts';
import { joinedText, keptText } from './captionTexts';
import { recordedText, textHash, type CaptionChange, type MarkedPart } from './recordEntry';

/** The parts that a machine wants in a caption, with their scores; undefined for a part without a score. */
export type GivenParts = ReadonlyMap<string, number | undefined>;

/**
 * Compares a caption before and after a write. A part that is new counts as the writer's only if the writer meant to
 * write it; any other new part, such as one that a bracket joined, counts as if it had been there before. A text that
 * cannot be rebuilt from its parts is kept in full.
 * @param before the text with LF line ends; empty if there was no caption
 * @param given what the writer wanted in the caption; `all`: all new parts count as the writer's
 * @param separator divides tags besides the comma and those of trainers
 */
export function captionChange(
  before: string,
  after: string,
  given: GivenParts | 'all',
  separator?: string,
): CaptionChange {
  const old = captionParts(before, separator).map(({ text }) => recordedText(text));
  /** by text, its places in `old` that are not matched with a part of the new caption yet, last one first */
  const places = new Map<string, number[]>();
  for (const [index, text] of [...old.entries()].reverse()) {
    const known = places.get(text);
    if (known === undefined) places.set(text, [index]);
    else known.push(index);
  }
  const removed = new Set(old.keys());
  let latest = -1;
  let reordered = false as boolean;
  const parts = captionParts(after, separator).map(({ text }): MarkedPart => {
    const recorded = recordedText(text);
    const isGiven = given === 'all' || given.has(text);
    const score = given === 'all' ? undefined : given.get(text);
    const scored = isGiven && score !== undefined ? { score } : {};
    const place = places.get(recorded)?.pop();
    if (place === undefined) return { text: recorded, mark: isGiven ? 'new' : 'stood', ...scored };
    removed.delete(place);
    reordered ||= place < latest;
    latest = place;
    return { text: recorded, mark: isGiven && given !== 'all' ? 'found' : 'stood', ...scored };
  });
  const isGivenBack = (texts: readonly string[], text: string): boolean =>
    isEmptyCaption(text) || joinedText(texts, separator, (joined) => joined === text) !== undefined;
  const now = parts.map(({ text }) => text);
  return {
    before: textHash(before),
    after: textHash(after),
    parts,
    removed: [...removed].map((at) => ({ text: old[at] ?? '', at })),
    reordered,
    ...(!reordered && isGivenBack(old, before) ? {} : { textBefore: before }),
    ...(isGivenBack(now, after) ? {} : { textAfter: keptText(before, after) }),
  };
}

/**
 * What a tagger found, as parts of a caption: a tag may be replaced by several.
 * @param separator divides tags besides the comma and those of trainers
 */
export function givenParts({ tags, scores = [] }: FoundTags, separator: string | undefined): GivenParts {
  const given = new Map<string, number | undefined>();
  for (const [index, tag] of tags.entries()) {
    for (const { text } of captionParts(tag, separator)) given.set(text, scoreOf(scores[index]));
  }
  return given;
}

function scoreOf(score = noScore): number | undefined {
  return score === noScore ? undefined : score;
}
