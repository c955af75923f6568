import assert from 'node:assert/strict';
import { countParts, partsThatChange } from '../../../../src/records/edits/partsThatChange';

describe('The parts of a caption that change', () => {
  const table: [what: string, before: string, after: string, added: string[], removed: string[], kept: number][] = [
    ['a new caption', '', 'hat, smile', ['hat', 'smile'], [], 0],
    ['all of it goes', 'hat, smile', '', [], ['hat', 'smile'], 0],
    ['one comes, one goes', 'hat, smile', 'smile, scarf', ['scarf'], ['hat'], 1],
    ['tags only move', 'hat, smile', 'smile, hat', [], [], 2],
    ['another spelling is another tag', 'long hair', 'long_hair', ['long_hair'], ['long hair'], 0],
    ['one of two equal tags goes', 'hat, smile, hat', 'hat, smile', [], ['hat'], 2],
    ['one of three equal tags comes', 'hat, hat', 'hat, hat, hat', ['hat'], [], 2],
    ['a sentence is one part', 'A cat sits on the mat.', 'A cat sits on the mat., hat', ['hat'], [], 1],
    ['a comma in brackets divides nothing', '(hat, smile:1.2)', '(hat, smile:1.2), scarf', ['scarf'], [], 1],
    ['JSON is one part', '{"a": "b, c"}', 'hat', ['hat'], ['{"a": "b, c"}'], 0],
  ];
  for (const [what, before, after, added, removed, kept] of table) {
    it(`are right where ${what}`, () => {
      assert.deepEqual(partsThatChange(before, after), { added, removed, kept });
    });
  }

  it('follow the separator of the settings', () => {
    assert.deepEqual(partsThatChange('hat | smile', 'smile | scarf', ' | '), {
      added: ['scarf'],
      removed: ['hat'],
      kept: 1,
    });
  });

  it('are counted into totals and taken from them', () => {
    const totals = { adds: 1, removes: 2, keeps: 3 };
    const parts = partsThatChange('hat, smile', 'smile, scarf, cat');
    countParts(totals, parts);
    assert.deepEqual(totals, { adds: 3, removes: 3, keeps: 4 });
    countParts(totals, parts, -1);
    assert.deepEqual(totals, { adds: 1, removes: 2, keeps: 3 });
  });
});
