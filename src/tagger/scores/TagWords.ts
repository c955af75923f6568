import { parseTagList } from '../../tags/captionGrammar';
import { comparableTag } from '../../tags/comparableTag';
import type { CaptionOptions } from '../../protocol/tagging/captionOptions';
import { formatTag } from '../../protocol/text/formatTag';
import type { PassedTag } from './mergeScores';
import { tagMatcher } from '../../tags/tagMatcher';

/** What the tags of a model become in a caption: left out, replaced, expanded or as they are. */
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
   * A tag in the caption; nothing, or several tags, where the options say so. A replacement for the whole tag goes
   * before its expansion, and what it names is not replaced again. An excluded tag is left out as the model writes it
   * and as it would come into the caption.
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

  /** A rating in the caption: by its own name in the options, else as any other tag. */
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
 * A character and the series in parentheses behind it: `name_(series)` gives `name` and `series`; of several
 * parentheses the last are taken, `a_(b)_(c)` gives `a_(b)` and `c`. Any other tag stays whole.
 * @param name as the model writes it
 */
function expandCharacterTag(name: string): string[] {
  const parts = /^(.*[^_])_*\(([^()]+)\)$/.exec(name);
  const [, character, series] = parts ?? [];
  return character === undefined || series === undefined ? [name] : [character, series];
}

function wordsByTag(texts: Readonly<Record<string, string>>): Map<string, string[]> {
  return new Map(Object.entries(texts).map(([tag, text]) => [comparableTag(tag), parseTagList(text)]));
}
