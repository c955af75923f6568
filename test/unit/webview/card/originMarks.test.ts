import assert from 'node:assert/strict';
import type { CardItem } from '../../../../src/protocol/page/cardProtocol';
import type { CaptionMarks, PartGroup } from '../../../../src/protocol/page/originProtocol';
import { textDigest } from '../../../../src/protocol/page/textDigest';
import { OriginMarks } from '../../../../src/webview/card/OriginMarks';
import { until } from '../../shared/testFolder';

const tagger = { by: 'tagger', name: 'wd', when: 1 } as const;

function card(name: string, text: string): CardItem {
  return {
    ...{ index: 0, path: `${name}.png`, captionPath: `${name}.txt`, text, save: { state: 'saved' }, draft: 0 },
    ...{ warnings: [], imageVersion: '1', selected: false },
  };
}

describe('Marks of who wrote the tags of cards', () => {
  const asked: string[][] = [];
  const changed: string[] = [];
  /** what the host knows, by path; undefined where there are no records */
  let known: Map<string, CaptionMarks> | undefined;
  let fails = false;
  let marks: OriginMarks;

  beforeEach(() => {
    asked.length = changed.length = 0;
    fails = false;
    known = new Map();
    marks = new OriginMarks({
      ask: (paths) => {
        asked.push(paths);
        if (fails) return Promise.resolve(undefined);
        return Promise.resolve({ marks: known === undefined ? null : paths.map((path) => known?.get(path) ?? null) });
      },
      changed: (captionPath) => changed.push(captionPath),
    });
  });

  const knows = (name: string, text: string, ...groups: PartGroup[]): void => {
    known?.set(`${name}.png`, { digest: textDigest(text), groups });
  };
  const of = (item: CardItem, text = item.text): string[] =>
    [...marks.of(item, text)].map(([tag, { by }]) => `${tag}: ${by}`);
  const answered = (count: number): Promise<void> => until(() => asked.length === count, 'the host was asked');
  const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 250));

  it('are asked for in one question about all cards that came, and once', async () => {
    const [a, b] = [card('a', 'hat, cat'), card('b', 'dog')];
    knows('a', 'hat, cat', { ...tagger, parts: [['hat', 0.5]] }, { by: 'hand', parts: [['cat']] });
    knows('b', 'dog', { ...tagger, parts: [['dog', 0.5]] });
    assert.deepEqual([of(a), of(b), of(card('empty', ''))], [[], [], []]);
    await answered(1);
    assert.deepEqual(asked, [['a.png', 'b.png']]);
    await pause();
    assert.deepEqual(changed, ['a.txt', 'b.txt']);
    assert.deepEqual(of(a), ['hat: tagger', 'cat: hand']);
    assert.deepEqual(of(b), ['dog: tagger']);
    assert.equal(marks.groupsOf(a, a.text)?.length, 2);
    await pause();
    assert.equal(asked.length, 1);
  });

  it('wait until the host has what was typed, and are a person’s for a tag that was gone', async () => {
    knows('a', 'hat, cat', { ...tagger, parts: [['hat'], ['cat']] });
    of(card('a', 'hat, cat'));
    await answered(1);
    await pause();
    assert.deepEqual(of(card('a', 'hat, cat'), 'cat'), ['cat: tagger']);
    assert.deepEqual(of(card('a', 'hat, cat'), 'cat, hat'), ['cat: tagger']);
    await pause();
    assert.equal(asked.length, 1, 'the host does not know that text');
    knows('a', 'cat, hat', { ...tagger, parts: [['cat']] }, { by: 'hand', parts: [['hat']] });
    of(card('a', 'cat, hat'));
    await answered(2);
    await pause();
    assert.deepEqual(of(card('a', 'cat, hat')), ['cat: tagger', 'hat: hand']);
  });

  it('are of a sentence as a whole, whatever the tags beside it', async () => {
    const text = 'A cat sits on a mat, very old, in the sun., very old';
    knows(
      'a',
      text,
      { ...tagger, parts: [['A cat sits on a mat, very old, in the sun.']] },
      { by: 'hand', parts: [['very old']] },
    );
    of(card('a', text));
    await answered(1);
    await pause();
    assert.deepEqual(of(card('a', text)), ['A cat sits on a mat, very old, in the sun.: tagger', 'very old: hand']);
  });

  it('stay until there are others, once the records have changed', async () => {
    const item = card('a', 'hat');
    knows('a', 'hat', { ...tagger, parts: [['hat']] });
    of(item);
    await answered(1);
    await pause();
    marks.expire();
    assert.deepEqual(of(item), ['hat: tagger']);
    knows('a', 'hat', { by: 'hand', parts: [['hat']] });
    await answered(2);
    await pause();
    assert.deepEqual(of(item), ['hat: hand']);
  });

  it('are nothing where nothing is recorded or the host fails, and the host is left alone', async () => {
    known = undefined;
    of(card('a', 'hat'));
    await answered(1);
    await pause();
    of(card('b', 'hat'));
    await pause();
    assert.equal(asked.length, 1);
    known = new Map();
    fails = true;
    marks.expire();
    assert.deepEqual(of(card('b', 'hat')), []);
    await answered(2);
    await pause();
    assert.deepEqual(changed, []);
  });

  it('are asked for the cards that came last, where hundreds fly past', async () => {
    for (let index = 0; index < 1000; index++) of(card(String(index), 'hat'));
    await answered(1);
    assert.equal(asked[0]?.length, 300);
    assert.equal(asked[0].at(-1), '999.png');
  });
});
