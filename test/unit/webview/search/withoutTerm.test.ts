import assert from 'node:assert/strict';
import { withoutTerm } from '../../../../src/webview/search/withoutTerm';

describe('a search without a term', () => {
  it('keeps the others as they are written', () => {
    assert.equal(withoutTerm('1girl AND -tag:"long hair" (sky OR tree)', '-tag:"long hair"', 1), '1girl (sky OR tree)');
  });

  it('loses the one that is meant where it is there twice, and the same one where the search has changed', () => {
    assert.equal(withoutTerm('a b a', 'a', 2), 'a b');
    assert.equal(withoutTerm('c a b', 'a', 0), 'c b');
  });

  it('stays as it is where the term is gone', () => {
    assert.equal(withoutTerm('b  c', 'a', 0), 'b  c');
  });
});
