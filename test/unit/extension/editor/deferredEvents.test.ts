import assert from 'node:assert/strict';
import { DeferredEvents } from '../../../../src/extension/editor/DeferredEvents';

interface Events {
  reveal: { path: string };
  open: { form: string };
}

describe('Events for a page that may not be there yet', () => {
  let posted: [string, unknown][];
  let events: DeferredEvents<Events, keyof Events>;

  beforeEach(() => {
    posted = [];
    events = new DeferredEvents((name, payload) => posted.push([name, payload]));
  });

  it('wait until the page asks, the last of each name only, and are handed out once', () => {
    events.send('reveal', { path: 'a.png' });
    events.send('reveal', { path: 'b.png' });
    events.send('open', { form: 'add' });
    assert.deepEqual(posted, []);
    assert.deepEqual(events.collect('reveal'), { path: 'b.png' });
    assert.equal(events.collect('reveal'), undefined);
    assert.deepEqual(events.collect('open'), { form: 'add' });
    assert.deepEqual(posted, []);
  });

  it('are posted at once to a page that asked for those of that name', () => {
    assert.equal(events.collect('reveal'), undefined);
    events.send('reveal', { path: 'a.png' });
    events.send('open', { form: 'add' });
    assert.deepEqual(posted, [['reveal', { path: 'a.png' }]]);
    assert.deepEqual(events.collect('open'), { form: 'add' });
  });

  it('wait again when the page is gone, for the next one', () => {
    events.collect('reveal');
    events.pageGone();
    events.send('reveal', { path: 'a.png' });
    assert.deepEqual(posted, []);
    assert.deepEqual(events.collect('reveal'), { path: 'a.png' });
    events.send('reveal', { path: 'b.png' });
    assert.deepEqual(posted, [['reveal', { path: 'b.png' }]]);
  });
});
