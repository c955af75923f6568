import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { RememberedViews, type RememberedView } from '../../../../src/extension/grid/RememberedViews';
import { namesIn, testFolder, until } from '../../shared/testFolder';

describe('What a grid shows', () => {
  const folder = testFolder();
  const stored = (): string => path.join(folder(), 'views');
  const open: RememberedViews[] = [];
  const view: RememberedView = { query: 'tag:cat', sort: { key: 'modified', descending: true }, selected: ['a/b.jpg'] };

  afterEach(() => {
    for (const views of open.splice(0)) views.dispose();
  });

  function start(): RememberedViews {
    const views = new RememberedViews(folder(), (error) => {
      throw error;
    });
    open.push(views);
    return views;
  }

  it('is found again at once, and by the next process', async () => {
    const [id, other] = [randomUUID(), randomUUID()];
    const views = start();
    assert.equal(await views.get(id), undefined);
    views.set(id, view);
    assert.deepEqual(await views.get(id), view);
    assert.equal(await views.get(other), undefined);
    await until(async () => (await namesIn(stored()).catch(() => [])).join() === `${id}.json`, 'it is on disk');
    await until(async () => (await start().get(id))?.query === view.query, 'the next process has it');
    assert.deepEqual(await start().get(id), view);
  });

  it('is on disk for this user only', async function () {
    if (process.platform === 'win32') this.skip();
    const id = randomUUID();
    start().set(id, view);
    const file = path.join(stored(), `${id}.json`);
    await until(async () => (await namesIn(stored()).catch(() => [])).length > 0, 'it is on disk');
    assert.deepEqual(
      await Promise.all([stored(), file].map(async (one) => (await stat(one)).mode & 0o777)),
      [0o700, 0o600],
    );
  });

  it('is new where its file was cut off, and never outside its own folder', async () => {
    const id = randomUUID();
    const views = start();
    views.set(id, view);
    const file = path.join(stored(), `${id}.json`);
    await until(async () => (await readFile(file, 'utf8').catch(() => '')).endsWith('}'), 'it is whole on disk');
    await writeFile(file, '{"query":"tag');
    assert.equal(await start().get(id), undefined);
    views.set('../../elsewhere', view);
    assert.equal(await views.get('../../elsewhere'), undefined);
  });

  it('is forgotten after a month', async () => {
    const id = randomUUID();
    start().set(id, view);
    const file = path.join(stored(), `${id}.json`);
    // Writing would make it new again.
    await until(async () => (await readFile(file, 'utf8').catch(() => '')).endsWith('}'), 'it is whole on disk');
    const longAgo = Date.now() / 1000 - 40 * 86_400;
    await utimes(file, longAgo, longAgo);
    start();
    await until(async () => (await namesIn(stored())).length === 0, 'it is gone');
  });
});
