import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import * as l10n from '@vscode/l10n';
import type { CsvError as CsvErrorType } from 'csv-parse';
import type { KnownTag } from './TagIndex';
import { errorCode, errorMessage } from '../../protocol/channel/wireError';

/** Why a list of tags cannot be used at all. */
export class TagListError extends Error {
  override readonly name = 'TagListError';
  readonly code = 'TAG_LIST_UNREADABLE';

  constructor(
    /** absolute path of the list */
    readonly path: string,
    reason: string,
    cause?: unknown,
  ) {
    super(l10n.t('The tag list {0} cannot be read: {1}.', path, reason), { cause });
  }
}

/** The content of a list of tags. */
export interface TagList {
  /** the tags as they are written in the file, and a further entry for each alias */
  tags: KnownTag[];
  /** lines that could not be used */
  skipped: number;
  /** the first unusable line, counted from 1, and what is wrong with it */
  firstProblem: { line: number; reason: string } | undefined;
}

interface Columns {
  tag: number;
  category: number;
  count: number;
  aliases: number;
}

/** The columns of a list without a header, as in a1111-sd-webui-tagcomplete: tag, category, count, aliases. */
const usualColumns: Columns = { tag: 0, category: 1, count: 2, aliases: 3 };
/** A longer field means that a quotation mark is not closed and swallows the lines after it; in characters. */
const maxFieldLength = 20_000;

/**
 * Reads a list of tags in CSV: `tag,category,count,"alias,alias"` as of a1111-sd-webui-tagcomplete, a bare tag on each
 * line, or any columns under a header with `name` or `tag`, such as a model's `selected_tags.csv`. Lines that cannot be
 * used are left out and counted. The file is streamed, so that a list of 200,000 tags does not block the extension
 * host.
 * @param file absolute path
 * @param onCategory called with each tag that has a category, and each of its aliases: a number or a name, as it stands
 * @throws TagListError when nothing of it can be used; the signal's reason when aborted
 */
export async function readTagList(
  file: string,
  signal?: AbortSignal,
  onCategory?: (tag: string, category: string) => void,
): Promise<TagList> {
  // Most windows have no list of tags: the parser is a bundle of its own, loaded here.
  const { CsvError, parse } = await import('csv-parse');
  const list: TagList = { tags: [], skipped: 0, firstProblem: undefined };
  const refuse = (line: number, reason: string): void => {
    list.skipped++;
    list.firstProblem ??= { line, reason };
  };
  let columns: Columns | undefined;
  let lineBefore = 0;
  const parser = parse({
    bom: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: maxFieldLength,
    on_record: (row: string[], { lines }) => {
      const line = lineBefore + 1;
      lineBefore = lines;
      if (columns === undefined) {
        const header = headerOf(row);
        columns = header ?? usualColumns;
        if (header !== undefined) return null;
      }
      const first = list.tags.length;
      const problem = addRow(row, columns, list.tags);
      const category = row[columns.category]?.trim() ?? '';
      if (onCategory !== undefined && category !== '') {
        for (const { tag, alias } of list.tags.slice(first)) onCategory(alias ?? tag, category);
      }
      if (problem !== undefined) refuse(line, problem);
      return null;
    },
  });
  parser.on('skip', (error: CsvErrorType) => {
    refuse(lineBefore + 1, quoteProblem(error));
    lineBefore = typeof error.lines === 'number' ? error.lines : lineBefore + 1;
  });
  parser.resume();
  try {
    if (!(await stat(file)).isFile()) throw new Error(l10n.t('it is no file'));
    await pipeline(createReadStream(file), parser, { signal });
  } catch (thrown) {
    signal?.throwIfAborted();
    if (!(thrown instanceof CsvError)) throw new TagListError(file, reasonOf(thrown), thrown);
    refuse(lineBefore + 1, quoteProblem(thrown));
  }
  if (list.tags.length === 0) {
    const { firstProblem } = list;
    const reason =
      firstProblem === undefined
        ? l10n.t('it has no tags')
        : l10n.t('line {0}: {1}', firstProblem.line, firstProblem.reason);
    throw new TagListError(file, reason);
  }
  return list;
}

/** Adds the tag of a row and its aliases to `tags`. @returns what is wrong with the row */
function addRow(row: readonly string[], columns: Columns, tags: KnownTag[]): string | undefined {
  const tag = row[columns.tag]?.trim() ?? '';
  const written = row[columns.count]?.trim() ?? '';
  const count = Number(written);
  if (tag === '') return l10n.t('it has no tag');
  if (tag.includes('\n')) return l10n.t('a quotation mark is not closed');
  if (tag.includes('\uFFFD')) return l10n.t('it is not UTF-8');
  if (tag.includes(',')) return l10n.t('the tag "{0}" has a comma', tag);
  if (!Number.isFinite(count) || count < 0) return l10n.t('the count "{0}" is no number', written.slice(0, 40));
  tags.push({ tag, count });
  for (const name of (row[columns.aliases] ?? '').split(',')) {
    const alias = name.trim();
    if (alias !== '' && alias !== tag) tags.push({ tag, count, alias });
  }
  return undefined;
}

function headerOf(row: readonly string[]): Columns | undefined {
  const names = row.map((cell) => cell.trim().toLowerCase());
  const column = (...wanted: string[]): number => names.findIndex((name) => wanted.includes(name));
  const tag = column('name', 'tag');
  const isHeader = tag !== -1 && (row.length > 1 || names[0] === 'name' || names[0] === 'tag');
  if (!isHeader || names.some((name) => name !== '' && Number.isFinite(Number(name)))) return undefined;
  return {
    tag,
    category: column('category', 'type'),
    count: column('count', 'post_count', 'posts'),
    aliases: column('aliases', 'alias'),
  };
}

function quoteProblem(error: CsvErrorType): string {
  const isQuote = error.code === 'CSV_MAX_RECORD_SIZE' || error.code.includes('QUOTE');
  return isQuote ? l10n.t('a quotation mark is not closed') : error.message;
}

function reasonOf(thrown: unknown): string {
  switch (errorCode(thrown)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return l10n.t('there is no such file');
    case 'EACCES':
    case 'EPERM':
      return l10n.t('the system does not allow it');
    default:
      return errorMessage(thrown).replace(/\.$/, '');
  }
}

/** A sentence about the lines of a list that were left out; undefined if there are none. */
export function tagListWarning(file: string, { skipped, firstProblem }: TagList): string | undefined {
  if (firstProblem === undefined) return undefined;
  const { line, reason } = firstProblem;
  const values = [line, path.basename(file), reason, skipped - 1] as const;
  return skipped === 1
    ? l10n.t('Line {0} of the tag list {1} was left out: {2}.', ...values)
    : l10n.t('Line {0} of the tag list {1} was left out: {2}; {3} more lines were left out, too.', ...values);
}
