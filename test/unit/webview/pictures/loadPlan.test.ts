import assert from 'node:assert/strict';
import {
  costOf,
  isCostly,
  type Link,
  prefetchCount,
  sharpSlotsFor,
  slotsFor,
} from '../../../../src/webview/pictures/loadPlan';

const near: Link = { roundTrip: 8, rate: 10_000, isFar: false };
/** A far link over which so many thumbnails come in a second. */
const far = (thumbnails: number): Link => ({
  roundTrip: 300,
  rate: (thumbnails * costOf(300, false)) / 1000,
  isFar: true,
});

describe('loadPlan', () => {
  it('has twelve pictures in flight over a near link, and over one that is not known', () => {
    assert.equal(slotsFor(near), 12);
    assert.equal(slotsFor({ roundTrip: undefined, rate: undefined, isFar: false }), 12);
  });

  it('fills a far link with twice what it brings in a round trip, from 4 to 32 pictures', () => {
    // 0.3 s × 40 pictures/s × 2
    assert.equal(slotsFor(far(40)), 24);
    assert.equal(slotsFor(far(1000)), 32);
    assert.equal(slotsFor(far(1)), 4);
  });

  it('prefetches all that is near over a near link, and a tenth of what is seen over a far one', () => {
    assert.equal(prefetchCount(near, 12), Infinity);
    assert.deepEqual([prefetchCount(far(40), 12), prefetchCount(far(40), 8), prefetchCount(far(40), 40)], [1, 0, 4]);
  });

  it('has as few sharp pictures in flight as fill a far link, but one', () => {
    assert.equal(sharpSlotsFor(near, 768), 12);
    // One of 576 pixels costs 2 × 1.92² = 7.4 thumbnails; a round trip brings 12, or 60.
    assert.equal(sharpSlotsFor(far(40), 576), 1);
    assert.equal(sharpSlotsFor(far(200), 576), 8);
    assert.equal(sharpSlotsFor(far(1), 576), 1);
  });

  it('calls sharp pictures costly that take more than three seconds over a far link', () => {
    const twelve = Array.from({ length: 12 }, () => 576);
    // 12 × 7.4 = 88 thumbnails
    assert.equal(isCostly(near, twelve), false);
    assert.equal(isCostly(far(40), twelve), false);
    assert.equal(isCostly(far(25), twelve), true);
    assert.equal(isCostly(far(25), []), false);
  });
});
