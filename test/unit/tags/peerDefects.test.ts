import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { defaultWriteOptions } from '../../../src/tags/writeMode';
import { captionWithTags } from '../../../src/tags/writeTags';
import { nameOf, numberedImages, runJob, tagOfName } from '../jobs/captionJobs';
import { openDataset } from '../dataset/openDataset';
import { ownTime } from '../shared/ownTime';
import { caption, type ScoredTag } from '../tagger/scores/scoredTags';
import { fingerprint, namesIn, testFolder } from '../shared/testFolder';

describe('What other tools get wrong', () => {
  const folder = testFolder();
  const inFolder = (name: string): string => path.join(folder(), name);
  const people: ScoredTag[] = [
    ['1girl', 0.9],
    ['1boy', 0.8],
    ['miku', 0.95, 'character'],
    ['rin', 0.94, 'character'],
  ];

  it('a replacement happens (one script ignores its result)', () => {
    assert.equal(caption([['blue_eyes', 0.9]], { replacements: { 'blue eyes': 'azure eyes' } }), 'azure eyes');
  });

  it('a replacement is of one tag, and does not become every tag', () => {
    const scores: ScoredTag[] = [
      ['1girl', 0.9],
      ['blue_eyes', 0.8],
      ['cat', 0.7],
    ];
    assert.equal(caption(scores, { replacements: { cat: 'dog' } }), '1girl, blue eyes, dog');
  });

  it('always-first tags are in the order that was given, with blanks after commas or without', () => {
    for (const alwaysFirstTags of [['1girl', '1boy'], ['1girl,1boy'], ['1girl, 1boy']]) {
      assert.equal(caption(people, { alwaysFirstTags }), '1girl, 1boy, miku, rin');
    }
  });

  it('character tags that go first are not turned round', () => {
    assert.equal(caption(people, { characterTagsFirst: true, order: 'model' }), 'miku, rin, 1girl, 1boy');
  });

  it('short tags lose their underscores and long faces keep them (one script goes by length)', () => {
    assert.equal(
      caption([
        ['a_b', 0.9],
        ['<|>_<|>', 0.8],
        ['(o)_(o)', 0.7],
      ]),
      'a b, <|>_<|>, (o)_(o)',
    );
  });

  it('opening and adding to a caption keeps its capitals, underscores, repeated and odd tags', async () => {
    const old = 'Poster (object), long_hair, solo, solo, <lora:x:0.8>, (a:1.2)';
    const dataset = await openDataset(folder(), { ...numberedImages(2), '1.txt': old, '2.txt': old });
    const before = await fingerprint(inFolder('2.txt'));
    await runJob(dataset, (image) => Promise.resolve(nameOf(image) === '1.png' ? 'poster \\(object\\), new' : 'Solo'), {
      write: { ...defaultWriteOptions, mode: 'append' },
    });
    assert.equal(await readFile(inFolder('1.txt'), 'utf8'), `${old}, new`);
    assert.equal(await fingerprint(inFolder('2.txt')), before);
  });

  it('where only empty captions are filled the model runs on those images only', async () => {
    const dataset = await openDataset(folder(), { ...numberedImages(4), '1.txt': 'mine', '3.txt': 'mine' });
    for (const more of [{ mode: 'empty' }, { write: { ...defaultWriteOptions, mode: 'onlyEmpty' } }] as const) {
      const asked: string[] = [];
      await runJob(
        dataset,
        (image) => {
          asked.push(nameOf(image));
          return Promise.resolve('');
        },
        more,
      );
      assert.deepEqual(asked.sort(), ['2.png', '4.png']);
    }
  });

  it('an exception of one image is shown with its reason and ends nothing', async () => {
    const dataset = await openDataset(folder(), numberedImages(3));
    const result = await runJob(dataset, (image) =>
      nameOf(image) === '2.png' ? Promise.reject(new Error('boom')) : tagOfName(image),
    );
    assert.match(result.failed.get('2.png')!, /boom/);
    assert.deepEqual([...result.results.keys()].sort(), ['1.png', '3.png']);
  });

  it('no empty caption files are left for images without a tag: a trainer stops at them', async () => {
    const dataset = await openDataset(folder(), numberedImages(2));
    for (const mode of ['replace', 'append', 'prepend', 'onlyEmpty'] as const) {
      const write = { ...defaultWriteOptions, mode };
      assert.equal((await runJob(dataset, () => Promise.resolve(''), { write })).untagged, 2);
    }
    assert.deepEqual(await namesIn(folder()), ['1.png', '2.png']);
  });

  it('images are found whatever the case of their extension, and captions are UTF-8', async () => {
    const dataset = await openDataset(folder(), { 'a.PNG': '', 'b.Jpg': '' });
    await runJob(dataset, () => Promise.resolve('pokémon, 初音ミク'));
    for (const name of ['a.txt', 'b.txt']) {
      assert.deepEqual(await readFile(inFolder(name)), Buffer.from('pokémon, 初音ミク', 'utf8'));
    }
  });

  it('twice as many tags take some twice the time', () => {
    const tags = Array.from({ length: 20_000 }, (_, index) => `tag number ${index}`);
    const start = ownTime();
    const text = captionWithTags(tags.slice(0, 10_000).join(', '), tags, { ...defaultWriteOptions, mode: 'append' });
    const time = ownTime() - start;
    assert.equal(text, tags.join(', '));
    // Every tag compared with every other takes seconds.
    assert.ok(time < 500, `${time.toFixed(0)} ms`);
  });
});
