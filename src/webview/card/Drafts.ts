import type { WebviewEvents } from '../../protocol/page/gridProtocol';

/** The caption of an image as the host sent it. */
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
 * The captions as they were typed. Every key is sent to the host at once; until the host has confirmed the last one,
 * the typed text is shown, whatever the host sends (an optimistic update). Lives as long as the page, unlike the cards.
 */
export class Drafts {
  private readonly pending = new Map<string, Draft>();
  private readonly uncommitted = new Map<string, ReturnType<typeof setTimeout> | undefined>();
  /** Starts at the clock, so that the numbers of a page are greater than those of an earlier page. */
  private sequence = Date.now();

  constructor(
    /** sends an event to the host */
    private readonly post: <K extends keyof WebviewEvents>(name: K, payload: WebviewEvents[K]) => void,
    /** the pause in typing after which a draft is committed, in milliseconds */
    private readonly commitDelay: () => number,
    /** called after each commit, whatever its cause */
    private readonly committed: (path: string) => void = () => undefined,
  ) {}

  /** Records what was typed and sends it to the host. */
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

  /** Makes what was typed since the last commit one edit to undo; does nothing where nothing was typed. */
  commit(path: string): void {
    if (!this.uncommitted.has(path)) return;
    clearTimeout(this.uncommitted.get(path));
    this.uncommitted.delete(path);
    this.post('commit', { path });
    this.committed(path);
  }

  /** Commits all captions, as before the page may be closed. */
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

  /** The captions with typing that the host has not confirmed or that is not committed. */
  openPaths(): string[] {
    return [...new Set([...this.pending.keys(), ...this.uncommitted.keys()])];
  }

  /** Whether the host has not confirmed all typing yet. */
  isPending(item: HostText): boolean {
    const draft = this.pending.get(item.path);
    return draft !== undefined && item.draft < draft.draft;
  }
}
