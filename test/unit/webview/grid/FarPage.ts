import type { CardItem } from '../../../../src/protocol/page/cardProtocol';
import type { TypedAhead } from '../../../../src/protocol/page/connectionProtocol';
import type { ItemsAround } from '../../../../src/protocol/page/gridViewProtocol';
import { joinTyping } from '../../../../src/tags/joinTyping';
import { HeldTyping } from '../../../../src/webview/card/HeldTyping';
import { cellSizeOf, gap } from '../../../../src/webview/grid/gridLayout';
import { type AskAround, GridModel } from '../../../../src/webview/grid/GridModel';
import { type ItemAnswer, ItemWindow } from '../../../../src/webview/grid/ItemWindow';
import { cardSizes } from '../../../../src/webview/shared/cardSizes';
import { ViewerModel } from '../../../../src/webview/viewer/ViewerModel';
import { VirtualRows } from '../../../../src/webview/virtualList/VirtualRows';

const shape = { mode: 'grid', size: 'medium' } as const;
const columns = 4;

/** A host at the end of a line: what is said to it and what it says arrives in order, when the test says so. */
class FarHost {
  order = 1;
  version = 1;
  /** by the number of the order, the images as they were */
  readonly former = new Map<number, readonly string[]>();
  private readonly toHost: (() => void)[] = [];
  private readonly toPage: (() => void)[] = [];

  constructor(public images: readonly string[]) {
    this.former.set(1, images);
  }

  become(images: readonly string[]): void {
    this.images = images;
    this.version++;
    this.former.set(++this.order, images);
  }

  /** The next message arrives at the host, or at the page. */
  deliver(to: 'host' | 'page'): boolean {
    const message = (to === 'host' ? this.toHost : this.toPage).shift();
    message?.();
    return message !== undefined;
  }

  /** Tells the page something, after what it was told before. */
  tell(message: () => void): void {
    this.toPage.push(message);
  }

  ask<T>(make: () => T): Promise<T> {
    return new Promise((resolve) => {
      this.toHost.push(() => {
        const answer = make();
        this.toPage.push(() => {
          resolve(answer);
        });
      });
    });
  }

  items(start: number, count: number): CardItem[] {
    return this.images.slice(start, start + count).map((path, offset) => ({
      index: start + offset,
      path,
      captionPath: '',
      text: '',
      save: { state: 'saved' },
      draft: 0,
      warnings: [],
      imageVersion: '1',
      selected: false,
    }));
  }

  around(params: Parameters<AskAround>[0]): ItemsAround {
    const { images, version, order } = this;
    const at = (path: string): number | null => (images.includes(path) ? images.indexOf(path) : null);
    const path = params.paths.find((one) => images.includes(one));
    const anchor = path === undefined ? null : { path, index: images.indexOf(path) };
    const center = anchor?.index ?? params.index;
    const start = Math.max(0, center - params.before);
    return {
      version,
      order,
      matching: images.length,
      anchor,
      found: params.find.map(at),
      placed: params.places.map((place) => {
        const was = this.former.get(place.order)?.[place.index];
        return was === undefined ? null : { path: was, index: at(was) };
      }),
      start,
      items: this.items(start, center + params.after - start),
    };
  }
}

/** The page of a host far away: grid, viewer and what is typed, without elements. All captions are empty at first. */
export class FarPage {
  readonly host: FarHost;
  readonly items: ItemWindow;
  readonly grid: GridModel;
  readonly viewer: ViewerModel;
  readonly held = new HeldTyping();
  /** what was typed into captions that had come, and what was lost */
  readonly texts = new Map<string, string>();
  readonly lost: TypedAhead[] = [];
  private shown = { order: 0, count: 0 };
  private isStale = false;

  constructor(images: readonly string[]) {
    this.host = new FarHost(images);
    this.items = new ItemWindow(
      (start, count) =>
        this.host.ask<ItemAnswer>(() => {
          const { version, order } = this.host;
          return { version, order, items: this.host.items(start, count) };
        }),
      () => {
        this.cardsChanged();
      },
      (error) => {
        throw error;
      },
    );
    this.viewer = new ViewerModel(() => this.items);
    this.items.use(this.held);
    this.items.use(this.viewer);
    const changed = (): void => {
      this.isStale = true;
    };
    const rows = new VirtualRows(cellSizeOf(shape), changed, () => undefined);
    rows.resize(columns * cardSizes.medium.minWidth + (columns - 1) * gap, 2 * (cardSizes.medium.height + gap));
    this.grid = new GridModel(rows, {
      around: (params) => this.host.ask(() => this.host.around(params)),
      select: () => Promise.resolve(undefined),
      draftPaths: () => [],
      isConnected: () => true,
      changed,
    });
    this.snapshot();
  }

  /** The host tells the page of its order. */
  snapshot(): void {
    const { order, version, images } = this.host;
    this.host.tell(() => {
      this.shown = { order, count: images.length };
      this.items.refresh(version);
      this.isStale = true;
    });
  }

  /** The page renders what has changed, which takes no message. */
  async settle(): Promise<void> {
    for (let quiet = 0; quiet < 6; quiet++) {
      await Promise.resolve();
      if (this.isStale) quiet = 0;
      this.render();
    }
  }

  /** Everything that is under way arrives. */
  async arrive(): Promise<void> {
    await this.settle();
    for (let turns = 0; turns < 500; turns++) {
      const isAnything = [this.host.deliver('host'), this.host.deliver('page')].some(Boolean);
      await this.settle();
      if (!isAnything) return;
    }
    throw new Error('It asks for ever');
  }

  /** A letter is typed into the caption of the viewer. */
  typeInViewer(letter: string): void {
    const { item, place, isPlaced } = this.viewer;
    if (item !== undefined) this.edit(item.path, letter);
    else if (isPlaced) this.held.type(place, (this.held.textAt(place) ?? '') + letter, 'text');
  }

  /** A letter is typed into the caption of the active cell of the grid. */
  typeInGrid(letter: string): void {
    const index = this.grid.active;
    const path = this.items.at(index)?.path;
    const place = { order: this.items.order, index };
    if (path !== undefined) this.edit(path, letter);
    else this.held.type(place, (this.held.textAt(place) ?? '') + letter, 'text');
  }

  private edit(path: string, letters: string): void {
    this.texts.set(path, (this.texts.get(path) ?? '') + letters);
  }

  private cardsChanged(): void {
    const { arrived, lost } = this.held.settle(this.items);
    for (const typing of arrived) {
      this.texts.set(typing.item.path, joinTyping(this.texts.get(typing.item.path) ?? typing.item.text, typing));
    }
    this.lost.push(...lost);
    this.isStale = true;
    this.viewer.cardsChanged();
    this.items.usesChanged();
  }

  private render(): void {
    if (!this.isStale) return;
    this.isStale = false;
    const { order, count } = this.shown;
    const { items } = this;
    const place = { selectedCount: 0, startPath: '', startIndex: 0 };
    this.grid.applySnapshot({ count, order, viewKey: 'name', shape, items, ...place });
    this.grid.applyItems();
  }
}
