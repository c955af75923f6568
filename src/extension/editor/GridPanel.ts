import { readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { bulkEditHandlers } from '../bulkEdit/bulkEditHandlers';
import type { CaptionJobs } from '../captioning/CaptionJobs';
import type { CaptionPreview } from '../captioning/CaptionPreviews';
import { GridComparison, type OpenedComparison } from '../comparison/GridComparison';
import { reviewHandlers, trialHandlers, type ShownReview, type ShownTrial } from '../captionDialogs/dialogHandlers';
import { captionHandlers } from '../grid/captionHandlers';
import { connectionHandlers } from '../grid/connectionHandlers';
import type { GridMemory } from '../grid/GridMemory';
import type { GridSession } from '../grid/GridSession';
import { gridViewHandlers } from '../grid/gridViewHandlers';
import { jobHandlers } from '../grid/jobHandlers';
import type { PageControls } from '../grid/PageControls';
import { PageDialog } from '../grid/PageDialog';
import { pictureHandlers, thumbnailAddresses } from '../pictures/pictureHandlers';
import { onPictureSettings, pictureSettings } from '../pictures/pictureSettings';
import type { Thumbnails } from '../pictures/Thumbnails';
import { captionKind } from '../../tags/captionKind';
import { Channel, type EventHandlers, type RequestHandlers } from '../../protocol/channel/Channel';
import { errorMessage } from '../../protocol/channel/wireError';
import type { WantedEdit } from '../../protocol/page/bulkEditProtocol';
import { gridParams, webviewEvents } from '../../protocol/page/gridChecks';
import type {
  GridEvents,
  GridSettings,
  GridSnapshot,
  HostRequests,
  PageStart,
  PageState,
  TypedText,
  WebviewEvents,
} from '../../protocol/page/gridProtocol';
import type { ReviewSummary } from '../../protocol/page/reviewProtocol';
import type { TrialSummary } from '../../protocol/page/trialProtocol';
import { originHandlers } from '../origins/originHandlers';
import type { Origins } from '../origins/Origins';
import type { SavedSearches } from '../search/SavedSearches';
import { searchHandlers, searchView } from '../search/searchHandlers';
import { autoSaveDelay } from '../settings/settings';
import { Disposable } from '../shared/Disposable';
import { fileVersion } from '../shared/fileVersion';
import { suggestHandlers, type TagSuggestions } from '../suggestions/TagSuggestions';
import type { Captioners } from '../captioners/Captioners';
import type { Taggers } from '../taggers/Taggers';
import { DeferredEvents } from './DeferredEvents';
import { gridHtml, webviewPort } from './gridPage';
import { inEditOrder } from './inEditOrder';
import type { LeftOut } from './LeftOut';
import { RefusedTexts } from './RefusedTexts';

/** Snapshots are throttled to one per this many milliseconds. */
const snapshotInterval = 100;
/** Delay before the page is made, in milliseconds, so that the answer to VS Code is sent first. */
const pageDelay = 5;
/** How many cards are sent to a new page, which has not said how large it is. */
const cardsSent = 48;
/** A caption counts as committed after this pause even if captions are not saved automatically, in milliseconds. */
const commitPause = 1000;

/** How a page is told to show what a job would do. */
const previewWanted: WantedEdit = { scope: 'all', form: { operation: 'captionPreview' } };

type GridChannel = Channel<HostRequests, Record<string, never>, WebviewEvents, GridEvents>;

/** What the grids of all datasets share. */
export interface GridServices {
  readonly jobs: CaptionJobs;
  readonly taggers: Taggers;
  readonly captioners: Captioners;
  readonly thumbnails: Thumbnails;
  readonly suggestions: TagSuggestions;
  readonly searches: SavedSearches;
  readonly leftOut: LeftOut;
  readonly origins: Origins;
}

/** The folders from which a page may load files. */
export interface PageFolders {
  /** the extension's own folder: `dist` contains the page's script and styles, `media` the icons */
  readonly extension: vscode.Uri;
  /** the folders that may contain thumbnails */
  readonly pictures: readonly vscode.Uri[];
}

/**
 * A grid in a webview: connects the {@link GridSession} with the page, answers the page's requests, and sends it a
 * throttled snapshot whenever the session changes.
 */
export class GridPanel extends Disposable implements PageControls {
  private readonly channel: GridChannel;
  /** events that wait until the page is ready for them */
  private readonly deferred = new DeferredEvents<GridEvents, 'openBulkEdit' | 'reveal'>((name, payload) => {
    this.channel.tell(name, payload);
  });
  private readonly comparison = new GridComparison(
    (image) => fileVersion(this.session.document.dataset.absolute(image)),
    (summary) => {
      this.channel.tell('openComparison', summary);
    },
  );
  private readonly review = new PageDialog<ShownReview, ReviewSummary>((summary) => {
    this.channel.tell('openReview', summary);
  });
  private readonly trial = new PageDialog<ShownTrial, TrialSummary>((summary) => {
    this.channel.tell('openTrial', summary);
  });
  private snapshotTimer: NodeJS.Timeout | undefined;
  /** the highest number of a search or order that the page has asked for */
  private asked = 0;
  /** the version of the snapshot that answered the last change of the selection */
  private answeredVersion = 0;
  private readonly refused = new RefusedTexts();
  /** by path of the caption file, the last draft that the page has not been told of */
  private readonly heardDrafts = new Map<string, GridEvents['drafts'][number]>();
  private draftsTimer: NodeJS.Timeout | undefined;
  private readonly uriOf = (file: vscode.Uri): vscode.Uri => this.panel.webview.asWebviewUri(file);
  private readonly views: ReturnType<typeof gridViewHandlers>;
  /** whether VS Code has the page, and whether the page knows what it shows first or has asked for it */
  private isMade = false;
  private isStarted = false;

  /** @param onInvalidMessage gets a sentence for the log when the page sends a malformed message */
  constructor(
    readonly session: GridSession,
    readonly memory: GridMemory,
    private readonly panel: vscode.WebviewPanel,
    private readonly services: GridServices,
    folders: PageFolders,
    onInvalidMessage: (problem: string) => void,
  ) {
    super();
    this.register(session);
    const { webview } = panel;
    const dist = vscode.Uri.joinPath(folders.extension, 'dist');
    webview.options = { enableScripts: true, localResourceRoots: [dist, ...folders.pictures] };
    this.views = gridViewHandlers(session, thumbnailAddresses(session, services.thumbnails, this.uriOf));
    this.channel = new Channel<HostRequests, Record<string, never>, WebviewEvents, GridEvents>(
      webviewPort(webview),
      this.requestHandlers(),
      this.eventHandlers(),
      { params: gridParams, results: {}, events: webviewEvents, onInvalid: onInvalidMessage },
    );
    // After the answer that VS Code waits for before it loads the frame of a webview: over a slow link, the page
    // arrives while that frame is loaded.
    const making = setTimeout(() => {
      webview.html = gridHtml({
        script: readFileSync(vscode.Uri.joinPath(dist, 'webview.js').fsPath, 'utf8'),
        source: webview.cspSource,
        language: vscode.env.language,
        translations: vscode.l10n.bundle ?? {},
      });
      this.isMade = true;
      void this.sendStart();
    }, pageDelay);
    this.watch();
    this.register({
      dispose: () => {
        clearTimeout(making);
        clearTimeout(this.snapshotTimer);
        clearTimeout(this.draftsTimer);
        this.channel.close();
      },
    });
  }

  /** Whether the tab is on screen. */
  get isVisible(): boolean {
    return this.panel.visible;
  }

  /** The editor group of the tab; undefined while it is hidden. */
  get viewColumn(): vscode.ViewColumn | undefined {
    return this.panel.viewColumn;
  }

  /** Brings the tab to the front of its group. */
  show(preserveFocus = false): void {
    this.panel.reveal(undefined, preserveFocus);
  }

  /** Puts the keyboard focus into the search box. */
  focusSearch(): void {
    // A command that was chosen in the command palette leaves the focus outside the webview.
    this.show();
    this.channel.tell('focusSearch', {});
  }

  returnFocus(): void {
    if (this.panel.active) this.show();
  }

  /** Whether the tab is in front, in the group of editors that is used. */
  get isActive(): boolean {
    return this.panel.active;
  }

  /** Shows what a job would do to captions. */
  showCaptionPreview(preview: CaptionPreview): void {
    this.session.captionPreview = preview;
    this.openBulkEdit(previewWanted);
  }

  openBulkEdit(wanted: WantedEdit): void {
    this.show();
    this.deferred.send('openBulkEdit', wanted);
  }

  /** Shows what differs between two states of all captions. */
  openComparison(comparison: OpenedComparison): void {
    this.show();
    this.comparison.open(comparison);
  }

  /** Shows the flagged answers of a job, one by one. */
  openReview(review: ShownReview): void {
    this.show();
    this.review.open(review);
  }

  /** Shows a captioner that is tried on a few images. */
  openTrial(trial: ShownTrial): void {
    this.show();
    this.trial.open(trial);
  }

  /**
   * Scrolls to an image and focuses it; clears the search if that hides the image.
   * @param path relative to the dataset
   * @throws GridError `NOT_IN_DATASET`
   */
  async reveal(path: string): Promise<void> {
    const { document, view } = this.session;
    await document.whenLoaded();
    this.session.image(path);
    if (view.indexOf(path) === undefined) await view.setQuery('');
    this.show();
    this.deferred.send('reveal', { path });
  }

  /** Sends a snapshot after each change, and the settings of pictures when they change. */
  private watch(): void {
    const { session, services, panel } = this;
    const changed = (): void => {
      session.changed();
    };
    this.register({
      dispose: session.onDidChange(() => {
        this.scheduleSnapshot();
      }),
    });
    this.register(services.searches.onDidChange(changed));
    this.register(services.taggers.onDidChange(changed));
    this.register(services.captioners.onDidChange(changed));
    this.register(
      services.jobs.onDidChange((document) => {
        if (document === session.document) changed();
      }),
    );
    this.register(
      panel.onDidChangeViewState(() => {
        // VS Code discards a hidden webview; when the tab is shown again, a new page asks for everything.
        if (!panel.visible) this.pageGone();
        changed();
      }),
    );
    this.register(
      onPictureSettings(() => {
        this.channel.tell('pictureSettings', pictureSettings());
      }),
    );
  }

  private pageGone(): void {
    this.deferred.pageGone();
    this.comparison.pageGone();
    this.review.pageGone();
    this.trial.pageGone();
  }

  private requestHandlers(): RequestHandlers<HostRequests> {
    const { session, services, uriOf, views } = this;
    const { view } = session;
    const { order } = session.document;
    return {
      ready: ({ place, cards }, signal) => {
        this.pageGone();
        this.isStarted = true;
        return this.start(place, cards, signal);
      },
      wantedEdit: () => {
        const wanted = this.deferred.collect('openBulkEdit');
        // A page that VS Code discarded while it was hidden has not shown it to its end.
        return wanted ?? (session.captionPreview === undefined ? null : previewWanted);
      },
      wantedImage: () => this.deferred.collect('reveal') ?? null,
      setQuery: async ({ query, number }) => {
        this.asked = number;
        await view.setQuery(query);
        return { snapshot: this.snapshot() };
      },
      setSort: async ({ sort, number }) => {
        this.asked = number;
        await view.setSort(sort);
        return { snapshot: this.snapshot() };
      },
      select: async ({ command }) => {
        await session.selectFound(command);
        this.answeredVersion = session.version;
        return { snapshot: this.snapshot() };
      },
      selectTagger: async () => {
        await vscode.commands.executeCommand('datasetCaptions.selectTagger');
        return undefined;
      },
      showLeftOut: async () => {
        await services.leftOut.open(session.document);
        return undefined;
      },
      ...this.comparison.handlers(),
      reviewFlagged: async ({ job }) => {
        await vscode.commands.executeCommand('datasetCaptions.reviewFlagged', { id: job });
        return undefined;
      },
      dismissJob: ({ job }) => {
        services.jobs.dismiss(job);
        return undefined;
      },
      ...inEditOrder(
        order,
        reviewHandlers(this.review, () => this.panel.active),
        ['takeAnswer', 'discardAnswer', 'takeBackAnswer'],
      ),
      ...trialHandlers(this.trial),
      ...views,
      ...captionHandlers(session, () => this.panel.active),
      ...inEditOrder(order, connectionHandlers(session)),
      ...inEditOrder(order, jobHandlers(session, services.jobs)),
      ...searchHandlers(session, services.searches, services.origins),
      ...originHandlers(session.document.dataset, services.origins),
      ...suggestHandlers(session.document, services.suggestions),
      ...inEditOrder(order, bulkEditHandlers(session, services.jobs, this), [
        'copyCaption',
        'pasteCaption',
        'applyPlan',
      ]),
      ...pictureHandlers(session, services.thumbnails, uriOf),
    };
  }

  private eventHandlers(): EventHandlers<WebviewEvents> {
    const { session, memory } = this;
    const { order } = session.document;
    return {
      identify: ({ viewId }) => {
        memory.identify(viewId);
      },
      remember: ({ page }) => {
        memory.keepPage(page);
      },
      draft: (draft) => {
        void order.run(() => {
          this.draft(draft);
        });
      },
      typedAhead: (typing) => {
        void order.run(() => {
          try {
            session.document.commit();
            session.typedAhead(typing);
            session.document.commit();
          } catch (thrown) {
            void this.refused.offer(typing.path ?? vscode.l10n.t('Image'), errorMessage(thrown), () => typing.text);
          }
        });
      },
      commit: () => {
        void order.run(() => {
          session.document.commit();
        });
      },
      focus: ({ path }) => {
        session.focusedPath = path;
      },
    };
  }

  private draft(typed: TypedText): void {
    const { captionPath, text, draft } = typed;
    let isRefused = false;
    try {
      this.session.draft(typed);
      this.refused.accepted(captionPath);
    } catch (thrown) {
      isRefused = true;
      this.refused.refused(typed, text, errorMessage(thrown));
    }
    this.heardDrafts.set(captionPath, { captionPath, draft, isRefused });
    this.draftsTimer ??= setTimeout(() => {
      this.draftsTimer = undefined;
      this.channel.tell('drafts', [...this.heardDrafts.values()]);
      this.heardDrafts.clear();
    }, snapshotInterval);
  }

  /** What a page shows first. @param place null for what the page is remembered to have shown */
  private async start(place: PageState | null, cards: number, signal: AbortSignal): Promise<PageStart> {
    const page = await this.memory.restored();
    const around = { ...aroundPlace(place ?? page), before: cards, after: cards, find: [], places: [] };
    const first = this.session.view.images.length === 0 ? null : await this.views.getItemsAround(around, signal);
    const { isUnedited } = this.session.document;
    return { snapshot: this.snapshot(), settings: this.settings(), page, first, isUnedited };
  }

  /** Sends a new page what it shows first, as soon as there are images and unless it has asked before. */
  private async sendStart(): Promise<void> {
    const isEmpty = this.session.view.images.length === 0;
    if (!this.isMade || this.isStarted || isEmpty || this.memory.isInherited) return;
    this.isStarted = true;
    // If this fails, the page requests it, and gets the error.
    const start = await this.start(null, cardsSent, new AbortController().signal).catch(() => undefined);
    if (start !== undefined) this.channel.tell('start', start);
  }

  private settings(): GridSettings {
    return { commitDelay: autoSaveDelay() || commitPause, pictures: pictureSettings(), captionKind: captionKind() };
  }

  private scheduleSnapshot(): void {
    if (this.snapshotTimer !== undefined || !this.panel.visible || this.isDisposed) return;
    this.snapshotTimer = setTimeout(() => {
      this.snapshotTimer = undefined;
      // If only the selection changed, the page already has this snapshot from the response to `select`.
      if (this.isDisposed || this.session.version === this.answeredVersion) return;
      this.channel.tell('snapshot', this.snapshot());
      void this.sendStart();
    }, snapshotInterval);
  }

  private snapshot(): GridSnapshot {
    const { session, services } = this;
    const { document, view, selection } = session;
    const { images, empty, unsaved, conflicts, failed } = document.dataset.counts;
    return {
      state: document.loadState,
      message: document.loadMessage,
      folderName: document.name,
      folderPath: document.uri.fsPath,
      version: session.version,
      total: images,
      severalFolders: session.hasFolders,
      matching: view.images.length,
      empty,
      unsaved: unsaved + document.waitingEdits,
      conflicts,
      unsavedFailures: failed,
      leftOut: document.dataset.leftOut,
      saving: document.dataset.saving,
      query: view.query,
      search: searchView(view, services.searches),
      sort: view.sort,
      asked: this.asked,
      order: view.order,
      selected: { count: selection.count, hidden: selection.hiddenFrom(view.images) },
      tagger: services.captioners.name ?? services.taggers.displayName(),
      isCaptioner: services.captioners.name !== undefined,
      jobs: services.jobs.viewsOf(document),
      foreignEdits: document.changesBesides(session),
    };
  }
}

/** The place that a page says it shows first. */
function aroundPlace({ path, index }: PageState): { paths: string[]; index: number } {
  return {
    paths: typeof path === 'string' && path !== '' ? [path] : [],
    index: typeof index === 'number' ? index : 0,
  };
}
