import type { PageState } from '../../protocol/page/gridProtocol';
import type { GridSession } from './GridSession';
import type { RememberedView, RememberedViews } from './RememberedViews';

/** Stores what one grid shows, and restores it when VS Code creates its webview or its tab again. */
export class GridMemory {
  private viewId: string | undefined;
  private page: PageState = {};
  /** the search, order and selection that were stored last */
  private stored = '';
  private restoring: Promise<void> = Promise.resolve();

  constructor(
    private readonly session: GridSession,
    private readonly views: RememberedViews,
    /** what a new webview shows at first: the view of the tab that it was split from, or whose place it took */
    private readonly inherited: RememberedView | undefined,
  ) {
    session.onDidChange(() => {
      this.store();
    });
  }

  /** Whether the webview shows at first what another one shows or has shown. */
  get isInherited(): boolean {
    return this.inherited !== undefined;
  }

  /** What is shown now. */
  get shown(): RememberedView {
    const {
      session: { view, selection },
      page,
    } = this;
    return { query: view.query, sort: view.sort, selected: selection.all, page };
  }

  /** Restores what the webview with this id showed before; later calls do nothing. */
  identify(viewId: string): void {
    if (this.viewId !== undefined) return;
    this.viewId = viewId;
    this.restoring = this.restore(viewId);
  }

  /** Resolves when the grid shows what it showed before, with the state that its page had then. */
  async restored(): Promise<PageState> {
    await this.restoring;
    return this.page;
  }

  /** Replaces the state of the page. The webview keeps it as well, so a scroll alone writes nothing to the disk. */
  keepPage(page: PageState): void {
    this.page = page;
  }

  /** Stores the search, order and selection if they changed. */
  private store(): void {
    const {
      viewId,
      session: { view, selection },
    } = this;
    const state = JSON.stringify([view.query, view.sort, selection.revision]);
    if (viewId === undefined || state === this.stored) return;
    this.stored = state;
    this.views.set(viewId, this.shown);
  }

  private async restore(viewId: string): Promise<void> {
    const { view, selection } = this.session;
    const known = (await this.views.get(viewId)) ?? this.inherited;
    if (known === undefined) return;
    this.page = known.page ?? {};
    selection.add(known.selected.map((path) => ({ path })));
    await view.setSort(known.sort);
    await view.setQuery(known.query);
  }
}
