import assert from 'node:assert/strict';
import { rm, utimes } from 'node:fs/promises';
import path from 'node:path';
import { Caption } from '../../../../src/dataset/captions/Caption';
import { Dataset } from '../../../../src/dataset/Dataset';
import type { DatasetImage } from '../../../../src/dataset/captions/DatasetImage';
import { ImageView, type FactSource } from '../../../../src/dataset/view/ImageView';
import type { FactsOptions, ImageFact } from '../../../../src/dataset/ImageFacts';
import { longestBlock, mostBlocked } from '../../shared/longestBlock';
import { captionOf, openDataset } from '../openDataset';
import { ownTime } from '../../shared/ownTime';
import { testFolder, until, writeFiles } from '../../shared/testFolder';

const files = {
  'a.png': '',
  'a.txt': 'cat, sky, tree',
  'b.png': '',
  'b.txt': 'dog',
  'c.png': '',
  'c.txt': 'cat, dog',
  'd.png': '',
};

/** Facts that come when the test says so. */
class SlowFacts implements FactSource {
  known = new Map<string, ImageFact>();
  loads = 0;
  release: () => void = () => undefined;

  get(image: string): ImageFact | undefined {
    return this.known.get(image);
  }

  async loadStats({ signal, onProgress }: FactsOptions = {}): Promise<void> {
    this.loads++;
    onProgress?.(1, 4);
    await new Promise<void>((resolve, reject) => {
      this.release = resolve;
      signal?.addEventListener('abort', () => {
        reject(signal.reason as Error);
      });
    });
  }

  loadSizes(): Promise<void> {
    return Promise.resolve();
  }
}

describe('A view of a dataset', () => {
  const folder = testFolder();
  let dataset: Dataset;
  let view: ImageView;

  beforeEach(async () => {
    dataset = await openDataset(folder(), files);
    view = new ImageView(dataset, { pause: 5 });
  });
  afterEach(() => {
    view.dispose();
  });

  const shown = (): string => view.images.map((image) => image.path.replace('.png', '')).join(' ');

  it('shows all images in natural order at first', () => {
    assert.equal(shown(), 'a b c d');
    assert.equal(view.indexOf('c.png'), 2);
  });

  it('searches and sorts', async () => {
    await view.setQuery('tag:cat');
    assert.equal(shown(), 'a c');
    assert.equal(view.indexOf('b.png'), undefined);
    await view.setSort({ key: 'tagCount', descending: false });
    assert.equal(shown(), 'c a');
    await view.setQuery('');
    assert.equal(shown(), 'd b c a');
    await view.setSort({ key: 'tagCount', descending: true });
    assert.equal(shown(), 'a c b d');
    await view.setSort({ key: 'captionLength', descending: false });
    assert.equal(shown(), 'd b c a');
    await view.setSort({ key: 'name', descending: true });
    assert.equal(shown(), 'd c b a');
  });

  it('keeps equal images in natural order in both directions', async () => {
    captionOf(dataset, 'b.png').setText('cat, dog', 'delete');
    captionOf(dataset, 'd.png').setText('owl, dog', 'delete');
    await view.setSort({ key: 'tagCount', descending: true });
    assert.equal(shown(), 'a b c d');
    await view.setSort({ key: 'tagCount', descending: false });
    assert.equal(shown(), 'b c d a');
  });

  it('has a new order number exactly when the images are others', async () => {
    const { order } = view;
    await view.refresh();
    await dataset.load();
    assert.equal(shown(), 'a b c d');
    assert.equal(view.order, order);
    await view.setQuery('cat');
    assert.notEqual(view.order, order);
  });

  it('keeps its images while a query has a mistake', async () => {
    await view.setQuery('cat');
    await view.setQuery('cat tags:');
    assert.equal(shown(), 'a c');
    assert.equal(view.query, 'cat tags:');
    assert.match(view.error?.message ?? '', /number/);
    await view.setQuery('dog');
    assert.equal(view.error, undefined);
    assert.equal(shown(), 'b c');
  });

  it('neither moves nor loses an image that is edited, says that it would, and does it when told', async () => {
    await view.setQuery('cat');
    await view.setSort({ key: 'tagCount', descending: true });
    const { order } = view;
    dataset.setText(captionOf(dataset, 'a.png'), 'sky');
    await until(() => view.staleImages > 0, 'the view knows');
    assert.equal(shown(), 'a c');
    assert.equal(view.order, order);
    dataset.setText(captionOf(dataset, 'b.png'), 'cat');
    await until(() => view.staleImages >= 2, 'the view knows of the other, too');
    assert.equal(shown(), 'a c');
    await view.refresh();
    assert.equal(shown(), 'c b');
    assert.equal(view.staleImages, 0);
  });

  it('is up to date again when the edit is taken back', async () => {
    await view.setQuery('cat');
    dataset.setText(captionOf(dataset, 'a.png'), 'sky');
    await until(() => view.staleImages === 1, 'the view knows');
    dataset.setText(captionOf(dataset, 'a.png'), 'cat, sky, tree');
    await until(() => view.staleImages === 0, 'the view knows that all is as it was');
  });

  it('lets images that are gone leave and new ones come where they belong, and keeps the others', async () => {
    await view.setQuery('cat OR bird');
    assert.equal(shown(), 'a c');
    dataset.setText(captionOf(dataset, 'c.png'), 'edited');
    await writeFiles(folder(), { 'b2.png': '', 'b2.txt': 'bird', 'e.png': '', 'e.txt': 'dog' });
    await rm(path.join(folder(), 'a.png'));
    await dataset.load();
    await until(() => shown() === 'b2 c', 'the view follows');
  });

  it('puts new images where they belong in another order, past edits that did not move', async () => {
    await view.setSort({ key: 'tagCount', descending: true });
    assert.equal(shown(), 'a c b d');
    dataset.setText(captionOf(dataset, 'b.png'), '1, 2, 3, 4, 5');
    await writeFiles(folder(), { 'n.png': '', 'n.txt': 'x, y', 'm.png': '', 'm.txt': '1, 2, 3, 4, 5, 6' });
    await dataset.load();
    await until(() => view.images.length === 6, 'the view follows');
    assert.equal(shown(), 'm a c b n d');
  });

  it('shows new images at once while it shows everything', async () => {
    await writeFiles(folder(), { 'a2.png': '' });
    await dataset.load();
    assert.equal(shown(), 'a a2 b c d');
  });

  it('is asked for the newest of several searches', async () => {
    const first = view.setQuery('cat');
    const second = view.setQuery('dog');
    await first;
    assert.equal(shown(), 'b c');
    await second;
    assert.equal(shown(), 'b c');
  });

  it('knows the files without being told', async () => {
    await utimes(path.join(folder(), 'c.png'), 2_000_000, 2_000_000);
    await view.setSort({ key: 'modified', descending: true });
    assert.equal(shown(), 'c a b d');
    await view.setQuery('size:>0');
    assert.equal(shown(), '');
  });

  it('knows selected images and those that a job failed with', async () => {
    const selecting = new ImageView(dataset, {
      isSelected: (image) => image === 'b.png',
      hasFailed: (image) => image.path === 'd.png',
    });
    await selecting.setQuery('is:selected OR is:failed');
    assert.deepEqual(
      selecting.images.map((image) => image.path),
      ['b.png', 'd.png'],
    );
    selecting.dispose();
  });
});

describe('A view of a search for who wrote what', () => {
  const folder = testFolder();
  const asked: string[][] = [];
  let dataset: Dataset;
  let view: ImageView;
  /** which captions the records say are a tagger's */
  let byTagger: Set<string>;
  let isHeld = false;
  const shown = (): string => view.images.map(({ path: image }) => image.replace('.png', '')).join(' ');

  beforeEach(async () => {
    asked.length = 0;
    isHeld = false;
    byTagger = new Set(['cat, sky, tree', 'dog']);
    dataset = await openDataset(folder(), files);
    view = new ImageView(dataset, {
      pause: 5,
      askOrigins: async (captions, terms, { signal, onProgress }) => {
        asked.push(captions.map(({ path: caption }) => caption.replace('.txt', '')));
        onProgress(1);
        if (isHeld) {
          await new Promise((_resolve, reject) => {
            signal?.addEventListener('abort', () => {
              reject(signal.reason as Error);
            });
          });
        }
        return Uint8Array.from(captions.flatMap(({ text }) => terms.map(() => (byTagger.has(text) ? 1 : 0))));
      },
    });
  });
  afterEach(() => {
    view.dispose();
  });

  it('asks the records about all captions, once for each search, and never without such a term', async () => {
    await view.setQuery('cat');
    assert.deepEqual(asked, []);
    await view.setQuery('origin:wd*');
    assert.equal(shown(), 'a b');
    await view.setQuery('cat -origin:wd*');
    assert.equal(shown(), 'c');
    assert.deepEqual(asked, [
      ['a', 'b', 'c', 'd'],
      ['a', 'b', 'c', 'd'],
    ]);
  });

  it('counts what an edit would change, asks about that caption only, and moves nothing until it is refreshed', async () => {
    await view.setQuery('origin:wd*');
    const { caption } = dataset.image('b.png')!;
    dataset.setTextFrom(caption, 'dog', 'dogs');
    await until(() => view.staleImages === 1, 'the result is stale');
    assert.equal(shown(), 'a b');
    assert.deepEqual(asked.at(-1), ['b']);
    byTagger.add('cat, dog');
    await view.refresh();
    assert.equal(shown(), 'a c');
  });

  it('takes in images that come, and can be cancelled while it asks', async () => {
    await view.setQuery('origin:wd*');
    await writeFiles(folder(), { 'e.png': '', 'e.txt': 'dog' });
    await dataset.load();
    await until(() => shown() === 'a b e', 'the new image is there');
    isHeld = true;
    const searching = view.setQuery('origin:other');
    await until(() => view.searching?.done === 1, 'it says how far it is');
    view.cancel();
    await searching;
    assert.ok(view.cancelled);
    assert.equal(shown(), 'a b e');
  });
});

describe('A view that needs facts of the files', () => {
  const folder = testFolder();
  let dataset: Dataset;
  let facts: SlowFacts;
  let view: ImageView;

  beforeEach(async () => {
    dataset = await openDataset(folder(), files);
    facts = new SlowFacts();
    facts.known = new Map([
      ['a.png', { modified: 3, fileSize: 10, width: 4, height: 4 }],
      ['b.png', { modified: 1, fileSize: 30, width: 9, height: 1 }],
      ['d.png', { modified: 2, fileSize: 20, width: 1, height: 2 }],
    ]);
    view = new ImageView(dataset, { facts, pause: 5 });
  });
  afterEach(() => {
    view.dispose();
  });
  const shown = (): string => view.images.map((image) => image.path.replace('.png', '')).join(' ');

  it('says how far it is and shows the old order meanwhile', async () => {
    const done = view.setSort({ key: 'modified', descending: false });
    await until(() => facts.loads === 1, 'facts are asked for');
    assert.deepEqual(view.searching, { done: 1, total: 4 });
    assert.equal(shown(), 'a b c d');
    facts.release();
    await done;
    assert.equal(view.searching, undefined);
    assert.equal(shown(), 'b d a c');
  });

  it('puts images of which nothing is known last in both directions', async () => {
    await view.setSort({ key: 'imageSize', descending: false });
    assert.equal(shown(), 'd b a c');
    await view.setSort({ key: 'imageSize', descending: true });
    assert.equal(shown(), 'a b d c');
  });

  it('can be cancelled and then shows what it showed', async () => {
    await view.setQuery('dog');
    const done = view.setQuery('size:>15');
    await until(() => facts.loads === 1, 'facts are asked for');
    view.cancel();
    await done;
    assert.equal(shown(), 'b c');
    assert.equal(view.cancelled, true);
    assert.equal(view.searching, undefined);
    const again = view.refresh();
    await until(() => facts.loads === 2, 'facts are asked for again');
    facts.release();
    await again;
    assert.equal(shown(), 'b d');
    assert.equal(view.cancelled, false);
  });

  it('lets a newer search win while an older one waits', async () => {
    const older = view.setQuery('size:>15');
    await until(() => facts.loads === 1, 'facts are asked for');
    await view.setQuery('cat');
    await older;
    assert.equal(shown(), 'a c');
  });
});

describe('A view of 100,000 images', function () {
  this.timeout(60_000);

  const count = 100_000;
  let images: DatasetImage[];
  let view: ImageView;

  before(() => {
    images = Array.from({ length: count }, (_, index) => {
      const image = `${Math.floor(index / 1000)}_set/image_${index}.png`;
      const caption = new Caption(`${image}.txt`, [image]);
      const tags = Array.from(
        { length: index % 3 === 0 ? 0 : 20 },
        (_tag, tag) => `tag_${(index * 7 + tag * 13) % 997}`,
      );
      caption.readFromDisk(tags.length === 0 ? null : { raw: `1girl, ${tags.join(', ')}` });
      return { path: image, caption };
    });
    const dataset = new Dataset('/nowhere', { captionExtension: '.txt', emptiedCaption: 'delete' });
    Object.defineProperty(dataset, 'allImages', { get: () => images });
    view = new ImageView(dataset);
  });
  after(() => {
    view.dispose();
  });

  for (const query of [
    'tag_500',
    'tag:"tag 500"',
    'tag:1girl',
    'tag:*_50?',
    'tags:>5 -is:empty',
    'is:unsaved',
    'by:job',
  ]) {
    it(`finds ${query} and lets everything else have its turn`, async () => {
      await view.setQuery(query);
      let all = Infinity;
      const longest = await longestBlock(async () => {
        const start = ownTime();
        await view.setQuery(query);
        all = Math.min(all, ownTime() - start);
      });
      assert.ok(longest < mostBlocked, `the event loop waited ${longest} ms`);
      assert.ok(all < 1500, `it took ${all} ms`);
    });
  }

  it('sorts and lets everything else have its turn', async () => {
    await view.setQuery('');
    let descending = false;
    const longest = await longestBlock(() =>
      view.setSort({ key: 'captionLength', descending: (descending = !descending) }),
    );
    assert.equal(view.images.length, count);
    assert.ok(longest < mostBlocked, `the event loop waited ${longest} ms`);
  });
});
