import { parseTagList } from '../../tags/captionGrammar';
import { comparableTag } from '../../tags/comparableTag';
import type { CaptionOptions, EnsembleMerge } from '../../protocol/tagging/captionOptions';
import { mergeScores, type PassedTag, type ScoredModel } from './mergeScores';
import { TagWords } from './TagWords';

/** A tag that passed its threshold, and what it becomes in the caption: mostly one word, or none or several. */
interface WordedTag extends PassedTag {
  words: string[];
}

/**
 * The tags of a caption for the scores of one model or of several; docs/post-processing.md describes every step. No tag
 * is there twice. What the user writes (added tags, replacements, names of ratings) is written as it stands.
 * @param models at least one
 * @returns none when no tag of the models is left, even where tags are added to every caption
 */
export function scoresToTags(models: readonly ScoredModel[], merge: EnsembleMerge, options: CaptionOptions): string[] {
  const { passed, rating } = mergeScores(models, merge, options.mcut);
  const tagWords = new TagWords(options);
  const tags = passed.map((tag) => ({ ...tag, words: tagWords.ofTag(tag) }));
  const words = inOrder(tags, options).flatMap((tag) => tag.words);
  const ratingWords = rating === undefined || options.rating === 'off' ? [] : tagWords.ofRating(rating);
  const found = byTag(options.rating === 'first' ? [...ratingWords, ...words] : [...words, ...ratingWords]);
  if (found.size === 0) return [];
  const first = options.alwaysFirstTags.flatMap(parseTagList).flatMap((tag) => found.get(comparableTag(tag)) ?? []);
  return [...byTag([...options.addedTags.flatMap(parseTagList), ...first, ...found.values()]).values()];
}

function inOrder(tags: readonly WordedTag[], options: CaptionOptions): readonly WordedTag[] {
  // Array.sort is stable: equal scores stay in the model's order.
  const sorted = tags.toSorted((a, b) => b.score - a.score);
  const chosen = options.maximumTags === 0 ? sorted : surest(sorted, options.maximumTags);
  const isChosen = new Set(chosen);
  const ordered = options.order === 'model' ? tags.filter((tag) => isChosen.has(tag)) : chosen;
  if (!options.characterTagsFirst) return ordered;
  return [...ordered.filter((tag) => tag.isCharacter), ...ordered.filter((tag) => !tag.isCharacter)];
}

/** The tags with the highest scores, at most `maximum`, that add something new to the caption. */
function surest(sorted: readonly WordedTag[], maximum: number): WordedTag[] {
  const seen = new Set<string>();
  const chosen: WordedTag[] = [];
  for (const tag of sorted) {
    if (chosen.length === maximum) break;
    const known = seen.size;
    for (const word of tag.words) seen.add(comparableTag(word));
    if (seen.size > known) chosen.push(tag);
  }
  return chosen;
}

/** The words by the tag that they are, each tag once, where it stands first. */
function byTag(words: readonly string[]): Map<string, string> {
  const tags = new Map<string, string>();
  for (const word of words) {
    const tag = comparableTag(word);
    if (!tags.has(tag)) tags.set(tag, word);
  }
  return tags;
}
