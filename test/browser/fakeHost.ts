import type { WantedEdit } from '../../src/protocol/bulkEditProtocol';
import { Channel, type Port } from '../../src/protocol/Channel';
import type {
  CardItem,
  GridEvents,
  GridSettings,
  GridSnapshot,
  HostRequests,
  JobView,
  SelectCommand,
  WebviewEvents,
} from '../../src/protocol/gridProtocol';
import { FakeBulkEdits } from './FakeBulkEdits';
import { defaultPictureSettings, type ImageInfo } from '../../src/protocol/pictureProtocol';
import type { SuggestAnswer, SuggestQuery } from '../../src/protocol/suggestProtocol';
import { FakeSearch } from './FakeSearch';

type Preview = Parameters<HostRequests['getPreview']>[0];

/** An error as the real host throws it for a damaged image. */
export class FakeImageError extends Error {
  readonly code = 'IMAGE_DAMAGED';
}

/** What the tests can change about an image. */
export type FakeItem = Omit<CardItem, 'index'>;

/** Plays the extension host for a page: a dataset in memory that takes drafts, saves on commit and makes nothing up. */
export class FakeHost {
  items: FakeItem[];
  jobs: JobView[] = [];
  query = '';
  readonly search = new FakeSearch(this);
  sort: GridSnapshot['sort'] = { key: 'name', descending: false };
  folder: Pick<GridSnapshot, 'state' | 'message'> = { state: 'ready', message: '' };
  /** everything the page asked or told, in order */
  readonly log: { name: string; params: unknown }[] = [];
  /** when false, drafts are not taken in until {@link takeDrafts} */
  takesDrafts = true;
  /** the address of a thumbnail; may throw */
  thumbnail: (path: string) => string | Promise<string> = (path) => `/thumbnail/${path.length % 6}.png`;
  thumbnailsAsked = 0;
  /** what tags it suggests */
  suggest: (query: SuggestQuery) => SuggestAnswer | Promise<SuggestAnswer> = () => ({
    suggestions: [],
    loading: false,
  });

  settings: GridSettings = { commitDelay: 300, pictures: { ...defaultPictureSettings } };
  /** the address of a larger picture; may throw */
  preview: (params: Preview) => string | Promise<string> = ({ path, size, region }) => {
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

  readonly bulkEdits = new FakeBulkEdits(this);
  private version = 1;
  private waiting: WebviewEvents['draft'][] = [];
  private channel: Channel<HostRequests, Record<string, never>, WebviewEvents, GridEvents> | undefined;

  constructor(count: number) {
    this.items = Array.from({ length: count }, (_, index) => ({
      path: `${String(Math.floor(index / 1000)).padStart(2, '0')}_set/image_${String(index).padStart(5, '0')}.png`,
      captionPath: `${String(index)}.txt`,
      text: index % 7 === 3 ? '' : `tag ${index}, sky, tree`,
      save: { state: 'saved' },
      draft: 0,
      warnings: [],
      imageVersion: '1',
      selected: false,
    }));
  }

  /** Answers a page from now on. */
  attach(port: Port): void {
    this.channel?.close();
    const note = <T>(name: string, params: unknown, result: T): T => {
      this.log.push({ name, params });
      return result;
    };
    this.channel = new Channel<HostRequests, Record<string, never>, WebviewEvents, GridEvents>(
      port,
      {
        ...this.bulkEdits.handlers(note),
        ready: (params) => note('ready', params, { snapshot: this.snapshot(), settings: this.settings }),
        ...this.search.handlers(note),
        getItems: ({ start, count }) =>
          note('getItems', { start, count }, { version: this.version, order: 1, items: this.window(start, count) }),
        locate: ({ path }) => {
          const index = this.matching().findIndex((item) => item.path === path);
          return { index: index < 0 ? null : index, order: 1 };
        },
        setSort: (params) => {
          this.sort = params.sort;
          this.push();
          return note('setSort', params, { snapshot: this.snapshot() });
        },
        select: (params) => {
          this.select(params.command);
          this.version++;
          return note('select', params, { snapshot: this.snapshot() });
        },
        setQuery: ({ query }) => {
          this.query = query;
          this.version++;
          return note('setQuery', { query }, { snapshot: this.snapshot() });
        },
        getThumbnail: async ({ path }) => {
          this.thumbnailsAsked++;
          return { uri: await this.thumbnail(path) };
        },
        getPreview: async (params) => note('getPreview', params, { uri: await this.preview(params) }),
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
        captionImage: (params) => {
          note('captionImage', params, undefined);
        },
        captionAll: (params) => {
          note('captionAll', params, undefined);
        },
        captionEmpty: (params) => {
          note('captionEmpty', params, undefined);
        },
        cancelJob: (params) => {
          note('cancelJob', params, undefined);
        },
        selectTagger: (params) => {
          note('selectTagger', params, undefined);
        },
        suggestTags: async (params) => note('suggestTags', params, await this.suggest(params)),
        refresh: (params) => {
          note('refresh', params, undefined);
        },
      },
      {
        identify: () => undefined,
        focus: (params) => {
          this.log.push({ name: 'focus', params });
        },
        draft: (draft) => {
          this.log.push({ name: 'draft', params: draft });
          this.waiting.push(draft);
          if (this.takesDrafts) this.takeDrafts();
        },
        commit: ({ path }) => {
          this.log.push({ name: 'commit', params: { path } });
          if (!this.takesDrafts) return;
          const item = this.item(path);
          if (item.save.state !== 'unsaved') return;
          item.save = { state: 'saving' };
          this.push();
          setTimeout(() => {
            if (item.save.state === 'saving') item.save = { state: 'saved' };
            this.push();
          }, 30);
        },
      },
    );
  }

  /** Takes in the drafts that came while {@link takesDrafts} was false. */
  takeDrafts(): void {
    for (const { path, text, draft } of this.waiting.splice(0)) {
      Object.assign(this.item(path), { text, draft, save: { state: 'unsaved' } });
    }
    this.push();
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
    if (command.kind === 'toggle') this.item(command.path).selected = !this.item(command.path).selected;
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
    return this.search.matching(this.items);
  }

  private window(start: number, count: number): CardItem[] {
    return this.matching()
      .slice(start, start + count)
      .map((item, offset) => ({ ...item, index: start + offset }));
  }

  private snapshot(): GridSnapshot {
    const of = (state: CardItem['save']['state']): number =>
      this.items.filter(({ save }) => save.state === state).length;
    return {
      ...this.folder,
      folderName: 'lora',
      folderPath: '/data/lora',
      version: this.version,
      total: this.items.length,
      matching: this.matching().length,
      empty: this.items.filter(({ text }) => text === '').length,
      unsaved: of('unsaved') + of('saving') + of('failed') + of('conflict'),
      conflicts: of('conflict'),
      unsavedFailures: of('failed'),
      saving: undefined,
      query: this.query,
      search: this.search.view(),
      sort: this.sort,
      order: 1,
      selected: { count: this.items.filter(({ selected }) => selected).length, hidden: 0 },
      tagger: 'Palette',
      jobs: this.jobs,
    };
  }
}
