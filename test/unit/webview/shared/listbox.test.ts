import assert from 'node:assert/strict';
import { Listbox } from '../../../../src/webview/shared/Listbox';

/** A row's element that notes when it is scrolled into view. */
interface FakeRow {
  id: string;
  scrolls: number;
  scrollIntoView(): void;
}

/** A list of three rows, and what it asked of the component that it is in. */
function listbox({ passesField = false, ids = false } = {}): {
  list: Listbox<string>;
  rows: FakeRow[];
  accepted: number[];
  changes: () => number;
} {
  const accepted: number[] = [];
  let changes = 0;
  const rows = [0, 1, 2].map((index): FakeRow => {
    const row = { id: ids ? `row-${index}` : '', scrolls: 0, scrollIntoView: () => row.scrolls++ };
    return row;
  });
  const list: Listbox<string> = new Listbox<string>({
    rowCount: rows.length,
    passesField,
    element: (index) => rows[index],
    accept: (index) => accepted.push(index),
    dismiss: () => {
      list.close();
    },
    changed: () => {
      changes++;
    },
  });
  return { list, rows, accepted, changes: () => changes };
}

/** The rows that `keys` lead to, one after the other. */
function walk(list: Listbox<string>, ...keys: string[]): number[] {
  return keys.map((key) => {
    assert.ok(list.handleKey(key), `${key} means something`);
    return list.active;
  });
}

describe('a listbox under a field', () => {
  it('goes around its rows with the arrow keys', () => {
    const { list } = listbox();
    list.show(['a', 'b', 'c']);
    assert.equal(list.active, -1);
    assert.deepEqual(walk(list, 'ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowUp'), [0, 1, 2, 0, 2]);
    list.activate(-1);
    assert.deepEqual(walk(list, 'ArrowUp'), [2], 'up from the field is the last row');
  });

  it('passes the field between its last row and its first where it is told to', () => {
    const { list } = listbox({ passesField: true });
    list.show(['a', 'b']);
    assert.deepEqual(walk(list, 'ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowUp', 'ArrowUp'), [0, 1, -1, 1, 0]);
    assert.deepEqual(walk(list, 'ArrowUp', 'ArrowUp'), [-1, 1]);
  });

  it('accepts the active row with Enter and Tab, and leaves both keys alone where none is active', () => {
    const { list, accepted } = listbox();
    list.show(['a', 'b', 'c']);
    assert.ok(!list.handleKey('Enter'));
    assert.ok(!list.handleKey('Tab'));
    list.activate(1);
    assert.ok(list.handleKey('Enter'));
    list.activate(2);
    assert.ok(list.handleKey('Tab'));
    assert.deepEqual(accepted, [1, 2]);
  });

  it('closes with Escape, after which no key means anything to it', () => {
    const { list, accepted } = listbox();
    list.show(['a'], 0);
    assert.ok(!list.handleKey('x'));
    assert.ok(list.handleKey('Escape'));
    assert.ok(!list.isOpen);
    for (const key of ['ArrowDown', 'ArrowUp', 'Enter', 'Tab', 'Escape']) assert.ok(!list.handleKey(key), key);
    assert.equal(list.active, -1);
    assert.deepEqual(accepted, []);
  });

  it('hides rows without taking away what they said', () => {
    const { list } = listbox();
    list.show(['a', 'b', 'c', 'more than there are rows']);
    assert.deepEqual(list.options, ['a', 'b', 'c']);
    list.show(['d'], 0);
    assert.deepEqual(list.rows, [
      { index: 0, option: 'd', isActive: true, isHidden: false },
      { index: 1, option: 'b', isActive: false, isHidden: true },
      { index: 2, option: 'c', isActive: false, isHidden: true },
    ]);
    list.close();
    assert.deepEqual(
      list.rows.map(({ option, isHidden }) => [option, isHidden]),
      [
        ['d', true],
        ['b', true],
        ['c', true],
      ],
    );
  });

  it('draws again when what is shown changes, not when it is closed a second time', () => {
    const { list, changes } = listbox();
    list.show(['a']);
    list.close();
    const before = changes();
    assert.ok(before >= 2);
    list.close();
    assert.equal(changes(), before);
  });

  it('scrolls to the active row once for each change, to the first where none is active', () => {
    const { list, rows } = listbox();
    list.scrollToActive();
    list.show(['a', 'b', 'c']);
    list.scrollToActive();
    list.scrollToActive();
    list.activate(2);
    list.scrollToActive();
    assert.deepEqual(
      rows.map(({ scrolls }) => scrolls),
      [1, 0, 1],
    );
  });

  it('names the active row to the field by its id, or as an element where it has none', () => {
    const attributes: string[][] = [];
    const field = {
      ariaActiveDescendantElement: null as { id: string } | null,
      setAttribute: (name: string, value: string) => attributes.push([name, value]),
    };
    const byId = listbox({ ids: true });
    byId.list.show(['a', 'b'], 1);
    byId.list.describe(field as never);
    assert.deepEqual(attributes, [['aria-activedescendant', 'row-1']]);

    const byElement = listbox();
    byElement.list.show(['a', 'b'], 1);
    byElement.list.describe(field as never);
    assert.equal(field.ariaActiveDescendantElement, byElement.rows[1]);
    byElement.list.close();
    byElement.list.describe(field as never);
    assert.equal(field.ariaActiveDescendantElement, null);
  });
});
