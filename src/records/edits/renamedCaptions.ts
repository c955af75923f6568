import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { decodeCaption } from '../../dataset/captions/captionContent';
import { folderOf } from '../../dataset/files/datasetPath';
import { textOfRaw } from '../../tags/captionText';
import { textHash } from '../recordEntry';
import type { RecordHistory } from '../RecordHistory';
import { lastStates, linesOf, presentLine, type CaptionLine } from './captionLines';
import type { SizedCaption } from './PresentCaption';
import { imagesIn, sizesOf, stemOf, type ImagesOfFolders } from './pictureSizes';

/** A caption that has another name than when it was recorded. */
export interface Renamed {
  from: string;
  to: string;
  /** before anything was recorded under the new name, ms since 1970 */
  when: number;
  /** what was recorded under the old name until then is of it, ms since 1970 */
  until: number;
}

/** A caption that may be another one, of which it takes no more than what was deleted by hand. */
export interface PerhapsRenamed {
  caption: string;
  former: CaptionLine;
  /** its picture has the size that was recorded of it, and nobody can tell which of the two the caption is of */
  isMixedUp: boolean;
}

export interface FoundRenames {
  renamed: Renamed[];
  perhaps: PerhapsRenamed[];
}

/** A caption that began to have a name, of which nobody said where it came from. */
interface Arrival {
  caption: string;
  /** what it may have held then, by hashes, the likeliest first */
  hashes: readonly string[];
  /** bytes of the picture's file, as far as known */
  size: number | undefined;
  /** ms since 1970 */
  when: number;
  /** what was recorded of it since */
  line: CaptionLine | undefined;
  /** what stood under the name before */
  before: CaptionLine | undefined;
  /** it holds what that held: its picture may have been changed in its place */
  isSame: boolean;
  /** its picture has the size that was recorded under the name, but what the caption holds came from elsewhere */
  isUnsure: boolean;
}

/** A line that has ended under its name. */
interface Former {
  caption: string;
  size: number | undefined;
  line: CaptionLine;
  /** another picture took its name: then only the size of its own tells where it is */
  isDisplaced: boolean;
  /** it has ended only if this one came from elsewhere */
  onlyWith: Arrival | undefined;
}

type Links = Map<Arrival, Former>;

/** So often more of the captions that hold the same are looked at. */
const mostLooks = 10;

/**
 * Finds captions that were renamed or moved together with their pictures: those that hold, or held when they came to
 * their name, just what another one held that is gone from its own: its file is gone, or another picture has its name.
 * Where several hold the same, the sizes of the pictures' files tell which it is, and the files' names; where they do
 * not, it is none. No picture is read.
 * @param root of the records, absolute
 * @param history of all captions of the records
 * @param lines only what stands before these lines is looked for; undefined: what captions are now, too
 */
export async function renamedCaptions(
  root: string,
  history: RecordHistory,
  captions: readonly SizedCaption[],
  lines?: readonly CaptionLine[],
): Promise<FoundRenames & { formers: CaptionLine[] }> {
  const search = new Search(root, history, captions);
  if (lines === undefined) for (const one of captions) search.lookAt(one);
  else for (const line of lines) search.lookBefore(search.sameLine(line));
  return search.find();
}

class Search {
  private readonly lines = new Map<string, CaptionLine[]>();
  private readonly present: Map<string, SizedCaption | undefined>;
  /** by the line that begins with them */
  private readonly ofLines = new Map<CaptionLine, Arrival>();
  /** by the names that they have now */
  private readonly ofNames = new Map<string, Arrival>();
  private readonly folders: ImagesOfFolders = new Map();
  private readonly now: number;

  constructor(
    private readonly root: string,
    private readonly history: RecordHistory,
    captions: readonly SizedCaption[],
  ) {
    this.present = new Map(captions.map((one) => [one.caption, one]));
    this.now = Math.max(Date.now() - 1, history.lastOfAll);
  }

  /** Takes a caption as it is now, and what was recorded of it, for what may have come from elsewhere. */
  lookAt({ caption, text, size }: SizedCaption): void {
    if (this.ofNames.has(caption)) return;
    const line = presentLine(this.linesOf(caption));
    if (line !== undefined) this.lookBefore(line, size);
    const hash = textHash(text);
    const isSame = line !== undefined && lastStates(line).includes(hash);
    const isUnsure = line !== undefined && !isReplaced(line, size);
    // The same picture may have been away, or one of the same size may be in its place.
    if (isUnsure && (isSame || hash === '' || size === undefined || line.size === undefined)) return;
    const hashes = hash === '' && line === undefined ? [] : [hash];
    const came = { when: this.now, line: undefined, before: line };
    this.ofNames.set(caption, { caption, hashes, size, isSame, isUnsure, ...came });
  }

  /** A line of an earlier search as this one knows it: taken for two lines, either would be ambiguous. */
  sameLine(line: CaptionLine): CaptionLine {
    return this.linesOf(line.caption).find(({ own: [first] }) => first !== undefined && first === line.own[0]) ?? line;
  }

  /** The same for the beginning of a line, and of those before it of which it may be the rest. */
  lookBefore(line: CaptionLine, size?: number): void {
    for (let one: CaptionLine | undefined = line; one !== undefined; one = one.before) {
      const [first] = one.own;
      if (one.isNamed || first === undefined || this.ofLines.has(one)) continue;
      const { before = '', after = '', isOutside = false, when } = first;
      // Only its size says of an empty caption where it comes from: that has to be another one than before.
      const isNew = one.before !== undefined;
      const hashes = (isOutside ? [after, before] : [before]).filter((hash) => hash !== '' || isNew);
      const isSame = !isOutside && one.before !== undefined && lastStates(one.before).includes(before);
      const arrival = { caption: one.caption, hashes, size: one.size ?? size, when: when - 0.5, line: one, isSame };
      this.ofLines.set(one, { ...arrival, before: one.before, isUnsure: false });
    }
  }

  async find(): Promise<FoundRenames & { formers: CaptionLine[] }> {
    let formers = await this.formers();
    for (let look = 0, known = -1; look < mostLooks && known !== this.arrivals.length; look++) {
      known = this.arrivals.length;
      formers = await this.formers();
    }
    const links: Links = new Map();
    this.link([...this.ofLines.values()], formers, links);
    this.link([...this.ofNames.values()], formers, links);
    const perhaps = dropUncertain(links).map(([{ caption, isUnsure }, { line }]) => {
      return { caption, former: line, isMixedUp: isUnsure };
    });
    const taken = new Set(Array.from(links.values(), ({ line }) => line));
    for (const arrival of this.ofNames.values()) {
      const { caption, before, hashes } = arrival;
      if (links.has(arrival) || arrival.isUnsure || hashes.every((hash) => hash === '')) continue;
      // Whoever has the name of another one may be that one all the same, changed.
      if (before !== undefined && taken.has(before)) perhaps.push({ caption, former: before, isMixedUp: false });
    }
    const renamed = [...links].map(([{ caption, when }, { line }]) => {
      return { from: line.caption, to: caption, when, until: line.until };
    });
    return { renamed, perhaps, formers: [...taken] };
  }

  private get arrivals(): Arrival[] {
    return [...this.ofLines.values(), ...this.ofNames.values()];
  }

  private linesOf(caption: string): CaptionLine[] {
    const known = this.lines.get(caption) ?? linesOf(this.history, caption);
    this.lines.set(caption, known);
    return known;
  }

  /** The lines that have ended under their names and may go on in one of the arrivals. */
  private async formers(): Promise<Former[]> {
    const wanted = new Map<string, Set<number | undefined>>();
    for (const { hashes, size } of this.arrivals) {
      for (const hash of hashes) wanted.set(hash, (wanted.get(hash) ?? new Set()).add(size));
    }
    const found: Former[] = [];
    if (wanted.size === 0) return found;
    const mayBe = (line: CaptionLine): boolean =>
      lastStates(line).some((hash) => {
        const sizes = wanted.get(hash);
        return sizes !== undefined && (line.size === undefined || sizes.has(line.size) || sizes.has(undefined));
      });
    for (const [caption, entries] of this.history.stored) {
      const isKnown = entries.some(
        ({ from, before, after }) => from !== undefined || wanted.has(before ?? '') || wanted.has(after ?? ''),
      );
      if (!isKnown) continue;
      for (const line of this.linesOf(caption)) {
        if (line.isLeft || !mayBe(line)) continue;
        const ended = line.next === undefined ? await this.endedNow(line) : this.endedBy(line, line.next);
        if (ended !== undefined) found.push({ caption, size: line.size, line, ...ended });
      }
    }
    return found;
  }

  private endedBy(line: CaptionLine, next: CaptionLine): Pick<Former, 'isDisplaced' | 'onlyWith'> {
    if (next.before === line) this.lookBefore(next);
    const arrival = this.ofLines.get(next);
    return { isDisplaced: true, onlyWith: next.before === line && arrival?.isSame === true ? arrival : undefined };
  }

  private async endedNow(line: CaptionLine): Promise<Pick<Former, 'isDisplaced' | 'onlyWith'> | undefined> {
    const { caption } = line;
    if (!this.present.has(caption)) this.present.set(caption, await this.onDisk(caption));
    const present = this.present.get(caption);
    if (present === undefined) return { isDisplaced: false, onlyWith: undefined };
    this.lookAt(present);
    const arrival = this.ofNames.get(caption);
    const isThere = !isReplaced(line, present.size);
    if (isThere && arrival === undefined) return undefined;
    const needsOther = isThere || arrival?.isSame === true;
    return { isDisplaced: true, onlyWith: needsOther ? arrival : undefined };
  }

  private async onDisk(caption: string): Promise<SizedCaption | undefined> {
    const bytes = await readFile(path.join(this.root, caption)).catch(() => undefined);
    if (bytes === undefined) return undefined;
    const name = (await imagesIn(this.root, folderOf(caption), this.folders)).get(stemOf(caption));
    const picture = name === undefined ? undefined : path.join(this.root, folderOf(caption), name);
    const [size] = await sizesOf([picture]);
    return { caption, text: textOfRaw(decodeCaption(bytes).raw), picture: picture ?? '', size };
  }

  private link(arrivals: readonly Arrival[], formers: readonly Former[], links: Links): void {
    for (const rank of [0, 1]) {
      const byHash = new Map<string, Arrival[]>();
      for (const arrival of arrivals) {
        const hash = arrival.hashes[rank];
        if (hash === undefined || links.has(arrival)) continue;
        byHash.set(hash, [...(byHash.get(hash) ?? []), arrival]);
      }
      const taken = new Set(Array.from(links.values(), ({ line }) => line));
      for (const [hash, some] of byHash) {
        const free = formers.filter(({ line }) => !taken.has(line) && lastStates(line).includes(hash));
        for (const [former, arrival] of pairs(free, some, hash === '')) links.set(arrival, former);
      }
    }
  }
}

/** Whether a caption has another picture than the one that was recorded. @param size of its file now, in bytes */
export function isReplaced(line: CaptionLine, size: number | undefined): boolean {
  return line.size !== undefined && size !== undefined && line.size !== size;
}

/**
 * Leaves out those that have a former name only if another caption has left it, which turned out to be still there, and
 * those that have each other's: their captions may have been swapped as well as their pictures.
 */
function dropUncertain(links: Links): [Arrival, Former][] {
  const dropped: [Arrival, Former][] = [];
  for (let count = -1; count !== links.size;) {
    count = links.size;
    for (const [arrival, former] of [...links]) {
      if (former.onlyWith === undefined || links.has(former.onlyWith)) continue;
      links.delete(arrival);
      dropped.push([arrival, former]);
    }
  }
  const sure = new Set<Arrival>();
  for (let count = -1; count !== sure.size;) {
    count = sure.size;
    for (const [arrival, { onlyWith }] of links) {
      if (onlyWith?.isUnsure !== true || sure.has(onlyWith)) sure.add(arrival);
    }
  }
  for (const [arrival, former] of [...links]) {
    if (sure.has(arrival)) continue;
    links.delete(arrival);
    dropped.push([arrival, former]);
  }
  return dropped;
}

/** Which of the former captions with one text is which of the arrivals. @param bySize only the size can tell */
function pairs(formers: readonly Former[], arrivals: readonly Arrival[], bySize: boolean): [Former, Arrival][] {
  const mayBe = (a: Former, b: Arrival): boolean => {
    if (a.line === b.line || a.line.until > b.when) return false;
    if (a.size === undefined || b.size === undefined) return !a.isDisplaced && !bySize;
    return a.size === b.size;
  };
  const left = new Set(formers);
  const free = new Set(arrivals);
  const found: [Former, Arrival][] = [];
  /** Takes those of one kind for each other of which there is only one. */
  const take = (kindOf: (one: Former | Arrival) => string | number | undefined): void => {
    const kinds = new Map<string | number, [Former[], Arrival[]]>();
    const ofKind = (one: Former | Arrival): [Former[], Arrival[]] => {
      const kind = kindOf(one);
      const known = (kind === undefined ? undefined : kinds.get(kind)) ?? [[], []];
      if (kind !== undefined) kinds.set(kind, known);
      return known;
    };
    for (const a of left) ofKind(a)[0].push(a);
    for (const b of free) ofKind(b)[1].push(b);
    for (const [some, others] of kinds.values()) {
      for (const a of some) {
        const matching = others.filter((b) => free.has(b) && mayBe(a, b));
        const [only] = matching;
        if (only === undefined || matching.length > 1) continue;
        if (some.filter((one) => left.has(one) && mayBe(one, only)).length > 1) continue;
        found.push([a, only]);
        left.delete(a);
        free.delete(only);
      }
    }
  };
  take(({ size }) => size);
  take(({ caption }) => path.posix.basename(caption));
  take(() => '');
  return found;
}
