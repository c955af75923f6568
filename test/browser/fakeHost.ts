import type { WantedEdit } from '../../src/protocol/page/bulkEditProtocol';
import { folderOf } from '../../src/dataset/files/datasetPath';
import { folderLengths } from '../../src/dataset/view/folderLengths';
import { folderRun } from '../../src/dataset/view/folderRun';
import {
  reviewHandlers,
  trialHandlers,
  type ShownReview,
  type ShownTrial,
} from '../../src/extension/captionDialogs/dialogHandlers';
import { GridComparison } from '../../src/extension/comparison/GridComparison';
import { PageDialog } from '../../src/extension/grid/PageDialog';
import { Channel, type Port } from '../../src/protocol/channel/Channel';
import type {
  GridEvents,
  GridSettings,
  GridSnapshot,
  HostRequests,
  JobView,
  PageStart,
  PageState,
  Replay,
  Replayed,
  SelectCommand,
  WebviewEvents,
} from '../../src/protocol/page/gridProtocol';
import type { CardItem } from '../../src/protocol/page/cardProtocol';
import type { KeptTyping, ResumedDraft, TypedAhead } from '../../src/protocol/page/connectionProtocol';
import type { ReviewSummary } from '../../src/protocol/page/reviewProtocol';
import type { TrialSummary } from '../../src/protocol/page/trialProtocol';
import type { PartGroup } from '../../src/protocol/page/originProtocol';
import { textDigest } from '../../src/protocol/page/textDigest';
import { joinTyping } from '../../src/tags/joinTyping';
import { FakeBulkEdits } from './FakeBulkEdits';
import type { FolderPlace, ItemsAround } from '../../src/protocol/page/gridViewProtocol';
import { defaultPictureSettings, type ImageInfo } from '../../src/protocol/page/pictureProtocol';
import type { SuggestAnswer, SuggestQuery } from '../../src/protocol/page/suggestProtocol';
import { HeldMessages } from './HeldMessages';
import { FakeSearch } from './FakeSearch';

type Preview = Parameters<HostRequests['getPreview']>[0];

/** An error as the real host throws it for a damaged image. */
export class FakeImageError extends Error {
  readonly code = 'IMAGE_DAMAGED';
}

/** What the tests can change about an image. */
export type FakeItem = Omit<CardItem, 'index'>;

/** A step of undo. */
interface FakeEdit {
  path: string;
  run: number;
  before: string;
  after: string;
}

/** Plays the extension host for a page: a dataset in memory that takes drafts, saves on commit and makes nothing up. */
export class FakeHost {
  items: FakeItem[];
  jobs: JobView[] = [];
  /** how often something else than the page changed the stack of undo */
  foreignEdits = 0;
  leftOut = 0;
  query = '';
  readonly search = new FakeSearch(this);
  sort: GridSnapshot['sort'] = { key: 'name', descending: false };
  folder: Pick<GridSnapshot, 'state' | 'message'> = { state: 'ready', message: '' };
  /** everything the page asked or told, in order */
  readonly log: { name: string; params: unknown }[] = [];
  /** when false, drafts are not taken in until {@link takeDrafts} */
  takesDrafts = true;
  /** the address of a thumbnail; may throw */
  thumbnail: (path: string, signal: AbortSignal) => string | Promise<string> = (path) =>
    `/thumbnail/${path.length % 6}.png`;
  thumbnailsAsked = 0;
  /** what tags it suggests */
  suggest: (query: SuggestQuery) => SuggestAnswer | Promise<SuggestAnswer> = () => ({
    suggestions: [],
    loading: false,
  });
  /** who wrote what of a caption; undefined where there are no records */
  groups: ((item: FakeItem) => PartGroup[]) | undefined;
  /** how long the first answer and those with cards and the selection take, in milliseconds */
  latency = 0;
  /** where the folders begin is answered when this resolves */
  foldersKnown: Promise<void> = Promise.resolve();
  /** how long every message takes, each way, in milliseconds; they arrive in their order */
  distance = 0;
  /** the number of the last search or order that the page asked for */
  asked = 0;
  /** whether the first answer brings the first cards */
  bringsFirstCards = false;
  /** whether what a page shows first is sent before it asks */
  sendsStart = false;

  settings: GridSettings = { commitDelay: 300, pictures: { ...defaultPictureSettings } };
  /** the address of a larger picture; may throw */
  preview: (params: Preview, signal: AbortSignal) => string | Promise<string> = ({ path, size, region }) => {
    const { width, height } = this.info(path);
    const thousandths = (value: number, of: number): number => Math.round((1000 * value) / of);
    const part =
      region === undefined
        ? []
        : [
            thousandths(region.left, width),
            thousandths(region.top, height),
            thousandths(region.width, width),
            thousandths(region.height, height),
          ];
    return `/preview/${[path.length % 6, size, ...part].join('_')}.png`;
  };
  /** what the files of the images are */
  info: (path: string) => ImageInfo = () => ({ width: 1920, height: 1200, format: 'PNG', fileSize: 1_234_567 });

  /** what the page wanted to remember, or what another page of the dataset shows */
  page: PageState = {};

  readonly bulkEdits = new FakeBulkEdits(this);
  readonly comparison = new GridComparison(
    () => Promise.resolve('1'),
    (summary) => {
      this.channel?.tell('openComparison', summary);
    },
  );
  readonly review = new PageDialog<ShownReview, ReviewSummary>((summary) => {
    this.channel?.tell('openReview', summary);
  });
  readonly trial = new PageDialog<ShownTrial, TrialSummary>((summary) => {
    this.channel?.tell('openTrial', summary);
  });
  private readonly held = new HeldMessages();
  private version = 1;
  private orders = 1;
  private lastShown: readonly string[] = [];
  /** by its number, each order that there was */
  private readonly former = new Map<number, readonly string[]>();
  private waiting: WebviewEvents['draft'][] = [];
  private readonly done: FakeEdit[] = [];
  private undone: FakeEdit[] = [];
  private channel: Channel<HostRequests, Record<string, never>, WebviewEvents, GridEvents> | undefined;

  constructor(count: number) {
    this.items = Array.from({ length: count }, (_, index) => fakeItem(index));
  }

  /** Answers a page from now on. */
  attach(wire: Port): void {
    this.channel?.close();
    this.asked = 0;
    const port = this.held.over(wire);
    const note = <T>(name: string, params: unknown, result: T): T => {
      this.log.push({ name, params });
      return result;
    };
    this.channel = new Channel<HostRequests, Record<string, never>, WebviewEvents, GridEvents>(
      farPort(port, () => this.distance),
      {
        ...this.bulkEdits.handlers(note),
        ...this.comparison.handlers(),
        ...reviewHandlers(this.review, () => true),
        ...trialHandlers(this.trial),
        reviewFlagged: (params) => {
          note('reviewFlagged', params, undefined);
        },
        dismissJob: (params) => {
          note('dismissJob', params, undefined);
        },
        ready: async (params) => {
          await this.delay();
          return note('ready', params, this.start(params, this.bringsFirstCards));
        },
        ...this.search.handlers(note),
        getItems: async ({ start, count }) => {
          const answer = { version: this.version, order: this.order(), items: this.window(start, count) };
          await this.delay();
          return note('getItems', { start, count }, answer);
        },
        getItemsAround: async (params) => {
          const answer = this.around(params);
          await this.delay();
          return note('getItemsAround', params, answer);
        },
        folderAt: ({ index }) => this.folderAt(index),
        folderLengths: async (params) => {
          const answer = { lengths: this.folderLengths(params.order) };
          await this.delay();
          await this.foldersKnown;
          return note('folderLengths', params, answer);
        },
        locate: ({ path }) => {
          const index = this.indexOf(path);
          return { index: index < 0 ? null : index, order: this.order() };
        },
        setSort: (params) => {
          this.sort = params.sort;
          this.asked = params.number;
          this.push();
          return note('setSort', params, { snapshot: this.snapshot() });
        },
        select: async (params) => {
          note('select', params, undefined);
          // As the real host: at once, and what is asked later sees it. The answer is late.
          const hidden = 'path' in params.command && this.indexOf(params.command.path) < 0;
          if (!hidden) this.select(params.command);
          this.version++;
          const snapshot = this.snapshot();
          await this.delay();
          return { snapshot };
        },
        setQuery: ({ query, number }) => {
          this.query = query;
          this.asked = number;
          this.version++;
          return note('setQuery', { query }, { snapshot: this.snapshot() });
        },
        getThumbnail: async ({ path }, signal) => {
          this.thumbnailsAsked++;
          return { uri: await this.thumbnail(path, signal) };
        },
        getPreview: async (params, signal) => note('getPreview', params, { uri: await this.preview(params, signal) }),
        getImageInfo: (params) => this.info(params.path),
        resolveConflict: (params) => {
          const item = this.item(params.path);
          if (item.save.state === 'conflict' && params.choice === 'theirs') item.text = item.save.theirs ?? '';
          item.save = { state: 'saved' };
          this.push();
          note('resolveConflict', params, undefined);
        },
        convertToUtf8: (params) => {
          delete this.item(params.path).foreignEncoding;
          this.push();
          note('convertToUtf8', params, undefined);
        },
        save: (params) => {
          note('save', params, undefined);
        },
        undo: async (params) => note('undo', params, await this.replay('undo', params)),
        redo: async (params) => note('redo', params, await this.replay('redo', params)),
        captionImage: (params) => {
          note('captionImage', params, undefined);
        },
        captionAll: (params) => {
          note('captionAll', params, undefined);
        },
        captionEmpty: (params) => {
          note('captionEmpty', params, undefined);
        },
        controlJob: (params) => {
          note('controlJob', params, undefined);
        },
        ping: (params) => {
          note('ping', params, undefined);
        },
        resumeDrafts: (params) => {
          note('resumeDrafts', params, undefined);
          return { outcomes: params.drafts.map((draft) => this.resumeDraft(draft)) };
        },
        wantedImage: (params) => note('wantedImage', params, null),
        selectTagger: (params) => {
          note('selectTagger', params, undefined);
        },
        suggestTags: async (params) => note('suggestTags', params, await this.suggest(params)),
        getMarks: async (params) => {
          note('getMarks', params, undefined);
          await this.delay();
          const { groups } = this;
          if (groups === undefined) return { marks: null };
          const items = params.paths.map((path) => this.item(path));
          return { marks: items.map((item) => ({ digest: textDigest(item.text), groups: groups(item) })) };
        },
        refresh: (params) => {
          note('refresh', params, undefined);
        },
        showLeftOut: (params) => {
          note('showLeftOut', params, undefined);
        },
        ...this.moreRequests(),
      },
      {
        identify: () => {
          if (this.sendsStart) this.channel?.tell('start', this.start({ place: null, cards: 20 }, true));
        },
        remember: ({ page }) => {
          this.page = page;
        },
        focus: (params) => {
          this.log.push({ name: 'focus', params });
        },
        draft: (draft) => {
          this.log.push({ name: 'draft', params: draft });
          this.handleDraft(draft);
        },
        typedAhead: (params) => {
          this.log.push({ name: 'typedAhead', params });
        },
        commit: ({ path }) => {
          this.log.push({ name: 'commit', params: { path } });
          this.handleCommit(path);
        },
      },
    );
  }

  private resumeDraft(typing: KeptTyping): ResumedDraft {
    if ('place' in typing) return this.resumeAhead(typing);
    const { path, text, from, steps } = typing;
    const item = this.items.find((one) => one.path === path);
    if (item === undefined) return 'refused';
    if (item.text !== text && item.text !== from && !steps.includes(textDigest(item.text))) {
      item.save = { state: 'conflict', theirs: item.text };
      item.text = text;
      return 'conflict';
    }
    item.text = text;
    return 'taken';
  }

  private resumeAhead({ place, path: known, text, joined }: TypedAhead): ResumedDraft {
    const path = known ?? this.former.get(place.order)?.[place.index];
    const item = this.items.find((one) => one.path === path);
    if (item === undefined) return 'refused';
    item.text = joinTyping(item.text, { text, joined });
    return 'taken';
  }

  /** From now on nothing passes between the page and the host; it arrives after {@link speakAgain}. */
  goSilent(): void {
    this.held.isOpen = false;
  }

  speakAgain(): void {
    this.held.open();
  }

  /** What is on its way never arrives; the next page is heard again. */
  loseWhatWasSaid(): void {
    this.held.lose();
  }

  protected handleDraft(draft: WebviewEvents['draft']): void {
    this.waiting.push(draft);
    if (this.takesDrafts) this.takeDrafts();
  }

  protected handleCommit(path: string): void {
    if (!this.takesDrafts) return;
    const item = this.item(path);
    if (item.save.state !== 'unsaved') return;
    item.save = { state: 'saving' };
    this.push();
    setTimeout(() => {
      if (item.save.state === 'saving') item.save = { state: 'saved' };
      this.push();
    }, 30);
  }

  /** Requests that a host answers which does more than this one, by their names. */
  protected moreRequests(): Record<string, (params: never) => unknown> {
    return {};
  }

  /** Takes in the drafts that came while {@link takesDrafts} was false. */
  takeDrafts(): void {
    for (const { path, text, draft, run } of this.waiting.splice(0)) {
      const item = this.item(path);
      const last = this.done.at(-1);
      if (last?.run === run) last.after = text;
      else {
        this.done.push({ path, run, before: item.text, after: text });
        this.undone = [];
      }
      const sharing = this.items.filter(({ captionPath }) => captionPath === item.captionPath);
      for (const one of sharing) Object.assign(one, { text, draft, save: { state: 'unsaved' } });
    }
    this.push();
  }

  private async replay(direction: 'undo' | 'redo', { expected }: Replay): Promise<Replayed> {
    await this.delay();
    const [from, to] = direction === 'undo' ? [this.done, this.undone] : [this.undone, this.done];
    const edit = from.pop();
    if (edit === undefined) return { done: false, run: null };
    to.push(edit);
    const item = this.item(edit.path);
    item.text = direction === 'undo' ? edit.before : edit.after;
    item.draft = Math.max(item.draft, expected?.draft ?? 0);
    this.push();
    return { done: true, run: edit.run };
  }

  /** Tells the page that something changed. */
  push(): void {
    this.version++;
    this.channel?.tell('snapshot', this.snapshot());
  }

  /** Opens the dialog for bulk edits, as a command does. */
  openBulkEdit(wanted: WantedEdit): void {
    this.channel?.tell('openBulkEdit', wanted);
  }

  /** Puts the focus into the search box of the page. */
  focusSearch(): void {
    this.channel?.tell('focusSearch', {});
  }

  /** The image with this path. */
  item(path: string): FakeItem {
    const found = this.items.find((item) => item.path === path);
    if (found === undefined) throw new Error(`No image ${path}`);
    return found;
  }

  /** What the page asked or told under this name. */
  said(name: string): unknown[] {
    return this.log.filter((entry) => entry.name === name).map(({ params }) => params);
  }

  private select(command: SelectCommand): void {
    const shown = this.matching();
    if (command.kind === 'toggleAt') {
      const item = this.item(this.former.get(command.order)?.[command.index] ?? '');
      item.selected = !item.selected;
    } else if (command.kind === 'toggle') this.item(command.path).selected = !this.item(command.path).selected;
    else {
      if (command.kind !== 'range' || !command.keep) for (const item of this.items) item.selected = false;
      if (command.kind === 'only') this.item(command.path).selected = true;
      if (command.kind === 'all') for (const item of shown) item.selected = true;
      if (command.kind === 'range') {
        const [first, last] = [Math.min(command.from, command.to), Math.max(command.from, command.to)];
        for (const item of shown.slice(first, last + 1)) item.selected = true;
      }
    }
  }

  /** The images that match the search. */
  matching(): FakeItem[] {
    const found = this.search.matching(this.items);
    return this.sort.descending ? [...found].reverse() : found;
  }

  protected matchingCount(): number {
    return this.matching().length;
  }

  protected indexOf(path: string): number {
    return this.matching().findIndex((item) => item.path === path);
  }

  protected window(start: number, count: number): CardItem[] {
    return this.matching()
      .slice(start, start + count)
      .map((item, offset) => structuredClone({ ...item, index: start + offset }));
  }

  protected folderAt(index: number): FolderPlace | null {
    const shown = this.matching();
    const image = shown[index];
    if (image === undefined || this.sort.key !== 'name') return null;
    const { start, end } = folderRun(shown, index);
    const previous = start === 0 ? null : folderRun(shown, start - 1).start;
    return { order: this.order(), folder: folderOf(image.path), start, end, previous };
  }

  /** How many images each folder has; tests may have it not know. */
  folderLengths(order: number): number[] | null {
    const paths = this.former.get(order)?.map((path) => ({ path }));
    return paths === undefined || this.sort.key !== 'name' ? null : (folderLengths(paths, 20_000) ?? null);
  }

  /** The number of the order: another one after images came, went or moved. */
  protected order(): number {
    const shown = this.matching().map(({ path }) => path);
    const same = shown.length === this.lastShown.length && shown.every((path, index) => path === this.lastShown[index]);
    if (!same) {
      this.lastShown = shown;
      this.orders++;
      this.former.set(this.orders, shown);
    }
    return this.orders;
  }

  protected counts(): Pick<
    GridSnapshot,
    | 'total'
    | 'severalFolders'
    | 'matching'
    | 'empty'
    | 'unsaved'
    | 'conflicts'
    | 'unsavedFailures'
    | 'leftOut'
    | 'selected'
  > {
    const of = (state: CardItem['save']['state']): number =>
      this.items.filter(({ save }) => save.state === state).length;
    return {
      total: this.items.length,
      severalFolders: folderOf(this.items.at(0)?.path ?? '') !== folderOf(this.items.at(-1)?.path ?? ''),
      matching: this.matchingCount(),
      empty: this.items.filter(({ text }) => text === '').length,
      unsaved: of('unsaved') + of('saving') + of('failed') + of('conflict'),
      conflicts: of('conflict'),
      unsavedFailures: of('failed'),
      leftOut: this.leftOut,
      selected: { count: this.items.filter(({ selected }) => selected).length, hidden: 0 },
    };
  }

  private start({ place, cards }: Parameters<HostRequests['ready']>[0], withCards: boolean): PageStart {
    const { path, index } = place ?? { path: '', index: 0 };
    const around = { paths: path === '' ? [] : [path], index, before: cards, after: cards, find: [], places: [] };
    const first = withCards ? this.around(around) : null;
    const isUnedited = this.done.length + this.undone.length === 0;
    return { snapshot: this.snapshot(), settings: this.settings, page: this.page, first, isUnedited };
  }

  private around({
    paths,
    index,
    before,
    after,
    find,
    places,
  }: Parameters<HostRequests['getItemsAround']>[0]): ItemsAround {
    const at = paths.map((path) => ({ path, index: this.indexOf(path) })).find((place) => place.index >= 0);
    const start = Math.max(0, (at?.index ?? index) - before);
    return {
      version: this.version,
      order: this.order(),
      matching: this.matchingCount(),
      anchor: at ?? null,
      found: find.map((path) => (this.indexOf(path) < 0 ? null : this.indexOf(path))),
      placed: places.map((place) => {
        const path = this.former.get(place.order)?.[place.index];
        return path === undefined ? null : { path, index: this.indexOf(path) < 0 ? null : this.indexOf(path) };
      }),
      start,
      items: this.window(start, (at?.index ?? index) + after - start),
    };
  }

  private async delay(): Promise<void> {
    if (this.latency > 0) await new Promise((resolve) => setTimeout(resolve, this.latency));
  }

  private snapshot(): GridSnapshot {
    return {
      ...this.folder,
      folderName: 'lora',
      folderPath: '/data/lora',
      version: this.version,
      ...this.counts(),
      saving: undefined,
      query: this.query,
      search: this.search.view(),
      sort: this.sort,
      asked: this.asked,
      order: this.order(),
      tagger: 'Palette',
      jobs: this.jobs,
      foreignEdits: this.foreignEdits,
    };
  }
}

/** A port whose messages take their time, each way. */
function farPort(port: Port, distance: () => number): Port {
  const later = (deliver: () => void): void => {
    if (distance() === 0) deliver();
    else setTimeout(deliver, distance());
  };
  return {
    post: (message) => {
      later(() => {
        port.post(message);
      });
    },
    listen: (listener) =>
      port.listen((message) => {
        later(() => {
          listener(message);
        });
      }),
  };
}

/** The image at a position of the dataset in the order of names. */
function fakeItem(index: number): FakeItem {
  return {
    path: `${String(Math.floor(index / 1000)).padStart(2, '0')}_set/image_${String(index).padStart(5, '0')}.png`,
    captionPath: `${String(index)}.txt`,
    text: index % 7 === 3 ? '' : `tag ${index}, sky, tree`,
    save: { state: 'saved' },
    draft: 0,
    warnings: [],
    imageVersion: '1',
    selected: false,
  };
}

/** A dataset too large to be made: its images exist while they are asked for. It is neither searched nor edited. */
export class HugeFakeHost extends FakeHost {
  constructor(private readonly count: number) {
    super(0);
  }

  /** The path of the image at a position. */
  pathAt(index: number): string {
    return fakeItem(index).path;
  }

  protected override matchingCount(): number {
    return this.count;
  }

  protected override indexOf(path: string): number {
    const index = Number(/(\d+)\.png$/.exec(path)?.[1] ?? -1);
    return index < this.count ? index : -1;
  }

  protected override window(start: number, count: number): CardItem[] {
    const length = Math.max(0, Math.min(count, this.count - start));
    return Array.from({ length }, (_, offset) => ({ ...fakeItem(start + offset), index: start + offset }));
  }

  protected override folderAt(index: number): FolderPlace {
    const start = Math.floor(index / 1000) * 1000;
    const previous = start === 0 ? null : start - 1000;
    return { order: 1, folder: folderOf(this.pathAt(index)), start, end: Math.min(this.count, start + 1000), previous };
  }

  override folderLengths(): number[] {
    const folders = Math.ceil(this.count / 1000);
    return Array.from({ length: folders }, (_, at) => Math.min(1000, this.count - at * 1000));
  }

  protected override order(): number {
    return 1;
  }

  protected override counts(): ReturnType<FakeHost['counts']> {
    const none = { empty: 0, unsaved: 0, conflicts: 0, unsavedFailures: 0, leftOut: 0 };
    return {
      ...none,
      total: this.count,
      severalFolders: this.count > 1000,
      matching: this.count,
      selected: { count: 0, hidden: 0 },
    };
  }
}
