import * as l10n from '@vscode/l10n';
import { parse } from 'csv-parse/sync';
import { errorMessage } from '../../protocol/channel/wireError';
import { ModelError } from './ModelError';

/** What a tag is about, by Danbooru's category numbers: 0 general, 4 character, 9 rating. */
export type TagCategory = 'general' | 'character' | 'rating' | 'other';

/** One output of a model. */
export interface ModelTag {
  /** as Danbooru writes it, such as `long_hair` */
  name: string;
  category: TagCategory;
}

const categories = new Map<string, TagCategory>([
  ['0', 'general'],
  ['4', 'character'],
  ['9', 'rating'],
]);

/**
 * Parses `selected_tags.csv`: the tags in the order of the model's outputs. Columns are found by their header (`name`
 * and `category` are needed, in any order); quotes as in RFC 4180, any line ends, a byte order mark and blank lines are
 * fine.
 * @param path of the file, for errors
 * @throws ModelError TAGS_INVALID
 */
export function parseSelectedTags(csv: string, path: string): ModelTag[] {
  let rows: string[][];
  try {
    rows = parse(csv, { bom: true, skip_empty_lines: true, relax_column_count: true });
  } catch (error) {
    throw invalid(path, errorMessage(error), error);
  }
  const [header, ...body] = rows;
  if (header === undefined) throw invalid(path, l10n.t('it is empty'));
  const nameColumn = columnOf(header, 'name', path);
  const categoryColumn = columnOf(header, 'category', path);
  return body.map((row, index) => {
    const name = row[nameColumn];
    const category = row[categoryColumn];
    if (name === undefined || name === '' || category === undefined) {
      throw invalid(path, l10n.t('tag {0} has no name or category', index + 1));
    }
    return { name, category: categories.get(category.trim()) ?? 'other' };
  });
}

function columnOf(header: string[], name: string, path: string): number {
  const column = header.findIndex((cell) => cell.trim() === name);
  if (column === -1) throw invalid(path, l10n.t('the column "{0}" is missing', name));
  return column;
}

function invalid(path: string, reason: string, cause?: unknown): ModelError {
  return new ModelError('TAGS_INVALID', path, l10n.t('selected_tags.csv cannot be used: {0}.', reason), cause);
}
