import type { Dataset } from '../Dataset';
import type { DatasetImage } from '../captions/DatasetImage';
import { firstFrom } from '../../base/firstFrom';
import { inSlices } from '../../base/inSlices';
import { compareNaturally } from '../../base/naturalOrder';
import { noop } from '../../base/noop';
import { OriginMatches, type AskOrigins } from './OriginMatches';
import { belongsBehind, orderImages, orderValue, sortNeeds } from './orderImages';
import type { ImageFact, ImageFacts } from '../ImageFacts';
import { parseQuery } from '../query/parseQuery';
import { queryMatcher, queryNeeds, type QueryContext, type QueryMatcher } from '../query/queryMatcher';
import type { QueryError, QueryNode } from '../query/QueryNode';
import type { ImageSort } from '../../protocol/page/imageSort';
import { mergedInto, positionsIn } from './viewOrder';

/** Progress of a search, in images. */
export interface SearchProgress {
  done: number;
  total: number;
}

/** The part of {@link ImageFacts} that searching and sorting need. */
export type FactSource = Pick<ImageFacts, 'get' | 'loadStats' | 'loadSizes'>;

/** Options of a view. */
export interface ImageViewOptions extends Partial<Omit<QueryContext, 'fact' | 'hasOrigin'>> {
  /** asks the records; without it, nothing is known of who wrote what, and no term for it matches */
  askOrigins?: AskOrigins;
  /** by default those of the dataset; tests pass their own */
  facts?: FactSource;
  /** throttle: delay between a change and the update of the view, which covers later changes too, in milliseconds */
  pause?: number;
}

const byName: ImageSort = { key: 'name', descending: false };
/** Throttle of merging added or removed images, and of counting stale results, in milliseconds. */
const mergeDelay = 250;
const staleDelay = 1000;
/** Progress is reported once for this many images. */
const progressStep = 8192;

/**
 * The images of a dataset that match a search, in a sort order: what one grid shows. Edits of captions do not update
 * it, because a card must not vanish or move under the cursor: {@link staleImages} counts what an update would change,
 * and {@link refresh} updates. Images that are added to the dataset or removed from it are added and removed here
 * automatically.
 */
export class ImageView {
  /**
   * the search that was set last; while it has an {@link error} or is cancelled, {@link images} are the results of an
   * earlier one
   */
  query = '';
  error: QueryError | undefined;
  sort: ImageSort = byName;
  /**
   * changes whenever {@link images} does; begins at the current time, so that it differs from those of earlier
   * sessions
   */
  order = Date.now();
  /** the sort order that {@link images} are in: while the first search in {@link sort} runs, still the one before */
  shownSort: ImageSort = byName;
  /** set while a search is running: {@link images} are still the old ones */
  searching: SearchProgress | undefined;
  /** number of images that would appear, disappear or move if the search ran again */
  staleImages = 0;
  /** the last search was cancelled */
  cancelled = false;

  /** the valid search that was set last, and the one that {@link images} are the result of */
  private wanted: QueryNode | null = null;
  private tree: QueryNode | null = null;
  private shown: readonly DatasetImage[];
  private source: readonly DatasetImage[];
  /** the position of each image; undefined for images in the order of their paths, where a binary search finds it */
  private positions: ReadonlyMap<string, number> | undefined;
  private readonly listeners = new Set<() => void>();
  private readonly unlisten: () => void;
  private running: AbortController | undefined;
  private latest: Promise<void> = Promise.resolve();
  private updating: AbortController | undefined;
  private timer: NodeJS.Timeout | undefined;
  /** something changed since the last update began */
  private isChanged = false;
  private isDisposed = false;
  private readonly facts: FactSource;
  private readonly origins: OriginMatches;
  private readonly context: QueryContext;

  constructor(
    private readonly dataset: Dataset,
    private readonly options: ImageViewOptions = {},
  ) {
    this.facts = options.facts ?? dataset.facts;
    const nobody: AskOrigins = (captions, terms) => Promise.resolve(new Uint8Array(captions.length * terms.length));
    this.origins = new OriginMatches(options.askOrigins ?? nobody);
    this.context = {
      fact: (path) => this.fact(path),
      isSelected: options.isSelected ?? (() => false),
      hasFailed: options.hasFailed ?? (() => false),
      hasOrigin: (image, term) => this.origins.has(image, term),
    };
    this.source = this.shown = dataset.allImages;
    this.unlisten = dataset.onDidChange(() => {
      this.noteChange();
    });
  }

  /** Aborts running work; the view no longer follows the dataset. */
  dispose(): void {
    this.isDisposed = true;
    this.unlisten();
    clearTimeout(this.timer);
    this.updating?.abort();
    this.running?.abort();
    this.listeners.clear();
  }

  /**
   * Calls `listener` after {@link images}, {@link searching} or {@link staleImages} changed. Returns the function that
   * removes it.
   */
  onDidChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** The matching images in their order. */
  get images(): readonly DatasetImage[] {
    const { allImages } = this.dataset;
    if (this.isWhole && this.source !== allImages) this.adopt(allImages, allImages);
    return this.shown;
  }

  /** The search that {@link images} are the result of; null for all images. */
  get matchingTree(): QueryNode | null {
    return this.tree;
  }

  /**
   * Searches; resolves when {@link images} are those that match the newest search. A query with an error changes
   * nothing but {@link error}.
   */
  setQuery(query: string): Promise<void> {
    this.query = query;
    const { tree, error } = parseQuery(query);
    this.error = error;
    if (error !== undefined) {
      this.changed();
      return this.latest.catch(noop);
    }
    this.wanted = tree;
    return this.refresh();
  }

  /** Sorts; resolves when {@link images} are in the newest order. */
  setSort(sort: ImageSort): Promise<void> {
    this.sort = sort;
    return this.refresh();
  }

  /** Resolves when no search is running any more: it has ended, failed or was cancelled. */
  async whenSearched(): Promise<void> {
    while (this.searching !== undefined) await this.latest.catch(noop);
  }

  /** Searches and sorts again; resolves when {@link images} are up to date. */
  refresh(): Promise<void> {
    if (this.isDisposed) return Promise.resolve();
    return this.start((signal) => this.search(signal));
  }

  /** Cancels the running search, for example because it takes too long. {@link images} are not changed. */
  cancel(): void {
    if (this.searching === undefined) return;
    this.running?.abort();
    this.running = undefined;
    this.searching = undefined;
    this.cancelled = true;
    this.changed();
  }

  /** The position of an image; undefined if it does not match. */
  indexOf(path: string): number | undefined {
    const { images } = this;
    return this.positions === undefined ? this.indexByName(images, path) : this.positions.get(path);
  }

  /** Reports that something changed that may affect the results of a query; schedules an update. */
  noteChange(): void {
    const grown = this.source !== this.dataset.allImages;
    if (this.isWhole || (!grown && !this.canBecomeStale)) return;
    this.isChanged = true;
    this.timer ??= setTimeout(
      () => {
        this.isChanged = false;
        this.update()
          .catch(noop)
          .finally(() => {
            this.timer = undefined;
            if (this.isChanged && !this.isDisposed) this.noteChange();
          });
      },
      this.options.pause ?? (grown ? mergeDelay : staleDelay),
    );
  }

  /** Whether every image is shown, in the order of the dataset. */
  private get isWhole(): boolean {
    return this.tree === null && this.shownSort.key === 'name' && !this.shownSort.descending;
  }

  private get canBecomeStale(): boolean {
    const { key } = this.shownSort;
    return queryNeeds(this.tree).changing || sortNeeds[key] === 'caption';
  }

  private fact(path: string): ImageFact | undefined {
    return this.facts.get(path);
  }

  /** Runs a search. An older one is aborted, and its promise resolves together with this one's. */
  private async start(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.running?.abort();
    this.updating?.abort();
    const running = new AbortController();
    this.running = running;
    this.cancelled = false;
    this.searching = { done: 0, total: this.dataset.allImages.length };
    const done = work(running.signal);
    this.latest = done;
    try {
      await done;
    } catch (thrown) {
      if (!running.signal.aborted) throw thrown;
      if (this.latest !== done) await this.latest.catch(noop);
    } finally {
      if (this.running === running) {
        this.running = undefined;
        this.searching = undefined;
        this.changed();
      }
    }
  }

  private async search(signal: AbortSignal): Promise<void> {
    const { wanted, sort } = this;
    await this.learnFacts(wanted, sort, signal);
    const source = this.dataset.allImages;
    await this.learnOrigins(wanted, source, signal, true);
    let matching: readonly DatasetImage[] = source;
    if (wanted !== null) {
      const matches = queryMatcher(wanted, this.context);
      const found: DatasetImage[] = [];
      await inSlices(
        source,
        (image, index) => {
          if (index % progressStep === progressStep - 1) this.progress(index, source.length);
          if (matches(image)) found.push(image);
        },
        { signal },
      );
      matching = found;
    }
    const ordered = await orderImages(matching, sort, this.context.fact, { signal });
    const positions = await positionsIn(ordered, sort, signal);
    this.tree = wanted;
    this.shownSort = sort;
    this.staleImages = 0;
    this.adopt(source, ordered, positions);
    if (source !== this.dataset.allImages) this.noteChange();
  }

  private async learnFacts(tree: QueryNode | null, { key }: ImageSort, signal: AbortSignal): Promise<void> {
    const { facts } = this;
    const needs = queryNeeds(tree);
    const options = this.loading(signal);
    if (needs.stats || sortNeeds[key] === 'stats') await facts.loadStats(options);
    if (needs.sizes || sortNeeds[key] === 'sizes') await facts.loadSizes(options);
    signal.throwIfAborted();
  }

  /** @param isFresh ask also for captions that are known and have not changed */
  private async learnOrigins(
    tree: QueryNode | null,
    images: readonly DatasetImage[],
    signal: AbortSignal,
    isFresh = false,
  ): Promise<void> {
    const { origins } = queryNeeds(tree);
    if (origins.length > 0) await this.origins.load(origins, images, { ...this.loading(signal), isFresh });
  }

  private loading(signal: AbortSignal): { signal: AbortSignal; onProgress: (done: number, total: number) => void } {
    return {
      signal,
      onProgress: (done, total) => {
        if (this.running?.signal === signal) this.progress(done, total);
      },
    };
  }

  private progress(done: number, total: number): void {
    this.searching = { done, total };
    this.changed();
  }

  private adopt(
    source: readonly DatasetImage[],
    shown: readonly DatasetImage[],
    positions?: ReadonlyMap<string, number>,
  ): void {
    const same = shown.length === this.shown.length && shown.every(({ path }, at) => path === this.shown[at]?.path);
    this.source = source;
    this.shown = shown;
    this.positions = positions;
    if (!same) this.order++;
  }

  private indexByName(images: readonly DatasetImage[], path: string): number | undefined {
    const sign = this.shownSort.descending ? -1 : 1;
    const at = firstFrom(images, (image) => sign * compareNaturally(image.path, path) >= 0);
    return images[at]?.path === path ? at : undefined;
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }

  /**
   * Merges images that were added to the dataset and drops removed ones; if there are none, counts the results that
   * edits have made stale.
   */
  private async update(): Promise<void> {
    // A running search uses the dataset as it was when the search began: wait for it.
    if (this.running !== undefined) await this.latest.catch(noop);
    if (this.isWhole || this.isDisposed) return;
    const updating = new AbortController();
    this.updating = updating;
    if (this.source === this.dataset.allImages) await this.countStale(updating.signal);
    else await this.mergeChanges(updating.signal);
  }

  private async mergeChanges(signal: AbortSignal): Promise<void> {
    const { shown, shownSort: sort } = this;
    await this.learnFacts(this.tree, sort, signal);
    const source = this.dataset.allImages;
    await this.learnOrigins(this.tree, source, signal);
    const known = new Set<string>();
    await inSlices(this.source, ({ path }) => known.add(path), { signal });
    const old = new Set<string>();
    await inSlices(shown, ({ path }) => old.add(path), { signal });
    const matches = queryMatcher(this.tree, this.context);
    const stay = new Map<string, DatasetImage>();
    const come: DatasetImage[] = [];
    const inNaturalOrder: DatasetImage[] = [];
    await inSlices(
      source,
      (image) => {
        const isOld = old.has(image.path);
        if (!isOld && (known.has(image.path) || !matches(image))) return;
        if (isOld) stay.set(image.path, image);
        else come.push(image);
        inNaturalOrder.push(image);
      },
      { signal },
    );
    if (sort.key === 'name') {
      this.adopt(source, sort.descending ? inNaturalOrder.reverse() : inNaturalOrder);
      this.changed();
      return;
    }
    const value = orderValue(sort.key, this.context.fact);
    const newcomers = await orderImages(come, sort, this.context.fact, { signal });
    const merged = await mergedInto(shown, stay, { newcomers, value, descending: sort.descending, signal });
    this.adopt(source, merged, await positionsIn(merged, sort, signal));
    this.changed();
  }

  private async countStale(signal: AbortSignal): Promise<void> {
    const { shownSort: sort } = this;
    await this.learnOrigins(this.tree, this.source, signal);
    const matches: QueryMatcher = queryMatcher(this.tree, this.context);
    const shown = new Set<string>();
    await inSlices(this.shown, ({ path }) => shown.add(path), { signal });
    let stale = 0;
    await inSlices(
      this.source,
      (image) => {
        if (matches(image) !== shown.has(image.path)) stale++;
      },
      { signal },
    );
    if (sort.key !== 'name' && sortNeeds[sort.key] === 'caption') {
      const value = orderValue(sort.key, this.context.fact);
      let before: number | undefined;
      await inSlices(
        this.shown,
        (image, index) => {
          const own = value(image);
          if (index > 0 && belongsBehind(before, own, sort.descending)) stale++;
          before = own;
        },
        { signal },
      );
    }
    if (stale === this.staleImages) return;
    this.staleImages = stale;
    this.changed();
  }
}
