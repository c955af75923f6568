import { captionChange, givenParts, type GivenParts } from '../captionChange';
import { captionParts } from '../captionParts';
import type { Author } from '../recordEntry';
import type { Recorded } from '../RecordWriter';
import { comparableTag } from '../../tags/comparableTag';
import type { FoundTags } from '../../tags/FoundTags';
import { captionWithTags } from '../../tags/writeTags';

/** A write of what a tagger found. */
export interface TaggerWrite {
  /** relative to the root of the records */
  caption: string;
  /** the text before and after, with LF line ends */
  before: string;
  after: string;
  found: FoundTags;
  /** tags that the options add to every caption */
  asked: readonly string[];
  author: Author;
}

/**
 * The entries of a write of what a tagger found. Tags that the options add count as the user's, not the tagger's, so
 * that a later job without these options keeps them. They get a separate entry before that of the tagger, which stays
 * the last one.
 */
export function entriesOfTagger({ caption, before, after, found, asked, author }: TaggerWrite): Recorded[] {
  const { separator } = author;
  const wishes = new Set(asked.flatMap((tag) => captionParts(tag, separator)).map(({ text }) => comparableTag(text)));
  const isWish = (text: string): boolean => wishes.has(comparableTag(text));
  const given = givenParts(found, separator);
  const wanted = captionParts(after, separator).flatMap(({ text }) => (isWish(text) && given.has(text) ? [text] : []));
  const entry = (by: Author, from: string, to: string, parts: GivenParts): Recorded => ({
    kind: 'written',
    caption,
    author: by,
    ...captionChange(from, to, parts, separator),
  });
  if (wanted.length === 0) return [entry(author, before, after, given)];
  const asker: Author = { by: 'hand', ...ofJob(author) };
  const between = captionWithTags(before, wanted, { mode: 'append', keepFirst: 0, separator: separator ?? ', ' });
  const wish = entry(asker, before, between, new Map(wanted.map((text) => [text, undefined])));
  const others = new Map([...given].filter(([text]) => !isWish(text)));
  const isSaid = wish.parts.some(({ mark }) => mark !== 'stood');
  return [...(isSaid ? [wish] : []), entry(author, isSaid ? between : before, after, others)];
}

function ofJob({ job, separator }: Author): Partial<Author> {
  return { ...(job === undefined ? {} : { job }), ...(separator === undefined ? {} : { separator }) };
}
