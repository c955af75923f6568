import * as vscode from 'vscode';
import type { Caption } from '../../dataset/captions/Caption';
import type { DatasetImage } from '../../dataset/captions/DatasetImage';
import { ImageSelection } from '../../dataset/view/ImageSelection';
import { ImageView } from '../../dataset/view/ImageView';
import { Channel, type RequestHandlers } from '../../protocol/channel/Channel';
import type { BulkEditRequests, WantedEdit } from '../../protocol/page/bulkEditProtocol';
import { gridParams, webviewEvents } from '../../protocol/page/gridChecks';
import type {
  GridEvents,
  GridSettings,
  GridSnapshot,
  HostRequests,
  SelectCommand,
  WebviewEvents,
} from '../../protocol/page/gridProtocol';
import type { CardItem } from '../../protocol/page/cardProtocol';
import type { PictureRequests } from '../../protocol/page/pictureProtocol';
import type { SuggestRequests } from '../../protocol/page/suggestProtocol';
import { errorMessage } from '../../protocol/channel/wireError';
import { cardItem } from '../grid/cardItem';
import { bulkEditHandlers } from '../bulkEdit/bulkEditRequests';
import { BulkEdits } from '../bulkEdit/BulkEdits';
import type { CaptionJobs } from '../captioning/CaptionJobs';
import type { DatasetDocument } from '../document/DatasetDocument';
import { Disposable } from '../shared/Disposable';
import { GridMemory } from '../grid/GridMemory';
import { gridHtml, webviewPort } from './gridPage';
import { gridViewHandlers } from '../grid/gridViewRequests';
import { pictureHandlers } from '../pictures/pictureRequests';
import { onPictureSettings, pictureSettings } from '../pictures/pictureSettings';
import type { RememberedView, RememberedViews } from '../grid/RememberedViews';
import type { SavedSearches } from '../search/SavedSearches';
import { searchHandlers, searchView } from '../search/searchRequests';
import { autoSaveDelay } from '../settings/settings';
import { suggestHandlers } from '../suggestions/suggestRequests';
import type { Taggers } from '../taggers/Taggers';
import type { TagSuggestions } from '../suggestions/TagSuggestions';
import type { Thumbnails } from '../pictures/Thumbnails';

/** A snapshot is sent at most this often, in milliseconds. */
const snapshotPause = 100;
/** A caption counts as committed after this pause even where captions are not saved by themselves, in milliseconds. */
const commitPause = 1000;
/** More cards than any screen shows are never asked for; a wrong request must not stat a whole dataset. */
const mostCards = 500;

type GridChannel = Channel<HostRequests, Record<string, never>, WebviewEvents, GridEvents>;

/** The grid of one document in one webview: answers what it asks and tells it what changed. */
export class GridPanel extends Disposable {
  private readonly channel: GridChannel;
  private version = 1;
  /** what is shown, in which order */
  readonly view: ImageView;
  readonly selection = new ImageSelection();
  readonly bulkEdits = new BulkEdits(this);
  private snapshotTimer: NodeJS.Timeout | undefined;
  /** the number of the last draft of each caption that was typed here */
  private readonly drafts = new Map<Caption, number>();
  readonly memory: GridMemory;
  /** the image whose typing was refused last */
  private refusedDraft: string | undefined;
  /** the image that has or had the keyboard focus */
  focusedPath: string | undefined;
  /** the image to go to as soon as there is a webview */
  private wantedImage: string | undefined;
  /** the webview has asked for what it shows first */
  private isReady = false;

  constructor(
    readonly document: DatasetDocument,
    readonly panel: vscode.WebviewPanel,
    private readonly jobs: CaptionJobs,
    private readonly taggers: Taggers,
    thumbnails: Thumbnails,
    pictureRoots: readonly vscode.Uri[],
    suggestions: TagSuggestions,
    views: RememberedViews,
    inherited: RememberedView | undefined,
    private readonly searches: SavedSearches,
    extensionUri: vscode.Uri,
    onInvalidMessage: (problem: string) => void,
  ) {
    super();
    this.view = this.register(
      new ImageView(document.dataset, {
        isSelected: (path) => this.selection.has(path),
        hasFailed: ({ caption }) => jobs.failureOf(document, caption) !== undefined,
      }),
    );
    this.memory = new GridMemory(this.view, this.selection, views, inherited);
    const dist = vscode.Uri.joinPath(extensionUri, 'dist');
    const { webview } = panel;
    webview.options = { enableScripts: true, localResourceRoots: [dist, ...pictureRoots] };
    this.channel = new Channel<HostRequests, Record<string, never>, WebviewEvents, GridEvents>(
      webviewPort(webview),
      {
        ...this.handlers(),
        ...pictureHandlers(this, thumbnails),
        ...suggestHandlers(document, suggestions),
        ...bulkEditHandlers(this, jobs),
      },
      {
        identify: ({ viewId }) => {
          this.memory.identify(viewId);
        },
        remember: ({ page }) => {
          this.memory.keepPage(page);
        },
        draft: ({ path, text, draft }) => {
          this.draft(path, text, draft);
        },
        commit: () => {
          document.commit();
        },
        focus: ({ path }) => {
          this.focusedPath = path;
        },
      },
      { params: gridParams, results: {}, events: webviewEvents, onInvalid: onInvalidMessage },
    );
    webview.html = gridHtml(webview, dist);
    const update = (): void => {
      this.changed();
    };
    this.register(document.onDidChange(update));
    this.register({ dispose: this.view.onDidChange(update) });
    this.register(searches.onDidChange(update));
    // What was found while captions were still being read may be wrong.
    void document.whenLoaded().then(() => this.view.refresh().catch(() => undefined));
    this.register(taggers.onDidChange(update));
    this.register(
      jobs.onDidChange((changed) => {
        if (changed === document) this.changed();
      }),
    );
    this.register(panel.onDidChangeViewState(update));
    this.register(
      onPictureSettings(() => {
        this.channel.tell('pictureSettings', pictureSettings());
      }),
    );
    this.register({
      dispose: () => {
        clearTimeout(this.snapshotTimer);
        this.channel.close();
      },
    });
  }

  /** Puts the keyboard focus into the search box. */
  focusSearch(): void {
    // A command of the palette leaves the focus outside the webview.
    this.panel.reveal();
    this.channel.tell('focusSearch', {});
  }

  /** Searches, and shows the search in the field. */
  async search(query: string): Promise<void> {
    await this.view.setQuery(query);
    await this.searches.remember(query);
  }

  /** Goes to an image; a search that hides it ends. */
  async reveal(path: string): Promise<void> {
    await this.document.whenLoaded();
    // Throws where there is no such image any more.
    this.image(path);
    if (this.view.indexOf(path) === undefined) await this.view.setQuery('');
    const isShown = this.panel.visible && this.isReady;
    this.wantedImage = isShown ? undefined : path;
    this.panel.reveal();
    if (isShown) this.channel.tell('reveal', { path });
  }

  /** Opens the dialog for bulk edits. */
  openBulkEdit(wanted: WantedEdit): void {
    const isShown = this.panel.visible;
    this.bulkEdits.wanted = isShown ? undefined : wanted;
    this.panel.reveal();
    if (isShown) this.channel.tell('openBulkEdit', wanted);
  }

  /** Tells the webview that something changed that only this grid has, such as its selection. */
  update(): void {
    this.changed();
  }

  /** The cards from a position on, as they are in this moment. */
  async items(start: number, count: number): Promise<{ version: number; order: number; items: CardItem[] }> {
    const { version, view, document, jobs, selection, drafts } = this;
    const images = view.images.slice(start, start + Math.min(count, mostCards));
    const { order } = view;
    const sources = { document, jobs, selection, drafts };
    const items = await Promise.all(images.map((image, at) => cardItem(image, start + at, sources)));
    return { version, order, items };
  }

  private handlers(): Omit<
    RequestHandlers<HostRequests>,
    keyof (PictureRequests & SuggestRequests & BulkEditRequests)
  > {
    const { document, jobs } = this;
    return {
      ready: async () => {
        const page = await this.memory.restored();
        return { snapshot: this.snapshot(), settings: this.settings(), page };
      },
      ...searchHandlers(this, this.searches),
      wantedImage: () => {
        const path = this.wantedImage;
        this.wantedImage = undefined;
        this.isReady = true;
        return path === undefined ? null : { path };
      },
      getItems: ({ start, count }) => this.items(start, count),
      ...gridViewHandlers(this),
      locate: ({ path }) => ({ index: this.view.indexOf(path) ?? null, order: this.view.order }),
      setQuery: async ({ query }) => {
        await this.view.setQuery(query);
        return { snapshot: this.nextSnapshot() };
      },
      setSort: async ({ sort }) => {
        await this.view.setSort(sort);
        return { snapshot: this.nextSnapshot() };
      },
      select: ({ command }) => {
        this.select(command);
        return { snapshot: this.nextSnapshot() };
      },
      resolveConflict: ({ path, choice }) => {
        document.resolveConflict(this.image(path), choice);
        return undefined;
      },
      convertToUtf8: ({ path }) => {
        document.convertToUtf8(this.image(path));
        return undefined;
      },
      save: async () => {
        await document.saveQuietly();
        return undefined;
      },
      captionImage: async ({ path }) => {
        await jobs.captionImage(document, this.image(path));
        return undefined;
      },
      captionAll: async () => {
        await jobs.captionDataset(document, 'all');
        return undefined;
      },
      captionEmpty: async () => {
        await jobs.captionDataset(document, 'empty');
        return undefined;
      },
      controlJob: async ({ id, action }) => {
        await jobs.control(id, action);
        return undefined;
      },
      selectTagger: async () => {
        await vscode.commands.executeCommand('datasetCaptions.selectTagger');
        return undefined;
      },
      refresh: async () => {
        await document.refresh();
        return undefined;
      },
    };
  }

  private draft(imagePath: string, text: string, draft: number): void {
    try {
      const caption = this.document.draft(imagePath, text);
      if (caption !== undefined) this.drafts.set(caption, draft);
      this.refusedDraft = undefined;
    } catch (thrown) {
      // The text stays in the card, unsaved; one message is enough for all its keys.
      if (this.refusedDraft === imagePath) return;
      this.refusedDraft = imagePath;
      void vscode.window.showErrorMessage(`${imagePath}: ${errorMessage(thrown)}`);
    }
  }

  private settings(): GridSettings {
    return { commitDelay: autoSaveDelay() || commitPause, pictures: pictureSettings() };
  }

  /**
   * The image with a path relative to the dataset.
   * @throws Error when there is none any more
   */
  image(path: string): DatasetImage {
    const image = this.document.dataset.image(path);
    if (image === undefined) throw new Error(vscode.l10n.t('{0} is not in the dataset any more.', path));
    return image;
  }

  private changed(): void {
    this.version++;
    this.memory.note();
    // A hidden webview does not exist; when it is shown again it asks for everything.
    if (!this.panel.visible) this.isReady = false;
    if (this.snapshotTimer !== undefined || !this.panel.visible || this.isDisposed) return;
    this.snapshotTimer = setTimeout(() => {
      this.snapshotTimer = undefined;
      if (!this.isDisposed) this.channel.tell('snapshot', this.snapshot());
    }, snapshotPause);
  }

  private select(command: SelectCommand): void {
    const { selection, view } = this;
    // A search may ask which images are selected.
    view.noteChange();
    switch (command.kind) {
      case 'only':
        selection.only(command.path);
        break;
      case 'toggle':
        selection.toggle(command.path);
        break;
      case 'range': {
        if (command.order !== view.order) return;
        if (!command.keep) selection.clear();
        const [first, last] = command.from < command.to ? [command.from, command.to] : [command.to, command.from];
        selection.add(view.images.slice(first, last + 1));
        break;
      }
      case 'all':
        selection.clear();
        selection.add(view.images);
        break;
      case 'none':
        selection.clear();
        break;
      default:
        command satisfies never;
    }
  }

  private nextSnapshot(): GridSnapshot {
    this.version++;
    this.memory.note();
    return this.snapshot();
  }

  private snapshot(): GridSnapshot {
    const { document, view, selection } = this;
    const { images, empty, unsaved, conflicts, failed } = document.dataset.counts;
    return {
      state: document.loadState,
      message: document.loadMessage,
      folderName: document.name,
      folderPath: document.uri.fsPath,
      version: this.version,
      total: images,
      matching: view.images.length,
      empty,
      unsaved: unsaved + document.waitingEdits,
      conflicts,
      unsavedFailures: failed,
      saving: document.dataset.saving,
      query: view.query,
      search: searchView(view, this.searches),
      sort: view.sort,
      order: view.order,
      selected: { count: selection.count, hidden: selection.hiddenFrom(view.images) },
      tagger: this.taggers.displayName(),
      jobs: this.jobs.viewsOf(document),
    };
  }
}
