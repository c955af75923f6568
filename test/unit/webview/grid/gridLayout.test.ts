import assert from 'node:assert/strict';
import { type CellShape, gap, indexAfterKey, layOut, listHeights } from '../../../../src/webview/grid/gridLayout';
import { cardSizes } from '../../../../src/webview/shared/cardSizes';
import {
  cellsOf,
  maxNearCells,
  maxTop,
  rowsNear,
  rowsToRender,
  topShowing,
  toLogical,
  toPhysical,
  withPinned,
} from '../../../../src/webview/virtualList/rowLayout';

const medium = cardSizes.medium;
const asGrid: CellShape = { mode: 'grid', size: 'medium' };

describe('gridLayout', () => {
  it('fits as many columns as have room and stretches them over the row', () => {
    const layout = layOut(100, 3 * medium.minWidth + 2 * gap + 30, asGrid);
    assert.equal(layout.columns, 3);
    assert.equal(layout.cellWidth, medium.minWidth + 10);
    assert.equal(layout.rows, 34);
    assert.equal(layout.contentHeight, 34 * medium.height + 33 * gap);
  });

  it('has one column where not even one card fits, and no height without cards', () => {
    assert.equal(layOut(5, 100, { mode: 'grid', size: 'large' }).columns, 1);
    assert.equal(layOut(0, 1000, asGrid).contentHeight, 0);
  });

  it('names the rows near the viewport and no others', () => {
    const layout = layOut(1000, 4 * 300, asGrid);
    const { rowHeight } = layout;
    assert.deepEqual(rowsNear(layout, 10 * rowHeight, 2 * rowHeight, 0), { start: 10, end: 12 });
    assert.deepEqual(rowsNear(layout, 10 * rowHeight, 2 * rowHeight, 2 * rowHeight), { start: 8, end: 14 });
    assert.equal(rowsNear(layout, 0, 800, 800).start, 0);
    assert.equal(rowsNear(layout, maxTop(layout, 800), 800, 800).end, layout.rows);
  });

  it('adds pinned cells once, in order, and only existing ones', () => {
    const layout = layOut(100, 4 * 220 + 3 * gap, asGrid);
    assert.deepEqual(withPinned(layout, { start: 10, end: 11 }, [14, 41, 3, 100, -1]), [
      { row: 0, cells: [3] },
      { row: 3, cells: [14] },
      { row: 10, cells: [40, 41, 42, 43] },
    ]);
    assert.deepEqual(withPinned(layout, { start: 0, end: 0 }, [7, 5, 7]), [{ row: 1, cells: [5, 7] }]);
  });

  for (const [width, height] of [
    [1280, 800],
    [3840, 2160],
    [7680, 4320],
    [320, 4320],
  ] as const) {
    it(`never renders more than ${maxNearCells} cards in a window of ${width} x ${height}`, () => {
      for (const mode of ['grid', 'list'] as const) {
        for (const size of ['small', 'medium', 'large'] as const) {
          const layout = layOut(100_000, width, { mode, size }, height);
          for (const top of [0, 12_345.6, maxTop(layout, height)]) {
            const seen = rowsNear(layout, top, height, 0);
            const near = rowsToRender(layout, top, height);
            assert.ok((near.end - near.start) * layout.columns <= maxNearCells, `${mode} ${size}`);
            assert.ok(near.start <= seen.start && near.end >= seen.end, 'all that is in view is rendered');
          }
        }
      }
    });
  }

  it('renders a viewport before and after what is in view where there is room', () => {
    const layout = layOut(10_000, 1280, asGrid, 800);
    const near = rowsToRender(layout, 100 * layout.rowHeight, 800);
    assert.deepEqual(near, { start: 97, end: 106 });
  });

  it('lists images one below the other', () => {
    const layout = layOut(1000, 1280, { mode: 'list', size: 'small' });
    assert.equal(layout.columns, 1);
    assert.equal(layout.contentHeight, 1000 * listHeights.small);
  });

  it('ends the cells of the last row at the last cell', () => {
    const layout = layOut(10, 4 * 220 + 3 * gap, asGrid);
    assert.deepEqual(cellsOf(layout, { start: 2, end: 3 }), { start: 8, end: 10 });
  });

  it('reaches every position of a list that is taller than the scroll bar can be', () => {
    const layout = layOut(100_000, 250, asGrid, 0, 1_000_000);
    assert.equal(layout.physicalHeight, 1_000_000);
    assert.equal(toLogical(layout, 0, 800), 0);
    assert.equal(toLogical(layout, 1_000_000 - 800, 800), maxTop(layout, 800));
    const position = 12_345_678;
    assert.ok(Math.abs(toLogical(layout, toPhysical(layout, position, 800), 800) - position) < 1e-3);
  });

  it('scrolls no further than needed to show a row', () => {
    const layout = layOut(100, 250, asGrid);
    const { rowHeight, cellHeight } = layout;
    assert.equal(topShowing(layout, 5, 5 * rowHeight - 10, 800), 5 * rowHeight - 10);
    assert.equal(topShowing(layout, 5, 6 * rowHeight, 800), 5 * rowHeight);
    assert.equal(topShowing(layout, 5, 0, 800), 5 * rowHeight + cellHeight - 800);
  });

  describe('navigation keys', () => {
    const layout = layOut(10, 4 * 220 + 3 * gap, asGrid);
    const cases: [key: string, ctrl: boolean, from: number, to: number][] = [
      ['ArrowRight', false, 3, 4],
      ['ArrowRight', false, 9, 9],
      ['ArrowLeft', false, 0, 0],
      ['ArrowDown', false, 1, 5],
      ['ArrowDown', false, 7, 9],
      ['ArrowUp', false, 9, 5],
      ['ArrowUp', false, 2, 2],
      ['Home', false, 6, 4],
      ['End', false, 5, 7],
      ['End', false, 8, 9],
      ['Home', true, 9, 0],
      ['End', true, 0, 9],
      ['PageDown', false, 1, 9],
      ['PageUp', false, 9, 1],
    ];
    for (const [key, ctrl, from, to] of cases) {
      it(`${ctrl ? 'Ctrl+' : ''}${key} leads from ${from} to ${to}`, () => {
        assert.equal(indexAfterKey(key, ctrl, from, layout, 2), to);
      });
    }

    it('leaves other keys alone', () => {
      assert.equal(indexAfterKey('a', false, 0, layout, 2), undefined);
    });
  });
});
