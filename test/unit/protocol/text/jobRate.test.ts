import assert from 'node:assert/strict';
import { JobRate } from '../../../../src/protocol/text/JobRate';

describe('The rate of a job', () => {
  it('tells nothing before the first second or the first image', () => {
    const rate = new JobRate();
    assert.equal(rate.describe(0, 0, 100), '');
    assert.equal(rate.describe(900, 5, 100), '');
    assert.equal(new JobRate().describe(5000, 0, 100), '');
  });

  it('tells images a second and the time that is left', () => {
    const rate = new JobRate();
    rate.describe(0, 0, 1000);
    assert.equal(rate.describe(10_000, 50, 1000), '5.0 images/s, 3 min left');
  });

  it('has two digits for slow models and none for fast ones', () => {
    const slow = new JobRate();
    slow.describe(0, 0, 10);
    assert.equal(slow.describe(10_000, 7, 10), '0.70 images/s, 4 s left');
    const fast = new JobRate();
    fast.describe(0, 0, 100_000);
    assert.equal(fast.describe(1000, 400, 100_000), '400 images/s, 4 min left');
  });

  it('forgets a slow start', () => {
    const rate = new JobRate();
    rate.describe(0, 0, 10_000);
    let said = '';
    // Nothing for 20 s while the model loads, then 100 images a second.
    for (let time = 20_000; time <= 60_000; time += 250) said = rate.describe(time, (time - 20_000) / 10, 10_000);
    assert.match(said, /^100 images\/s, /);
  });

  it('promises no time when all is done', () => {
    const rate = new JobRate();
    rate.describe(0, 0, 10);
    assert.equal(rate.describe(2000, 10, 10), '5.0 images/s');
  });
});
