import assert from 'node:assert/strict';
import { frequentPhrases } from '../../../src/dataset/tagIndex/PhraseList';
import { countWords, phrasesIn } from '../../../src/tags/phrases';

describe('The words and phrases of prose', () => {
  it('stand side by side, without small words and across no comma', () => {
    assert.deepEqual(
      [...phrasesIn('A woman with long red hair sits on a bench, smiling. Long red hair is rare.')].sort(),
      [
        ...['bench', 'hair', 'hair sits', 'long', 'long red', 'long red hair', 'rare', 'red', 'red hair'],
        ...['red hair sits', 'sits', 'smiling', 'woman'],
      ],
    );
  });

  it('are none of tags, nor of JSON', () => {
    assert.deepEqual([...phrasesIn('long hair, red dress')], []);
    assert.deepEqual([...phrasesIn('{"caption": "A woman sits on a bench."}')], []);
    assert.deepEqual([...phrasesIn('red dress. A woman sits on a bench.')].sort(), [
      'bench',
      'sits',
      'woman',
      'woman sits',
    ]);
  });

  it('are counted as people count words', () => {
    assert.equal(countWords("A woman's red-haired friend sits there, smiling."), 7);
    assert.equal(countWords('1girl, solo'), 0);
  });

  it('are listed by the number of images, and not where they only occur in a longer one', () => {
    const counts = new Map([
      ['long', 4],
      ['hair', 6],
      ['long hair', 4],
      ['red', 2],
      ['bench', 2],
      ['rare', 1],
    ]);
    assert.deepEqual(frequentPhrases(counts, 3), [
      { phrase: 'hair', count: 6 },
      { phrase: 'long hair', count: 4 },
      { phrase: 'bench', count: 2 },
    ]);
  });
});
