import * as l10n from '@vscode/l10n';
import { displayLanguage } from '../../base/displayLanguage';
import { comparableTag } from '../../tags/comparableTag';
import { inSlices } from '../../base/inSlices';
import { literalPattern, printQuery, tagTerm } from './printQuery';
import { imageStates, type ImageState, type NumberField, type OriginField, type TextField } from './QueryNode';
import { queryTokens, type QueryToken } from './queryTokens';
import { numberExamples } from './queryValues';

/** A suggestion for what to type next. */
export interface QuerySuggestion {
  kind: 'field' | 'state' | 'tag' | 'writer' | 'saved' | 'recent';
  /** the text in the list */
  label: string;
  /** its meaning, or the number of occurrences of a tag */
  detail: string;
  /** the whole query after accepting the suggestion, and the caret position in it */
  text: string;
  caret: number;
}

export interface NamedQuery {
  name: string;
  query: string;
}

/** The data that suggestions are made from. */
export interface SuggestionSources {
  tagCounts: Iterable<readonly [tag: string, count: number]>;
  saved: readonly NamedQuery[];
  /** newest first */
  recent: readonly string[];
  /** the names of taggers and captioners that wrote captions; only asked where they can be suggested */
  writers: () => Promise<readonly string[]>;
}

const maxSuggestions = 8;

function fieldsAndWhatTheyMean(): readonly (readonly [name: string, detail: string])[] {
  const meanings: Record<Exclude<TextField, 'any'> | NumberField | OriginField | '-tag' | 'is', string> = {
    tag: l10n.t('images with this tag'),
    '-tag': l10n.t('images without this tag'),
    caption: l10n.t('text of the caption'),
    name: l10n.t('file name'),
    path: l10n.t('folder and file name'),
    is: l10n.t('empty, unsaved, duplicate, …'),
    tags: l10n.t('number of tags: {0}', numberExamples.tags),
    chars: l10n.t('length of the caption: {0}', numberExamples.chars),
    width: l10n.t('in pixels: {0}', numberExamples.width),
    height: l10n.t('in pixels: {0}', numberExamples.height),
    ratio: l10n.t('width to height: {0}', numberExamples.ratio),
    size: l10n.t('of the file: {0}', numberExamples.size),
    origin: l10n.t('who wrote a part of the caption: hand, tagger, a name, …'),
    by: l10n.t('who wrote the caption last: hand, job, a name, …'),
    deleted: l10n.t('tags that were deleted by hand'),
  };
  return Object.entries(meanings).map(([name, detail]) => [`${name}:`, detail]);
}

function meaningOf(state: ImageState): string {
  switch (state) {
    case 'empty':
      return l10n.t('without a caption');
    case 'unsaved':
      return l10n.t('edited and not saved yet');
    case 'conflict':
      return l10n.t('changed by another program, too');
    case 'failed':
      return l10n.t('could not be saved or captioned');
    case 'duplicate':
      return l10n.t('with a tag twice');
    case 'selected':
      return l10n.t('selected in the grid');
  }
}

/** Who may have written a caption besides those with names, as `origin:` and `by:` know them. */
const writerKinds = {
  origin: ['hand', 'tagger', 'captioner', 'bulk', 'import', 'outside'],
  by: ['hand', 'job', 'tagger', 'captioner', 'bulk', 'import', 'outside'],
} as const;

function meaningOfWriter(kind: (typeof writerKinds)['by'][number]): string {
  switch (kind) {
    case 'hand':
      return l10n.t('a person');
    case 'job':
      return l10n.t('a captioning job');
    case 'tagger':
      return l10n.t('any tagger');
    case 'captioner':
      return l10n.t('any captioner');
    case 'bulk':
      return l10n.t('an edit of many captions');
    case 'import':
      return l10n.t('an import');
    case 'outside':
      return l10n.t('another program');
  }
}

/** Suggests what to type at the caret of a query, most likely first. */
export async function suggestQuery(
  text: string,
  caret: number,
  { tagCounts, saved, recent, writers }: SuggestionSources,
): Promise<QuerySuggestion[]> {
  const term = queryTokens(text).find(({ kind, start, end }) => kind === 'term' && start < caret && caret <= end);
  const make = (
    kind: QuerySuggestion['kind'],
    label: string,
    detail: string,
    insert: string,
    isFinished = true,
  ): QuerySuggestion =>
    replaced(text, term ?? { start: caret, end: caret }, { kind, label, detail, insert, isFinished });
  const whole = (kind: 'saved' | 'recent', label: string, query: string): QuerySuggestion => ({
    kind,
    label,
    detail: kind === 'saved' ? query : l10n.t('recent'),
    text: query,
    caret: query.length,
  });
  const fields = fieldsAndWhatTheyMean();
  if (term?.kind !== 'term') {
    const started = fields.map(([name, detail]) => make('field', name, detail, name, false));
    if (text.trim() !== '') return started.slice(0, maxSuggestions);
    return [
      ...saved.map(({ name, query }) => whole('saved', name, query)).slice(0, 5),
      ...recent.map((query) => whole('recent', query, query)).slice(0, 5),
      ...started,
    ].slice(0, 12);
  }
  const written = text.slice(term.valueStart + (term.quoted ? 1 : 0), caret);
  const isNegated = text.charAt(term.start - 1) === '-';
  switch (term.prefix) {
    case 'tag':
      return (await likelyTags(tagCounts, written)).map(([tag, count]) =>
        make('tag', tag, count.toLocaleString(displayLanguage()), tagTerm(tag)),
      );
    case 'is':
      return imageStates
        .filter((state) => state.startsWith(written.toLowerCase()))
        .map((state) => make('state', `is:${state}`, meaningOf(state), `is:${state}`));
    case 'origin':
    case 'by': {
      const { prefix } = term;
      const begins = (name: string): boolean => name.toLowerCase().startsWith(written.toLowerCase());
      const named = (await writers()).filter(begins).map((name) => {
        const pattern = literalPattern(name.toLowerCase());
        const printed = printQuery({ kind: 'origin', field: prefix, pattern, start: 0, end: 0 });
        return make('writer', printed, l10n.t('this tagger or captioner'), printed);
      });
      const kinds = writerKinds[prefix].filter(begins);
      return [
        ...kinds.map((kind) => make('writer', `${prefix}:${kind}`, meaningOfWriter(kind), `${prefix}:${kind}`)),
        ...named,
      ].slice(0, 12);
    }
    case '': {
      const begins = fields.filter(
        ([name]) => name.startsWith(written.toLowerCase()) && !(isNegated && name === '-tag:'),
      );
      const named = saved.filter(({ name }) => name.toLowerCase().includes(text.trim().toLowerCase()));
      return [
        ...begins.map(([name, detail]) => make('field', name, detail, name, false)),
        ...named.slice(0, 2).map(({ name, query }) => whole('saved', name, query)),
        ...(await likelyTags(tagCounts, written)).map(([tag, count]) =>
          make('tag', tag, count.toLocaleString(displayLanguage()), tagTerm(tag)),
        ),
      ].slice(0, maxSuggestions);
    }
    default: {
      const example = Object.entries(numberExamples).find(([field]) => field === term.prefix)?.[1];
      return written !== '' || example === undefined ? [] : [make('field', example, l10n.t('for example'), example)];
    }
  }
}

interface Replacement {
  kind: QuerySuggestion['kind'];
  label: string;
  detail: string;
  insert: string;
  /** whether the term is complete and a space follows it */
  isFinished: boolean;
}

function replaced(
  text: string,
  { start, end }: Pick<QueryToken, 'start' | 'end'>,
  { kind, label, detail, insert, isFinished }: Replacement,
): QuerySuggestion {
  const rest = text.slice(end);
  const gap = isFinished && !/^\s/.test(rest) ? ' ' : '';
  const caret = start + insert.length + (isFinished ? 1 : 0);
  return { kind, label, detail, text: `${text.slice(0, start)}${insert}${gap}${rest}`, caret };
}

/** The most frequent tags that start with a text, then those that contain it. */
async function likelyTags(
  tagCounts: SuggestionSources['tagCounts'],
  written: string,
): Promise<(readonly [string, number])[]> {
  const wanted = comparableTag(written.replaceAll('*', ''));
  const likely: { tag: string; count: number; begins: boolean }[] = [];
  await inSlices(tagCounts, ([tag, count]) => {
    const at = comparableTag(tag).indexOf(wanted);
    if (at < 0) return;
    const begins = at === 0;
    const place = likely.findIndex((other) => (begins === other.begins ? count > other.count : begins));
    if (place < 0 && likely.length >= maxSuggestions) return;
    likely.splice(place < 0 ? likely.length : place, 0, { tag, count, begins });
    if (likely.length > maxSuggestions) likely.pop();
  });
  return likely.map(({ tag, count }) => [tag, count] as const);
}
