import type { CardItem } from '../../protocol/page/cardProtocol';
import type { ItemsAround } from '../../protocol/page/gridViewProtocol';
import type { Span } from '../virtualList/rowLayout';

/** Cards as the host sends them: in the state of `version`, at positions of `order`. */
export interface ItemAnswer {
  version: number;
  order: number;
  items: CardItem[];
}

/** A position that was asked for; without an item where the host has none there. */
interface Known {
  item: CardItem | undefined;
  version: number;
}

/** As many cards are asked for at once. */
const mostAtOnce = 300;
/** As many cards are kept; those farthest from what is needed go. */
const mostKept = 2000;

/**
 * The cards that the host has sent, all of one order: those near the viewport, those of pinned cells, and what the user
 * has scrolled past. Asks for what is missing or may have changed, one question at a time, and shows what it has until
 * the answer comes. A card that did not change stays the same object.
 */
export class ItemWindow {
  /** the order that the positions are of; 0 until there are any */
  order = 0;
  private known = new Map<number, Known>();
  private positions = new Map<string, number>();
  private spans: readonly Span[] = [];
  private ahead: Span = { start: 0, end: 0 };
  private version = 0;
  private busy = false;
  /** the host is at another order, or could not answer: no more questions until something changes */
  private waiting = false;

  constructor(
    private readonly fetch: (start: number, count: number) => Promise<ItemAnswer>,
    private readonly changed: () => void,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** The card at a position, as far as it is known. */
  at(index: number): CardItem | undefined {
    return this.known.get(index)?.item;
  }

  /** The host's version that the card at a position shows; 0 where none is known. */
  versionAt(index: number): number {
    return this.known.get(index)?.version ?? 0;
  }

  /** The oldest version that a known card in some spans shows. */
  oldestVersion(spans: readonly Span[]): number {
    let oldest = Infinity;
    for (const { start, end } of spans) {
      for (let index = start; index < end; index++)
        oldest = Math.min(oldest, this.known.get(index)?.version ?? Infinity);
    }
    return oldest;
  }

  /** The position of a card among the known ones. */
  indexOf(path: string): number | undefined {
    return this.positions.get(path);
  }

  /** Says which cards are needed, and which may be soon. Known ones are not asked for again. */
  need(spans: readonly Span[], ahead: Span = { start: 0, end: 0 }): void {
    const same = spans.length === this.spans.length && spans.every((span, at) => sameSpan(span, this.spans[at]));
    if (same && sameSpan(ahead, this.ahead)) return;
    this.spans = spans;
    this.ahead = ahead;
    this.start();
  }

  /** The host is at this version: asks again for all cards that are needed. */
  refresh(version: number): void {
    this.version = Math.max(this.version, version);
    this.waiting = false;
    this.start();
  }

  /**
   * Takes the cards of another order in place of all others.
   * @param kept paths of cards that are shown elsewhere too, with their new positions
   */
  replace(answer: ItemsAround, kept: readonly (readonly [path: string, index: number])[]): void {
    const known = new Map<number, Known>();
    for (const [path, index] of kept) {
      const old = this.known.get(this.positions.get(path) ?? -1)?.item;
      // Version 0: it is asked for again, and shown until then.
      if (old !== undefined) known.set(index, { item: old, version: 0 });
    }
    const { items, start, version } = answer;
    items.forEach((item, offset) => {
      const old = this.known.get(this.positions.get(item.path) ?? -1)?.item;
      known.set(start + offset, { item: same(old, item), version });
    });
    this.known = known;
    this.positions = new Map();
    for (const [index, { item }] of known) if (item !== undefined) this.positions.set(item.path, index);
    this.order = answer.order;
    this.version = Math.max(this.version, version);
    this.waiting = false;
    this.start();
  }

  private start(): void {
    if (!this.busy && !this.waiting && this.order > 0) void this.run();
  }

  private async run(): Promise<void> {
    this.busy = true;
    for (let span = this.next(); span !== undefined; span = this.next()) {
      const { order, version } = this;
      try {
        const answer = await this.fetch(span.start, span.end - span.start);
        if (answer.order === this.order) this.take(span, answer.items, Math.max(version, answer.version));
        // Positions of another order mean other images. Where it is the host that went on, a snapshot says so.
        else if (order === this.order) this.waiting = true;
      } catch (error) {
        this.waiting = true;
        this.failed(error);
      }
      if (this.waiting) break;
    }
    this.busy = false;
  }

  /** @param version at least the one that was known when the question was asked: else it would be asked for ever */
  private take(span: Span, items: readonly CardItem[], version: number): void {
    this.version = Math.max(this.version, version);
    for (let index = span.start; index < span.end; index++) {
      const old = this.known.get(index)?.item;
      const item = items[index - span.start];
      if (old !== undefined && old.path !== item?.path) this.positions.delete(old.path);
      this.known.set(index, { item: item === undefined ? undefined : same(old, item), version });
      if (item !== undefined) this.positions.set(item.path, index);
    }
    this.forget();
    this.changed();
  }

  /** What to ask for next: what is missing, then what may have changed, then what may be needed soon. */
  private next(): Span | undefined {
    return (
      firstSpan(this.spans, (index) => this.known.get(index) === undefined) ??
      firstSpan(this.spans, (index) => this.versionAt(index) < this.version) ??
      firstSpan([this.ahead], (index) => this.known.get(index) === undefined)
    );
  }

  private forget(): void {
    if (this.known.size <= mostKept) return;
    const margin = mostKept / 4;
    const near = [...this.spans, this.ahead].filter(({ start, end }) => end > start);
    for (const [index, { item }] of this.known) {
      if (near.some(({ start, end }) => index >= start - margin && index < end + margin)) continue;
      this.known.delete(index);
      if (item !== undefined) this.positions.delete(item.path);
    }
  }
}

/** From the first position to ask for in the first span that has one, to the last in it, but not too many. */
function firstSpan(spans: readonly Span[], wanted: (index: number) => boolean): Span | undefined {
  for (const { start, end } of spans) {
    let first = start;
    while (first < end && !wanted(first)) first++;
    if (first >= end) continue;
    let last = Math.min(end, first + mostAtOnce) - 1;
    while (!wanted(last)) last--;
    return { start: first, end: last + 1 };
  }
  return undefined;
}

/** The old item where the new one says the same: its card need not be drawn again. */
function same(old: CardItem | undefined, item: CardItem): CardItem {
  if (old === undefined) return item;
  return JSON.stringify({ ...old, index: 0 }) === JSON.stringify({ ...item, index: 0 }) ? old : item;
}

function sameSpan(a: Span, b: Span | undefined): boolean {
  return a.start === b?.start && a.end === b.end;
}
