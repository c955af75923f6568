import assert from 'node:assert/strict';
import { rankSuggestions } from '../../../../src/dataset/tagIndex/rankSuggestions';
import { TagIndex, type KnownTag } from '../../../../src/dataset/tagIndex/TagIndex';
import { longestBlock } from '../../shared/longestBlock';
import { ownTime } from '../../shared/ownTime';

const none = { start: [], word: [], inside: [] };
const names = (tags: readonly KnownTag[]): string[] => tags.map(({ tag }) => tag);

describe('the index of tags', () => {
  const tags: KnownTag[] = [
    { tag: 'hairband', count: 5 },
    { tag: 'hair_ornament', count: 50 },
    { tag: 'long hair', count: 900 },
    { tag: 'Hair Bow', count: 7 },
    { tag: 'chair', count: 20 },
    { tag: 'hatsune miku \\(append\\)', count: 3 },
    { tag: 'sky', count: 1 },
  ];

  it('finds what begins so, then words that do, then what contains it, each by use', async () => {
    const found = (await TagIndex.build(tags)).search('hair', 20);
    assert.deepEqual(names(found.start), ['hair_ornament', 'Hair Bow', 'hairband']);
    assert.deepEqual(names(found.word), ['long hair']);
    assert.deepEqual(names(found.inside), ['chair']);
  });

  it('takes underscores, capitals and escaped parentheses as they come', async () => {
    const index = await TagIndex.build(tags);
    for (const typed of ['hair_b', 'HAIR B', ' hair b']) {
      assert.deepEqual(names(index.search(typed, 20).start), ['Hair Bow'], typed);
    }
    for (const typed of ['miku (app', 'miku \\(app', 'miku \\']) {
      assert.deepEqual(names(index.search(typed, 20).word), ['hatsune miku \\(append\\)'], typed);
    }
    assert.deepEqual(names(index.search('append', 20).word), ['hatsune miku \\(append\\)']);
  });

  it('sees a word that begins so behind a place inside another', async () => {
    const found = (await TagIndex.build([{ tag: 'armchair on a chair', count: 1 }])).search('chair', 20);
    assert.deepEqual(names(found.word), ['armchair on a chair']);
    assert.deepEqual(found.inside, []);
  });

  it('knows other names of a tag', async () => {
    const index = await TagIndex.build([{ tag: '1girl', count: 9, alias: 'sole_female' }]);
    assert.deepEqual(index.search('sole f', 20).start, [{ tag: '1girl', count: 9, alias: 'sole_female' }]);
    assert.deepEqual(names(index.search('1g', 20).start), []);
  });

  it('finds the most used for nothing typed, leaves out what is refused and stops at the limit', async () => {
    const index = await TagIndex.build(tags);
    assert.deepEqual(names(index.search('', 2).start), ['long hair', 'hair_ornament']);
    assert.deepEqual(names(index.search('', 2, ({ tag }) => tag !== 'long hair').start), ['hair_ornament', 'chair']);
    assert.deepEqual(TagIndex.empty.search('a', 20), none);
    assert.deepEqual((await TagIndex.build(tags)).search('zebra', 20), none);
  });

  it('keeps equal tags in their order, across blocks too', async () => {
    const many = Array.from({ length: 5000 }, (_, number) => ({
      tag: `tag ${number}`,
      count: number === 4999 ? 2 : 1,
    }));
    const index = await TagIndex.build(many);
    assert.deepEqual(names(index.search('tag', 3).start), ['tag 4999', 'tag 0', 'tag 1']);
    assert.deepEqual(names(index.search('tag 4100', 3).start), ['tag 4100']);
    assert.equal(index.size, 5000);
  });

  it('searches 200,000 tags in milliseconds and keeps nobody waiting while it is built', async () => {
    const words = ['blue', 'hair', 'dress', 'cat', '猫', 'holding', 'sword', 'ribbon', 'forest', 'eyes', 'smile'];
    const word = (number: number): string => `${words[number % words.length] ?? ''}${number % 97}`;
    const many = Array.from({ length: 200_000 }, (_, number) => ({
      tag: `${word(number)} ${word(number * 7 + 3)} ${number}`,
      count: 200_000 - number,
    }));
    const limit = 100;
    let index = await TagIndex.build([]);
    const longest = await longestBlock(async () => (index = await TagIndex.build(many)), limit);
    assert.ok(longest < limit, `waited ${longest} ms`);
    for (const typed of ['b', 'hair', 'nothing at all', '猫5', '9999', 'ss4']) {
      const turns = 10;
      const start = ownTime();
      for (let turn = 0; turn < turns; turn++) index.search(typed, 20);
      const each = (ownTime() - start) / turns;
      if (process.env.SHOW_TIMES !== undefined) console.log(`      "${typed}": ${each.toFixed(1)} ms`);
      assert.ok(each < 25, `"${typed}" took ${each} ms`);
    }
  });
});

describe('the order of suggestions', () => {
  const tag = (name: string, count = 1): KnownTag => ({ tag: name, count });

  it('begins with the dataset, goes on with what begins so, and ends with what only contains it', () => {
    const ranked = rankSuggestions(
      { source: 'dataset', matches: { start: [tag('hair bow')], word: [tag('long hair')], inside: [tag('chair')] } },
      [
        { source: 'model', matches: { start: [tag('hair ornament')], word: [tag('black hair')], inside: [] } },
        { source: 'list', matches: { start: [tag('hairpin')], word: [], inside: [tag('armchair')] } },
      ],
      20,
    );
    assert.deepEqual(
      ranked.map((one) => `${one.source}: ${one.tag}`),
      [
        'dataset: hair bow',
        'dataset: long hair',
        'model: hair ornament',
        'list: hairpin',
        'model: black hair',
        'dataset: chair',
        'list: armchair',
      ],
    );
  });

  it('names a tag once, as the dataset spells it', () => {
    const ranked = rankSuggestions(
      { source: 'dataset', matches: { ...none, start: [tag('long_hair', 3)] } },
      [{ source: 'model', matches: { ...none, start: [tag('long hair', 900), tag('longcat')] } }],
      20,
    );
    assert.deepEqual(names(ranked), ['long_hair', 'longcat']);
    assert.equal(ranked[0]?.count, 3);
  });
});
