import assert from 'node:assert/strict';
import { LinkMeter } from '../../../../src/webview/pictures/LinkMeter';

describe('LinkMeter', () => {
  it('knows nothing before the first picture came, and takes the host for near', () => {
    const meter = new LinkMeter();
    assert.deepEqual([meter.roundTrip, meter.rate, meter.isFar], [undefined, undefined, false]);
    meter.end(meter.begin(0), 0, 900);
    assert.deepEqual([meter.roundTrip, meter.isFar], [undefined, false], 'one that failed measures nothing');
  });

  it('takes the shortest load for the round trip, and all that came meanwhile for the rate', () => {
    const meter = new LinkMeter();
    const loads = [0, 0, 0, 0].map((at) => meter.begin(at));
    for (const [at, load] of loads.entries()) meter.end(load, 1000, 300 + 10 * at);
    assert.equal(meter.roundTrip, 300);
    // The last of four came after 330 ms.
    assert.equal(meter.rate, 4000 / 330);
    assert.equal(meter.isFar, true);
  });

  it('does not take the time in which nothing was asked for as the time of a load', () => {
    const meter = new LinkMeter();
    meter.end(meter.begin(0), 1000, 100);
    meter.end(meter.begin(10_000), 3000, 10_100);
    assert.equal(meter.rate, 30);
  });

  it('takes a host that answers at once for near, however long it takes to make pictures', () => {
    const meter = new LinkMeter();
    meter.answered(5);
    for (let at = 0; at < 40; at++) meter.end(meter.begin(at * 100), 1000, at * 100 + 400);
    assert.equal(meter.isFar, false);
  });

  it('finds the host near as soon as one answer was quick, and far again when sixteen were slow', () => {
    const meter = new LinkMeter();
    meter.end(meter.begin(0), 1000, 300);
    meter.answered(20);
    assert.equal(meter.isFar, false);
    for (let answer = 0; answer < 15; answer++) meter.answered(310);
    assert.equal(meter.isFar, false);
    meter.answered(310);
    assert.equal(meter.isFar, true);
  });
});
