import assert from 'node:assert/strict';
import { parseQuery } from '../../../../src/dataset/query/parseQuery';
import { suggestQuery, type QuerySuggestion } from '../../../../src/dataset/query/suggestQuery';

const sources = {
  tagCounts: new Map([
    ['longer hair', 2],
    ['long_hair', 40],
    ['very long hair', 90],
    ['1girl', 100],
    ['(o)_(o)', 3],
    ['tagged', 1],
  ]),
  saved: [{ name: 'Long ones', query: 'chars:>200' }],
  recent: ['tag:1girl', 'is:empty'],
  writers: () => Promise.resolve(['wd-convnext-tagger-v3', 'My *odd* tagger']),
};

/** Suggestions at the bar in a text. */
async function at(marked: string): Promise<QuerySuggestion[]> {
  const caret = marked.indexOf('|');
  return suggestQuery(marked.replace('|', ''), caret, sources);
}
const labels = async (marked: string): Promise<string[]> => (await at(marked)).map(({ label }) => label);

describe('Suggestions for a search', () => {
  it('are tags that begin like this, the most frequent first, then those with it inside', async () => {
    assert.deepEqual(await labels('tag:long|'), ['long_hair', 'longer hair', 'very long hair']);
    assert.deepEqual(await labels('cat tag:"long h|'), ['long_hair', 'very long hair']);
  });

  it('put the whole term in place of what was typed of it, and the caret behind it', async () => {
    const [first] = await at('cat -tag:lo| sky');
    assert.equal(first?.text, 'cat -tag:"long hair" sky');
    assert.equal(first.caret, 'cat -tag:"long hair" '.length);
    const [last] = await at('tag:long|');
    assert.equal(last?.text, 'tag:"long hair" ');
    assert.equal(last.caret, last.text.length);
  });

  it('are queries without a mistake, whatever letters a tag has', async () => {
    const [odd] = await at('tag:(o|');
    assert.equal(odd?.label, '(o)_(o)');
    assert.equal(parseQuery(odd.text).error, undefined);
  });

  it('for a word are fields, saved searches and tags', async () => {
    assert.deepEqual(await labels('tag|'), ['tag:', 'tags:', 'tagged']);
    const long = await at('long|');
    assert.equal(long[0]?.label, 'Long ones');
    assert.equal(long[0].text, 'chars:>200');
    assert.deepEqual(await labels('gir|'), ['1girl']);
    assert.deepEqual((await at('gir|'))[0]?.text, 'tag:1girl ');
  });

  it('for who wrote something are the kinds of writers and those of the records by name, each a query of its own', async () => {
    assert.deepEqual(await labels('origin:|'), [
      ...['origin:hand', 'origin:tagger', 'origin:captioner', 'origin:bulk', 'origin:import', 'origin:outside'],
      ...['origin:wd-convnext-tagger-v3', 'origin:"my \\*odd\\* tagger"'],
    ]);
    assert.deepEqual(await labels('-origin:WD|'), ['origin:wd-convnext-tagger-v3']);
    assert.deepEqual(await labels('by:j|'), ['by:job']);
    assert.deepEqual(await labels('orig|'), ['origin:']);
    assert.deepEqual(await labels('deleted:h|'), []);
    for (const { text } of await at('by:my|')) assert.equal(parseQuery(text).error, undefined, text);
  });

  it('of a field leave the caret where its value goes', async () => {
    const [field] = await at('cat wid|');
    assert.equal(field?.text, 'cat width:');
    assert.equal(field.caret, 'cat width:'.length);
  });

  it('are the states after is:', async () => {
    assert.deepEqual(await labels('is:e|'), ['is:empty']);
    assert.equal((await labels('is:|')).length, 6);
  });

  it('are an example after the field of a number', async () => {
    assert.deepEqual(await labels('tags:|'), ['tags:<5']);
    assert.deepEqual(await labels('ratio:|'), ['ratio:16:9']);
    assert.deepEqual(await labels('tags:3|'), []);
  });

  it('for nothing are saved searches, the last ones, and what there is', async () => {
    const all = await labels('|');
    assert.deepEqual(all.slice(0, 4), ['Long ones', 'tag:1girl', 'is:empty', 'tag:']);
  });
});
