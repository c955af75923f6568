import type { ImageSelection } from '../../dataset/view/ImageSelection';
import type { ImageView } from '../../dataset/view/ImageView';
import type { PageState } from '../../protocol/page/gridProtocol';
import type { RememberedView, RememberedViews } from './RememberedViews';

/** Keeps what one grid shows, and shows it again when VS Code made its webview, or its tab, anew. */
export class GridMemory {
  private viewId: string | undefined;
  private page: PageState = {};
  private noted = '';
  private restoring: Promise<void> = Promise.resolve();

  constructor(
    private readonly view: ImageView,
    private readonly selection: ImageSelection,
    private readonly views: RememberedViews,
    /** what a grid shows at first whose webview is a new one: that of the tab it was split from, or took the place of */
    private readonly inherited: RememberedView | undefined,
  ) {}

  /** What is shown now. */
  get shown(): RememberedView {
    const { view, selection, page } = this;
    return { query: view.query, sort: view.sort, selected: selection.all, page };
  }

  /** The webview said its name: shows what it showed before. */
  identify(viewId: string): void {
    if (this.viewId !== undefined) return;
    this.viewId = viewId;
    this.restoring = this.restore(viewId);
  }

  /** What the page remembers of itself, once the grid shows what it showed before. */
  async restored(): Promise<PageState> {
    await this.restoring;
    return this.page;
  }

  /** The page remembers something of itself. It keeps that too, so nothing is written at each of its moves. */
  keepPage(page: PageState): void {
    this.page = page;
  }

  /** The search, order or selection may be another one. */
  note(): void {
    const { viewId, view, selection } = this;
    const state = JSON.stringify([view.query, view.sort, selection.revision]);
    if (viewId === undefined || state === this.noted) return;
    this.noted = state;
    this.views.set(viewId, this.shown);
  }

  private async restore(viewId: string): Promise<void> {
    const { view, selection } = this;
    const known = (await this.views.get(viewId)) ?? this.inherited;
    if (known === undefined) return;
    this.page = known.page ?? {};
    selection.add(known.selected.map((path) => ({ path })));
    await view.setSort(known.sort);
    await view.setQuery(known.query);
  }
}
