import assert from 'node:assert/strict';
import type { KeptDraft } from '../../../../src/protocol/page/connectionProtocol';
import { textDigest } from '../../../../src/protocol/page/textDigest';
import { KeptDrafts, keptDraftsOf } from '../../../../src/webview/editor/KeptDrafts';

const image = (name: string) => ({ path: `${name}.png`, captionPath: `${name}.txt` });

describe('KeptDrafts', () => {
  let kept: KeptDrafts;
  let changes: number;

  beforeEach(() => {
    changes = 0;
    kept = new KeptDrafts(() => {
      changes++;
    });
  });

  const first = (): KeptDraft => {
    const [typing] = kept.list;
    assert.ok(typing !== undefined && 'steps' in typing);
    return typing;
  };

  it('keeps the last text of each caption, what it began from, and what was sent on the way', () => {
    kept.sent({ ...image('a'), text: 'ab', draft: 1, from: 'a' });
    kept.sent({ ...image('b'), text: 'x', draft: 2, from: '' });
    kept.sent({ ...image('a'), text: 'abc', draft: 3, from: 'ab' });
    assert.equal(kept.count, 2);
    assert.equal(changes, 3);
    assert.deepEqual(kept.list, [
      { path: 'b.png', text: 'x', draft: 2, from: '', steps: [textDigest('x')] },
      { path: 'a.png', text: 'abc', draft: 3, from: 'a', steps: [textDigest('ab'), textDigest('abc')] },
    ]);
  });

  it('keeps one text of a caption that two images share', () => {
    kept.sent({ ...image('a'), text: 'ab', draft: 1, from: 'a' });
    kept.sent({ path: 'a.jpg', captionPath: 'a.txt', text: 'abc', draft: 2, from: 'ab' });
    assert.equal(kept.count, 1);
    assert.deepEqual(kept.list, [
      { path: 'a.jpg', text: 'abc', draft: 2, from: 'a', steps: [textDigest('ab'), textDigest('abc')] },
    ]);
    kept.confirmed('a.txt', 2);
    assert.equal(kept.count, 0);
  });

  it('forgets a caption when the host has its last text, and older steps as they arrive', () => {
    kept.sent({ ...image('a'), text: 'ab', draft: 5, from: 'a' });
    kept.sent({ ...image('a'), text: 'abc', draft: 6, from: 'a' });
    kept.sent({ ...image('a'), text: 'abcd', draft: 8, from: 'a' });
    kept.confirmed('a.txt', 0);
    assert.equal(first().steps.length, 3);
    kept.confirmed('a.txt', 6);
    assert.deepEqual(first().steps, [textDigest('abc'), textDigest('abcd')]);
    kept.confirmed('b.txt', 8);
    assert.equal(kept.count, 1);
    kept.confirmed('a.txt', 8);
    assert.deepEqual([kept.count, kept.list], [0, []]);
    kept.sent({ ...image('a'), text: 'abcde', draft: 9, from: 'abcd' });
    assert.equal(first().from, 'abcd', 'a new run of typing begins from what the host has');
  });

  it('keeps what the host could not take in until the user has seen it', () => {
    const left = { path: 'gone.png', text: 'typed', draft: 7, from: '', steps: [] };
    kept.leave([left]);
    assert.deepEqual([kept.count, kept.list, kept.leftOver], [0, [left], [left]]);
    kept.drop(left);
    assert.deepEqual(kept.list, []);
  });

  it('takes nothing of another shape from what was stored', () => {
    const draft = { path: 'a.png', text: 'ab', draft: 9, from: '', steps: [1] };
    const ahead = { number: 8, place: { order: 2, index: 7 }, path: null, text: 'ab', joined: 'text' };
    const wrong = [null, { ...draft, steps: 'x' }, { path: 'a.png' }, 7, { ...ahead, place: 3 }, { ...ahead, path: 3 }];
    assert.deepEqual(keptDraftsOf([draft, ...wrong, ahead]), [draft, ahead]);
    assert.deepEqual(keptDraftsOf(undefined), []);
    assert.deepEqual(keptDraftsOf({ path: 'a.png' }), []);
  });

  it('knows a text by its digest, also among similar ones', () => {
    const texts = ['', 'a', 'b', 'ab', 'ba', 'a, b', 'a,b', 'a '.repeat(1000), 'a '.repeat(1001)];
    assert.equal(new Set(texts.map(textDigest)).size, texts.length);
    for (const text of texts) assert.ok(Number.isSafeInteger(textDigest(text)) && textDigest(text) >= 0);
  });
});
