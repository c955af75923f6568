import { parseTagList } from '../../tags/captionGrammar';
import { comparableTag } from '../../tags/comparableTag';
import { noScore, type FoundTags } from '../../tags/FoundTags';
import type { CaptionOptions, EnsembleMerge } from '../../protocol/tagging/captionOptions';
import { mergeScores, type PassedTag, type ScoredModel } from './mergeScores';
import { TagWords } from './TagWords';

/** A tag that passed its threshold, and what the caption gets for it: mostly one text, sometimes none or several. */
interface WordedTag extends PassedTag {
  words: string[];
}

/** A word of a caption and the score of its tag; {@link noScore} if it has none. */
interface ScoredWord {
  text: string;
  score: number;
}

/**
 * Computes the tags of a caption, with their scores, from the scores of one or several models; docs/post-processing.md
 * describes every step. Contains no tag twice. Texts of the user (added tags, replacements, names of ratings) are used
 * unchanged.
 * @param models at least one
 * @returns an empty list when no tag of the models is left, even if tags are added to every caption
 */
export function scoresToTags(
  models: readonly ScoredModel[],
  merge: EnsembleMerge,
  options: CaptionOptions,
): Required<FoundTags> {
  const { passed, rating } = mergeScores(models, merge, options.mcut);
  const tagWords = new TagWords(options);
  const tags = passed.map((tag) => ({ ...tag, words: tagWords.ofTag(tag) }));
  const words = inOrder(tags, options).flatMap(({ words: own, score }) => own.map((text) => ({ text, score })));
  const ratingWords = rating === undefined || options.rating === 'off' ? [] : unscored(tagWords.ofRating(rating));
  const found = byTag(options.rating === 'first' ? [...ratingWords, ...words] : [...words, ...ratingWords]);
  if (found.size === 0) return { tags: [], scores: [] };
  const first = options.alwaysFirstTags.flatMap(parseTagList).flatMap((tag) => found.get(comparableTag(tag)) ?? []);
  const added = unscored(options.addedTags.flatMap(parseTagList));
  const all = [...byTag([...added, ...first, ...found.values()]).values()];
  return { tags: all.map(({ text }) => text), scores: all.map(({ score }) => score) };
}

/** Words that no model gave a score. */
function unscored(words: readonly string[]): ScoredWord[] {
  return words.map((text) => ({ text, score: noScore }));
}

function inOrder(tags: readonly WordedTag[], options: CaptionOptions): readonly WordedTag[] {
  // Array.sort is stable: tags with equal scores keep the model's order.
  const sorted = tags.toSorted((a, b) => b.score - a.score);
  const chosen = options.maximumTags === 0 ? sorted : surest(sorted, options.maximumTags);
  const isChosen = new Set(chosen);
  const ordered = options.order === 'model' ? tags.filter((tag) => isChosen.has(tag)) : chosen;
  if (!options.characterTagsFirst) return ordered;
  return [...ordered.filter((tag) => tag.isCharacter), ...ordered.filter((tag) => !tag.isCharacter)];
}

/** The tags with the highest scores, at most `maximum`; tags that add nothing new to the caption are skipped. */
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

/** Maps each tag's normalized form to the word; of equal tags the first is kept, at its position. */
function byTag(words: readonly ScoredWord[]): Map<string, ScoredWord> {
  const tags = new Map<string, ScoredWord>();
  for (const word of words) {
    const tag = comparableTag(word.text);
    if (!tags.has(tag)) tags.set(tag, word);
  }
  return tags;
}
