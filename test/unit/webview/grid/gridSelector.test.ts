import assert from 'node:assert/strict';
import type { GridSnapshot } from '../../../../src/protocol/page/gridProtocol';
import { GridSelector } from '../../../../src/webview/grid/GridSelector';
import type { ItemWindow } from '../../../../src/webview/grid/ItemWindow';

describe('how many images are selected while the host has not answered', () => {
  let answers: ((snapshot: GridSnapshot | undefined) => void)[];
  let told: number;
  let selector: GridSelector;

  beforeEach(() => {
    answers = [];
    told = 0;
    const items = {
      order: 1,
      count: 100,
      at: (index: number) => ({ path: `${index}.png`, selected: false }),
      versionAt: () => 1,
    };
    selector = new GridSelector({
      select: () => new Promise((resolve) => answers.push(resolve)),
      items: () => items as unknown as ItemWindow,
      selectedCount: () => told,
      changed: () => undefined,
    });
  });
  const answer = async (at: number): Promise<void> => {
    answers[at]?.({ version: 2 } as GridSnapshot);
    await Promise.resolve();
    await Promise.resolve();
  };

  it('counts a range that is added to those that are selected', () => {
    for (const index of [0, 1, 2]) selector.toggle(index);
    selector.extend(2, 2, true);
    assert.equal(selector.count, 3, 'the range has only one that is selected already');
    selector.extend(2, 5, true);
    assert.equal(selector.count, 6);
    selector.extend(2, 4, false);
    assert.equal(selector.count, 3);
  });

  it('is not ended by the answer to an older command that expected as many', async () => {
    selector.only(4);
    selector.toggle(5);
    selector.only(7);
    await answer(0);
    assert.equal(selector.count, 1, 'the host has said nothing of the newest');
    told = 1;
    await answer(1);
    await answer(2);
    told = 8;
    assert.equal(selector.count, 8);
  });
});
