import assert from 'node:assert/strict';
import { type CellSize, maxPhysicalHeight } from '../../../../src/webview/virtualList/rowLayout';
import { VirtualRows } from '../../../../src/webview/virtualList/VirtualRows';

const line: CellSize = { minWidth: undefined, height: 50, gap: 0 };
const viewport = 500;

describe('VirtualRows', () => {
  let rows: VirtualRows;
  let changes: number;

  beforeEach(() => {
    changes = 0;
    rows = new VirtualRows(
      line,
      () => {
        changes++;
      },
      () => undefined,
    );
  });

  it('renders nothing until it knows the viewport, and nothing more while it is hidden', () => {
    rows.configure(1000, line);
    assert.deepEqual(rows.near, { start: 0, end: 0 });
    rows.resize(800, viewport);
    // 10 rows are in view, and as many after them are rendered.
    assert.deepEqual(rows.near, { start: 0, end: 20 });
    rows.resize(0, 0);
    assert.deepEqual(rows.near, { start: 0, end: 20 });
  });

  it('asks for rendering only when scrolling brings other rows', () => {
    rows.configure(1000, line);
    rows.resize(800, viewport);
    changes = 0;
    rows.scrolledTo(5000);
    assert.equal(changes, 1);
    assert.deepEqual(rows.near, { start: 90, end: 120 });
    rows.scrolledTo(5001);
    assert.equal(changes, 2, 'row 110 comes into view');
    rows.scrolledTo(5002);
    assert.equal(changes, 2);
  });

  it('counts what the user scrolls and not its own movements, which come back as events', () => {
    rows.configure(1000, line);
    rows.resize(800, viewport);
    rows.scrollToIndex(100);
    assert.equal(rows.takeBarPosition(), 5000);
    assert.equal(rows.takeBarPosition(), undefined);
    rows.scrolledTo(5000.4);
    assert.equal(rows.scrolls, 0);
    assert.equal(rows.top, 5000);
    rows.scrolledTo(4000);
    assert.equal(rows.scrolls, 1);
    assert.equal(rows.direction, -1);
  });

  it('keeps the first cell in view when the number of columns changes', () => {
    const cell: CellSize = { minWidth: 100, height: 40, gap: 10 };
    rows.configure(1000, cell);
    // 4 columns of 100 with 10 between them
    rows.resize(430, viewport);
    rows.scrollToIndex(400);
    assert.equal(rows.top, 100 * 50);
    rows.resize(210, viewport);
    assert.equal(rows.layout.columns, 2);
    assert.equal(rows.top, 200 * 50);
  });

  it('scrolls no further than a row needs to be seen', () => {
    rows.configure(1000, line);
    rows.resize(800, viewport);
    rows.reveal(9);
    assert.equal(rows.top, 0);
    rows.reveal(10);
    assert.equal(rows.top, 50);
    rows.reveal(0);
    assert.equal(rows.top, 0);
  });

  it('reaches every row of a list that is taller than a scroll bar can be', () => {
    const count = 1_000_000;
    rows.configure(count, line);
    rows.resize(800, viewport);
    assert.equal(rows.layout.physicalHeight, maxPhysicalHeight);
    const end = maxPhysicalHeight - viewport;
    rows.scrolledTo(end);
    assert.equal(rows.inView.end, count);
    assert.ok(rows.offsetOf(count - 1) <= maxPhysicalHeight - 50 + 1e-6);
    // Half of the bar is half of the list.
    rows.scrolledTo(end / 2);
    assert.equal(rows.top, (count * 50 - viewport) / 2);
    // The end of the list by key moves the bar to its end.
    rows.reveal(count - 1);
    assert.equal(rows.top, count * 50 - viewport);
    assert.equal(rows.takeBarPosition(), end);
  });

  it('scrolls a very long list pixel by pixel and then moves the bar without moving the rows', () => {
    rows.configure(1_000_000, line);
    rows.resize(800, viewport);
    rows.scrollToIndex(500_000);
    const bar = rows.takeBarPosition() ?? NaN;
    const { top } = rows;
    assert.equal(rows.scrolledTo(bar + 100), true, 'the bar has to settle');
    assert.equal(rows.top, top + 100);
    const distance = rows.distanceOf(500_010);
    rows.settleBar();
    assert.equal(rows.distanceOf(500_010), distance);
    const settled = rows.takeBarPosition() ?? NaN;
    // 100 pixels of 50 million are 16 of the 8 million that the bar has.
    assert.ok(Math.abs(settled - (bar + 16)) < 0.01, `${settled - bar}`);
    // The rows are rendered where the viewport is now: as far below its top as before.
    assert.ok(Math.abs(rows.offsetOf(500_010) - settled - distance) < 1e-6);
  });

  it('reveals rows clear of what lies over the end of the list, and leaves room below the last one', () => {
    rows.configure(100, line);
    rows.resize(800, viewport);
    rows.cover(120);
    assert.equal(rows.top, 0, 'nothing moves');
    rows.reveal(7);
    // Row 7 ends at 400; 500 - 120 are clear.
    assert.equal(rows.top, 20);
    rows.reveal(99);
    // All rows are 5,000 high.
    assert.equal(rows.top, 5000 - 380);
    assert.equal(rows.room, 120);
  });

  it('keeps the room that it is scrolled into, and gives it up as the user scrolls back', () => {
    rows.configure(100, line);
    rows.resize(800, viewport);
    rows.cover(120);
    rows.reveal(99);
    rows.takeBarPosition();
    rows.cover(0);
    assert.equal(rows.top, 4620, 'nothing moves');
    assert.equal(rows.room, 120);
    rows.scrolledTo(4570);
    assert.equal(rows.room, 70);
    rows.scrolledTo(4000);
    assert.equal(rows.room, 0);
  });

  it('moves a row for typing only where something lies over it', () => {
    rows.configure(100, line);
    rows.resize(800, 480);
    rows.uncover(9);
    assert.equal(rows.top, 0, 'the viewport ends in row 9, and that was so before');
    rows.cover(100);
    rows.uncover(6);
    assert.equal(rows.top, 0, 'row 6 ends at 350, above what lies over the list');
    rows.uncover(7);
    assert.equal(rows.top, 20);
  });
});
