import assert from 'node:assert/strict';
import { dateText, originText } from '../../../../src/protocol/text/originText';

const now = new Date(2026, 11, 1).getTime();
const when = new Date(2026, 10, 28, 12).getTime();

describe('Who wrote a part of a caption, in words', () => {
  it('is a name, a score and a day, as far as they are known', () => {
    const tagger = { by: 'tagger', name: 'wd-convnext-tagger-v3' } as const;
    assert.equal(
      originText({ ...tagger, score: 0.82, when }, 'en-GB', now),
      'wd-convnext-tagger-v3, 0.82, 28 November',
    );
    assert.equal(originText({ ...tagger, score: 0.5 }, 'en', now), 'wd-convnext-tagger-v3, 0.50');
    assert.equal(originText(tagger, 'en', now), 'wd-convnext-tagger-v3');
    assert.equal(originText({ by: 'tagger' }, 'en', now), 'a tagger');
    assert.equal(originText({ by: 'hand' }, 'en', now), 'by hand');
    assert.equal(originText({ by: 'bulk', when }, 'de', now), 'bulk edit, 28. November');
  });

  it('has the year of another one, and no letters that speak to the screen', () => {
    const before = new Date(2025, 0, 2, 12).getTime();
    assert.equal(dateText(before, 'en', now), 'January 2, 2025');
    assert.equal(dateText(1e300, 'en', now), 'at an unknown time');
    assert.equal(originText({ by: 'tagger', name: 'a\u202eb\nc' }, 'en', now), 'a\\u202eb\\nc');
  });
});
