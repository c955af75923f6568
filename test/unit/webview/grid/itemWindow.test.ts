import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import type { CardItem } from '../../../../src/protocol/page/cardProtocol';
import { type ItemAnswer, ItemWindow } from '../../../../src/webview/grid/ItemWindow';

/** A host with images `prefix0`, `prefix1`, … of which the texts can be changed. */
class Host {
  prefix = 'a';
  order = 1;
  version = 1;
  count = 1000;
  texts = new Map<string, string>();
  asked: [start: number, count: number][] = [];

  items(start: number, count: number): CardItem[] {
    return Array.from({ length: Math.max(0, Math.min(count, this.count - start)) }, (_, offset) => {
      const index = start + offset;
      const path = `${this.prefix}${index}`;
      const text = this.texts.get(path) ?? '';
      const none = { captionPath: '', draft: 0, warnings: [], imageVersion: '1', selected: false };
      return { ...none, index, path, text, save: { state: 'saved' } };
    });
  }

  readonly fetch = (start: number, count: number): Promise<ItemAnswer> => {
    this.asked.push([start, count]);
    return Promise.resolve({ version: this.version, order: this.order, items: this.items(start, count) });
  };
}

describe('ItemWindow', () => {
  let host: Host;
  let window: ItemWindow;
  let failures: unknown[];
  const settle = async (): Promise<void> => {
    for (let turns = 0; turns < 10; turns++) await turn();
  };
  const replace = (start: number, count: number, kept: [string, number][] = []): void => {
    const { version, order } = host;
    const items = host.items(start, count);
    const answer = { version, order, matching: host.count, anchor: null, found: [], placed: [], start, items };
    window.replace(answer, { paths: new Map(kept), places: [] });
  };

  beforeEach(() => {
    host = new Host();
    failures = [];
    window = new ItemWindow(
      host.fetch,
      () => undefined,
      (error) => failures.push(error),
    );
    replace(0, 20);
  });

  it('asks for what is missing only, and then for what may be needed soon', async () => {
    window.need([{ start: 10, end: 30 }], { start: 30, end: 40 });
    await settle();
    assert.deepEqual(host.asked, [
      [20, 10],
      [30, 10],
    ]);
    assert.equal(window.at(39)?.path, 'a39');
    window.need([{ start: 15, end: 38 }]);
    await settle();
    assert.equal(host.asked.length, 2, 'all of it is known');
  });

  it('keeps the objects of cards that did not change', async () => {
    window.need([{ start: 0, end: 20 }]);
    const [same, changed] = [window.at(3), window.at(4)];
    host.texts.set('a4', 'new');
    host.version = 2;
    window.refresh(2);
    await settle();
    assert.equal(window.at(3), same);
    assert.notEqual(window.at(4), changed);
    assert.equal(window.at(4)?.text, 'new');
  });

  it('shows a card that was left as it was until it is asked for again', async () => {
    window.need([{ start: 200, end: 210 }]);
    await settle();
    host.version = 2;
    host.texts.set('a5', 'new');
    window.refresh(2);
    await settle();
    window.need([{ start: 0, end: 10 }]);
    assert.equal(window.at(5)?.text, '', 'no empty place meanwhile');
    await settle();
    assert.equal(window.at(5)?.text, 'new');
  });

  it('takes no cards of another order, and does not ask on until it has that order', async () => {
    host.order = 2;
    host.prefix = 'b';
    window.need([{ start: 10, end: 30 }]);
    await settle();
    assert.equal(window.at(25), undefined);
    assert.equal(window.at(12)?.path, 'a12');
    assert.equal(host.asked.length, 1);
    replace(5, 20);
    await settle();
    assert.equal(window.at(25)?.path, 'b25');
    assert.equal(window.indexOf('a12'), undefined);
  });

  it('keeps a card that is shown elsewhere under its new position', async () => {
    host.order = 2;
    host.count = 1001;
    replace(500, 20, [['a7', 8]]);
    assert.equal(window.at(8)?.path, 'a7');
    await settle();
  });

  it('does not ask for ever where the host has fewer cards than it said', async () => {
    host.count = 25;
    window.need([{ start: 10, end: 60 }]);
    await settle();
    assert.equal(host.asked.length, 1);
  });

  it('asks again after a failure when something changes', async () => {
    const { fetch } = host;
    let fails = true;
    window = new ItemWindow(
      (start, count) => (fails ? Promise.reject(new Error('gone')) : fetch(start, count)),
      () => undefined,
      (error) => failures.push(error),
    );
    replace(0, 5);
    window.need([{ start: 0, end: 20 }]);
    await settle();
    assert.equal(failures.length, 1);
    fails = false;
    window.refresh(2);
    await settle();
    assert.equal(window.at(19)?.path, 'a19');
  });
});
