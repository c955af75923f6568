import type { CardItem } from '../../protocol/page/cardProtocol';
import type { ItemsAround, PlaceInOrder } from '../../protocol/page/gridViewProtocol';
import type { Span } from '../virtualList/rowLayout';

/** Cards as the host sends them: as they were at `version`, with the positions that they have in `order`. */
export interface ItemAnswer {
  version: number;
  order: number;
  items: CardItem[];
}

/** A cached position: its card, or undefined if the host has none there, as of a version of the host. */
interface Known {
  item: CardItem | undefined;
  version: number;
}

/** A part of the page besides the grid's viewport that shows cards, or waits for some. */
export interface CardUser {
  /** the positions in an order whose cards it needs: they are requested before all others and not evicted */
  spans(order: number): readonly Span[];
  /** images whose new positions it needs when the order changes */
  paths(): readonly string[];
  /** the same for positions whose images are not known yet */
  places(): readonly PlaceInOrder[];
}

/** The answers of the host about images and places after the order changed. */
export interface Whereabouts {
  /** by path, the position in the new order; null for images that are not in it */
  paths: ReadonlyMap<string, number | null>;
  /** positions in earlier orders, each with the image that was there; null if the host has forgotten that order */
  places: readonly (readonly [place: PlaceInOrder, was: PlacedImage | null])[];
}

/** An image and its position in the current order; null if it is not in that order. */
export interface PlacedImage {
  path: string;
  index: number | null;
}

/** Maximum number of cards per request. */
const maxPerRequest = 300;
/** Maximum number of cards that are kept; beyond it, those far from the needed ones are evicted. */
const maxKept = 2000;

/**
 * Cache of the cards that the host has sent, all of one order: those near the viewport, those of pinned cells, and
 * those the user has scrolled past. Requests cards that are missing or stale, one request at a time, and serves stale
 * ones until the answer comes. A card that did not change stays the same object.
 */
export class ItemWindow {
  /** the order that the positions belong to; 0 until there are any cards */
  order = 0;
  /** number of images in that order */
  count = 0;
  private readonly users = new Set<CardUser>();
  private whereabouts: Whereabouts = { paths: new Map(), places: [] };
  private known = new Map<number, Known>();
  private positions = new Map<string, number>();
  private spans: readonly Span[] = [];
  private ahead: Span = { start: 0, end: 0 };
  private version = 0;
  private isAsking = false;
  /** the host has another order, or could not answer: no more requests until {@link refresh} or {@link replace} */
  private isPaused = false;

  constructor(
    private readonly fetch: (start: number, count: number) => Promise<ItemAnswer>,
    private readonly changed: () => void,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** The card at a position; undefined if it is not known. */
  at(index: number): CardItem | undefined {
    return this.known.get(index)?.item;
  }

  /** The host's version that the card at a position shows; 0 where none is known. */
  versionAt(index: number): number {
    return this.known.get(index)?.version ?? 0;
  }

  /** The oldest version among the known cards in `spans`; Infinity if there are none. */
  oldestVersion(spans: readonly Span[]): number {
    let oldest = Infinity;
    for (const { start, end } of spans) {
      for (let index = start; index < end; index++)
        oldest = Math.min(oldest, this.known.get(index)?.version ?? Infinity);
    }
    return oldest;
  }

  /** The position of an image; undefined if its card is not known. */
  indexOf(path: string): number | undefined {
    return this.positions.get(path);
  }

  /** The position of an image; null if it is not in the order, undefined if that is not known. */
  placeOf(path: string): number | null | undefined {
    return this.positions.get(path) ?? this.whereabouts.paths.get(path);
  }

  /**
   * The image at a position of this order or an earlier one; null if the host has forgotten that order, undefined if
   * the answer is not known yet.
   */
  whereWas(place: PlaceInOrder): PlacedImage | null | undefined {
    if (place.order === this.order) {
      const path = this.at(place.index)?.path;
      return path === undefined ? undefined : { path, index: place.index };
    }
    return this.whereabouts.places.find(([{ order, index }]) => order === place.order && index === place.index)?.[1];
  }

  /** Registers a part of the page that needs cards; it must call {@link usesChanged} when its needs change. */
  use(user: CardUser): void {
    this.users.add(user);
  }

  /** Called when the needs of a {@link CardUser} changed: requests the cards that are missing. */
  usesChanged(): void {
    this.requestMissing();
  }

  /** The images and places that the {@link CardUser}s have to find again when the order changes. */
  get watched(): { paths: string[]; places: PlaceInOrder[] } {
    const users = [...this.users];
    return { paths: users.flatMap((user) => user.paths()), places: users.flatMap((user) => user.places()) };
  }

  /**
   * Sets which cards are needed, and requests those that are missing.
   * @param ahead cards that may be needed soon: they are requested last
   */
  need(spans: readonly Span[], ahead: Span = { start: 0, end: 0 }): void {
    const isSame = spans.length === this.spans.length && spans.every((span, at) => sameSpan(span, this.spans[at]));
    if (isSame && sameSpan(ahead, this.ahead)) return;
    this.spans = spans;
    this.ahead = ahead;
    this.requestMissing();
  }

  /** The host is at this version: older cards are stale, and those needed are requested again. */
  refresh(version: number): void {
    this.version = Math.max(this.version, version);
    this.isPaused = false;
    this.requestMissing();
  }

  /**
   * Replaces all cards by those of another order.
   * @param whereabouts what the host answered about images and places; the old cards of these images stay, as stale
   *   cards at their new positions, because they may be visible outside the grid's viewport
   */
  replace(answer: ItemsAround, whereabouts: Whereabouts): void {
    const known = new Map<number, Known>();
    for (const [path, index] of whereabouts.paths) {
      if (index === null) continue;
      const old = this.known.get(this.positions.get(path) ?? -1)?.item;
      // Version 0 makes it stale: it is shown until the answer to a new request comes.
      if (old !== undefined) known.set(index, { item: old, version: 0 });
    }
    const { items, start, version } = answer;
    items.forEach((item, offset) => {
      const old = this.known.get(this.positions.get(item.path) ?? -1)?.item;
      known.set(start + offset, { item: reuseIfEqual(old, item), version });
    });
    this.known = known;
    this.positions = new Map();
    for (const [index, { item }] of known) if (item !== undefined) this.positions.set(item.path, index);
    this.order = answer.order;
    this.count = answer.matching;
    this.whereabouts = whereabouts;
    this.version = Math.max(this.version, version);
    this.isPaused = false;
    this.changed();
    this.requestMissing();
  }

  private requestMissing(): void {
    if (!this.isAsking && !this.isPaused && this.order > 0) void this.requestAll();
  }

  private async requestAll(): Promise<void> {
    this.isAsking = true;
    for (let span = this.nextRequest(); span !== undefined; span = this.nextRequest()) {
      const { order, version } = this;
      try {
        const answer = await this.fetch(span.start, span.end - span.start);
        if (answer.order === this.order) this.store(span, answer.items, Math.max(version, answer.version));
        // The answer is dropped: in another order, positions belong to other images. If it is the host whose order
        // changed, requests pause until its next snapshot announces the new order.
        else if (order === this.order) this.isPaused = true;
      } catch (error) {
        this.isPaused = true;
        this.failed(error);
      }
      if (this.isPaused) break;
    }
    this.isAsking = false;
  }

  /** @param version at least the one known when the request was sent: else the cards would stay stale for ever */
  private store(span: Span, items: readonly CardItem[], version: number): void {
    this.version = Math.max(this.version, version);
    for (let index = span.start; index < span.end; index++) {
      const old = this.known.get(index)?.item;
      const item = items[index - span.start];
      if (old !== undefined && old.path !== item?.path) this.positions.delete(old.path);
      this.known.set(index, { item: item === undefined ? undefined : reuseIfEqual(old, item), version });
      if (item !== undefined) this.positions.set(item.path, index);
    }
    this.evict();
    this.changed();
  }

  /** What to request next: what is missing, then what is stale, then what may be needed soon. */
  private nextRequest(): Span | undefined {
    const needed = [...this.usedSpans(), ...this.spans];
    return (
      firstSpan(needed, (index) => this.known.get(index) === undefined) ??
      firstSpan(needed, (index) => this.versionAt(index) < this.version) ??
      firstSpan([this.ahead], (index) => this.known.get(index) === undefined)
    );
  }

  private usedSpans(): Span[] {
    return [...this.users].flatMap((user) => user.spans(this.order));
  }

  private evict(): void {
    if (this.known.size <= maxKept) return;
    const margin = maxKept / 4;
    const near = [...this.usedSpans(), ...this.spans, this.ahead].filter(({ start, end }) => end > start);
    for (const [index, { item }] of this.known) {
      if (near.some(({ start, end }) => index >= start - margin && index < end + margin)) continue;
      this.known.delete(index);
      if (item !== undefined) this.positions.delete(item.path);
    }
  }
}

/** From the first wanted position to the last one in the same span, but at most {@link maxPerRequest} positions. */
function firstSpan(spans: readonly Span[], wanted: (index: number) => boolean): Span | undefined {
  for (const { start, end } of spans) {
    let first = start;
    while (first < end && !wanted(first)) first++;
    if (first >= end) continue;
    let last = Math.min(end, first + maxPerRequest) - 1;
    while (!wanted(last)) last--;
    return { start: first, end: last + 1 };
  }
  return undefined;
}

/** The old item if the new one equals it, so that its card is not rendered again. */
function reuseIfEqual(old: CardItem | undefined, item: CardItem): CardItem {
  if (old === undefined) return item;
  return JSON.stringify({ ...old, index: 0 }) === JSON.stringify({ ...item, index: 0 }) ? old : item;
}

function sameSpan(a: Span, b: Span | undefined): boolean {
  return a.start === b?.start && a.end === b.end;
}
