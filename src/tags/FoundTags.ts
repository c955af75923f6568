/** The tags that a tagger found in an image, in the order of a caption. */
export interface FoundTags {
  tags: string[];
  /**
   * the score of each tag, 0..1; {@link noScore} for a tag of the user or a rating; undefined if the tagger gives no
   * scores
   */
  scores?: number[];
}

/** What {@link FoundTags.scores} has for a tag without a score. */
export const noScore = -1;
