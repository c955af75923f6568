import type { OriginTerm } from '../../dataset/query/QueryNode';
import { comparableTag } from '../../tags/comparableTag';
import { GlobPattern } from '../../tags/GlobPattern';
import { isEmptyCaption } from '../../tags/captionText';
import type { CaptionOrigins } from '../originsOf';
import { isMachine, textHash, type Author, type RecordEntry } from '../recordEntry';

/** A caption with all that is known of it. */
export interface KnownCaption {
  entries: readonly RecordEntry[];
  /** computed from the entries on first access */
  readonly origins: CaptionOrigins;
  text: string;
}

/** Compiles a term of a search. */
export function originTest({ field, pattern }: OriginTerm): (caption: KnownCaption) => boolean {
  switch (field) {
    case 'origin': {
      const glob = new GlobPattern(pattern);
      return ({ origins }) => origins.parts.some(({ by, name }) => glob.is(by) || isNamed(glob, name));
    }
    case 'deleted': {
      const glob = new GlobPattern(pattern.replaceAll('_', ' '));
      return ({ origins }) => origins.deleted.some(({ text }) => glob.is(comparableTag(text)));
    }
    case 'by': {
      const glob = new GlobPattern(pattern);
      return (caption) => {
        const author = lastWriter(caption);
        if (author === undefined) return false;
        const isJob = isMachine(author) && glob.is('job');
        return isJob || glob.is(author.by) || isNamed(glob, author.name) || isNamed(glob, author.job);
      };
    }
  }
}

/** Which captions match which terms if there are no records: then a person wrote everything. */
export function matchesWithoutRecords(captions: readonly { text: string }[], terms: readonly OriginTerm[]): Uint8Array {
  const isByHand = terms.map(({ field, pattern }) => field !== 'deleted' && new GlobPattern(pattern).is('hand'));
  const matches = new Uint8Array(captions.length * terms.length);
  for (const [index, { text }] of captions.entries()) {
    if (isEmptyCaption(text)) continue;
    for (const [at, isMatch] of isByHand.entries()) matches[index * terms.length + at] = isMatch ? 1 : 0;
  }
  return matches;
}

/**
 * The author of the last recorded write of this text; a person if no record has it.
 * @returns undefined for an empty caption
 */
export function lastWriter({ entries, text }: Pick<KnownCaption, 'entries' | 'text'>): Author | undefined {
  const hash = textHash(text);
  if (hash === '') return undefined;
  const write = entries.findLast(({ kind, after }) => kind === 'written' && after === hash);
  return write?.author ?? { by: 'hand' };
}

function isNamed(glob: GlobPattern, name: string | undefined): boolean {
  return name !== undefined && glob.is(name.toLowerCase());
}
