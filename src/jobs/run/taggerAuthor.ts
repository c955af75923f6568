import { coreOf } from '../../tags/captionGrammar';
import type { JobTagger } from '../jobTypes';

/** A tagger as the author of an entry in the records. */
export interface TaggerAuthor {
  by: 'tagger';
  name: string;
  thresholds: { general: number; character: number }[];
  separator?: string;
}

/** Makes the author of what a tagger writes. @param separator between two of its tags */
export function taggerAuthor({ name, setup }: Pick<JobTagger, 'name' | 'setup'>, separator: string): TaggerAuthor {
  return {
    by: 'tagger',
    name,
    thresholds: setup.models.map(({ thresholds: { general, character } }) => ({ general, character })),
    ...(coreOf(separator) === ',' ? {} : { separator }),
  };
}
