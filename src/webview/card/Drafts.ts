import type { WebviewEvents } from '../../protocol/page/gridProtocol';

/** What of a card the drafts look at. */
export interface HostText {
  path: string;
  text: string;
  draft: number;
}

interface Draft {
  text: string;
  draft: number;
}

/**
 * The captions as they were typed: every key goes to the host at once, and until the host has said that it took the
 * last one in, what was typed is shown whatever the host sends. Lives as long as the page, unlike the cards.
 */
export class Drafts {
  private readonly pending = new Map<string, Draft>();
  private readonly uncommitted = new Map<string, ReturnType<typeof setTimeout> | undefined>();
  /** Starts at the clock so that the numbers of a page are greater than those of the page before it. */
  private sequence = Date.now();

  constructor(
    /** sends an event to the host */
    private readonly post: <K extends keyof WebviewEvents>(name: K, payload: WebviewEvents[K]) => void,
    /** a pause in typing as long as this commits */
    private readonly commitDelay: () => number,
    /** called after each commit, whoever asked for it */
    private readonly committed: (path: string) => void = () => undefined,
  ) {}

  /** Takes what was typed. */
  edit(path: string, text: string): void {
    const draft = ++this.sequence;
    this.pending.set(path, { text, draft });
    this.post('draft', { path, text, draft });
    clearTimeout(this.uncommitted.get(path));
    this.uncommitted.set(
      path,
      setTimeout(() => {
        this.commit(path);
      }, this.commitDelay()),
    );
  }

  /** Says that what was typed is one edit; nothing happens where nothing was typed since the last time. */
  commit(path: string): void {
    if (!this.uncommitted.has(path)) return;
    clearTimeout(this.uncommitted.get(path));
    this.uncommitted.delete(path);
    this.post('commit', { path });
    this.committed(path);
  }

  /** Commits everything, for a page that may be about to end. */
  commitAll(): void {
    for (const path of [...this.uncommitted.keys()]) this.commit(path);
  }

  /** The text that the card of a caption shows. */
  textOf(item: HostText): string {
    const draft = this.pending.get(item.path);
    if (draft === undefined) return item.text;
    if (item.draft < draft.draft) return draft.text;
    this.pending.delete(item.path);
    return item.text;
  }

  /** The captions with typing that the host does not know as an edit yet. */
  openPaths(): string[] {
    return [...new Set([...this.pending.keys(), ...this.uncommitted.keys()])];
  }

  /** Whether the host has not yet taken in all that was typed. */
  isPending(item: HostText): boolean {
    const draft = this.pending.get(item.path);
    return draft !== undefined && item.draft < draft.draft;
  }
}
