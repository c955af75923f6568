import assert from 'node:assert/strict';
import { ScrollPace } from '../../../../src/webview/pictures/ScrollPace';

describe('ScrollPace', () => {
  it('takes what comes after a rest for where the user wants to be', () => {
    const pace = new ScrollPace();
    assert.equal(pace.restsIn(0), 0);
    pace.moved(1000);
    assert.equal(pace.restsIn(1000), 0);
    pace.moved(1250);
    assert.equal(pace.restsIn(1250), 0);
  });

  it('takes what comes soon after for scrolling past, until it stands still for 120 ms', () => {
    const pace = new ScrollPace();
    pace.moved(1000);
    pace.moved(1030);
    assert.equal(pace.restsIn(1030), 120);
    pace.moved(1060);
    assert.equal(pace.restsIn(1100), 80);
    assert.equal(pace.restsIn(1180), 0);
  });
});
