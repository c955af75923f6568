import { FakeHost, type FakeItem } from '../../fakeHost';
import type { Replay, Replayed, WebviewEvents } from '../../../../src/protocol/page/gridProtocol';
import { linkCaptions } from '../linkCaptions';

/** Snapshots are throttled to one in this time, as the real host does it, in milliseconds. */
const snapshotInterval = 100;

const picture = 'data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7';

/** One edit that VS Code can undo. */
interface Edit {
  path: string;
  before: string;
  after: string;
  /** the run of typing in the page; null for any other edit */
  run: number | null;
}

/** What a request about one image or the selected ones names. */
type Target = { path: string } | { scope: 'selection' };

/**
 * A host with VS Code's undo stack, which lives in the workbench: edits reach it after the delay of the link, an undo
 * goes there and back, and while one is running another is refused. Drafts, undos and pastes follow one another.
 */
export class LinkHost extends FakeHost {
  /** what went wrong that a user would be told */
  readonly complaints: string[] = [];
  private typing: Edit | undefined;
  private copied = '';
  private queue: Promise<void> = Promise.resolve();
  private undoStack: Edit[] = [];
  private redoStack: Edit[] = [];
  private isUndoing = false;
  private pushing = false;

  /**
   * @param travel resolves after the time that a message takes one way
   * @param captions by the paths of their images
   */
  constructor(
    private readonly travel: () => Promise<void>,
    captions: Readonly<Record<string, string>> = linkCaptions,
  ) {
    super(0);
    this.items = Object.entries(captions).map(([path, text], index) => ({
      path,
      captionPath: path.replace('.webp', '.txt'),
      text,
      save: { state: 'saved' },
      draft: 0,
      warnings: [],
      imageVersion: String(index),
      selected: false,
    }));
    // A picture in the address itself: nothing has to be loaded.
    this.thumbnail = () => picture;
    this.preview = () => picture;
  }

  /** What is in the caption files once all is saved. */
  get captions(): Record<string, string> {
    return Object.fromEntries(this.items.map(({ path, text }) => [path, text]));
  }

  /** VS Code's own keys for undo and redo, which its workbench takes from the page's frame. */
  key(kind: 'undo' | 'redo'): void {
    void this.replayTop(kind);
  }

  override push(): void {
    if (this.pushing) return;
    this.pushing = true;
    setTimeout(() => {
      this.pushing = false;
      super.push();
    }, snapshotInterval);
  }

  protected override handleDraft(given: WebviewEvents['draft']): void {
    void this.inOrder(() => {
      this.draft(given);
    });
  }

  protected override handleCommit(): void {
    void this.inOrder(() => {
      this.typing = undefined;
    });
  }

  protected override moreRequests(): Record<string, (params: never) => unknown> {
    return {
      undo: (params: Replay) => this.inOrder(() => this.command('undo', params)),
      redo: (params: Replay) => this.inOrder(() => this.command('redo', params)),
      copyCaption: (target: Target) => {
        const [item] = this.targets(target);
        if (item !== undefined && item.text.trim() !== '') this.copied = item.text;
      },
      pasteCaption: (target: Target & { text?: string }) =>
        this.inOrder(() => {
          this.paste(target, target.text ?? this.copied);
        }),
      // Somebody who is asked and thinks about it for longer than there are keys: what is pressed meanwhile is refused.
      deleteImages: () => new Promise<undefined>(() => undefined),
    };
  }

  private draft({ path, text, draft, from, run }: WebviewEvents['draft']): void {
    const item = this.item(path);
    const goesOn = this.typing?.path === path;
    if (!goesOn && from !== item.text) {
      this.complaints.push(
        `${path}: typing began from ${JSON.stringify(from)}, but ${JSON.stringify(item.text)} is there`,
      );
    }
    if (!goesOn) this.typing = undefined;
    const before = item.text;
    Object.assign(item, { text, draft, save: { state: 'saved' } });
    if (before !== text) {
      if (this.typing !== undefined) this.typing.after = text;
      else this.report((this.typing = { path, before, after: text, run }));
    }
    this.push();
  }

  private paste(target: Target, text: string): void {
    this.typing = undefined;
    const items = this.targets(target);
    const [item] = items;
    // Several get a preview first.
    if (item === undefined || items.length > 1 || text === '' || item.text === text) return;
    const edit = { path: item.path, before: item.text, after: text, run: null };
    item.text = text;
    this.report(edit);
    this.push();
  }

  private targets(target: Target): FakeItem[] {
    return 'path' in target ? [this.item(target.path)] : this.items.filter(({ selected }) => selected);
  }

  /** Tells the workbench of an edit. */
  private report(edit: Edit): void {
    void this.travel().then(() => {
      this.undoStack.push(edit);
      this.redoStack = [];
    });
  }

  /** VS Code's command, called by the host: it runs in the workbench. */
  private async command(kind: 'undo' | 'redo', { expected }: Replay): Promise<Replayed> {
    await this.travel();
    const edit = await this.replayTop(kind);
    await this.travel();
    if (expected !== undefined) {
      for (const item of this.items) {
        if (item.captionPath === expected.captionPath) item.draft = Math.max(item.draft, expected.draft);
      }
      this.push();
    }
    return { done: edit !== undefined, run: edit?.run ?? null };
  }

  /** What the workbench does: it takes the topmost edit, has the host take it back, and waits for that. */
  private async replayTop(kind: 'undo' | 'redo'): Promise<Edit | undefined> {
    if (this.isUndoing) {
      this.complaints.push('There is already an undo or redo operation running.');
      return undefined;
    }
    const [from, to] = kind === 'undo' ? [this.undoStack, this.redoStack] : [this.redoStack, this.undoStack];
    const edit = from.pop();
    if (edit === undefined) return undefined;
    this.isUndoing = true;
    await this.travel();
    this.takeBack(edit, kind);
    await this.travel();
    this.isUndoing = false;
    to.push(edit);
    return edit;
  }

  private takeBack({ path, before, after }: Edit, kind: 'undo' | 'redo'): void {
    this.typing = undefined;
    const item = this.item(path);
    const [found, wanted] = kind === 'undo' ? [after, before] : [before, after];
    // What was changed since is left as it is.
    if (item.text === found) item.text = wanted;
    this.push();
  }

  private inOrder<T>(work: () => T | Promise<T>): Promise<T> {
    const result = this.queue.then(work);
    this.queue = result.then(() => undefined);
    return result;
  }
}
