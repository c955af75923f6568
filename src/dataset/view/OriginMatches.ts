import { inSlices } from '../../base/inSlices';
import { LruMap } from '../../base/LruMap';
import type { Caption } from '../captions/Caption';
import type { DatasetImage } from '../captions/DatasetImage';
import type { OriginTerm } from '../query/QueryNode';

export interface OriginOptions {
  signal?: AbortSignal;
  /** called with the number of captions that were checked so far, and of all */
  onProgress?: (done: number, total: number) => void;
  /** look at all anew, as records may have changed while captions did not */
  isFresh?: boolean;
}

/**
 * Asks the records which captions match which terms.
 * @returns for each caption a byte for each term: 1 if it matches
 * @throws the signal's reason; errors of reading
 */
export type AskOrigins = (
  captions: readonly Caption[],
  terms: readonly OriginTerm[],
  options: { signal?: AbortSignal; onProgress: (done: number) => void },
) => Promise<Uint8Array>;

/** So many terms are remembered: those of the searches that are shown and run, and of some before. */
const keptTerms = 16;

/**
 * Which captions match the terms of a search about who wrote what. The matches have to be loaded before they are asked
 * for.
 */
export class OriginMatches {
  private readonly terms = new LruMap<string, WeakMap<Caption, { text: string; isMatch: boolean }>>(keptTerms);

  constructor(private readonly ask: AskOrigins) {}

  /** Whether a caption matched when it was loaded; false if it was not. */
  has({ caption }: DatasetImage, term: OriginTerm): boolean {
    return this.terms.get(keyOf(term))?.get(caption)?.isMatch ?? false;
  }

  /**
   * Finds out for those images of which it is not known, or whose captions have changed.
   * @throws the signal's reason; errors of reading
   */
  async load(
    terms: readonly OriginTerm[],
    images: readonly DatasetImage[],
    { signal, onProgress, isFresh = false }: OriginOptions = {},
  ): Promise<void> {
    if (terms.length === 0) return;
    const slices = signal === undefined ? {} : { signal };
    const known = terms.map((term) => this.terms.get(keyOf(term)));
    const captions = new Set<Caption>();
    const texts: string[] = [];
    const add = ({ caption }: DatasetImage): void => {
      const { text } = caption;
      if (captions.has(caption)) return;
      if (!isFresh && known.every((matches) => matches?.get(caption)?.text === text)) return;
      captions.add(caption);
      texts.push(text);
    };
    await inSlices(images, add, slices);
    if (captions.size === 0) return;
    const found = await this.ask([...captions], terms, {
      ...slices,
      onProgress: (done) => onProgress?.(done, captions.size),
    });
    for (const [at, term] of terms.entries()) {
      const matches = known[at] ?? new WeakMap<Caption, { text: string; isMatch: boolean }>();
      const note = (caption: Caption, index: number): void => {
        matches.set(caption, { text: texts[index] ?? '', isMatch: found[index * terms.length + at] === 1 });
      };
      await inSlices(captions, note, slices);
      this.terms.set(keyOf(term), matches);
    }
  }
}

function keyOf({ field, pattern }: OriginTerm): string {
  return `${field}:${pattern}`;
}
