/** Who may have written a part of a caption. */
export type PartWriter = 'tagger' | 'captioner' | 'bulk' | 'import' | 'hand' | 'outside';

/** Who wrote a part of a caption: a tag, a sentence, or all of a caption that is JSON. */
export interface PartMark {
  text: string;
  by: PartWriter;
  /** of the tagger or captioner */
  name?: string;
  /** 0..1 with two digits */
  score?: number;
  /** milliseconds since 1970 */
  when?: number;
}

/** Parts that one writer wrote at one time, each with its score. */
export interface PartGroup extends Omit<PartMark, 'text' | 'score'> {
  parts: (readonly [text: string, score?: number])[];
}

/** Who wrote what in a caption, as far as the host knows. */
export interface CaptionMarks {
  /** a digest of the caption that this is about, by `textDigest` */
  digest: number;
  groups: PartGroup[];
}

/** Requests from the webview to the host about who wrote what. */
export interface OriginRequests {
  /**
   * Who wrote what in the captions of images; null for one that is unknown or cannot be read.
   * @returns null where there are no records, so that nothing is known of any caption
   */
  getMarks(params: { paths: string[] }): { marks: (CaptionMarks | null)[] | null };
}

/** Whether what this one wrote is a machine's; what persons did by other means is theirs. */
export function isMachineMark({ by }: Pick<PartMark, 'by'>): boolean {
  return by === 'tagger' || by === 'captioner';
}
