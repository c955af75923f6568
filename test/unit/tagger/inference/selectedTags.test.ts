import assert from 'node:assert/strict';
import { ModelError } from '../../../../src/tagger/inference/ModelError';
import { parseSelectedTags, type ModelTag } from '../../../../src/tagger/inference/selectedTags';

const parse = (csv: string): ModelTag[] => parseSelectedTags(csv, '/models/wd/selected_tags.csv');

describe('selected_tags.csv', () => {
  it('gives the tags in the order of the rows, with their categories', () => {
    const csv =
      'tag_id,name,category,count\n9999999,general,9,807858\n470575,1girl,0,4225150\n421662,hatsune_miku,4,98000\n5,x,3,1\n';
    assert.deepEqual(parse(csv), [
      { name: 'general', category: 'rating' },
      { name: '1girl', category: 'general' },
      { name: 'hatsune_miku', category: 'character' },
      { name: 'x', category: 'other' },
    ]);
  });

  it('may have its columns in any order, and others among them', () => {
    assert.deepEqual(parse('category,ips,count,name\n4,"[""a""]",7,saber\n'), [
      { name: 'saber', category: 'character' },
    ]);
  });

  it('may have a byte order mark, CRLF line ends, blank lines and no final newline', () => {
    assert.deepEqual(
      parse('\ufeffname,category\r\n\r\na,0\r\n\r\nb,0').map(({ name }) => name),
      ['a', 'b'],
    );
  });

  it('may have quotes, commas, backslashes and pipes in names', () => {
    const csv = 'name,category\n"don\'t_say_""lazy""",0\n"a,b",0\n\\o/,0\n\\||/,0\n:3,0\n';
    assert.deepEqual(
      parse(csv).map(({ name }) => name),
      ['don\'t_say_"lazy"', 'a,b', '\\o/', '\\||/', ':3'],
    );
  });

  it('may lack any of the categories', () => {
    assert.deepEqual(parse('name,category\n'), []);
  });

  const invalid: [string, string, RegExp][] = [
    ['an empty file', '', /it is empty/],
    ['a missing name column', 'tag,category\na,0\n', /the column "name" is missing/],
    ['a missing category column', 'name,count\na,0\n', /the column "category" is missing/],
    ['a row that is too short', 'count,name,category\n1,a,0\n1,b\n', /tag 2 has no name or category/],
    ['a quote that is never closed', 'name,category\n"a,0\n', /selected_tags\.csv cannot be used/],
  ];
  for (const [what, csv, message] of invalid) {
    it(`is refused with the reason: ${what}`, () => {
      assert.throws(
        () => parse(csv),
        (error: unknown) => {
          assert.ok(error instanceof ModelError);
          assert.equal(error.code, 'TAGS_INVALID');
          assert.equal(error.path, '/models/wd/selected_tags.csv');
          assert.match(error.message, message);
          return true;
        },
      );
    });
  }
});
