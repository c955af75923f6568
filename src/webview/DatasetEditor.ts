import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import type { WantedEdit } from '../protocol/bulkEditProtocol';
import type { GridSnapshot, HostRequests, JobView, SelectCommand } from '../protocol/gridProtocol';
import type { PictureSettings } from '../protocol/pictureProtocol';
import type { SuggestAnswer, SuggestQuery } from '../protocol/suggestProtocol';
import { errorMessage } from '../protocol/wireError';
import type { BulkEditDialog } from './BulkEditDialog';
import './BulkEditDialog';
import { formatNumber, plural } from './captionText';
import { listenForCardActions } from './cardActions';
import type { DatasetToolbar } from './DatasetToolbar';
import './DatasetToolbar';
import { Drafts } from './Drafts';
import { editorStyles } from './editor.css';
import type { EditorActions, Host, ViewState, ViewStateStore } from './editorTypes';
import { cardSizes } from './gridLayout';
import { errorIcon } from './icons';
import type { CardContext } from './ImageCard';
import type { ImageGrid } from './ImageGrid';
import './ImageGrid';
import { ImageQueue } from './ImageQueue';
import type { ImageViewer, ViewerClosed } from './ImageViewer';
import './ImageViewer';
import { ItemWindow } from './ItemWindow';
import './JobList';
import { pictureSource } from './pictureSource';
import { searchActions, searchAnnouncement } from './searchActions';
import { selectionActions } from './selectionActions';
import './SelectionBar';
import { scanningPage, standInPage } from './standInPage';
import { sharedStyles } from './shared.css';
import { suggestionStyles } from './suggestions.css';
import type { SuggestionPopup } from './SuggestionPopup';
import './SuggestionPopup';

/** The whole page: toolbar, jobs and grid, or what there is to say instead of a grid. */
@customElement('dataset-editor')
export class DatasetEditor extends LitElement {
  static override styles = [sharedStyles, editorStyles, suggestionStyles];

  @state() private snapshot: GridSnapshot | undefined;
  @state() private view: ViewState = { cardSize: 'medium', index: 0, query: '' };
  /** What went wrong with something the user asked for. */
  @state() private problem: string | undefined;
  @state() private announcement = '';

  @query('image-grid') private readonly grid!: ImageGrid | null;
  @query('image-viewer') private readonly viewer!: ImageViewer | null;
  @query('bulk-edit-dialog') private readonly bulkEdit!: BulkEditDialog | null;
  @query('dataset-toolbar') private readonly toolbar!: DatasetToolbar | null;

  @query('suggestion-popup') private readonly suggestions!: SuggestionPopup | null;

  private host: Host | undefined;
  private store: ViewStateStore | undefined;
  private commitDelay = 1000;
  private searches = 0;
  private storing: ReturnType<typeof setTimeout> | undefined;

  private readonly drafts = new Drafts(
    (name, payload) => this.host?.tell(name, payload),
    () => this.commitDelay,
    (path) => {
      this.grid?.committed(path);
      this.viewer?.committed(path);
    },
  );
  private readonly images = new ImageQueue(
    pictureSource({
      host: () => this.connected(),
      pictureBox: (path) => this.grid?.pictureBox(path),
      changed: ({ path }) => {
        this.grid?.updateCard(path);
        this.viewer?.changed(path);
      },
    }),
  );
  private readonly items = new ItemWindow(
    async (start, count) => (await this.connected().request('getItems', { start, count })).items,
    () => {
      this.grid?.requestUpdate();
    },
    (error) => {
      this.problem = `The images could not be listed: ${errorMessage(error)}`;
    },
  );
  private readonly context: CardContext = {
    drafts: this.drafts,
    images: this.images,
    caption: (path) => {
      this.ask('captionImage', { path });
    },
    focused: (path) => this.host?.tell('focus', { path }),
    convertToUtf8: (path) => {
      this.ask('convertToUtf8', { path });
    },
    resolve: (path, choice) => {
      this.ask('resolveConflict', { path, choice });
    },
    suggestIn: (field, options) => this.suggestions?.attach(field, options),
    leave: (path, target) => {
      if (target !== 'cell') this.ask('save', {});
      this.grid?.leave(path, target);
    },
  };
  private readonly actions: EditorActions = {
    ...searchActions({
      host: () => this.connected(),
      ask: (method, params) => {
        this.ask(method, params);
      },
      search: (query) => void this.search(query),
    }),
    search: (text) => {
      void this.search(text);
    },
    setCardSize: (cardSize) => {
      this.view = { ...this.view, cardSize };
      this.images.resized();
      this.remember();
    },
    selectTagger: () => {
      this.ask('selectTagger', {});
    },
    captionEmpty: () => {
      this.drafts.commitAll();
      this.ask('captionEmpty', {});
    },
    captionAll: () => {
      this.drafts.commitAll();
      this.ask('captionAll', {});
    },
    save: () => {
      this.drafts.commitAll();
      this.ask('save', {});
    },
    refresh: () => {
      this.ask('refresh', {});
    },
    cancelJob: (id) => {
      this.ask('cancelJob', { id });
    },
    ...selectionActions({
      ask: (method, params) => {
        this.ask(method, params);
      },
      select: (command) => {
        void this.select(command);
      },
      openBulkEdit: (wanted) => {
        this.openBulkEdit(wanted);
      },
      commitAll: () => {
        this.drafts.commitAll();
      },
    }),
  };

  private readonly knowTags = (query: SuggestQuery): Promise<SuggestAnswer> =>
    this.connected().request('suggestTags', query);

  /** Starts to talk to the host and shows what it has. */
  async connect(host: Host, store: ViewStateStore): Promise<void> {
    this.host = host;
    this.store = store;
    const remembered = store.read();
    const { cardSize } = remembered;
    this.view = {
      cardSize: cardSize !== undefined && Object.hasOwn(cardSizes, cardSize) ? cardSize : 'medium',
      index: typeof remembered.index === 'number' ? remembered.index : 0,
      query: typeof remembered.query === 'string' ? remembered.query : '',
    };
    listenForCardActions(this, this.actions);
    document.addEventListener('visibilitychange', this.onHide);
    window.addEventListener('pagehide', this.onHide);
    window.addEventListener('resize', () => {
      this.images.resized();
    });
    try {
      const { snapshot, settings } = await host.request('ready', {});
      this.commitDelay = settings.commitDelay;
      this.images.configure(settings.pictures);
      const wanted = remembered.query;
      this.takeSnapshot(snapshot);
      // What the host searches for is newer: it may come from the tag view.
      if (wanted !== undefined && wanted !== '' && snapshot.query === '') await this.search(wanted, false);
      const edit = await host.request('wantedEdit', {});
      await this.updateComplete;
      if (edit !== null) this.openBulkEdit(edit);
    } catch (error) {
      this.problem = `The dataset could not be opened: ${errorMessage(error)}`;
    }
  }

  /** Shows what the host says. */
  takeSnapshot(snapshot: GridSnapshot): void {
    this.announceJobs(this.snapshot?.jobs ?? [], snapshot.jobs);
    this.snapshot = snapshot;
    this.items.refresh();
  }

  /** The user changed how pictures are loaded. */
  configurePictures(settings: PictureSettings): void {
    this.images.configure(settings);
  }

  /** Opens the dialog for bulk edits. */
  openBulkEdit(wanted: WantedEdit): void {
    // What was typed last is part of what is edited.
    this.drafts.commitAll();
    void this.bulkEdit?.open(wanted);
  }

  /** Puts the keyboard focus into the search box. */
  focusSearch(): void {
    this.toolbar?.focusSearch();
  }

  protected override updated(changed: PropertyValues): void {
    const title = this.snapshot?.folderName ?? '';
    // Only when it differs: setting it removes a node, which cuts the typing that one undo takes back.
    if (changed.has('snapshot') && document.title !== title) document.title = title;
  }

  protected override render(): TemplateResult {
    const { snapshot } = this;
    if (snapshot === undefined) {
      return html`${this.renderProblem()}${this.problem === undefined ? scanningPage('Opening…') : nothing}`;
    }
    const whole = snapshot.state === 'missing' || snapshot.state === 'error';
    return html`
      ${
        whole || snapshot.total === 0
          ? nothing
          : html`<dataset-toolbar
              .snapshot=${snapshot}
              .cardSize=${this.view.cardSize}
              .actions=${this.actions}
            ></dataset-toolbar>`
      }
      <selection-bar .snapshot=${snapshot} .actions=${this.actions}></selection-bar>
      ${this.renderProblem()}
      <job-list .jobs=${snapshot.jobs} .actions=${this.actions}></job-list>
      ${this.renderMain(snapshot)}
      <image-viewer
        .connection=${this.connection}
        .context=${this.context}
        .images=${this.images}
        .snapshot=${snapshot}
        @viewer-closed=${this.onViewerClosed}
      ></image-viewer>
      <bulk-edit-dialog .snapshot=${snapshot} .host=${this.host} .announce=${this.announce}></bulk-edit-dialog>
      <div class="hidden-text" aria-live="polite">${this.announcement}</div>
      <suggestion-popup .source=${this.knowTags}></suggestion-popup>
    `;
  }

  private renderMain(snapshot: GridSnapshot): TemplateResult {
    const page = standInPage(snapshot, {
      refresh: this.actions.refresh,
      clearSearch: () => {
        this.actions.search('');
        this.focusSearch();
      },
    });
    if (page !== undefined) return page;
    return html`<image-grid
      .count=${snapshot.matching}
      .size=${this.view.cardSize}
      .items=${this.items}
      .context=${this.context}
      .startIndex=${this.view.index}
      @grid-scroll=${this.onGridScroll}
      @open-viewer=${this.onOpenViewer}
    ></image-grid>`;
  }

  private renderProblem(): TemplateResult | typeof nothing {
    if (this.problem === undefined) return nothing;
    return html`<div class="problem" role="alert">
      <span class="error">${errorIcon}</span><span class="problem-text">${this.problem}</span>
      <button
        class="link"
        @click=${() => {
          this.problem = undefined;
        }}
      >
        Dismiss
      </button>
    </div>`;
  }

  private readonly connection = (): Host => this.connected();

  private readonly onOpenViewer = (event: CustomEvent<{ path: string }>): void => {
    event.preventDefault();
    void this.viewer?.show(event.detail.path);
  };

  private readonly onViewerClosed = ({ detail: { index } }: ViewerClosed): void => {
    this.grid?.returnTo(index);
  };

  private connected(): Host {
    if (this.host === undefined) throw new Error('Not connected');
    return this.host;
  }

  private ask<K extends keyof HostRequests>(method: K, params: Parameters<HostRequests[K]>[0]): void {
    this.problem = undefined;
    this.connected()
      .request(method, params)
      .catch((error: unknown) => {
        this.problem = errorMessage(error);
      });
  }

  private async select(command: SelectCommand): Promise<void> {
    try {
      this.takeSnapshot((await this.connected().request('select', { command })).snapshot);
    } catch (error) {
      this.problem = errorMessage(error);
    }
  }

  private async search(text: string, toStart = true): Promise<void> {
    const search = ++this.searches;
    this.drafts.commitAll();
    this.view = { ...this.view, query: text, index: toStart ? 0 : this.view.index };
    this.remember();
    try {
      const { snapshot } = await this.connected().request('setQuery', { query: text });
      if (search !== this.searches) return;
      if (snapshot.version >= (this.snapshot?.version ?? 0)) this.takeSnapshot(snapshot);
      if (toStart && snapshot.search.mistake === null) this.grid?.goToStart();
      this.announcement = searchAnnouncement(snapshot);
    } catch (error) {
      this.problem = `The search failed: ${errorMessage(error)}`;
    }
  }

  private announceJobs(before: readonly JobView[], after: readonly JobView[]): void {
    for (const job of after) {
      const old = before.find(({ id }) => id === job.id);
      const ended = job.state === 'completed' || job.state === 'cancelled' || job.state === 'error';
      if (!ended || old === undefined || old.state === job.state) continue;
      const failed = job.failed === 0 ? '' : `, ${formatNumber(job.failed)} failed`;
      this.announcement = `${job.label} ${job.state}: ${plural(job.handled, 'image')}${failed}`;
    }
  }

  private readonly announce = (text: string): void => {
    this.announcement = text;
  };

  private readonly onGridScroll = (): void => {
    const index = this.grid?.firstIndex ?? 0;
    if (index === this.view.index) return;
    // Nothing on the page shows the index: no update.
    this.view.index = index;
    this.remember();
  };

  private readonly onHide = (event: Event): void => {
    if (event.type === 'visibilitychange' && document.visibilityState === 'visible') return;
    this.drafts.commitAll();
    if (this.storing !== undefined) this.store?.write(this.view);
  };

  private remember(): void {
    clearTimeout(this.storing);
    this.storing = setTimeout(() => {
      this.storing = undefined;
      this.store?.write(this.view);
    }, 200);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'dataset-editor': DatasetEditor;
  }
}
