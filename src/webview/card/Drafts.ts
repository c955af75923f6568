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
 * Captions as the user typed them. Each keystroke is sent to the host at once. Until the host has confirmed the last
 * one, the typed text is shown instead of what the host sends (an optimistic update). Lives as long as the page; cards
 * do not.
 */
export class Drafts {
  private readonly pending = new Map<string, Draft>();
  private readonly uncommitted = new Map<string, ReturnType<typeof setTimeout> | undefined>();
  /** Starts at the current time, so that numbers are greater than those of an earlier page. */
  private sequence = Date.now();

  constructor(
    /** sends an event to the host */
    private readonly post: <K extends keyof WebviewEvents>(name: K, payload: WebviewEvents[K]) => void,
    /** debounce of commits after typing, in milliseconds */
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

  /**
   * Turns the typing since the last commit into one undo step of the document; does nothing when there was no typing.
   */
  commit(path: string): void {
    if (!this.uncommitted.has(path)) return;
    clearTimeout(this.uncommitted.get(path));
    this.uncommitted.delete(path);
    this.post('commit', { path });
    this.committed(path);
  }

  /** Commits all captions, for example before the page may be closed. */
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

  /** Captions with typing that is not confirmed by the host or not committed. */
  openPaths(): string[] {
    return [...new Set([...this.pending.keys(), ...this.uncommitted.keys()])];
  }

  /** Whether the host has yet to confirm typing in a caption. */
  isPending(item: HostText): boolean {
    const draft = this.pending.get(item.path);
    return draft !== undefined && item.draft < draft.draft;
  }
}
