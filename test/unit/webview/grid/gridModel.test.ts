import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import type { CardItem } from '../../../../src/protocol/page/cardProtocol';
import type { SelectCommand } from '../../../../src/protocol/page/gridProtocol';
import type { ItemsAround } from '../../../../src/protocol/page/gridViewProtocol';
import { cellSizeOf, gap } from '../../../../src/webview/grid/gridLayout';
import { type AskAround, GridModel } from '../../../../src/webview/grid/GridModel';
import { type ItemAnswer, ItemWindow } from '../../../../src/webview/grid/ItemWindow';
import { cardSizes } from '../../../../src/webview/shared/cardSizes';
import { VirtualRows } from '../../../../src/webview/virtualList/VirtualRows';

const shape = { mode: 'grid', size: 'medium' } as const;
const columns = 4;
/** so wide that exactly {@link columns} cells fit side by side */
const width = columns * cardSizes.medium.minWidth + (columns - 1) * gap;
const rowHeight = cardSizes.medium.height + gap;
/** two rows are in view */
const viewport = 2 * rowHeight;

/** Images by name in an order, as the extension host answers for them; answers can be held back. */
class Host {
  order = 1;
  version = 1;
  images: string[] = Array.from({ length: 1000 }, (_, index) => `i${index}`);
  asked: Parameters<AskAround>[0][] = [];
  itemsAsked: [start: number, count: number][] = [];
  selected: SelectCommand[] = [];
  isAnswering = true;
  private held: (() => void)[] = [];
  private readonly former = new Map<number, string[]>();

  /** The images are others from now on, or in another order. */
  become(images: string[]): void {
    this.images = images;
    this.order++;
    this.version++;
  }

  readonly around: AskAround = (params) => {
    this.asked.push(params);
    this.former.set(this.order, this.images);
    return this.answer<ItemsAround>(() => {
      const path = params.paths.find((one) => this.images.includes(one));
      const anchor = path === undefined ? null : { path, index: this.images.indexOf(path) };
      const center = anchor?.index ?? params.index;
      const start = Math.max(0, center - params.before);
      const found = params.find.map((one) => (this.images.includes(one) ? this.images.indexOf(one) : null));
      const placed = params.places.map((place) => {
        const was = this.former.get(place.order)?.[place.index];
        if (was === undefined) return null;
        return { path: was, index: this.images.includes(was) ? this.images.indexOf(was) : null };
      });
      const items = this.items(start, center + params.after + 1 - start);
      const { version, order } = this;
      return { version, order, matching: this.images.length, anchor, found, placed, start, items };
    });
  };

  readonly fetch = (start: number, count: number): Promise<ItemAnswer> => {
    this.itemsAsked.push([start, count]);
    return this.answer(() => ({ version: this.version, order: this.order, items: this.items(start, count) }));
  };

  /** Sends the answers that were held back, as they were when the questions came. */
  release(): void {
    for (const send of this.held.splice(0)) send();
  }

  private answer<T>(make: () => T): Promise<T> {
    if (this.isAnswering) return Promise.resolve(make());
    const made = make();
    return new Promise((resolve) => {
      this.held.push(() => {
        resolve(made);
      });
    });
  }

  private items(start: number, count: number): CardItem[] {
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
}

describe('GridModel', () => {
  let host: Host;
  let items: ItemWindow;
  let rows: VirtualRows;
  let model: GridModel;
  let drafts: string[];
  let isConnected: boolean;
  let isStale: boolean;
  let viewKey: string;
  let start: { path: string; index: number };

  /** What the element does before it renders. */
  const update = (order = host.order): void => {
    isStale = false;
    model.applySnapshot({
      count: host.images.length,
      order,
      viewKey,
      shape,
      selectedCount: 0,
      startPath: start.path,
      startIndex: start.index,
      items,
    });
    model.applyItems();
  };
  const settle = async (): Promise<void> => {
    for (let turns = 0; turns < 20; turns++) {
      await turn();
      if (isStale) update();
    }
  };
  const show = async (): Promise<void> => {
    items.refresh(host.version);
    update();
    await settle();
  };
  const userScrollsTo = async (top: number): Promise<void> => {
    rows.scrolledTo(top);
    await settle();
  };
  const renderedCells = (): number[] => model.renderedRows.flatMap(({ cells }) => cells);
  const changed = (): void => {
    isStale = true;
  };

  beforeEach(() => {
    host = new Host();
    drafts = [];
    isConnected = true;
    isStale = false;
    viewKey = 'name';
    start = { path: '', index: 0 };
    items = new ItemWindow(host.fetch, changed, (error) => {
      throw error;
    });
    rows = new VirtualRows(cellSizeOf(shape), changed, () => undefined);
    rows.resize(width, viewport);
    model = new GridModel(rows, {
      around: host.around,
      select: (command) => {
        host.selected.push(command);
        return Promise.resolve(undefined);
      },
      draftPaths: () => drafts,
      isConnected: () => isConnected,
      changed,
    });
  });

  describe('keeps the place when the order changes', () => {
    it('shows the first image in view as far from the top as before', async () => {
      await show();
      // 100 pixels of row 25 are above the viewport.
      await userScrollsTo(25 * rowHeight + 100);
      assert.equal(items.at(25 * columns)?.path, 'i100');
      host.become([...Array.from({ length: 10 }, (_, index) => `new${index}`), ...host.images]);
      await show();
      // i100 is at position 110 now, in row 27 of 4 columns.
      assert.equal(rows.top, 27 * rowHeight + 100);
      assert.equal(items.at(110)?.path, 'i100');
    });

    it('measures from where the user has scrolled while the question was under way', async () => {
      await show();
      await userScrollsTo(25 * rowHeight);
      host.isAnswering = false;
      host.become(host.images.slice(20));
      update();
      await userScrollsTo(26 * rowHeight);
      host.isAnswering = true;
      host.release();
      await settle();
      // 20 images are 5 rows.
      assert.equal(rows.top, 21 * rowHeight);
    });

    it('prefers the active image as the anchor while it is in view, and the images in view else', async () => {
      await show();
      model.focused(5, 'i5');
      host.become([...host.images]);
      await show();
      assert.deepEqual(host.asked.at(-1)?.paths, ['i5', 'i0', 'i1', 'i2', 'i3', 'i4', 'i5', 'i6', 'i7']);
      await userScrollsTo(100 * rowHeight);
      host.become([...host.images]);
      await show();
      assert.equal(host.asked.at(-1)?.paths[0], 'i400');
      assert.ok(host.asked.at(-1)?.find.includes('i5'), 'its new position is asked for');
    });

    it('shows what another search or sort order finds from its beginning', async () => {
      await show();
      await userScrollsTo(100 * rowHeight);
      viewKey = 'size';
      host.become([...host.images].reverse());
      await show();
      assert.equal(rows.top, 0);
      assert.equal(model.active, 999, 'i0, which Tab led to, is the last one now');
      viewKey = 'search';
      host.become(host.images.filter((path) => path !== 'i0'));
      await show();
      assert.equal(model.active, 0);
      assert.equal(model.activePath, 'i999');
    });

    it('stays at the image the user is at in another sort order', async () => {
      await show();
      await userScrollsTo(100 * rowHeight);
      model.focused(405, 'i405');
      viewKey = 'reversed';
      host.become([...host.images].reverse());
      await show();
      // Row 101 was one row below the top; position 594 is in row 148.
      assert.equal(model.active, 594);
      assert.equal(rows.top, 147 * rowHeight);
    });
  });

  describe('goes to an image that is not there yet', () => {
    const whileReading = async (): Promise<string[]> => {
      start = { path: 'i500', index: 500 };
      const all = host.images;
      host.images = all.slice(0, 100);
      await show();
      assert.ok(model.isWaiting);
      assert.equal(model.active, 99, 'the nearest position that there is');
      assert.deepEqual(host.asked[0]?.paths, ['i500']);
      return all;
    };

    it('when it has been read', async () => {
      const all = await whileReading();
      host.become(all.slice(0, 300));
      await show();
      assert.ok(model.isWaiting);
      host.become(all);
      await show();
      assert.equal(model.isWaiting, false);
      // Position 500 is in row 125.
      assert.equal(rows.top, 125 * rowHeight);
      assert.equal(items.at(500)?.path, 'i500');
    });

    for (const [what, act] of [
      ['scrolled', () => rows.scrolledTo(rowHeight)],
      [
        'focused a card',
        () => {
          model.focused(3, 'i3');
        },
      ],
    ] as const) {
      it(`but not if the user has ${what} meanwhile`, async () => {
        const all = await whileReading();
        act();
        assert.equal(model.isWaiting, false);
        await settle();
        const { top } = rows;
        host.become(all);
        await show();
        assert.equal(rows.top, top);
        assert.notEqual(model.active, 500);
        assert.ok(!host.asked.at(-1)?.paths.includes('i500'));
      });
    }

    it('but not if the user asked for another search meanwhile', async () => {
      const all = await whileReading();
      viewKey = 'search';
      host.become(all);
      await show();
      assert.equal(model.isWaiting, false);
      assert.equal(rows.top, 0);
    });

    it('by a key, whose card comes later', async () => {
      await show();
      host.isAnswering = false;
      model.navigate({ kind: 'move', key: 'End', ends: true, extend: false, keep: false });
      await settle();
      assert.equal(model.active, 999);
      assert.equal(model.activePath, undefined);
      assert.deepEqual(model.goal, { index: 999, part: 'cell' });
      assert.ok(renderedCells().includes(999), 'there is a cell that can get the focus');
      host.isAnswering = true;
      host.release();
      await settle();
      assert.equal(model.activePath, 'i999');
      model.goalReached();
      assert.equal(model.goal, undefined);
    });
  });

  describe('has an active cell', () => {
    beforeEach(async () => {
      await show();
      model.focused(6, 'i6');
    });

    it('that moves with its image', async () => {
      host.become(['new', ...host.images]);
      await show();
      assert.equal(model.active, 7);
      assert.equal(model.activePath, 'i6');
    });

    it('that passes to the next image when its image is gone', async () => {
      host.become(host.images.filter((path) => path !== 'i6'));
      await show();
      assert.equal(model.active, 6);
      assert.equal(model.activePath, 'i7');
    });

    it('that is the last one when all after it are gone', async () => {
      host.become(host.images.slice(0, 3));
      await show();
      assert.equal(model.active, 2);
      assert.equal(model.activePath, 'i2');
    });

    it('that follows keys, leaving a caption, and a return from elsewhere', () => {
      model.navigate({ kind: 'move', key: 'ArrowDown', ends: false, extend: false, keep: false });
      assert.equal(model.active, 10);
      model.leave('i10', 'previous');
      assert.deepEqual(model.goal, { index: 9, part: 'caption' });
      model.leave('i9', 'cell');
      assert.deepEqual(model.goal, { index: 9, part: 'cell' });
      model.leave('i0', 'previous');
      assert.equal(model.active, 9, 'there is none before the first one');
      model.returnTo(5000);
      assert.equal(model.active, 999);
    });

    it('that gives up its goal when the focus comes to another card', () => {
      model.moveTo(8, 'caption');
      model.focused(8, 'i8');
      assert.deepEqual(model.goal, { index: 8, part: 'caption' });
      model.focused(9, 'i9');
      assert.equal(model.goal, undefined);
      assert.equal(model.activePath, 'i9');
    });
  });

  describe('pins cells', () => {
    it('of the active image, of unsaved typing and of the goal, wherever they are', async () => {
      await show();
      model.focused(6, 'i6');
      drafts = ['i9'];
      await userScrollsTo(100 * rowHeight);
      // In view are rows 100 and 101; as many cells as one viewport holds are rendered before and after them.
      const near = Array.from({ length: 6 * columns }, (_, offset) => 98 * columns + offset);
      assert.deepEqual(renderedCells(), [6, 9, ...near]);
      model.moveTo(0, 'cell');
      rows.scrollToIndex(400);
      assert.deepEqual(renderedCells(), [0, 9, ...near], 'the goal is the active cell from now on');
    });

    it('of the latest 15 drafts only', async () => {
      await show();
      drafts = Array.from({ length: 20 }, (_, index) => `i${index}`);
      await userScrollsTo(100 * rowHeight);
      const pinned = renderedCells().filter((index) => index < 100);
      assert.deepEqual(pinned, [0, ...Array.from({ length: 15 }, (_, offset) => 5 + offset)]);
    });

    it('and asks for their cards when the order changes', async () => {
      await show();
      model.focused(6, 'i6');
      await userScrollsTo(100 * rowHeight);
      host.become(['new', ...host.images]);
      host.itemsAsked = [];
      await show();
      assert.ok(host.itemsAsked.some(([first, count]) => first === 7 && count === 1));
      assert.equal(items.at(7)?.path, 'i6');
    });
  });

  describe('asks the host', () => {
    it('one question at a time, again until the cards are of the latest order', async () => {
      await show();
      host.isAnswering = false;
      host.become(['second', ...host.images]);
      update();
      host.become(['third', ...host.images]);
      update();
      await settle();
      assert.equal(host.asked.length, 2, 'the first view, and one for both changes');
      host.isAnswering = true;
      host.release();
      await settle();
      assert.equal(host.asked.length, 3);
      assert.equal(items.order, 3);
      assert.equal(items.at(0)?.path, 'third');
    });

    it('nothing when a snapshot is older than the cards, when the page is gone, or when it has no room', async () => {
      await show();
      host.become([...host.images]);
      await show();
      update(host.order - 1);
      isConnected = false;
      update(host.order + 1);
      await settle();
      assert.equal(host.asked.length, 2);
      const unseen = new VirtualRows(cellSizeOf(shape), changed, () => undefined);
      model = new GridModel(unseen, {
        around: host.around,
        select: () => Promise.resolve(undefined),
        draftPaths: () => [],
        isConnected: () => true,
        changed,
      });
      update(host.order + 1);
      await settle();
      assert.equal(host.asked.length, 2);
    });

    it('again after a failure when the next snapshot comes', async () => {
      let isFailing = true;
      model = new GridModel(rows, {
        around: (params) => (isFailing ? Promise.resolve(undefined) : host.around(params)),
        select: () => Promise.resolve(undefined),
        draftPaths: () => [],
        isConnected: () => true,
        changed,
      });
      await show();
      assert.equal(items.order, 0);
      isFailing = false;
      await settle();
      assert.equal(items.order, 0, 'not by itself');
      await show();
      assert.equal(items.order, 1);
    });

    it('and drops cards of an older order that come after those of the new one', async () => {
      await show();
      host.isAnswering = false;
      await userScrollsTo(200 * rowHeight);
      assert.equal(host.itemsAsked.length > 0, true);
      const before = [...host.images];
      host.become([...before].reverse());
      host.isAnswering = true;
      update();
      await settle();
      assert.equal(items.order, 2);
      const shown = rows.firstIndex;
      host.release();
      await settle();
      for (let index = shown; index < shown + 2 * columns; index++) {
        assert.equal(items.at(index)?.path, host.images[index]);
      }
      assert.equal(items.at(800)?.path === before[800], false, 'the late answer was for position 800 of the old order');
    });

    it('and shows the cards of the old order until those of the new one are there', async () => {
      await show();
      host.isAnswering = false;
      host.become(host.images.slice(0, 500));
      update();
      await settle();
      assert.equal(rows.layout.count, 1000);
      assert.equal(items.at(0)?.path, 'i0');
      host.isAnswering = true;
      host.release();
      await settle();
      assert.equal(rows.layout.count, 500);
    });
  });

  it('selects from the same image when the order changed between the two ends of a range', async () => {
    await show();
    model.selector.toggle(2);
    host.become(['new', ...host.images]);
    await show();
    model.focused(3, 'i2');
    model.navigate({ kind: 'move', key: 'ArrowRight', ends: false, extend: true, keep: false });
    assert.deepEqual(host.selected, [
      { kind: 'toggle', path: 'i2' },
      { kind: 'range', from: 3, to: 4, order: 2, keep: false },
    ]);
  });

  it('names the folder of the image that was jumped to, until the list is scrolled', async () => {
    await show();
    model.jumpTo(402, false);
    await settle();
    assert.equal(rows.top, 100 * rowHeight);
    assert.equal(model.headIndex, 402, 'not 400, which begins the row');
    assert.equal(model.goal, undefined);
    await userScrollsTo(50 * rowHeight);
    assert.equal(model.headIndex, 200);
  });

  it('wants the pictures nearest to the middle of the viewport first', async () => {
    await show();
    await userScrollsTo(100 * rowHeight);
    const wanted = model.wantedImages;
    // Rows 98 to 103 are rendered and 100 and 101 in view: the middle lies between these two.
    const rowsWanted = wanted.map(({ path }) => Math.floor(Number(path.slice(1)) / columns));
    assert.deepEqual(new Set(rowsWanted.slice(0, 2 * columns)), new Set([100, 101]));
    assert.deepEqual(new Set(rowsWanted.slice(-2 * columns)), new Set([98, 103]));
    assert.deepEqual(
      wanted.map(({ inView }) => inView),
      Array.from({ length: 6 * columns }, (_, at) => at < 2 * columns),
    );
  });
});
