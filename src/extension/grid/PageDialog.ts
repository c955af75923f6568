import * as l10n from '@vscode/l10n';
import { GridError } from './GridError';

/** What a dialog of the page shows, and what it is told of it first. */
export interface DialogContent<Summary> {
  /** @param id by which the page names this content */
  summary(id: number): Summary;
  /** The dialog was closed, or shows something else. */
  close?(): void;
}

/**
 * A dialog that commands open in the page of a grid; new content replaces the old one. It stays until the user closes
 * it: VS Code discards the page while another editor lies over it, and the next page goes on.
 */
export class PageDialog<Content extends DialogContent<Summary>, Summary> {
  private opened: { id: number; content: Content } | undefined;
  private nextId = 1;
  private isAskedFor = false;

  /** @param tell tells a page that listens */
  constructor(private readonly tell: (summary: Summary) => void) {}

  /** Shows content: now, or as soon as there is a page. */
  open(content: Content): void {
    this.opened?.content.close?.();
    const id = this.nextId++;
    this.opened = { id, content };
    if (this.isAskedFor) this.tell(content.summary(id));
  }

  /** There is no page, or a new one: it asks when it is ready. */
  pageGone(): void {
    this.isAskedFor = false;
  }

  /** Answers a page that is ready for the dialog. */
  wanted(): Summary | null {
    this.isAskedFor = true;
    return this.opened?.content.summary(this.opened.id) ?? null;
  }

  /** The content that a page means. @throws GridError `DIALOG_GONE` if there is a newer one */
  of(id: number): Content {
    if (this.opened?.id === id) return this.opened.content;
    throw new GridError('DIALOG_GONE', l10n.t('This has been closed, or something newer is shown.'));
  }

  /** The user closed the dialog. */
  drop(id: number): void {
    if (this.opened?.id === id) this.close();
  }

  /** Ends what is shown, as when the grid is closed. */
  close(): void {
    this.opened?.content.close?.();
    this.opened = undefined;
  }
}
