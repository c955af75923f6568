import assert from 'node:assert/strict';
import { Channel, channelClosed, type Port, type RequestHandlers } from '../../src/protocol/Channel';
import { RemoteError } from '../../src/protocol/wireError';

interface Requests {
  add(params: { a: number; b: number }): number;
  fail(params: { how: string }): never;
  wait(params: Record<string, never>): string;
  unsendable(params: Record<string, never>): unknown;
}
interface Events {
  moved: { to: number };
}
type Caller = Channel<Record<string, never>, Requests, Record<string, never>, Events>;

/** Two ports, each of which hears what the other one posts, as a copy and later, as between processes. */
function portPair(): [Port, Port] {
  const listeners: [Set<(message: unknown) => void>, Set<(message: unknown) => void>] = [new Set(), new Set()];
  const port = (own: 0 | 1, other: 0 | 1): Port => ({
    post: (message) => {
      const copy: unknown = structuredClone(message);
      setImmediate(() => {
        for (const listener of listeners[other]) listener(copy);
      });
    },
    listen: (listener) => {
      listeners[own].add(listener);
      return () => listeners[own].delete(listener);
    },
  });
  return [port(0, 1), port(1, 0)];
}

const noHandlers = {};
const handlers: RequestHandlers<Requests> = {
  add: ({ a, b }) => a + b,
  fail: ({ how }) => {
    const cause = new Error('the cause', { cause: new Error('the root') });
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- anything may be thrown
    if (how === 'string') throw 'just a string';
    throw Object.assign(new TypeError('the message', { cause }), { code: 'SOME_CODE', path: '/a/b.png' });
  },
  wait: (_params, signal) =>
    new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        resolve('aborted');
      });
    }),
  unsendable: () => () => 1,
};

describe('A channel', () => {
  function connect(serve: RequestHandlers<Requests> = handlers): { caller: Caller; port: Port; moved: number[] } {
    const [here, there] = portPair();
    const moved: number[] = [];
    new Channel<Requests, Record<string, never>, Events, Record<string, never>>(there, serve, {
      moved: ({ to }) => moved.push(to),
    });
    return { caller: new Channel(here, noHandlers, noHandlers), port: here, moved };
  }
  const remote = (check: (error: RemoteError) => void) => (error: unknown) => {
    assert.ok(error instanceof RemoteError);
    check(error);
    return true;
  };

  it('answers many requests at once, each with its own result', async () => {
    const { caller } = connect();
    const sums = await Promise.all(
      Array.from({ length: 100 }, (_, index) => caller.request('add', { a: index, b: 1 })),
    );
    assert.deepEqual(
      sums,
      Array.from({ length: 100 }, (_, index) => index + 1),
    );
  });

  it('brings errors over with name, message, code, path and causes', async () => {
    const { caller } = connect();
    await assert.rejects(
      caller.request('fail', { how: 'error' }),
      remote((error) => {
        assert.equal(error.name, 'TypeError');
        assert.equal(error.message, 'the message');
        assert.equal(error.code, 'SOME_CODE');
        assert.equal(error.path, '/a/b.png');
        assert.ok(error.cause instanceof RemoteError);
        assert.equal(error.cause.message, 'the cause');
        assert.ok(error.cause.cause instanceof Error);
        assert.equal(error.cause.cause.message, 'the root');
      }),
    );
    await assert.rejects(caller.request('fail', { how: 'string' }), /just a string/);
  });

  it('tells the handler when the caller cancels, and ends the request at once', async () => {
    let aborted = false;
    const { caller } = connect({
      ...handlers,
      wait: (_params, signal) => {
        signal.addEventListener('abort', () => (aborted = true));
        return new Promise(() => undefined);
      },
    });
    const controller = new AbortController();
    const request = caller.request('wait', {}, controller.signal);
    setTimeout(() => {
      controller.abort();
    }, 5);
    await assert.rejects(request, { name: 'AbortError' });
    await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal(aborted, true);
    await assert.rejects(caller.request('add', { a: 1, b: 1 }, controller.signal), { name: 'AbortError' });
  });

  it('rejects open and later requests when it is closed, and aborts its handlers', async () => {
    const { caller } = connect();
    const open = caller.request('wait', {});
    caller.close();
    const closed = remote((error) => {
      assert.equal(error.code, channelClosed);
    });
    await assert.rejects(open, closed);
    await assert.rejects(caller.request('add', { a: 1, b: 1 }), closed);
    caller.tell('moved', { to: 1 });
    caller.close();
  });

  it('answers an unknown request with an error, also for names that every object has', async () => {
    const { caller } = connect();
    for (const method of ['nothing', 'toString', '__proto__', 'constructor']) {
      await assert.rejects(caller.request(method as 'add', { a: 1, b: 1 }), /Unknown request/);
    }
  });

  it('answers with an error when a result cannot be sent', async () => {
    const { caller } = connect();
    await assert.rejects(caller.request('unsendable', {}), RemoteError);
    assert.equal(await caller.request('add', { a: 1, b: 2 }), 3);
  });

  it('rejects a request that cannot be sent', async () => {
    const { caller } = connect();
    await assert.rejects(caller.request('add', { a: (() => 1) as unknown as number, b: 1 }), /clone/);
  });

  it('delivers events in order and ignores unknown ones', async () => {
    const { caller, moved } = connect();
    for (const to of [1, 2, 3]) caller.tell('moved', { to });
    caller.tell('toString' as 'moved', { to: 4 });
    await caller.request('add', { a: 1, b: 1 });
    assert.deepEqual(moved, [1, 2, 3]);
  });

  it('ignores malformed messages', async () => {
    const { caller, port } = connect();
    const malformed: unknown[] = [
      null,
      undefined,
      1,
      'x',
      [],
      {},
      { type: 'request' },
      { type: 'request', id: 'x', method: 'add' },
      { type: 'request', id: 1, method: 7 },
      { type: 'result', id: 999, result: 1 },
      { type: 'error', id: 999 },
      { type: 'error', id: 999, error: null },
      { type: 'cancel', id: 999 },
      { type: 'event' },
      { type: 'event', name: 'nothing' },
      { type: 'surprise' },
    ];
    for (const message of malformed) port.post(message);
    assert.equal(await caller.request('add', { a: 1, b: 2 }), 3);
  });
});
