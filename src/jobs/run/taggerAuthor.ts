import { coreOf } from '../../tags/captionGrammar';
import type { JobTagger } from '../jobTypes';

/** A tagger as a record of who wrote what names it. */
export interface TaggerAuthor {
  by: 'tagger';
  name: string;
  thresholds: { general: number; character: number }[];
  separator?: string;
}

/** A tagger as the author of what it writes. @param separator what it writes between two tags */
export function taggerAuthor({ name, setup }: Pick<JobTagger, 'name' | 'setup'>, separator: string): TaggerAuthor {
  return {
    by: 'tagger',
    name,
    thresholds: setup.models.map(({ thresholds: { general, character } }) => ({ general, character })),
    ...(coreOf(separator) === ',' ? {} : { separator }),
  };
}
