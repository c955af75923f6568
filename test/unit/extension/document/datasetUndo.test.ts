import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DatasetUndo } from '../../../../src/extension/document/DatasetUndo';
import { EditOrder } from '../../../../src/extension/document/EditOrder';
import type { Direction } from '../../../../src/extension/document/EditStack';
import { UndoCommands } from '../../../../src/extension/document/UndoCommands';

type Name = 'a' | 'b';
type Call = (direction: Direction) => Promise<void>;

/** VS Code's stack for one editor. */
class Stack {
  private readonly calls: Call[] = [];
  private done = 0;

  push(call: Call): void {
    this.calls.length = this.done;
    this.done = this.calls.push(call);
  }

  async replay(direction: Direction): Promise<void> {
    const call = this.calls[direction === 'undo' ? this.done - 1 : this.done];
    if (call === undefined) return;
    this.done += direction === 'undo' ? -1 : 1;
    await call(direction);
  }
}

/** Two datasets in tabs: each holds the numbers of its edits. */
class Tabs {
  readonly front: { tab: Name | 'text' } = { tab: 'a' };
  /** the tab to which the user goes while a command is on its way */
  goesTo: Name | 'text' | undefined;
  /** for each command, whether it has learned that it reached a dataset */
  readonly reached: boolean[] = [];
  readonly texts = { a: [] as number[], b: [] as number[] };
  private edits = 0;
  private readonly stacks = { a: new Stack(), b: new Stack() };
  private readonly commands = new UndoCommands(async (direction, isOnDataset) => {
    await Promise.resolve();
    this.front.tab = this.goesTo ?? this.front.tab;
    const { tab } = this.front;
    if (tab !== 'text') await this.stacks[tab].replay(direction);
    this.reached.push(isOnDataset());
  });
  private readonly undos = { a: this.undoOf(), b: this.undoOf() };

  edit(name: Name): void {
    const number = ++this.edits;
    const text = this.texts[name];
    text.push(number);
    const call = this.undos[name].record((direction) => {
      if (direction === 'redo') text.push(number);
      else assert.equal(text.pop(), number, 'edits are taken back from the last to the first');
    });
    this.stacks[name].push(call);
  }

  /** A key that is pressed in a tab. @param isKnown whether the host has heard by then which tab is in front */
  async press(name: Name, direction: Direction, isKnown = false): Promise<boolean> {
    const { done } = await this.undos[name].replayNext(direction, {}, () => !isKnown || this.front.tab === name);
    return done;
  }

  private undoOf(): DatasetUndo {
    return new DatasetUndo(new EditOrder(), this.commands, () => undefined);
  }
}

describe('Undo and redo of a dataset', () => {
  let tabs: Tabs;

  beforeEach(() => {
    tabs = new Tabs();
    tabs.edit('a');
    tabs.edit('b');
  });

  for (const tab of ['b', 'text'] as const) {
    it('tells a command whether it has reached a dataset: what was undone in a text then, the user has undone', async () => {
      for (let edit = 0; edit < 3; edit++) tabs.edit('a');
      tabs.edit('b');
      for (const tab of ['a', 'text', 'b'] as const) {
        tabs.front.tab = 'a';
        tabs.goesTo = tab;
        await tabs.press('a', 'undo');
      }
      assert.deepEqual(tabs.reached, [true, false, true]);
      assert.deepEqual(tabs.texts, { a: [1], b: [2, 6] });
    });

    it(`go to the dataset in which they were pressed when another tab comes to the front (${tab})`, async () => {
      tabs.goesTo = tab;
      assert.equal(await tabs.press('a', 'undo'), true);
      assert.deepEqual(tabs.texts, { a: [], b: [2] });
      tabs.goesTo = undefined;
      tabs.front.tab = 'b';
      assert.equal(await tabs.press('b', 'undo'), true);
      assert.deepEqual(tabs.texts, { a: [], b: [] }, 'the other dataset has its own undo still');
      tabs.front.tab = 'a';
      assert.equal(await tabs.press('a', 'redo'), true);
      assert.equal(await tabs.press('a', 'redo'), false, 'there is no more');
      assert.deepEqual(tabs.texts, { a: [1], b: [] });
    });
  }

  it('go there also when the host has heard before that another tab is in front', async () => {
    tabs.edit('a');
    tabs.front.tab = 'b';
    for (const expected of [[1], []]) {
      await tabs.press('a', 'undo', true);
      assert.deepEqual(tabs.texts, { a: expected, b: [2] });
    }
    tabs.front.tab = 'a';
    tabs.edit('a');
    await tabs.press('a', 'undo');
    assert.equal(await tabs.press('a', 'undo'), false);
    assert.deepEqual(
      tabs.texts,
      { a: [], b: [2] },
      'what was taken back is not brought back by the stack that follows',
    );
  });

  it('that two datasets ask for at once do not take one another for their own', async () => {
    tabs.goesTo = 'b';
    await Promise.all([tabs.press('a', 'undo'), tabs.press('b', 'undo')]);
    assert.deepEqual(tabs.texts, { a: [], b: [] });
    await Promise.all([tabs.press('a', 'redo'), tabs.press('b', 'redo')]);
    assert.deepEqual(tabs.texts, { a: [1], b: [2] });
  });

  it('are those of each dataset alone, whatever tab is in front when', async () => {
    const name = fc.constantFrom<Name>('a', 'b');
    const tab = fc.constantFrom<Name | 'text'>('a', 'b', 'text');
    const step = fc.oneof(
      fc.record({ edits: name }),
      fc.record({
        presses: name,
        direction: fc.constantFrom<Direction>('undo', 'redo'),
        goesTo: fc.option(tab, { nil: undefined }),
        isKnown: fc.boolean(),
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const played = new Tabs();
        const stacks = {
          a: { done: [] as number[], undone: [] as number[] },
          b: { done: [] as number[], undone: [] as number[] },
        };
        let edits = 0;
        for (const step of steps) {
          if ('edits' in step) {
            played.edit(step.edits);
            stacks[step.edits].done.push(++edits);
            stacks[step.edits].undone = [];
          } else {
            const { presses, direction, goesTo, isKnown } = step;
            const { done, undone } = stacks[presses];
            const [from, to] = direction === 'undo' ? [done, undone] : [undone, done];
            const moved = from.pop();
            if (moved !== undefined) to.push(moved);
            played.front.tab = isKnown ? (goesTo ?? presses) : presses;
            played.goesTo = goesTo;
            assert.equal(await played.press(presses, direction, isKnown), moved !== undefined);
          }
          assert.deepEqual(played.texts, { a: stacks.a.done, b: stacks.b.done });
        }
      }),
      { numRuns: 500 },
    );
  });
});
