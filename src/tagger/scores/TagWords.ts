import { parseTagList } from '../../tags/captionGrammar';
import { comparableTag } from '../../tags/comparableTag';
import type { CaptionOptions } from '../../protocol/tagging/captionOptions';
import { formatTag } from '../../protocol/text/formatTag';
import type { PassedTag } from './mergeScores';
import { tagMatcher } from '../../tags/tagMatcher';

/** Maps a model's tags to the words of a caption: a tag is omitted, replaced, expanded or kept. */
export class TagWords {
  private readonly isExcluded: (tag: string) => boolean;
  private readonly replacements: ReadonlyMap<string, string[]>;
  private readonly ratingNames: ReadonlyMap<string, string[]>;

  constructor(private readonly options: CaptionOptions) {
    this.isExcluded = tagMatcher(options.excludedTags.flatMap(parseTagList));
    this.replacements = wordsByTag(options.replacements);
    this.ratingNames = wordsByTag(options.ratingNames);
  }

  /**
   * The words of a tag in the caption: mostly one, or none or several, depending on the options. A replacement for the
   * whole tag takes precedence over its expansion, and replacements are not replaced again. A tag is excluded if its
   * raw name or its caption form is excluded.
   */
  ofTag({ name, isCharacter }: PassedTag): string[] {
    const parts =
      this.options.expandCharacterTags && isCharacter && this.replacementOf(name) === undefined
        ? expandCharacterTag(name)
        : [name];
    return this.allowed(
      name,
      parts.flatMap((part) => this.replacementOf(part) ?? formatTag(part, this.options)),
    );
  }

  /**
   * The words of a rating in the caption: its name from the options if there is one, otherwise as for any other tag.
   */
  ofRating(name: string): string[] {
    const own = this.ratingNames.get(comparableTag(name));
    const words = own ?? this.replacementOf(name) ?? [formatTag(name, this.options)];
    return this.allowed(name, words);
  }

  private replacementOf(name: string): string[] | undefined {
    return this.replacements.size === 0 ? undefined : this.replacements.get(comparableTag(name));
  }

  private allowed(name: string, words: string[]): string[] {
    return this.isExcluded(name) ? [] : words.filter((word) => !this.isExcluded(word));
  }
}

/**
 * Splits a character tag into the character and the series in parentheses: `name_(series)` gives `name` and `series`.
 * With several pairs of parentheses the last one is the series: `a_(b)_(c)` gives `a_(b)` and `c`. Any other tag is
 * returned whole.
 * @param name raw name of the tag in the model
 */
function expandCharacterTag(name: string): string[] {
  const parts = /^(.*[^_])_*\(([^()]+)\)$/.exec(name);
  const [, character, series] = parts ?? [];
  return character === undefined || series === undefined ? [name] : [character, series];
}

function wordsByTag(texts: Readonly<Record<string, string>>): Map<string, string[]> {
  return new Map(Object.entries(texts).map(([tag, text]) => [comparableTag(tag), parseTagList(text)]));
}
