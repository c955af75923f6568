import assert from 'node:assert/strict';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Dataset } from '../../../../src/dataset/Dataset';
import type { TagIndex } from '../../../../src/dataset/tagIndex/TagIndex';
import { DatasetTags } from '../../../../src/extension/suggestions/DatasetTags';
import type { TagList } from '../../../../src/dataset/tagIndex/readTagList';
import { TagLists } from '../../../../src/extension/suggestions/TagLists';

const found = (index: TagIndex, typed: string): string[] => index.search(typed, 20).start.map(({ tag }) => tag);

describe('the tags to suggest', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'known-tags-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('of a dataset follow its captions', async () => {
    for (const [name, text] of Object.entries({ a: 'cat, sky', b: `cat, ${'long '.repeat(40)}` })) {
      await writeFile(path.join(folder, `${name}.png`), '');
      await writeFile(path.join(folder, `${name}.txt`), text);
    }
    const dataset = new Dataset(folder, { captionExtension: '.txt', emptiedCaption: 'delete' });
    await dataset.load();
    const tags = new DatasetTags(dataset);
    assert.deepEqual(found(await tags.current(), ''), ['cat', 'sky'], 'sentences are no tags');
    dataset.setText(dataset.image('a.png')!.caption, 'dog, cat, sky');
    assert.deepEqual(found(await tags.current(), 'd'), [], 'not at each key');
    await new Promise((resolve) => setTimeout(resolve, 550));
    assert.deepEqual(found(await tags.current(), 'd'), ['dog']);
  });

  it('of lists are there once they have been read, and again when a file is another one', async () => {
    const [one, two] = [path.join(folder, 'one.csv'), path.join(folder, 'two.csv')];
    await writeFile(one, 'cat,0,5,\n');
    await writeFile(two, 'cow,0,9,"cattle"\nbad,0,x,\n');
    const read: [string, TagList][] = [];
    const failures: string[] = [];
    const lists = new TagLists(
      (file, list) => read.push([path.basename(file), list]),
      (thrown) => failures.push(String(thrown)),
    );
    assert.deepEqual(found(lists.of([one, two]), 'c'), [], 'nobody waits');
    assert.ok(lists.isLoading);
    await lists.whenRead();
    assert.deepEqual(found(lists.of([one, two]), 'c'), ['cow', 'cow', 'cat']);
    assert.deepEqual(
      read.map(([file, { skipped }]) => [file, skipped]),
      [
        ['one.csv', 0],
        ['two.csv', 1],
      ],
    );
    const other = path.join(folder, 'none.csv');
    lists.of([other]);
    await lists.whenRead();
    assert.equal(failures.length, 1);
    assert.match(failures[0]!, /none\.csv cannot be read: there is no such file/);
    assert.deepEqual(found(lists.of([]), 'c'), []);
  });

  it('of a list that was replaced are the new ones', async function () {
    this.timeout(60_000);
    const file = path.join(folder, 'tags.csv');
    await writeFile(file, 'cat,0,5,\n');
    let now = 0;
    const lists = new TagLists(
      () => undefined,
      () => undefined,
      () => now,
    );
    lists.of([file]);
    await lists.whenRead();
    assert.deepEqual(found(lists.of([file]), ''), ['cat']);
    await writeFile(file, 'dog,0,5,\n');
    await utimes(file, 1, 1);
    now += 4000;
    lists.of([file]);
    assert.equal(lists.isLoading, false, 'files are not looked at with each key');
    now += 4000;
    lists.of([file]);
    await lists.whenRead();
    assert.deepEqual(found(lists.of([file]), ''), ['dog']);
  });
});
