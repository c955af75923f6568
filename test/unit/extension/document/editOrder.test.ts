import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { EditOrder } from '../../../../src/extension/document/EditOrder';

describe('The order of edits', () => {
  it('runs one task after another, and parts of a task at once', async () => {
    const order = new EditOrder();
    const did: string[] = [];
    const first = order.run(async () => {
      did.push('paste begins');
      await sleep(5);
      await order.run(() => did.push('paste'));
      await order.idle();
      did.push('paste ends');
    });
    const second = order.run(() => did.push('typed'));
    assert.ok(!order.isIdle);
    await Promise.all([first, second]);
    assert.deepEqual(did, ['paste begins', 'paste', 'paste ends', 'typed']);
    assert.ok(order.isIdle);
  });

  it('makes what a task leaves behind take its turn, as a timer does', async () => {
    const order = new EditOrder();
    const did: string[] = [];
    let late: Promise<unknown> | undefined;
    await order.run(() => {
      setTimeout(() => {
        late = order.run(() => did.push('late'));
      }, 5);
    });
    await order.run(async () => {
      await sleep(20);
      did.push('long');
    });
    await late;
    assert.deepEqual(did, ['long', 'late']);
  });

  it('goes on after a task that failed, and says why it failed', async () => {
    const order = new EditOrder();
    const failed = order.run(() => {
      throw new Error('no');
    });
    const next = order.run(() => 'yes');
    await assert.rejects(failed, /no/);
    assert.equal(await next, 'yes');
  });
});
