import { coreOf } from '../tags/captionGrammar';
import { comparableTag } from '../tags/comparableTag';
import { isJsonCaption } from '../tags/jsonCaption';
import { firstLine } from '../tags/tagLine';
import { captionParts } from './captionParts';
import { captionStates } from './captionStates';
import { entriesInOrder } from './entryOrder';
import { movedParts } from './movedParts';
import {
  deletionKey,
  isHashedText,
  isMachine,
  isNote,
  partsBefore,
  recordedText,
  textHash,
  type Author,
  type RecordEntry,
  type Writer,
} from './recordEntry';

/** Who wrote a part of a caption. */
export interface PartOrigin {
  /** as it stands in the caption */
  text: string;
  by: Writer;
  /** of the tagger or captioner */
  name?: string;
  /** 0..1 with two digits */
  score?: number;
  /** milliseconds since 1970 */
  when?: number;
}

/** A part that a person took out of a caption. */
export interface DeletedPart {
  /** of a long text that no record has any more its hash, as `isHashedText` tells */
  text: string;
  /** when it was known to be gone, in milliseconds since 1970 */
  when?: number;
}

/** Who wrote which part of a caption, and which parts a person deleted. */
export interface CaptionOrigins {
  /** the parts of the caption, in their order */
  parts: PartOrigin[];
  deleted: DeletedPart[];
  /**
   * the separator of the caption's tags besides the comma, as recorded by their writer; perhaps with blanks around it
   */
  separator?: string;
}

/** A part with its author; without one, a person wrote it. */
interface KnownPart {
  text: string;
  author?: Author;
  score?: number;
  when?: number;
}

/** What is known of a caption at one moment. */
interface State {
  hash: string;
  parts: readonly KnownPart[];
  /** by the normalized form of the part */
  deleted: ReadonlyMap<string, DeletedPart>;
}

/** A write with what stood before and after it. */
interface Step {
  entry: RecordEntry;
  before: State;
  after: State;
}

/**
 * If at least so many parts that a write removed are back in their places, the write counts as undone without a
 * record: what it had added does not count as deleted by hand. The parts that are back may have been typed, so they
 * count as a person's.
 */
const partsOfUndo = 2;
/** A caption whose picture is another one counts as the recorded caption if at least this part of it was recorded. */
const alike = 0.5;

/**
 * Says who wrote each part of a caption. The caption is the truth: a part that no record explains counts as written by
 * a person, also one of a machine that was edited or moved. A recorded part that is not in the caption counts as
 * deleted by a person, unless the whole caption was emptied: then it starts afresh.
 * @param entries all that is known of this caption, in the order of time
 * @param text what the caption holds now, with LF line ends
 * @param seen when the text was written, as far as known
 * @param pictureSize of the picture's file now, in bytes, if it is known: another picture may have taken the name
 */
export function originsOf(
  entries: readonly RecordEntry[],
  text: string,
  seen?: number,
  pictureSize?: number,
): CaptionOrigins {
  const history = new History();
  const hash = textHash(text);
  for (const entry of entriesInOrder(entries, hash)) history.add(entry);
  const separator = separatorIn(text, entries);
  const stretches = captionParts(text, separator);
  const texts = stretches.map((part) => part.text);
  const lineEnd = firstLine(text).length;
  history.settle(hash, texts.map(recordedText));
  const { parts, deleted } = history.standing(hash, texts.map(recordedText), true, seen, pictureSize);
  const match = matcher(parts);
  const now = new Set(texts.map(deletionKey));
  return {
    parts: stretches.map(({ text: one, end }) => {
      const known = parts[match(recordedText(one)) ?? -1];
      // Taggers write into the first line only: in other lines, a person typed or moved the tag.
      return originOf(one, known?.author?.by === 'tagger' && end > lineEnd ? undefined : known);
    }),
    deleted: withTexts(
      [...deleted].flatMap(([key, part]) => (now.has(key) ? [] : [{ ...part }])),
      entries,
    ),
    ...(separator === undefined ? {} : { separator }),
  };
}

/** Gives long parts their texts back, as far as the records have one of a caption that held them. */
function withTexts(deleted: DeletedPart[], entries: readonly RecordEntry[]): DeletedPart[] {
  if (!deleted.some(({ text }) => isHashedText(text))) return deleted;
  const texts = new Map<string, string>();
  for (const { text = '' } of captionStates(entries)) {
    for (const part of captionParts(text)) texts.set(recordedText(part.text), part.text);
  }
  const known = deleted.map((part) => ({ ...part, text: texts.get(part.text) ?? part.text }));
  // Nothing is added to a caption that is JSON, and it is no part of another one.
  return known.filter(({ text }, index) => text === deleted[index]?.text || !isJsonCaption(text));
}

/** The separator that was written last, as far as the caption has it. */
function separatorIn(text: string, entries: readonly RecordEntry[]): string | undefined {
  const separator = entries.findLast(({ author }) => author.separator !== undefined)?.author.separator;
  return separator !== undefined && text.includes(coreOf(separator)) ? separator : undefined;
}

/** The origins of a caption without records: a person wrote all of it. */
export function originsByHand(text: string): CaptionOrigins {
  return originsOf([], text);
}

function originOf(text: string, part: KnownPart | undefined): PartOrigin {
  const { author, score, when } = part ?? {};
  return {
    text,
    by: author?.by ?? 'hand',
    ...(author?.name === undefined ? {} : { name: author.name }),
    ...(score === undefined ? {} : { score }),
    ...(when === undefined ? {} : { when }),
  };
}

class History {
  private state: State = { hash: '', parts: [], deleted: new Map() };
  private steps: Step[] = [];
  /** groups of writes that were undone together, for redo */
  private undone: (readonly Step[])[] = [];
  /** writes that are not known to have completed, one after the other, until a caption shows it */
  private announced: RecordEntry[] = [];
  /** of the picture's file, in bytes, as it was recorded last */
  private pictureSize: number | undefined;

  add(entry: RecordEntry): void {
    if (entry.before !== this.announced.at(-1)?.after) this.settle(entry.before, partsBefore(entry));
    this.announced.push(entry);
    if (entry.isDone || isNote(entry.kind)) this.settle(entry.after, []);
  }

  /**
   * Finds out by the text of the caption which announced writes were done: a process may have died before any of them.
   */
  settle(hash: string, texts: readonly string[]): void {
    const { announced } = this;
    this.announced = [];
    let last = announced.findLastIndex(({ after }) => after === hash);
    if (last < 0 && announced[0]?.before !== hash) last = announced.findLastIndex((entry) => shows(entry, texts));
    for (const entry of announced.slice(0, last + 1)) this.apply(entry);
  }

  /**
   * The state of a caption with these parts.
   * @param ordered whether the parts have the order of the caption
   * @param pictureSize of the picture's file at that moment, if it is known
   */
  standing(
    hash: string,
    texts: readonly string[],
    ordered: boolean,
    when: number | undefined,
    pictureSize?: number,
  ): State {
    if (hash === this.state.hash) return this.state;
    if (this.isOfAnother(pictureSize)) return { ...besideAnother(this.state, texts, ordered, when), hash };
    const undone = this.steps.findLast(({ before }) => before.hash === hash)?.before;
    if (undone !== undefined && this.isTakenBack(undone)) {
      const match = matcher(this.state.parts);
      const parts = undone.parts.map(({ text }) => this.state.parts[match(text) ?? -1] ?? { text });
      return { hash, parts: withEqualsByHand(parts), deleted: new Map([...this.state.deleted, ...undone.deleted]) };
    }
    return { ...reconciled(this.state, texts, ordered, when), hash };
  }

  private apply(entry: RecordEntry): void {
    this.takeIn(entry);
    this.pictureSize = entry.pictureSize ?? this.pictureSize;
  }

  /** Whether the picture is certainly another one than the recorded one. */
  private isOfAnother(size: number | undefined): boolean {
    return size !== undefined && this.pictureSize !== undefined && size !== this.pictureSize;
  }

  private takeIn(entry: RecordEntry): void {
    if (entry.kind === 'undone' && this.takeBack(entry)) return;
    const isOutside = entry.author.by === 'outside';
    // A change that another record explains was not made by another program, whichever entry came first.
    if (isOutside && entry.after === this.state.hash) return;
    const last = this.steps.at(-1);
    if (last?.entry.author.by === 'outside' && last.before.hash === entry.before && last.after.hash === entry.after) {
      this.steps.pop();
      this.state = last.before;
    }
    const seen = partsBefore(entry);
    const standing = this.standing(entry.before, seen, !entry.reordered, entry.when, entry.pictureSize);
    const before = { ...standing, hash: entry.before };
    this.state = before;
    if (isNote(entry.kind)) {
      this.note(entry);
      return;
    }
    this.state = isOutside ? this.afterOutside(entry) : afterWrite(entry, before);
    // An entry that changed nothing cannot be undone.
    if (entry.before !== entry.after) this.steps.push({ entry, before, after: this.state });
  }

  /** Another program is nobody that knows what it may touch: all it did counts as done by a person, with its name. */
  private afterOutside({ after, parts, author, when, pictureSize }: RecordEntry): State {
    const isNew = new Set(parts.filter(({ mark }) => mark === 'new').map(({ text }) => text));
    const texts = parts.map(({ text }) => text);
    const state = this.standing(after, texts, true, when, pictureSize);
    const named = (part: KnownPart): KnownPart =>
      part.author === undefined && isNew.has(part.text) ? { ...part, author, when } : part;
    return { ...state, hash: after, parts: state.parts.map(named) };
  }

  private isTakenBack(before: State): boolean {
    const now = new Set(this.state.parts.map(({ text }) => text));
    return before.parts.filter(({ text }) => !now.has(text)).length >= partsOfUndo;
  }

  /** Undoes or redoes writes. @returns false if the record does not have them */
  private takeBack({ before, after }: RecordEntry): boolean {
    const first = this.steps.findLastIndex(
      (step) => step.before.hash === after && (step.after.hash === before || this.state.hash === before),
    );
    const taken = first < 0 ? [] : this.steps.splice(first);
    if (taken[0] !== undefined) {
      this.state = withDeletionsOf(this.state, taken[0].before);
      this.undone.push(taken);
      return true;
    }
    const again = this.undone.findLastIndex(
      (steps) => steps[0]?.before.hash === before && steps.at(-1)?.after.hash === after,
    );
    const made = again < 0 ? [] : (this.undone.splice(again, 1)[0] ?? []);
    const last = made.at(-1);
    if (last === undefined) return false;
    this.state = withDeletionsOf(this.state, last.after);
    this.steps.push(...made);
    return true;
  }

  /** Marks parts as deleted by hand, or removes that mark, also in states that an undo may restore. */
  private note({ kind, parts, removed, when }: RecordEntry): void {
    const noted = ({ deleted, ...rest }: State): State => {
      const left = new Map(kind === 'forgotten' && removed.length === 0 ? [] : deleted);
      for (const { text } of removed) {
        if (kind === 'forgotten') left.delete(deletionKey(text));
        else left.set(deletionKey(text), { text, when });
      }
      return { ...rest, deleted: left };
    };
    const inStep = (step: Step): Step => ({ ...step, before: noted(step.before), after: noted(step.after) });
    this.state = noted(this.state);
    const isByHand = parts.some(({ mark }) => mark === 'new');
    if (isByHand) this.state = { ...this.state, parts: parts.map(({ text }) => ({ text })) };
    this.steps = this.steps.map(inStep);
    this.undone = this.undone.map((steps) => steps.map(inStep));
  }
}

/**
 * A state that is brought back. What a person deleted meanwhile stays deleted unless it stands again: who takes a job
 * back, or restores a snapshot, asks for what is in it, not for what was thrown out besides.
 */
function withDeletionsOf(now: State, back: State): State {
  if (now.deleted.size === 0) return back;
  const standing = new Set(back.parts.map(({ text }) => comparableTag(text)));
  const deleted = new Map([...now.deleted, ...back.deleted]);
  for (const key of now.deleted.keys()) if (standing.has(key)) deleted.delete(key);
  return { ...back, deleted };
}

/** Whether a caption with these parts looks as if a write had been done. */
function shows({ parts, removed }: RecordEntry, texts: readonly string[]): boolean {
  const now = new Set(texts);
  const isNew = parts.filter(({ mark }) => mark === 'new');
  const there = isNew.filter(({ text }) => now.has(text)).length;
  // A person may have typed one of the words that a job was about to write when its process died.
  if (isNew.length > 0) return there > 1 && there > isNew.length / 2;
  return removed.length === 0 || !removed.some(({ text }) => now.has(text));
}

/** The state after a person changed a caption without a record. */
function reconciled(
  { parts, deleted }: State,
  texts: readonly string[],
  isOrdered: boolean,
  when: number | undefined,
): Omit<State, 'hash'> {
  const match = matcher(parts);
  const places = texts.map(match);
  const met = places.flatMap((place, index) => (place === undefined ? [] : [{ place, index }]));
  const moves = isOrdered ? [...movedParts(met.map(({ place }) => place))] : [];
  const moved = new Set(moves.map((one) => met[one]?.index));
  const now = new Set(texts.map(comparableTag));
  const gone = new Map(deleted);
  for (const [index, text] of texts.entries()) if (places[index] === undefined) gone.delete(comparableTag(text));
  const kept = new Set(places);
  for (const [index, { text }] of parts.entries()) {
    const key = comparableTag(text);
    if (texts.length === 0 || kept.has(index) || now.has(key)) continue;
    gone.set(key, { text, ...(when === undefined ? {} : { when }) });
  }
  const standing = texts.map((text, index): KnownPart => {
    const known = parts[places[index] ?? -1];
    return known === undefined || moved.has(index) ? { text } : known;
  });
  return { parts: withEqualsByHand(standing), deleted: gone };
}

/**
 * The state of a caption if both its picture and its text differ from the recorded ones. It may belong to another
 * image, so no part counts as a machine's. Deleted parts stay deleted. If it resembles the recorded caption, as after
 * a picture was cropped, missing parts count as deleted, too.
 */
function besideAnother(
  state: State,
  texts: readonly string[],
  isOrdered: boolean,
  when: number | undefined,
): Omit<State, 'hash'> {
  const known = new Set(state.parts.map(({ text }) => comparableTag(text)));
  const same = texts.filter((text) => known.has(comparableTag(text))).length;
  const former = same >= texts.length * alike ? state : { ...state, parts: [] };
  return { parts: texts.map((text) => ({ text })), deleted: reconciled(former, texts, isOrdered, when).deleted };
}

function afterWrite(entry: RecordEntry, before: State): State {
  const { author, when } = entry;
  const match = matcher(before.parts);
  const deleted = new Map(before.deleted);
  const byPerson = !isMachine(author) && entry.kind === 'written';
  // A part that a person moved counts as written by that person, but not if a bulk edit sorted all of them.
  const moved = entry.reordered && byPerson && author.by !== 'bulk' ? movedIn(entry, before) : new Set<number>();
  const parts = entry.parts.map(({ text, mark, score }, index): KnownPart => {
    const own = { text, author, when, ...(score === undefined ? {} : { score }) };
    if (mark === 'new') {
      if (byPerson) deleted.delete(comparableTag(text));
      return own;
    }
    const known = before.parts[match(text) ?? -1] ?? { text };
    if (moved.has(index)) return own;
    // A tag that the user asked the job for counts as the user's, even if a machine had written it before.
    const isReplaceable =
      known.author !== undefined && isMachine(known.author) && (known.author.by === author.by || byPerson);
    return mark === 'found' && isReplaceable ? own : known;
  });
  if (byPerson) {
    const now = new Set(parts.map(({ text }) => comparableTag(text)));
    for (const { text } of entry.removed) {
      const key = comparableTag(text);
      if (parts.length > 0 && !now.has(key)) deleted.set(key, { text, when });
    }
  }
  return { hash: entry.after, parts: withEqualsByHand(parts), deleted };
}

/** Which parts of a caption after a write were moved by it. @returns places among its parts */
function movedIn({ parts }: RecordEntry, before: State): Set<number> {
  const match = matcher(before.parts);
  const met = parts.flatMap(({ text }, index) => {
    const place = match(text);
    return place === undefined ? [] : [{ place, index }];
  });
  const moves = movedParts(met.map(({ place }) => place));
  return new Set([...moves].flatMap((one) => met[one]?.index ?? []));
}

/** Parts with the same text cannot be told apart later: if one is a person's, all are. */
function withEqualsByHand(parts: readonly KnownPart[]): readonly KnownPart[] {
  const byText = new Map<string, KnownPart>();
  const equals = new Set<string>();
  for (const part of parts) {
    if (byText.has(part.text)) equals.add(part.text);
    const isMachines = part.author !== undefined && isMachine(part.author);
    if (!isMachines || !byText.has(part.text)) byText.set(part.text, part);
  }
  if (equals.size === 0) return parts;
  return parts.map((part) => (equals.has(part.text) ? (byText.get(part.text) ?? part) : part));
}

/**
 * Returns a function that finds the place of a text in a list of parts; each place is returned once, from first to
 * last.
 */
function matcher(parts: readonly KnownPart[]): (text: string) => number | undefined {
  const places = new Map<string, number[]>();
  for (const [index, { text }] of [...parts.entries()].reverse()) {
    const known = places.get(text);
    if (known === undefined) places.set(text, [index]);
    else known.push(index);
  }
  return (text) => places.get(text)?.pop();
}
