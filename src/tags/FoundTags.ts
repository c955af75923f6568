/** The tags that a tagger found in an image, in the order of a caption. */
export interface FoundTags {
  tags: string[];
  /**
   * of each tag, 0..1; {@link noScore} for one that has none, as it is the user's or a rating; missing if the tagger
   * does not say
   */
  scores?: number[];
}

/** What {@link FoundTags.scores} has for a tag without a score. */
export const noScore = -1;
