import type { CaptionOf, CardItem } from '../../protocol/page/cardProtocol';
import type { Replay, Replayed, WebviewEvents } from '../../protocol/page/gridProtocol';
import { type Direction, EditHistory } from './EditHistory';

/** The caption of an image as the host sent it. */
export type HostText = Pick<CardItem, keyof CaptionOf | 'text' | 'draft'>;

interface Draft {
  /** the image at whose card it was typed */
  path: string;
  text: string;
  draft: number;
}

/** The typing in one caption since the last commit. */
interface Run {
  /** the image at whose card it was typed */
  path: string;
  /** the number of its first draft */
  number: number;
  from: string;
  text: string;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** What drafts need of the page and its host. */
export interface DraftsPort {
  /** Sends an event to the host. */
  post<K extends 'draft' | 'commit'>(name: K, payload: WebviewEvents[K]): void;
  /** Asks the host for an undo or redo; undefined if it failed. */
  replay(direction: Direction, params: Replay): Promise<Replayed | undefined>;
  /** The debounce of commits after typing, in milliseconds. */
  commitDelay(): number;
  /** Called after each commit of a caption, whatever its cause. */
  committed(captionPath: string): void;
  /** Another text is to be shown for a caption. */
  changed(captionPath: string): void;
  /** Whether the caption of an image, as the host sent it last, may hold this text; false in a conflict. */
  mayHold(path: string, text: string): boolean;
}

/**
 * Captions as the user typed them. Each keystroke is sent to the host at once. Until the host has confirmed the last
 * one, the typed text is shown instead of what the host sends (an optimistic update). So is what an undo brings back.
 * Several images may share a caption file: what is typed at one is shown at all. Lives as long as the page; cards do
 * not.
 */
export class Drafts {
  // Both by path of the caption file.
  private readonly pending = new Map<string, Draft>();
  private readonly uncommitted = new Map<string, Run>();
  private readonly history = new EditHistory();
  private foreignEdits = 0;
  /** Starts at the current time, so that numbers are greater than those of an earlier page. */
  private sequence = Date.now();

  constructor(private readonly port: DraftsPort) {}

  /**
   * Records what was typed and sends it to the host.
   * @param from what the caption showed before
   */
  edit({ path, captionPath }: CaptionOf, text: string, from: string): void {
    // Steps of undo are in the order in which they were typed.
    for (const other of [...this.uncommitted.keys()]) if (other !== captionPath) this.commit(other);
    const draft = ++this.sequence;
    const run = this.uncommitted.get(captionPath) ?? { path, number: draft, from, text, timer: undefined };
    run.path = path;
    run.text = text;
    this.pending.set(captionPath, { path, text, draft });
    this.port.post('draft', { path, captionPath, text, draft, from, run: run.number });
    clearTimeout(run.timer);
    run.timer = setTimeout(() => {
      this.commit(captionPath);
    }, this.port.commitDelay());
    this.uncommitted.set(captionPath, run);
    this.port.changed(captionPath);
  }

  /**
   * Turns the typing since the last commit into one undo step of the document; does nothing when there was no typing.
   */
  commit(captionPath: string): void {
    const run = this.uncommitted.get(captionPath);
    if (run === undefined) return;
    const { path, number, from, text } = run;
    clearTimeout(run.timer);
    this.uncommitted.delete(captionPath);
    // Text that was typed and removed again changes nothing; the host ignores it, too.
    if (text !== from) this.history.add({ path, captionPath, run: number, before: from, after: text });
    this.port.post('commit', { path });
    this.port.committed(captionPath);
  }

  /** Commits all captions, for example before the page may be closed. */
  commitAll(): void {
    for (const captionPath of [...this.uncommitted.keys()]) this.commit(captionPath);
  }

  /**
   * Takes back the last edit of the dataset, or makes it again. What this page has typed is shown at once; any other
   * edit when the host has done it.
   */
  async replay(direction: Direction): Promise<void> {
    this.commitAll();
    const edit = this.history.take(direction);
    if (edit === 'none') return;
    if (edit === undefined) {
      await this.port.replay(direction, {});
      return;
    }
    const { path, captionPath, run, before, after } = edit;
    const [shown, wanted] = direction === 'undo' ? [after, before] : [before, after];
    const pending = this.pending.get(captionPath);
    if (pending === undefined ? !this.port.mayHold(path, shown) : pending.text !== shown) {
      // Something has come between: what the host makes of the caption is not known.
      this.history.forget();
      await this.port.replay(direction, {});
      return;
    }
    const draft = ++this.sequence;
    this.pending.set(captionPath, { path, text: wanted, draft });
    this.port.changed(captionPath);
    const answer = await this.port.replay(direction, { expected: { captionPath, run, draft } });
    if (answer?.run !== run) this.history.forget();
    if (answer?.done === true || this.pending.get(captionPath)?.draft !== draft) return;
    // Refused: the caption is what it was.
    this.pending.delete(captionPath);
    this.port.changed(captionPath);
  }

  /** Nothing has been done in this dataset that undo or redo could reach. */
  beginUnedited(): void {
    this.history.beginEmpty();
  }

  /** An edit of another kind is about to follow: what undo takes back next is not known from here. */
  forgetHistory(): void {
    this.history.forget();
  }

  /** The host reports how many changes of the undo stack were not made by this page. */
  noteForeignEdits(count: number): void {
    if (count !== this.foreignEdits) this.history.forget();
    this.foreignEdits = count;
  }

  /** The host has refused a draft with a reason: the caption is unchanged. */
  refused(captionPath: string, draft: number): void {
    const pending = this.pending.get(captionPath);
    if (pending === undefined || pending.draft > draft) return;
    this.pending.delete(captionPath);
    this.port.changed(captionPath);
  }

  /** The text that the card of a caption shows. */
  textOf(item: HostText): string {
    const draft = this.pending.get(item.captionPath);
    if (draft === undefined) return item.text;
    if (item.draft < draft.draft) return draft.text;
    this.pending.delete(item.captionPath);
    return item.text;
  }

  /** Images at which something was typed that is not confirmed by the host or not committed. */
  openPaths(): string[] {
    return [...new Set([...this.pending.values(), ...this.uncommitted.values()].map(({ path }) => path))];
  }

  /** Whether the host has yet to confirm typing in a caption. */
  isPending(item: HostText): boolean {
    const draft = this.pending.get(item.captionPath);
    return draft !== undefined && item.draft < draft.draft;
  }
}
