import assert from 'node:assert/strict';
import { focusedCard } from '../../../../src/webview/editor/focusedCard';

describe('The card that had the focus in an earlier page', () => {
  const card = 'the card';
  const gridWith = (answers: (string | undefined)[]) => () => ({
    cardInView: () => Promise.resolve(answers.shift()),
  });

  it('is waited for until it has come', async () => {
    const found = await focusedCard('a.png', { grid: gridWith([undefined, undefined, card]), hasActed: () => false });
    assert.equal(found, card);
  });

  it('is not taken from somebody who has begun with something else', async () => {
    let acts = 0;
    const found = await focusedCard('a.png', { grid: gridWith([card]), hasActed: () => ++acts > 1 });
    assert.equal(found, undefined);
  });

  it('is not looked for where none had it', async () => {
    assert.equal(await focusedCard('', { grid: gridWith([card]), hasActed: () => false }), undefined);
  });
});
