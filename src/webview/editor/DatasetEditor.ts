import * as l10n from '@vscode/l10n';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import type { WantedEdit } from '../../protocol/page/bulkEditProtocol';
import type { GridSnapshot, HostRequests, SelectCommand } from '../../protocol/page/gridProtocol';
import type { PictureSettings } from '../../protocol/page/pictureProtocol';
import { errorMessage } from '../../protocol/channel/wireError';
import type { BulkEditDialog } from '../bulkEdit/BulkEditDialog';
import '../bulkEdit/BulkEditDialog';
import { listenForCardActions } from '../card/cardActions';
import type { DatasetToolbar } from '../toolbar/DatasetToolbar';
import '../toolbar/DatasetToolbar';
import { Drafts } from '../card/Drafts';
import { editorStyles } from './editor.css';
import {
  type Ask,
  type EditorActions,
  type Host,
  isNewView,
  type ViewState,
  viewStateOf,
  type ViewStateStore,
} from '../shared/viewState';
import type { CardContext } from '../card/ImageCard';
import '../grid/ImageArea';
import type { ImageGrid } from '../grid/ImageGrid';
import { ImageQueue } from '../pictures/ImageQueue';
import type { ImageViewer, ViewerClosed } from '../viewer/ImageViewer';
import '../viewer/ImageViewer';
import { ItemWindow } from '../grid/ItemWindow';
import { jobAnnouncement } from '../jobList/jobAnnouncement';
import '../jobList/JobList';
import { pictureSource } from '../pictures/pictureSource';
import { problemBar } from './problemBar';
import { revealImage } from './revealImage';
import { searchActions, searchAnnouncement } from '../search/searchActions';
import { selectionActions } from './selectionActions';
import '../toolbar/SelectionBar';
import { scanningPage, standInPage } from './standInPage';
import { sharedStyles } from '../shared/shared.css';
import { suggestionStyles } from '../suggestions/suggestions.css';
import type { SuggestionPopup } from '../suggestions/SuggestionPopup';
import '../suggestions/SuggestionPopup';

/** The whole page: toolbar, jobs and grid, or what there is to say instead of a grid. */
@customElement('dataset-editor')
export class DatasetEditor extends LitElement {
  static override styles = [sharedStyles, editorStyles, suggestionStyles];

  @state() private snapshot: GridSnapshot | undefined;
  @state() private view: ViewState = viewStateOf({});
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
  private isReady = false;
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
    (start, count) => this.connected().request('getItems', { start, count }),
    () => {
      this.grid?.requestUpdate();
    },
    (error) => {
      this.problem = l10n.t('The images could not be listed: {0}', errorMessage(error));
    },
  );
  private context: CardContext = {
    captionMode: 'text',
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
    filterBy: (...filter) => {
      this.actions.addFilter(...filter);
    },
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
    show: (choices) => {
      this.takeView({ ...this.view, ...choices });
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
    controlJob: (id, action) => {
      this.ask('controlJob', { id, action });
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

  private readonly knowTags: SuggestionPopup['source'] = (query) => this.connected().request('suggestTags', query);

  /** Starts to talk to the host and shows what it has. */
  async connect(host: Host, store: ViewStateStore): Promise<void> {
    this.host = host;
    this.store = store;
    const remembered = store.read();
    this.takeView(viewStateOf(remembered));
    listenForCardActions(this, this.actions);
    document.addEventListener('visibilitychange', this.onHide);
    window.addEventListener('pagehide', this.onHide);
    window.addEventListener('resize', () => {
      this.images.resized();
    });
    try {
      const { snapshot, settings, page } = await host.request('ready', {});
      // A page that remembers nothing belongs to a new tab, which looks like the one that it was split from.
      if (isNewView(remembered)) this.takeView(viewStateOf(page));
      this.isReady = true;
      this.commitDelay = settings.commitDelay;
      this.images.configure(settings.pictures);
      const wanted = remembered.query;
      // What the host searches for is newer: it may come from the tag view.
      if (wanted !== undefined && wanted !== '' && snapshot.query === '') await this.search(wanted, false);
      // Not the whole dataset first: the place of the images that were looked at is one among those that match.
      if (this.snapshot === undefined) this.takeSnapshot(snapshot);
      const edit = await host.request('wantedEdit', {});
      await this.updateComplete;
      if (edit !== null) this.openBulkEdit(edit);
      const image = await host.request('wantedImage', {});
      if (image !== null) await this.reveal(image.path);
    } catch (error) {
      this.problem = l10n.t('The dataset could not be opened: {0}', errorMessage(error));
    }
  }

  /** Shows what the host says. */
  takeSnapshot(snapshot: GridSnapshot): void {
    // The first one comes with the place to show.
    if (!this.isReady) return;
    this.announcement = jobAnnouncement(this.snapshot?.jobs ?? [], snapshot.jobs) ?? this.announcement;
    this.snapshot = snapshot;
    this.items.refresh(snapshot.version);
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

  /** Goes to an image, if the search finds it. */
  async reveal(path: string): Promise<void> {
    const grid = () => this.updateComplete.then(() => this.grid);
    await revealImage({ locate: () => this.request('locate', { path }), items: this.items, grid });
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
      return html`${this.renderProblem()}${this.problem === undefined ? scanningPage(l10n.t('Opening…')) : nothing}`;
    }
    const whole = snapshot.state === 'missing' || snapshot.state === 'error';
    return html`
      ${
        whole || snapshot.total === 0
          ? nothing
          : html`<dataset-toolbar
              .snapshot=${snapshot}
              .choices=${this.view}
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
    return html`<image-area
      .snapshot=${snapshot}
      .view=${this.view}
      .items=${this.items}
      .context=${this.context}
      .ask=${this.request}
      .took=${this.took}
      .announce=${this.announce}
      @place-changed=${this.onPlaceChanged}
      @open-viewer=${this.onOpenViewer}
    ></image-area>`;
  }

  private renderProblem(): TemplateResult | typeof nothing {
    return problemBar(this.problem, () => {
      this.problem = undefined;
    });
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
    void this.request(method, params);
  }

  private async select(command: SelectCommand): Promise<void> {
    const answer = await this.request('select', { command });
    if (answer !== undefined) this.took(answer.snapshot);
  }

  /** Asks the host; undefined where that failed, which the user is told. */
  private readonly request: Ask = async (method, params) => {
    try {
      return await this.connected().request(method, params);
    } catch (error) {
      this.problem = errorMessage(error);
      return undefined;
    }
  };

  /** Shows the snapshot that an answer brought, unless a later one came before it. */
  private readonly took = (snapshot: GridSnapshot): void => {
    if (snapshot.version >= (this.snapshot?.version ?? 0)) this.takeSnapshot(snapshot);
  };

  private takeView(view: ViewState): void {
    this.view = view;
    if (this.context.captionMode === view.captionMode) return;
    this.context = { ...this.context, captionMode: view.captionMode };
  }

  private async search(text: string, toStart = true): Promise<void> {
    const search = ++this.searches;
    this.drafts.commitAll();
    this.view = { ...this.view, query: text, ...(toStart ? { index: 0, path: '' } : {}) };
    this.remember();
    try {
      const { snapshot } = await this.connected().request('setQuery', { query: text });
      if (search !== this.searches) return;
      this.took(snapshot);
      this.announcement = searchAnnouncement(snapshot);
    } catch (error) {
      this.problem = l10n.t('The search failed: {0}', errorMessage(error));
    }
  }

  private readonly announce = (text: string): void => {
    this.announcement = text;
  };

  private readonly onPlaceChanged = (event: CustomEvent<{ index: number; path: string }>): void => {
    // Nothing on the page shows the place: no update.
    Object.assign(this.view, event.detail);
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
