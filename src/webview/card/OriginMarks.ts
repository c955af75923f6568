import type { CardItem } from '../../protocol/page/cardProtocol';
import { type CaptionMarks, isMachineMark, type PartMark } from '../../protocol/page/originProtocol';
import { textDigest } from '../../protocol/page/textDigest';
import { sentencesOf } from '../../tags/captionGrammar';
import { piecesOf } from '../../tags/captionTags';

/**
 * Debounce: the host is asked after so long without another question, in milliseconds, so not while the user scrolls
 * fast.
 */
const askPause = 150;
/** Most images of one question: those that came into view last. */
const mostAsked = 300;
/** Captions of which it is kept who wrote what. */
const mostKept = 2000;
/** Where there are no records, the host is asked again after this time, in milliseconds. */
const pauseWithoutRecords = 30_000;

/** Who wrote the tags of a caption, by the text of the tag. */
export type TagMarks = ReadonlyMap<string, PartMark>;

/** What the marks need of the page and its host. */
export interface OriginPort {
  /** Asks the host; undefined if it failed. */
  ask(paths: string[]): Promise<{ marks: (CaptionMarks | null)[] | null } | undefined>;
  /** Other marks are to be shown for a caption. */
  changed(captionPath: string): void;
}

interface Wanted {
  path: string;
  digest: number;
}

interface Known {
  /** of the text that {@link tags} was made for */
  digest: number;
  tags: TagMarks;
  groups: CaptionMarks['groups'];
}

const nothingKnown: TagMarks = new Map();

/**
 * Who wrote the tags that cards show. The host is asked for cards in view only, a moment after they came or their text
 * changed; until it answers, known marks of unchanged tags are kept, and typed tags count as a person's at once.
 */
export class OriginMarks {
  /** by path of the caption file, the one used last at the end */
  private readonly known = new Map<string, Known>();
  private readonly wanted = new Map<string, Wanted>();
  /** the texts for which the host is being asked, by path of the caption file */
  private readonly inFlight = new Map<string, number>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isAsking = false;
  /** there are no records until this time, as far as is known */
  private offUntil = 0;

  constructor(private readonly port: OriginPort) {}

  /**
   * Who wrote the tags of a card; asks the host if that is not known.
   * @param text what the card shows, which the host may not have yet
   */
  of(item: CardItem, text: string): TagMarks {
    const known = this.known.get(item.captionPath);
    const digest = textDigest(text);
    if (known?.digest === digest) return known.tags;
    if (text === item.text && text !== '') this.want(item, digest);
    if (known === undefined) return nothingKnown;
    return this.kept(known, text);
  }

  /** Who wrote how much of a caption; undefined while it is not known, and then asks the host. */
  groupsOf(item: CardItem, text: string): CaptionMarks['groups'] | undefined {
    this.of(item, text);
    const known = this.known.get(item.captionPath);
    return known?.digest === textDigest(text) ? known.groups : undefined;
  }

  /** Records have changed, while captions may have the texts that they had: what was known is shown until then. */
  expire(): void {
    this.offUntil = 0;
    this.inFlight.clear();
    for (const [captionPath, known] of this.known) {
      known.digest = NaN;
      this.port.changed(captionPath);
    }
  }

  /** The marks of removed tags are dropped: whoever types such a tag again wrote it. */
  private kept(known: Known, text: string): TagMarks {
    const standing = new Set(shownTexts(text));
    if ([...known.tags.keys()].some((tag) => !standing.has(tag))) {
      known.tags = new Map([...known.tags].filter(([tag]) => standing.has(tag)));
    }
    return known.tags;
  }

  private want({ path, captionPath }: CardItem, digest: number): void {
    if (Date.now() < this.offUntil || this.inFlight.get(captionPath) === digest) return;
    this.wanted.delete(captionPath);
    this.wanted.set(captionPath, { path, digest });
    for (const first of this.wanted.keys()) {
      if (this.wanted.size <= mostAsked) break;
      this.wanted.delete(first);
    }
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.ask(), askPause);
  }

  private async ask(): Promise<void> {
    if (this.isAsking || this.wanted.size === 0) return;
    const asked = [...this.wanted];
    this.wanted.clear();
    this.isAsking = true;
    for (const [captionPath, { digest }] of asked) this.inFlight.set(captionPath, digest);
    const answer = await this.port.ask(asked.map(([, { path }]) => path));
    this.inFlight.clear();
    this.isAsking = false;
    if (answer?.marks === null) this.offUntil = Date.now() + pauseWithoutRecords;
    for (const [index, [captionPath]] of asked.entries()) {
      const marks = answer?.marks?.[index];
      if (marks !== undefined && marks !== null) this.take(captionPath, marks);
    }
    if (this.wanted.size > 0) void this.ask();
  }

  private take(captionPath: string, { digest, groups }: CaptionMarks): void {
    this.known.delete(captionPath);
    this.known.set(captionPath, { digest, groups, tags: tagMarks(groups) });
    for (const first of this.known.keys()) {
      if (this.known.size <= mostKept) break;
      this.known.delete(first);
    }
    this.port.changed(captionPath);
  }
}

/** The texts that chips show: tags, and sentences as the records have them. */
function shownTexts(text: string): string[] {
  return piecesOf(text).flatMap((piece) =>
    piece.kind === 'tag'
      ? [piece.chip.tag]
      : sentencesOf(piece.text).map(({ start, end }) => piece.text.slice(start, end)),
  );
}

/** By the tags and sentences that a card shows. */
function tagMarks(groups: CaptionMarks['groups']): TagMarks {
  const tags = new Map<string, PartMark>();
  const marks = groups.flatMap(({ parts, ...who }) =>
    parts.map(([text, score]): PartMark => ({ text, ...who, ...(score === undefined ? {} : { score }) })),
  );
  const add = (tag: string, mark: PartMark): void => {
    const other = tags.get(tag);
    // Tags with the same text cannot be told apart: then all count as a person's.
    if (other === undefined || (isMachineMark(other) && !isMachineMark(mark))) tags.set(tag, mark);
  };
  for (const mark of marks) for (const text of shownTexts(mark.text)) add(text, mark);
  return tags;
}
