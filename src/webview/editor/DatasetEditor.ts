import * as l10n from '@vscode/l10n';
import { provide } from '@lit/context';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import { keyed } from 'lit/directives/keyed.js';
import type { WantedEdit } from '../../protocol/page/bulkEditProtocol';
import type { ComparisonSummary } from '../../protocol/page/comparisonProtocol';
import type { KeptTyping } from '../../protocol/page/connectionProtocol';
import type { GridEvents, GridSnapshot, HostRequests, JobView } from '../../protocol/page/gridProtocol';
import type { ImageSort } from '../../protocol/page/imageSort';
import type { PictureSettings } from '../../protocol/page/pictureProtocol';
import type { ReviewSummary } from '../../protocol/page/reviewProtocol';
import type { TrialSummary } from '../../protocol/page/trialProtocol';
import { errorMessage } from '../../protocol/channel/wireError';
import { readCaptionsAs } from '../../tags/captionKind';
import { joinTyping } from '../../tags/joinTyping';
import type { BulkEditDialog } from '../bulkEdit/BulkEditDialog';
import '../bulkEdit/BulkEditDialog';
import type { ComparisonDialog } from '../bulkEdit/ComparisonDialog';
import '../bulkEdit/ComparisonDialog';
import { listenForCardActions } from '../card/cardActions';
import { Drafts } from '../card/Drafts';
import { HeldTyping } from '../card/HeldTyping';
import { OriginMarks } from '../card/OriginMarks';
import { type CardContext, cardContext } from '../card/ImageCard';
import { FirstCards } from '../grid/FirstCards';
import { cardsAround, layOut } from '../grid/gridLayout';
import type { ImageArea } from '../grid/ImageArea';
import '../grid/ImageArea';
import type { ImageGrid } from '../grid/ImageGrid';
import { ItemWindow } from '../grid/ItemWindow';
import { jobAnnouncement } from '../jobList/JobList';
import '../notices/OverlayStack';
import { ImageQueue } from '../pictures/ImageQueue';
import { pictureSource } from '../pictures/pictureSource';
import type { ReviewDialog } from '../review/ReviewDialog';
import '../review/ReviewDialog';
import { AskedView } from '../search/AskedView';
import { searchAnnouncement } from '../search/SearchStatus';
import { actionsContext, type EditorActions } from '../shared/actions';
import { type HostChannel, hostContext } from '../shared/host';
import { plural } from '../shared/displayLanguage';
import { errorIcon, warningIcon } from '../shared/icons';
import { refused } from '../shared/refused';
import { say } from '../shared/say';
import { sharedStyles } from '../shared/shared.css';
import { TypingRuns } from '../undo/TypingRuns';
import { type ViewChoices, viewChoicesContext } from '../shared/viewChoices';
import type { SuggestionPopup } from '../suggestions/SuggestionPopup';
import '../suggestions/SuggestionPopup';
import { suggestionStyles } from '../suggestions/suggestions.css';
import type { TrialDialog } from '../trial/TrialDialog';
import '../trial/TrialDialog';
import type { DatasetToolbar } from '../toolbar/DatasetToolbar';
import '../toolbar/DatasetToolbar';
import '../toolbar/SelectionBar';
import type { ImageViewer, ViewerClosed } from '../viewer/ImageViewer';
import '../viewer/ImageViewer';
import { cardCommands } from './cardCommands';
import { DeleteQuestion } from './DeleteQuestion';
import { editorActions } from './editorActions';
import { editorStyles } from './editor.css';
import { focusedCard } from './focusedCard';
import { Heartbeat } from './Heartbeat';
import { listenForHistoryKeys } from './historyKeys';
import { HostConnection } from './HostConnection';
import { KeptDrafts } from './KeptDrafts';
import { listenForPageKeys } from './PageKeys';
import './PageNotice';
import { revealImage } from './revealImage';
import { scanningPage, standInPage } from './standInPage';
import { isNewView, type ViewState, viewStateOf, type ViewStateStore } from './viewState';

/** Debounce of storing the view state after a change, in milliseconds. */
const storeDelay = 200;
/** Debounce of storing what was typed and is not confirmed, in milliseconds. */
const keepDelay = 250;

/**
 * The whole page: toolbar, grid and the notices over it, or a message why there is no grid. It provides the contexts
 * that its components share: the host, the user's actions, the view choices, and what all cards share.
 */
@customElement('dataset-editor')
export class DatasetEditor extends LitElement {
  static override styles = [sharedStyles, editorStyles, suggestionStyles];

  @state() private snapshot: GridSnapshot | undefined;
  @provide({ context: viewChoicesContext }) @state() view: ViewState = viewStateOf({});
  /** the message about a failed user action; undefined for none */
  @state() private problem: string | undefined;
  @state() private announcement = '';
  /** the host has not answered for some seconds */
  @state() private isLost = false;
  /** height at the lower end of the page that bars and notices lie over, in CSS pixels */
  @state() private covered = 0;

  @query('image-area') private readonly area!: ImageArea | null;
  @query('image-grid') private readonly grid!: ImageGrid | null;
  @query('image-viewer') private readonly viewer!: ImageViewer | null;
  @query('bulk-edit-dialog') private readonly bulkEdit!: BulkEditDialog | null;
  @query('comparison-dialog') private readonly comparison!: ComparisonDialog | null;
  @query('review-dialog') private readonly review!: ReviewDialog | null;
  @query('trial-dialog') private readonly trial!: TrialDialog | null;
  @query('dataset-toolbar') private readonly toolbar!: DatasetToolbar | null;
  @query('suggestion-popup') private readonly suggestions!: SuggestionPopup | null;

  private store: ViewStateStore | undefined;
  private commitDelay = 1000;
  /** the search and the order that the page asked for last */
  private readonly asked = new AskedView();
  /** number of keys and presses */
  private acted = 0;
  /** an edit that was to be opened when the user had begun with something else */
  private postponed: WantedEdit | undefined;
  private storing: ReturnType<typeof setTimeout> | undefined;
  private keeping: ReturnType<typeof setTimeout> | undefined;

  @provide({ context: hostContext })
  readonly host = new HostConnection({
    showSnapshot: (snapshot) => {
      this.showSnapshot(snapshot);
    },
    showProblem: (problem) => {
      this.problem = problem;
    },
    heard: () => {
      this.heartbeat.heard();
    },
    draftSent: (draft) => {
      this.kept.sent(draft);
      this.heartbeat.look();
    },
    itemsCame: (items) => {
      for (const { captionPath, draft } of items) this.kept.confirmed(captionPath, draft);
    },
  });
  private readonly kept = new KeptDrafts(() => {
    this.keptChanged();
  });
  private readonly heartbeat = new Heartbeat({
    // The answer is heard as any other; a failure is one, too.
    ping: () => void this.host.request('ping', {}).catch(() => undefined),
    isWaiting: () => this.host.isWaiting || this.kept.count > 0,
    changed: (isLost) => {
      this.isLost = isLost;
      if (isLost) this.announcement = connectionText(this.unsaved);
    },
  });
  private readonly deleteQuestion = new DeleteQuestion(this.host, { say, refused });
  private readonly drafts = new Drafts({
    post: (name, payload) => {
      this.host.post(name, payload);
    },
    replay: (direction, params) => this.host.tryRequest(direction, params),
    commitDelay: () => this.commitDelay,
    committed: (captionPath) => {
      this.grid?.committed(captionPath);
      this.viewer?.committed(captionPath);
    },
    changed: (captionPath) => {
      this.grid?.captionChanged(captionPath);
      this.viewer?.captionChanged(captionPath);
    },
    mayHold: (path, text) => {
      const item = this.items.at(this.items.indexOf(path) ?? -1);
      return item === undefined || (item.text === text && item.save.state !== 'conflict');
    },
  });
  private readonly held = new HeldTyping(
    () => {
      this.settleHeld();
    },
    () => {
      this.keptChanged();
    },
  );
  private readonly origins = new OriginMarks({
    // Nothing is shown where that fails: marks are not what anybody waits for.
    ask: (paths) => this.host.request('getMarks', { paths }).catch(() => undefined),
    changed: (captionPath) => {
      this.grid?.captionChanged(captionPath);
      this.viewer?.captionChanged(captionPath);
    },
  });
  private readonly images = new ImageQueue(
    pictureSource({
      host: this.host,
      pictureBox: (path) => this.grid?.pictureBox(path),
      changed: ({ path }) => {
        this.grid?.updateCard(path);
        this.viewer?.pictureChanged();
      },
    }),
  );
  private readonly items = new ItemWindow(
    (start, count) => this.timed(() => this.host.request('getItems', { start, count })),
    () => {
      this.cardsChanged();
    },
    (error) => {
      this.problem = l10n.t('The images could not be listed: {0}', errorMessage(error));
    },
  );
  private readonly firstCards = new FirstCards();
  @provide({ context: actionsContext })
  readonly actions: EditorActions = editorActions({
    host: this.host,
    query: () => this.asked.query,
    search: (text) => this.search(text),
    setSort: (sort) => void this.sort(sort),
    show: (choices) => {
      this.show(choices);
    },
    openBulkEdit: (wanted) => {
      this.openBulkEdit(wanted);
    },
    announce: (text) => {
      this.announcement = text;
    },
    askToDelete: (target) => void this.deleteQuestion.ask(target),
    commitAll: () => {
      this.drafts.commitAll();
    },
    forgetHistory: () => {
      this.drafts.forgetHistory();
    },
    focusedImage: (path) => {
      // Nothing on the page shows it, as with the position.
      Object.assign(this.view, { focused: path });
      this.storeViewSoon();
    },
  });
  @provide({ context: cardContext })
  cards: CardContext = {
    captionMode: this.view.captionMode,
    drafts: this.drafts,
    held: this.held,
    origins: this.origins,
    images: this.images,
    actions: this.actions,
    suggestIn: (field, options) => this.suggestions?.attach(field, options),
    leave: (path, target) => {
      if (target !== 'cell') this.host.command('save', {});
      this.grid?.leave(path, target);
    },
  };

  constructor() {
    super();
    this.items.use(this.held);
    this.items.use({
      spans: (order) => this.viewer?.model.spans(order) ?? [],
      paths: () => this.viewer?.model.paths() ?? [],
      places: () => this.viewer?.model.places() ?? [],
    });
  }

  /**
   * Connects to the host and shows its snapshot.
   * @param giveFocus gives the focus to what had it in an earlier page, as soon as this one has it
   */
  async connect(
    channel: HostChannel,
    store: ViewStateStore,
    giveFocus: (element: HTMLElement) => void = () => undefined,
  ): Promise<void> {
    this.host.open(channel);
    this.store = store;
    const remembered = store.read();
    this.setView(viewStateOf(remembered));
    // Before the keys of the page, which go no further.
    for (const type of ['keydown', 'pointerdown', 'wheel'] as const) {
      window.addEventListener(type, this.onAction, { capture: true, passive: true });
    }
    this.listenForKeys();
    TypingRuns.listen(document);
    listenForHistoryKeys(document, {
      undo: () => void this.drafts.replay('undo'),
      redo: () => void this.drafts.replay('redo'),
      save: this.actions.save,
    });
    document.addEventListener('visibilitychange', this.onHide);
    window.addEventListener('pagehide', this.onHide);
    window.addEventListener('resize', () => {
      this.images.resized();
    });
    try {
      const asked = this.timed(() => this.host.request('ready', this.startPlace(remembered)));
      const { snapshot, settings, page, first, isUnedited } = await this.host.started(asked);
      if (isUnedited) this.drafts.beginUnedited();
      this.heartbeat.start();
      await this.resumeDrafts(store.readDrafts());
      // A page without stored state belongs to a new tab, which starts with the view of the tab that it was split from.
      if (isNewView(remembered)) this.setView(viewStateOf(page));
      this.commitDelay = settings.commitDelay;
      readCaptionsAs(settings.captionKind ?? 'auto');
      this.images.configure(settings.pictures);
      const wanted = remembered.query;
      this.asked.shownAfter(snapshot, undefined);
      // A query that the host already has is newer than the stored one: it may come from the tag view.
      if (wanted !== undefined && wanted !== '' && snapshot.query === '') await this.search(wanted, false);
      // After the search: the stored position is an index among the images that match it.
      if (this.snapshot === undefined) {
        if (first !== null) this.firstCards.keep(this.view, first);
        this.host.onSnapshot(snapshot);
      }
      const [edit, comparison, review, trial, image] = await Promise.all([
        this.host.request('wantedEdit', {}),
        this.host.request('wantedComparison', {}),
        this.host.request('wantedReview', {}),
        this.host.request('wantedTrial', {}),
        this.host.request('wantedImage', {}),
      ]);
      await this.updateComplete;
      // A user who has begun with something else goes on with it: the keys must not end up in a dialog.
      if (edit !== null && this.acted === 0) this.openBulkEdit(edit);
      else if (edit !== null) this.postpone(edit);
      if (comparison !== null && this.acted === 0) this.openComparison(comparison);
      // It would come again with the next page.
      else if (comparison !== null) this.host.command('dropComparison', { id: comparison.id });
      if (review !== null && this.acted === 0) this.openReview(review);
      else if (review !== null) this.host.command('dropReview', { id: review.id });
      if (trial !== null && this.acted === 0) this.openTrial(trial);
      else if (trial !== null) this.host.command('dropTrial', { id: trial.id });
      if (image !== null) await this.reveal(image.path, 0);
      else if (!isNewView(remembered)) await this.returnToCard(giveFocus);
    } catch (error) {
      this.problem = l10n.t('The dataset could not be opened: {0}', errorMessage(error));
    }
  }

  /** Parameters of the first request, so that its answer has the cards of the place that is shown first. */
  private startPlace(remembered: Partial<ViewState>): Parameters<HostRequests['ready']>[0] {
    const { path, index, layout, cardSize } = this.view;
    const { innerWidth, innerHeight } = window;
    const cells = layOut(Infinity, innerWidth, { mode: layout, size: cardSize }, innerHeight);
    return { place: isNewView(remembered) ? null : { path, index }, cards: cardsAround(innerHeight, cells) };
  }

  /** Asks the host, and tells the queue of pictures how far away it is. */
  private async timed<T>(ask: () => Promise<T>): Promise<T> {
    const begun = performance.now();
    const answer = await ask();
    this.images.answered(performance.now() - begun);
    return answer;
  }

  /** The host says which drafts it has taken in, and which it has refused. */
  draftsHeard(drafts: GridEvents['drafts']): void {
    for (const { captionPath, draft, isRefused } of drafts) {
      this.kept.confirmed(captionPath, draft);
      if (isRefused) this.drafts.refused(captionPath, draft);
    }
  }

  /** Applies the settings for loading pictures. */
  configurePictures(settings: PictureSettings): void {
    this.images.configure(settings);
  }

  /** Opens the dialog for bulk edits. */
  openBulkEdit(wanted: WantedEdit): void {
    if ((this.snapshot?.total ?? 0) === 0) {
      refused(l10n.t('There are no captions to edit: no images are shown.'));
      return;
    }
    // Pending typing must be part of the captions that are edited.
    this.drafts.commitAll();
    this.postponed = undefined;
    void this.bulkEdit?.open(wanted);
  }

  /** Shows what differs between two states of all captions. */
  openComparison(comparison: ComparisonSummary): void {
    void this.comparison?.open(comparison);
  }

  /** Goes through the flagged answers of a job. */
  openReview(review: ReviewSummary): void {
    this.drafts.commitAll();
    void this.review?.open(review);
  }

  /** Tries a captioner on a few images. */
  openTrial(trial: TrialSummary): void {
    this.drafts.commitAll();
    void this.trial?.open(trial);
  }

  /** Keeps an edit for when the user opens the dialog. */
  private postpone(edit: WantedEdit): void {
    this.postponed = edit;
    say(l10n.t('Press Ctrl+H to go on with the edit of the captions.'));
  }

  /**
   * Scrolls to an image and focuses it, if it matches the search.
   * @param acted the number of {@link acted} when it was asked for: after that, the focus stays where the user is
   */
  async reveal(path: string, acted = this.acted): Promise<void> {
    const grid = () => this.updateComplete.then(() => this.grid);
    const hasActed = (): boolean => this.acted > acted;
    await revealImage({ locate: () => this.host.tryRequest('locate', { path }), items: this.items, grid, hasActed });
  }

  /** Gives the focus back to the card that had it, where nothing else has it by now. */
  private async returnToCard(giveFocus: (card: HTMLElement) => void): Promise<void> {
    const { acted } = this;
    const hasActed = (): boolean => this.acted > acted || document.activeElement !== document.body;
    const card = await focusedCard(this.view.focused, { grid: () => this.grid, hasActed });
    if (card !== undefined) giveFocus(card);
  }

  /** A dialog was closed: one that a command of VS Code opened found the focus on nothing, and leaves it there. */
  private readonly onDialogClosed = (): void => {
    // The focus leaves the dialog when the page is drawn without it.
    requestAnimationFrame(() => {
      requestAnimationFrame(() => {
        void this.returnToCard((card) => {
          card.focus({ preventScroll: true });
        });
      });
    });
  };

  /** Focuses the search box, and closes the viewer, which would be in front of it. */
  focusSearch(): void {
    if (this.toolbar === null) {
      refused(l10n.t('There is nothing to search: no images are shown.'));
      return;
    }
    this.viewer?.close();
    // A cell or caption that is still to get the focus would take it from the box.
    this.grid?.model.goalReached();
    this.toolbar.focusSearch();
  }

  private listenForKeys(): void {
    listenForPageKeys({
      focusSearch: () => {
        this.focusSearch();
      },
      openBulkEdit: () => {
        this.openBulkEdit(this.postponed ?? { form: {} });
      },
      isInDialog: () =>
        [this.bulkEdit, this.comparison, this.review, this.trial].some((dialog) => dialog?.isShown === true),
      isAsking: () => this.deleteQuestion.isAsking,
      withdraw: () => {
        this.deleteQuestion.withdraw();
      },
    });
    const { host, drafts, actions, selectedCount } = this;
    listenForCardActions(this, cardCommands({ host, drafts, actions, selectedCount }));
  }

  private readonly selectedCount = (): number => this.grid?.model.selector.count ?? this.snapshot?.selected.count ?? 0;

  protected override updated(changed: PropertyValues): void {
    const title = this.snapshot?.folderName ?? '';
    // Only if it differs: setting the title removes a node, which would end Chromium's undo step of typing.
    if (changed.has('snapshot') && document.title !== title) document.title = title;
  }

  protected override render(): TemplateResult {
    const { snapshot } = this;
    if (snapshot === undefined) {
      if (this.problem === undefined) return scanningPage(l10n.t('Opening…'));
      return html`<div class="page">${this.renderProblem()}</div>`;
    }
    const isUnreadable = snapshot.state === 'missing' || snapshot.state === 'error';
    return html`
      ${
        isUnreadable || snapshot.total === 0
          ? nothing
          : html`<dataset-toolbar
              .snapshot=${snapshot}
              .query=${this.asked.query}
              .sort=${this.asked.sort}
              .unheard=${this.isLost ? this.unsaved : 0}
              @click=${this.afterControl}
            ></dataset-toolbar>`
      }
      <overlay-stack @covers=${this.onCovers} @click=${this.afterControl} @focusout=${this.afterControl}>
        <job-list .jobs=${snapshot.jobs}></job-list>
        <selection-bar .snapshot=${snapshot}></selection-bar>
        ${this.renderNotSaved(snapshot)} ${this.renderProblem()} ${this.renderLeftOver()}
        <div class="notice connection" ?hidden=${!this.isLost}>
          <span class="warning">${warningIcon}</span>
          <span class="notice-text">${connectionText(this.unsaved)}</span>
        </div>
      </overlay-stack>
      ${this.renderMain(snapshot)}
      <image-viewer
        .images=${this.images}
        .snapshot=${snapshot}
        .cards=${this.items}
        @viewer-closed=${this.onViewerClosed}
        @results-awaited=${this.onViewerAwaitsResults}
      ></image-viewer>
      <bulk-edit-dialog
        .snapshot=${snapshot}
        .selected=${this.selectedCount}
        @closed=${this.onDialogClosed}
      ></bulk-edit-dialog>
      <comparison-dialog @closed=${this.onDialogClosed}></comparison-dialog>
      <review-dialog @closed=${this.onDialogClosed}></review-dialog>
      <trial-dialog @closed=${this.onDialogClosed}></trial-dialog>
      <div class="hidden-text" aria-live="polite">${this.announcement}</div>
      <page-notice aria-live="polite"></page-notice>
      <suggestion-popup></suggestion-popup>
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
      .place=${this.view}
      .items=${this.items}
      .covered=${this.covered}
      .first=${this.firstCards}
      @place-changed=${this.onPlaceChanged}
      @open-viewer=${this.onOpenViewer}
    ></image-area>`;
  }

  /** Captions that could not be written, and a way to try it again. */
  private renderNotSaved({ unsavedFailures }: GridSnapshot): TemplateResult {
    return html`<div class="notice not-saved" ?hidden=${unsavedFailures === 0}>
      <span class="error">${errorIcon}</span>
      <span class="notice-text"
        >${plural(l10n.t('{0} caption could not be saved|{0} captions could not be saved'), unsavedFailures)}</span
      >
      <button class="link" @click=${this.actions.save}>${l10n.t('Retry Saving')}</button>
    </div>`;
  }

  /** Typed text that could not be added to its caption: shown until the user has seen it. */
  private renderLeftOver(): TemplateResult | typeof nothing {
    const [typing] = this.kept.leftOver;
    if (typing === undefined) return nothing;
    // Another element for each text: neither the focus nor a second press goes over to the next.
    return html`${keyed(
      typing,
      html`<div class="notice left-over" role="alert">
        <span class="warning">${warningIcon}</span>
        <span class="notice-text">${leftOverText(typing)} <q>${typing.text}</q></span>
        <button
          class="link"
          @click=${() => {
            this.kept.drop(typing);
            this.requestUpdate();
          }}
        >
          ${l10n.t('Dismiss')}
        </button>
      </div>`,
    )}`;
  }

  /** The message about a failed user action, shown until the user closes it. */
  private renderProblem(): TemplateResult | typeof nothing {
    if (this.problem === undefined) return nothing;
    return html`<div class="notice problem" role="alert">
      <span class="error">${errorIcon}</span><span class="notice-text">${this.problem}</span>
      <button
        class="link"
        data-press=${this.problem}
        @click=${() => {
          this.problem = undefined;
        }}
      >
        ${l10n.t('Dismiss')}
      </button>
    </div>`;
  }

  private showSnapshot(snapshot: GridSnapshot): void {
    if (isOtherRun(this.snapshot?.jobs ?? [], snapshot.jobs)) this.origins.expire();
    this.announcement = jobAnnouncement(this.snapshot?.jobs ?? [], snapshot.jobs) ?? this.announcement;
    this.snapshot = this.asked.shownAfter(snapshot, this.snapshot);
    this.drafts.noteForeignEdits(snapshot.foreignEdits);
    this.items.refresh(snapshot.version);
  }

  private show(choices: Partial<ViewChoices>): void {
    this.setView({ ...this.view, ...choices });
    this.images.resized();
    this.storeViewSoon();
  }

  private setView(view: ViewState): void {
    this.view = view;
    // A new object re-renders all cards, so it is only created when something differs.
    if (this.cards.captionMode === view.captionMode) return;
    this.cards = { ...this.cards, captionMode: view.captionMode };
  }

  private async search(text: string, toStart = true): Promise<void> {
    this.drafts.commitAll();
    const number = this.asked.search(text);
    this.requestUpdate();
    this.view = { ...this.view, query: text, ...(toStart ? { index: 0, path: '' } : {}) };
    this.storeViewSoon();
    try {
      const { snapshot } = await this.host.request('setQuery', { query: text, number });
      this.host.applySnapshot(snapshot);
      if (this.asked.isNewest(number)) this.announcement = searchAnnouncement(snapshot);
    } catch (error) {
      this.asked.failed(number);
      this.problem = l10n.t('The search failed: {0}', errorMessage(error));
    }
  }

  private async sort(sort: ImageSort): Promise<void> {
    const number = this.asked.order(sort);
    this.problem = undefined;
    this.requestUpdate();
    const answer = await this.host.tryRequest('setSort', { sort, number });
    if (answer === undefined) this.asked.failed(number);
    else this.host.applySnapshot(answer.snapshot);
  }

  private readonly onViewerAwaitsResults = ({ detail }: CustomEvent<{ results: Promise<void> }>): void => {
    const { area, viewer } = this;
    if (viewer === null) return;
    area?.waitForResults(viewer, detail.results, () => {
      viewer.focusPicture();
    });
  };

  private readonly onCovers = ({ detail: { height } }: CustomEvent<{ height: number }>): void => {
    this.covered = height;
  };

  /** A control may go away with what it does: then the keyboard goes on in the grid. */
  private readonly afterControl = (event: Event): void => {
    const [control] = event.composedPath();
    if (!(control instanceof HTMLElement || control instanceof SVGElement)) return;
    requestAnimationFrame(() => {
      requestAnimationFrame(() => {
        const isGone = !control.isConnected || !control.checkVisibility();
        if (isGone && document.activeElement === document.body) this.grid?.focusActive();
      });
    });
  };

  /** Cards came, or the order of the images changed. */
  private cardsChanged(): void {
    this.settleHeld();
    this.grid?.requestUpdate();
    this.viewer?.cardsChanged();
  }

  /** Adds what was typed into captions before they came, of those that have come. */
  private settleHeld(): void {
    const { arrived, lost } = this.held.settle(this.items);
    for (const typing of arrived) {
      const { item, isLeft } = typing;
      const shown = this.drafts.textOf(item);
      this.drafts.edit(item, joinTyping(shown, typing), shown);
      if (isLeft) this.drafts.commit(item.captionPath);
    }
    if (lost.length === 0) return;
    this.kept.leave([...this.kept.leftOver, ...lost]);
    this.requestUpdate();
  }

  private readonly onOpenViewer = (event: CustomEvent<{ index?: number; path?: string }>): void => {
    event.preventDefault();
    this.viewer?.show(event.detail.index, event.detail.path);
  };

  private readonly onViewerClosed = ({ detail: { index } }: ViewerClosed): void => {
    this.grid?.returnTo(index);
  };

  private readonly onPlaceChanged = (event: CustomEvent<{ index: number; path: string }>): void => {
    // Mutates the object: nothing on the page shows the position, so no update is needed.
    Object.assign(this.view, event.detail);
    this.storeViewSoon();
  };

  private readonly onAction = (event: Event): void => {
    if (event.type !== 'wheel') this.acted++;
    this.images.interrupt();
  };

  private readonly onHide = (event: Event): void => {
    if (event.type === 'visibilitychange' && document.visibilityState === 'visible') return;
    this.drafts.commitAll();
    if (this.storing !== undefined) this.store?.write(this.view);
    if (this.keeping !== undefined) this.keepDrafts();
    // It stays kept, because it may not arrive. A page that is only hidden goes on holding it.
    if (event.type === 'pagehide') for (const typing of this.held.takeAll()) this.host.post('typedAhead', typing);
  };

  /** Gives the host what an earlier page had typed when its connection went. Until then, no card is shown. */
  private async resumeDrafts(drafts: KeptTyping[]): Promise<void> {
    if (drafts.length === 0) return;
    // Kept until the host has answered: this page may go as well.
    this.kept.leave(drafts);
    const answer = await this.host.tryRequest('resumeDrafts', { drafts });
    if (answer === undefined) return;
    const { outcomes } = answer;
    this.kept.leave(drafts.filter((_, at) => outcomes[at] === 'refused'));
    if (outcomes.includes('conflict')) {
      this.announcement = l10n.t('A caption was changed while there was no connection: it is in conflict now.');
    }
    this.requestUpdate();
  }

  /** Number of captions with typing that the host has not confirmed. */
  private get unsaved(): number {
    return this.kept.count + this.held.waiting.length;
  }

  private keptChanged(): void {
    this.keepDraftsSoon();
    if (this.isLost) this.requestUpdate();
  }

  /** Debounced: each key changes what is kept. */
  private keepDraftsSoon(): void {
    this.keeping ??= setTimeout(() => {
      this.keepDrafts();
    }, keepDelay);
  }

  private keepDrafts(): void {
    clearTimeout(this.keeping);
    this.keeping = undefined;
    this.store?.writeDrafts([...this.kept.list, ...this.held.waiting]);
  }

  /** Debounced: while scrolling, the position changes with each frame. */
  private storeViewSoon(): void {
    clearTimeout(this.storing);
    this.storing = setTimeout(() => {
      this.storing = undefined;
      this.store?.write(this.view);
    }, storeDelay);
  }
}

/** Whether a job has begun or ended: then a preview may say something else about captions that did not change. */
function isOtherRun(before: readonly JobView[], now: readonly JobView[]): boolean {
  const running = (jobs: readonly JobView[]): string =>
    jobs.flatMap(({ id, state }) => (state === 'running' ? id : [])).join(' ');
  return running(before) !== running(now);
}

/** @param unsaved number of captions with typing that the host has not confirmed */
function connectionText(unsaved: number): string {
  if (unsaved === 0) return l10n.t('Not connected');
  return plural(l10n.t('Not connected; {0} caption not saved|Not connected; {0} captions not saved'), unsaved);
}

/** Why a text could not be put into its caption; the text follows. */
function leftOverText(typing: KeptTyping): string {
  const { path } = typing;
  if (path === null) return l10n.t('It is not known any more into which caption this was typed:');
  if ('place' in typing) return l10n.t('What you typed into the caption of {0} could not be added to it:', path);
  return l10n.t('The caption of {0} could not take in what you typed while there was no connection:', path);
}

declare global {
  interface HTMLElementTagNameMap {
    'dataset-editor': DatasetEditor;
  }
}
