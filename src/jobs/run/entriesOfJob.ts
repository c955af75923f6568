import { captionChange, type GivenParts } from '../../records/captionChange';
import { captionParts } from '../../records/captionParts';
import type { Author } from '../../records/recordEntry';
import type { Recorded } from '../../records/RecordWriter';
import { comparableTag } from '../../tags/comparableTag';
import { noScore, type FoundTags } from '../../tags/FoundTags';
import type { WriteOptions } from '../../tags/writeMode';
import { captionWithTags } from '../../tags/writeTags';

/** A write of a job. */
export interface JobWrite {
  /** relative to the root of the records */
  caption: string;
  /** the text before and after, with LF line ends */
  before: string;
  after: string;
  found: FoundTags;
  /** tags that the job's user wants in every caption */
  asked: readonly string[];
  author: Author;
  write: WriteOptions;
}

/**
 * The entries of a write of a job. What its user asked for by name is a person's wish, not the tagger's: a later job
 * that is not asked for it leaves it. It gets an entry of its own, before the tagger's, as the last one says who made
 * the caption what it is.
 */
export function entriesOfJob({ caption, before, after, found, asked, author, write }: JobWrite): Recorded[] {
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
  const between = captionWithTags(before, wanted, { ...write, mode: 'append' });
  const wish = entry(asker, before, between, new Map(wanted.map((text) => [text, undefined])));
  const others = new Map([...given].filter(([text]) => !isWish(text)));
  const isSaid = wish.parts.some(({ mark }) => mark !== 'stood');
  return [...(isSaid ? [wish] : []), entry(author, isSaid ? between : before, after, others)];
}

function ofJob({ job, separator }: Author): Partial<Author> {
  return { ...(job === undefined ? {} : { job }), ...(separator === undefined ? {} : { separator }) };
}

/** What was found, by the parts that it has in a caption: what replaces a tag may be several. */
function givenParts({ tags, scores = [] }: FoundTags, separator: string | undefined): GivenParts {
  const given = new Map<string, number | undefined>();
  for (const [index, tag] of tags.entries()) {
    for (const { text } of captionParts(tag, separator)) given.set(text, scoreOf(scores[index]));
  }
  return given;
}

function scoreOf(score = noScore): number | undefined {
  return score === noScore ? undefined : score;
}
