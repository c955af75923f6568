import type { GridSnapshot, SelectCommand } from '../../protocol/page/gridProtocol';
import type { GridViewRequests, ItemsAround, PlaceInOrder } from '../../protocol/page/gridViewProtocol';
import type { WantedImage } from '../pictures/ImageQueue';
import { clamp } from '../shared/clamp';
import { cellsOf, type RenderedRow, type Span, withPinned } from '../virtualList/rowLayout';
import type { VirtualRows } from '../virtualList/VirtualRows';
import type { GridAction } from './gridKeys';
import { cardsAround, type CellShape, cellSizeOf, indexAfterKey } from './gridLayout';
import { GridSelector } from './GridSelector';
import type { ItemWindow, PlacedImage, Whereabouts } from './ItemWindow';

/**
 * How often in a row an answer is asked for anew because the user has gone to another image meanwhile, whose new
 * position it does not say.
 */
const maxRepeats = 3;
/** Maximum number of cells that stay in the document, wherever they are, because of unsaved typing in them. */
const maxPinnedDrafts = 15;

/** What the page wants the grid to show. */
export interface GridView {
  /** number of images that match the search, in the order {@link order} */
  count: number;
  /** the host's number of the current order; it grows with each change of the order */
  order: number;
  /** search and sort order: where this changes, the user asked for other images */
  viewKey: string;
  shape: CellShape;
  /** how many images the host says are selected */
  selectedCount: number;
  /** image to show first, and its position in case it is gone; later changes have no effect */
  startPath: string;
  startIndex: number;
  /** the cards that the host has sent */
  items: ItemWindow | undefined;
}

type AroundParams = Parameters<GridViewRequests['getItemsAround']>[0];

/** Asks the host for the images around a place; undefined where it could not answer. */
export type AskAround = (params: AroundParams) => Promise<ItemsAround | undefined>;

/** What the model asks of the page around it. */
export interface GridPort {
  around: AskAround;
  /** Sends a selection to the host; resolves with the snapshot after it, undefined where that failed. */
  select(command: SelectCommand): Promise<GridSnapshot | undefined>;
  /** the images with typing that the host has not confirmed, those typed in last at the end */
  draftPaths(): string[];
  /** whether the grid is still part of the page: else nothing is asked any more */
  isConnected(): boolean;
  /** Something changed: render the model again. */
  changed(): void;
}

/** The cell or caption that gets the keyboard focus as soon as it is rendered. */
export interface FocusGoal {
  index: number;
  part: 'cell' | 'caption';
}

/** A question for the place of what the user looks at, with what was known when it was asked. */
export interface PlaceQuestion {
  params: AroundParams;
  viewKey: string;
  /** there are no cards yet */
  isFirst: boolean;
  /** the user asked for another search or sort order, which is shown from its beginning */
  isNewView: boolean;
  /** the image of {@link GridView.startPath}, while it has not come */
  awaitedPath: string | undefined;
}

/**
 * The state of the image grid: which cell is active, where the focus is to go, what is selected, and which part of the
 * list is in view. It knows no DOM: the element reports events through its methods and renders it when it has changed.
 *
 * When the order of the images changes, the images in view keep their place: the model asks the host for their new
 * positions, and applies the cards of the new order and the scroll position in one step. Until then the old ones stay.
 */
export class GridModel {
  /** What is selected. */
  readonly selector: GridSelector;
  private view: GridView = {
    count: 0,
    order: 0,
    viewKey: '',
    shape: { mode: 'grid', size: 'medium' },
    selectedCount: 0,
    startPath: '',
    startIndex: 0,
    items: undefined,
  };
  private activeIndex = 0;
  private pathOfActive: string | undefined;
  /** whether the user went to the active cell; else it is only where Tab would lead */
  private isChosen = false;
  private focusGoal: FocusGoal | undefined;
  private isStarted = false;
  /** the questions for the place in a newer order, while they are asked */
  private catchingUp: Promise<void> | undefined;
  /** the {@link GridView.viewKey} of the cards that are shown */
  private shownKey: string | undefined;
  /** the start image while it has not come yet, and {@link VirtualRows.scrolls} when it was asked for */
  private awaited: { path: string; scrolls: number } | undefined;
  private jumped: { index: number; top: number } | undefined;

  constructor(
    readonly rows: VirtualRows,
    private readonly port: GridPort,
  ) {
    this.selector = new GridSelector({
      select: (command) => port.select(command),
      items: () => this.view.items,
      selectedCount: () => this.view.selectedCount,
      changed: () => {
        port.changed();
      },
    });
  }

  /** Position of the active cell: the one that Tab leads to and that keys act on. */
  get active(): number {
    return this.activeIndex;
  }

  /** The image of the active cell; undefined until its card is known. */
  get activePath(): string | undefined {
    return this.pathOfActive;
  }

  /** What gets the keyboard focus as soon as it is rendered. */
  get goal(): FocusGoal | undefined {
    return this.focusGoal;
  }

  /**
   * Whether the start image has not come yet, as while a folder is being read, and the user has not gone elsewhere.
   * Until it has come, what is in view is not the user's place and must not be remembered as such.
   */
  get isWaiting(): boolean {
    return this.awaited?.scrolls === this.rows.scrolls && !this.isChosen;
  }

  /** Index of the first image in view. */
  get firstIndex(): number {
    return Math.min(this.rows.firstIndex, Math.max(0, this.view.count - 1));
  }

  /** The image whose folder is named above the grid: the first one in view, or the one that was jumped to. */
  get headIndex(): number {
    return this.jumped?.top === this.rows.top ? this.jumped.index : this.firstIndex;
  }

  /** The rows near the viewport and, wherever they are, the cells that must stay in the document. */
  get renderedRows(): RenderedRow[] {
    const pinned = this.pinnedCells();
    if (this.focusGoal !== undefined) pinned.push(this.focusGoal.index);
    return withPinned(this.rows.layout, this.rows.near, pinned);
  }

  /** The pictures near the viewport, of the cards that are known; those nearest to its middle first. */
  get wantedImages(): WantedImage[] {
    const { layout, near, inView: rowsInView, top, viewport } = this.rows;
    const middle = top + viewport / 2;
    const wanted: { key: WantedImage; distance: number }[] = [];
    const cells = cellsOf(layout, near);
    const seen = cellsOf(layout, rowsInView);
    for (let index = cells.start; index < cells.end; index++) {
      const item = this.view.items?.at(index);
      if (item === undefined) continue;
      const { path, imageVersion, thumbnail } = item;
      const rowMiddle = this.rows.rowOf(index) * layout.rowHeight + layout.cellHeight / 2;
      const inView = index >= seen.start && index < seen.end;
      wanted.push({ key: { path, imageVersion, inView, thumbnail }, distance: Math.abs(rowMiddle - middle) });
    }
    wanted.sort((a, b) => a.distance - b.distance);
    return wanted.map(({ key }) => key);
  }

  /** The host or the user's view options changed. Asks for the place in a new order; see {@link applyItemsAround}. */
  applySnapshot(view: GridView): void {
    this.view = view;
    const { rows } = this;
    const { items, order, count, startIndex } = view;
    if (items === undefined) return;
    const hasCards = items.order > 0;
    const isCurrent = !hasCards || items.order === order;
    // The cards of an older order stay, and as many as they are, until those of the new one are there.
    rows.configure(isCurrent ? count : rows.layout.count, cellSizeOf(view.shape));
    if (rows.viewport === 0 || count === 0) return;
    if (!this.isStarted) {
      this.isStarted = true;
      this.activeIndex = Math.min(startIndex, count - 1);
      if (isCurrent) rows.scrollToIndex(this.activeIndex);
    }
    // The cards may also be newer than the snapshot.
    if (this.catchingUp === undefined && this.isBehind(items)) this.catchingUp = this.catchUp(items);
  }

  /** Resolves when the cards of the newest known order have come, or could not be loaded. */
  async whenCaughtUp(): Promise<void> {
    await this.catchingUp;
  }

  /** Cards came, or others are in view: keeps the active cell within the list and requests cards that are missing. */
  applyItems(): void {
    const { rows } = this;
    const { items } = this.view;
    const { layout, near, direction } = rows;
    this.activeIndex = clamp(this.activeIndex, 0, Math.max(0, layout.count - 1));
    this.pathOfActive = items?.at(this.activeIndex)?.path ?? this.pathOfActive;
    const cells = cellsOf(layout, near);
    const spans = [cells, ...this.pinnedSpans(cells)];
    this.selector.settle(items?.oldestVersion(spans) ?? 0);
    const ahead = near.end - near.start;
    const soon =
      direction > 0
        ? { start: near.end, end: Math.min(layout.rows, near.end + ahead) }
        : { start: Math.max(0, near.start - ahead), end: near.start };
    items?.need(
      spans.filter((span) => span.end > span.start),
      cellsOf(layout, soon),
    );
  }

  /** The host answered with the cards of its current order: shows them, the anchor where it was in the viewport. */
  applyItemsAround(question: PlaceQuestion, answer: ItemsAround): void {
    const { rows, selector } = this;
    const { items, startIndex, shape } = this.view;
    if (items === undefined) return;
    const { isFirst, isNewView, awaitedPath, params } = question;
    const { anchor, matching } = answer;
    const place = this.activePlace;
    const { originPath, originPlace } = selector;
    // Measured now, not when the question was asked: the user may have scrolled since.
    const before = anchor === null ? undefined : items.indexOf(anchor.path);
    const distance = before === undefined ? 0 : rows.distanceOf(before);
    items.replace(answer, whereaboutsOf(params, answer));
    const found = (path: string | undefined, at: PlaceInOrder | undefined): PlacedImage | undefined => {
      if (path !== undefined) return { path, index: items.placeOf(path) ?? null };
      return at === undefined ? undefined : (items.whereWas(at) ?? undefined);
    };
    const origin = found(originPath, originPlace);
    const isOriginListed = origin !== undefined && origin.index !== null;
    selector.orderChanged(isOriginListed ? { path: origin.path, index: origin.index ?? 0 } : undefined, items.order);
    this.shownKey = question.viewKey;
    rows.configure(matching, cellSizeOf(shape));
    const hasArrived = anchor !== null && anchor.path === awaitedPath && this.isWaiting;
    if (hasArrived || !this.isWaiting) this.awaited = undefined;
    if (hasArrived) rows.scrollToIndex(anchor.index);
    else if (anchor !== null) rows.scrollToDistance(anchor.index, distance);
    else if (isFirst) rows.scrollToIndex(Math.min(startIndex, matching - 1));
    else if (isNewView) rows.scrollToIndex(0);
    const active = found(this.pathOfActive, place);
    if (active !== undefined && active.index !== null) {
      this.activeIndex = active.index;
      this.pathOfActive = active.path;
    } else if (isFirst || hasArrived) this.activeIndex = anchor?.index ?? startIndex;
    else if (isNewView) this.activeIndex = 0;
    // Otherwise the active image is gone: the one that took its position becomes active.
    const isGone = active === undefined || active.index === null;
    if (isGone) this.pathOfActive = undefined;
    // What is typed into a caption must not go to another one.
    if (this.focusGoal !== undefined) {
      this.focusGoal = { index: this.activeIndex, part: isGone ? 'cell' : this.focusGoal.part };
    }
    this.port.changed();
  }

  /** Makes a cell active, scrolls it into view and moves the focus to it, or to its caption. */
  moveTo(index: number, part: FocusGoal['part']): void {
    this.focusGoal = { index, part };
    this.activate(index);
    this.rows.reveal(index);
    this.port.changed();
  }

  /** Puts the row of an image at the top and makes it the active one. */
  jumpTo(index: number, focus: boolean): void {
    this.rows.scrollToIndex(index);
    this.jumped = { index, top: this.rows.top };
    this.activate(index);
    if (focus) this.moveTo(index, 'cell');
    else this.port.changed();
  }

  /** Moves the focus to an image, as after the user looked at it elsewhere. */
  returnTo(index: number): void {
    const { count } = this.rows.layout;
    if (count > 0) this.moveTo(clamp(index, 0, count - 1), 'cell');
  }

  /**
   * The user leaves a caption: for its cell, or for the caption before or after it.
   * @param path undefined for the active image while its card has not come yet
   */
  leave(path: string | undefined, target: 'cell' | 'next' | 'previous'): void {
    const index = (path === undefined ? undefined : this.view.items?.indexOf(path)) ?? this.activeIndex;
    if (target === 'cell') {
      this.moveTo(index, 'cell');
      return;
    }
    const next = index + (target === 'next' ? 1 : -1);
    if (next >= 0 && next < this.rows.layout.count) this.moveTo(next, 'caption');
  }

  /** A navigation key was pressed on the active cell. */
  navigate({ key, ends, extend, keep }: Extract<GridAction, { kind: 'move' }>): void {
    const { activeIndex, selector } = this;
    const { layout, clear } = this.rows;
    const pageRows = Math.floor(clear / layout.rowHeight);
    const next = indexAfterKey(key, ends, activeIndex, layout, pageRows) ?? activeIndex;
    if (extend) selector.extend(activeIndex, next, keep);
    this.moveTo(next, 'cell');
  }

  /** The keyboard focus came to a card or to something in it. */
  focused(index: number, path: string | undefined): void {
    if (this.focusGoal !== undefined && this.focusGoal.index !== index) this.focusGoal = undefined;
    this.isChosen = true;
    if (index === this.activeIndex && path === this.pathOfActive) return;
    this.activeIndex = index;
    this.pathOfActive = path;
    this.port.changed();
  }

  /** The element has moved the focus to the {@link goal}. */
  goalReached(): void {
    this.focusGoal = undefined;
  }

  /** Where the user is, while it is not known which image is there. */
  private get activePlace(): PlaceInOrder | undefined {
    const { items } = this.view;
    if (!this.isChosen || this.pathOfActive !== undefined || items === undefined || items.order === 0) return undefined;
    return { order: items.order, index: this.activeIndex };
  }

  private activate(index: number): void {
    this.isChosen = true;
    this.activeIndex = index;
    this.pathOfActive = this.view.items?.at(index)?.path;
  }

  /** Cells that stay wherever they are: the active one with its focus, and those with typing that is not confirmed. */
  private pinnedCells(): number[] {
    const { items } = this.view;
    const drafts = this.port.draftPaths().slice(-maxPinnedDrafts);
    return [this.activeIndex, ...drafts.map((path) => items?.indexOf(path)).filter((index) => index !== undefined)];
  }

  /** The pinned cells outside of `cells`, one span each. */
  private pinnedSpans({ start, end }: Span): Span[] {
    return this.pinnedCells()
      .filter((index) => index < this.rows.layout.count && (index < start || index >= end))
      .map((index) => ({ start: index, end: index + 1 }));
  }

  /** Asks for the place until the cards are of the snapshot's order, one question at a time. */
  private async catchUp(items: ItemWindow): Promise<void> {
    try {
      let repeats = 0;
      while (this.port.isConnected() && this.isBehind(items)) {
        const question = this.placeQuestion(items);
        const answer = await this.port.around(question.params);
        if (answer === undefined) break;
        // The user has gone to another image meanwhile. Keys would act on what took its position: ask for it, too.
        if (++repeats <= maxRepeats && !this.isAnswered(items, question.params, answer)) continue;
        repeats = 0;
        this.applyItemsAround(question, answer);
      }
    } finally {
      this.catchingUp = undefined;
    }
  }

  /** Whether the cards are of an older order, or it is not known where something is that has to be found again. */
  private isBehind(items: ItemWindow): boolean {
    if (this.view.order > items.order) return true;
    const { paths, places } = items.watched;
    const isUnknown = (place: PlaceInOrder): boolean =>
      place.order !== items.order && items.whereWas(place) === undefined;
    return paths.some((path) => items.placeOf(path) === undefined) || places.some(isUnknown);
  }

  private placeQuestion(items: ItemWindow): PlaceQuestion {
    const { rows } = this;
    const { viewKey, startPath, startIndex } = this.view;
    const isFirst = items.order === 0;
    const isNewView = this.shownKey !== undefined && this.shownKey !== viewKey && !isFirst;
    const cards = cardsAround(rows.viewport, rows.layout);
    const { paths, places } = this.toFind(items);
    const find = [...paths, ...this.port.draftPaths()];
    // Another search or sort order is shown from its beginning, not from where the user was before.
    if (isNewView) this.awaited = undefined;
    if (isFirst && startPath !== '') this.awaited = { path: startPath, scrolls: rows.scrolls };
    const awaitedPath = this.isWaiting ? this.awaited?.path : undefined;
    return {
      params: {
        paths: [...(awaitedPath === undefined ? [] : [awaitedPath]), ...(isFirst ? [] : this.anchors(isNewView))],
        index: isFirst ? startIndex : isNewView ? 0 : this.firstIndex,
        before: cards,
        after: cards,
        find: [...new Set(find)],
        places,
      },
      viewKey,
      isFirst,
      isNewView,
      awaitedPath,
    };
  }

  /** The images that have to be found again in another order, and the places whose images are not known yet. */
  private toFind(items: ItemWindow): { paths: string[]; places: PlaceInOrder[] } {
    const { originPath, originPlace } = this.selector;
    const { paths, places } = items.watched;
    const own = [this.activePlace, originPlace];
    return {
      paths: [this.pathOfActive, originPath, ...paths].filter((path) => path !== undefined),
      places: [...own, ...places].flatMap((place) =>
        place === undefined ? [] : [{ order: place.order, index: place.index }],
      ),
    };
  }

  /** Whether an answer says where everything is that has to be found again by now. */
  private isAnswered(items: ItemWindow, { find, places }: AroundParams, answer: ItemsAround): boolean {
    const now = this.toFind(items);
    const isPlace = (wanted: PlaceInOrder): boolean =>
      places.some(({ order, index }) => order === wanted.order && index === wanted.index);
    return (
      now.paths.every((path) => find.includes(path) || answer.items.some((item) => item.path === path)) &&
      now.places.every(isPlace)
    );
  }

  /** Anchor candidates, best first: the active image if it is in view, then all others in view. */
  private anchors(isNewView: boolean): string[] {
    const { rows, activeIndex, pathOfActive } = this;
    const cells = cellsOf(rows.layout, rows.inView);
    const isActiveInView = activeIndex >= cells.start && activeIndex < cells.end;
    const paths = this.isChosen && isActiveInView && pathOfActive !== undefined ? [pathOfActive] : [];
    // A new view is shown from its beginning, unless the user is at an image.
    if (isNewView) return paths;
    for (let index = cells.start; index < cells.end; index++) {
      const item = this.view.items?.at(index);
      if (item !== undefined) paths.push(item.path);
    }
    return paths;
  }
}

/** What an answer says about the images and places that were asked for. */
function whereaboutsOf(params: AroundParams, answer: ItemsAround): Whereabouts {
  const paths = new Map<string, number | null>();
  params.find.forEach((path, at) => {
    const index = answer.found[at];
    if (index !== undefined) paths.set(path, index);
  });
  const places = params.places.map((place, at) => [place, answer.placed[at] ?? null] as const);
  return { paths, places };
}
