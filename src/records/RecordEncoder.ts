import type { Author, MarkedPart, RecordEntry, TextDifference } from './recordEntry';

/** The version of the format. Files of another one are skipped. */
export const recordVersion = 1;

/** What is recorded of a write before it is done; that it has completed is recorded later. */
export type NewEntry = Omit<RecordEntry, 'isDone'>;

/** The letters of the kinds of entries. */
export const entryLetters = { written: 'w', undone: 'u', forgotten: 'f', deleted: 'x' } as const;

/**
 * A line of a record, as JSON:
 * - `r`, the first: version, name of the record, time in ms to which its entries add theirs, process that writes it
 * - `t`, texts of parts: number of the first, the texts
 * - `a`, who writes: number, the author
 * - `w`, `u`, `f`, `x`, an entry: number, caption, time, number of its author, hashes of the text before and after,
 *   numbers of the parts, two characters for each of them ({@link markText}), numbers of removed parts each with `:`
 *   and its place, 1 if reordered, the text after and before where the parts do not give it back, that after as it is
 *   or as what stays at its beginning, at its end, and what is new between, bytes of the picture's file; numbers of
 *   parts and places in base 36. What is missing at the end is empty.
 * - `m`, a caption got another name: number, new path, time, old path, and until when what is recorded under the old
 *   path is of it, as a time, where that is not the time of the entry
 * - `d`, writes that came to their end: numbers of entries
 * - `z`, the last: nothing more is written into this file
 */
export type RecordLine =
  | ['r', number, string, number, string]
  | ['t', number, ...string[]]
  | ['a', number, Author]
  | [
      (typeof entryLetters)[RecordEntry['kind']],
      number,
      string,
      number,
      number,
      string,
      string,
      string?,
      string?,
      string?,
      (0 | 1)?,
      (string | TextDifference | 0)?,
      string?,
      number?,
    ]
  | ['m', number, string, number, string, number?]
  | ['d', ...number[]]
  | ['z'];

/**
 * How many texts are remembered with their numbers. A text that is forgotten is written again under a new number, so
 * that sentences do not fill the memory.
 */
const rememberedTexts = 50_000;

/** Makes the lines of one record: texts and authors are written once, and named by their numbers from then on. */
export class RecordEncoder {
  private readonly texts = new Map<string, number>();
  private nextText = 0;
  private readonly authors = new Map<string, number>();
  private nextEntry = 0;

  /**
   * @param id identifies the record, also when its lines are copied to another file
   * @param begun ms since 1970
   * @param writer the process that writes it, by `identityText`
   */
  constructor(
    readonly id: string,
    private readonly begun: number,
    private readonly writer: string,
  ) {}

  /** The first line. */
  head(): string {
    return lineOf(['r', recordVersion, this.id, this.begun, this.writer]);
  }

  /** The lines of an entry. @returns also its number */
  entry(entry: NewEntry): { text: string; number: number } {
    const { kind, caption, when, author, before, after, parts, removed, reordered } = entry;
    const { textBefore = '', textAfter = 0, pictureSize = 0 } = entry;
    if (this.texts.size > rememberedTexts) this.texts.clear();
    const added: string[] = [];
    const first = this.nextText;
    const numberOf = (text: string): string => this.numberOfText(text, added).toString(36);
    const own = this.numberOfAuthor(author);
    const [partNumbers, marks, removedNumbers] = [
      parts.map(({ text }) => numberOf(text)).join(' '),
      parts.map(markText).join(''),
      removed.map(({ text, at }) => `${numberOf(text)}:${at.toString(36)}`).join(' '),
    ];
    const number = this.nextEntry++;
    const letter = entryLetters[kind];
    const line: RecordLine = [letter, number, caption, when - this.begun, own.number, before, after];
    const rest = [partNumbers, marks, removedNumbers, reordered ? 1 : 0, textAfter, textBefore, pictureSize] as const;
    const used = rest.findLastIndex((one) => one !== '' && one !== 0) + 1;
    line.push(...rest.slice(0, used));
    const texts = added.length === 0 ? '' : lineOf(['t', first, ...added]);
    return { text: own.line + texts + lineOf(line), number };
  }

  /** The line of a caption that got another name. @param when ms since 1970, as `until` */
  move(from: string, to: string, when: number, until?: number): string {
    const line: RecordLine = ['m', this.nextEntry++, to, when - this.begun, from];
    if (until !== undefined) line.push(until - this.begun);
    return lineOf(line);
  }

  private numberOfText(text: string, added: string[]): number {
    let number = this.texts.get(text);
    if (number === undefined) {
      number = this.nextText++;
      this.texts.set(text, number);
      added.push(text);
    }
    return number;
  }

  private numberOfAuthor(author: Author): { number: number; line: string } {
    const key = JSON.stringify(author);
    const known = this.authors.get(key);
    if (known !== undefined) return { number: known, line: '' };
    const number = this.authors.size;
    this.authors.set(key, number);
    return { number, line: lineOf(['a', number, author]) };
  }
}

/** A line with its line end. */
export function lineOf(line: RecordLine): string {
  return `${JSON.stringify(line)}\n`;
}

/** The digits of the score of a `found` part: `a` for 0 to `j` for 9. */
const lettersOfFound = 'abcdefghij';

/**
 * A {@link PartMark} and a score in two characters. `new`: two digits of the score, or `--` without one; `found`: the
 * digits as letters, or `~~`; `stood`: `==`.
 */
export function markText({ mark, score }: Pick<MarkedPart, 'mark' | 'score'>): string {
  if (mark === 'stood') return '==';
  if (score === undefined) return mark === 'new' ? '--' : '~~';
  const digits = String(Math.min(99, Math.max(0, Math.floor(score * 100 + 1e-9)))).padStart(2, '0');
  return mark === 'new' ? digits : digits.replace(/\d/g, (digit) => lettersOfFound.charAt(Number(digit)));
}

type Mark = Readonly<Pick<MarkedPart, 'mark' | 'score'>>;

/** Cache of {@link parseMark}: there are few different marks, and each part of each entry has one. */
const marksByText = new Map<string, Mark>([
  ['==', { mark: 'stood' }],
  ...(['new', 'found'] as const).flatMap((mark) => [
    [markText({ mark }), { mark }] as const,
    ...Array.from({ length: 100 }, (_, digits) => {
      const scored: Mark = { mark, score: digits / 100 };
      return [markText(scored), scored] as const;
    }),
  ]),
]);

/** Parses what {@link markText} made; undefined for any other text. */
export function parseMark(text: string): Mark | undefined {
  return marksByText.get(text);
}
