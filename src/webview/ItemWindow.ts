import type { CardItem } from '../protocol/gridProtocol';
import type { Span } from './gridLayout';

/**
 * The cards that the host has sent: those near the viewport and those of pinned rows. Asks for all of them again
 * whenever something may have changed, one question at a time, and shows what it has until the answer comes.
 */
export class ItemWindow {
  private items = new Map<number, CardItem>();
  private spans: readonly Span[] = [];
  private stale = false;
  private busy = false;

  constructor(
    private readonly fetch: (start: number, count: number) => Promise<CardItem[]>,
    private readonly changed: () => void,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** The card at a position, as far as it is known. */
  at(index: number): CardItem | undefined {
    return this.items.get(index);
  }

  /** The position of a card among the known ones. */
  indexOf(path: string): number | undefined {
    for (const [index, item] of this.items) if (item.path === path) return index;
    return undefined;
  }

  /** Says which cards are needed. Known ones are not asked for again. */
  need(spans: readonly Span[]): void {
    // Asking the same again would get the same answer, for ever where the host has fewer cards than it said.
    const same = spans.length === this.spans.length && spans.every((span, i) => sameSpan(span, this.spans[i]));
    this.spans = spans;
    if (!same && spans.some((span) => this.misses(span))) this.refresh();
  }

  /** Asks again for all cards that are needed. */
  refresh(): void {
    this.stale = true;
    if (!this.busy) void this.run();
  }

  /** Forgets all cards: they belong to another search. */
  clear(): void {
    this.items = new Map();
  }

  private misses(span: Span): boolean {
    for (let index = span.start; index < span.end; index++) if (!this.items.has(index)) return true;
    return false;
  }

  private async run(): Promise<void> {
    this.busy = true;
    while (this.stale) {
      this.stale = false;
      const next = new Map<number, CardItem>();
      try {
        for (const span of this.spans) {
          const items = await this.fetch(span.start, span.end - span.start);
          items.forEach((item, offset) => next.set(span.start + offset, item));
        }
        this.items = next;
        this.changed();
      } catch (error) {
        this.failed(error);
      }
    }
    this.busy = false;
  }
}

function sameSpan(a: Span, b: Span | undefined): boolean {
  return a.start === b?.start && a.end === b.end;
}
