import assert from 'node:assert/strict';
import { Channel, channelClosed, type Port, type RequestHandlers } from '../../../../src/protocol/channel/Channel';
import { RemoteError } from '../../../../src/protocol/channel/wireError';

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

describe('A channel that looks at what it gets', () => {
  const numbers = (value: unknown): value is { a: number; b: number } =>
    typeof (value as { a: unknown } | undefined)?.a === 'number';
  interface Sum {
    add(params: { a: number; b: number }): number;
  }
  type Any = Channel<
    Record<string, never>,
    Record<string, (params: unknown) => unknown>,
    object,
    Record<string, unknown>
  >;

  function connect(answers?: unknown): {
    port: Port;
    said: string[];
    asks: Channel<object, Sum, object, object>;
    moved: unknown[];
    any: Any;
  } {
    const [here, there] = portPair();
    const said: string[] = [];
    const moved: unknown[] = [];
    new Channel<Sum, object, Events, object>(
      there,
      { add: ({ a, b }) => (answers === undefined ? a + b : (answers as number)) },
      { moved: ({ to }) => moved.push(to) },
      {
        params: { add: numbers },
        results: {},
        events: {
          moved: (value): value is { to: number } => typeof (value as { to: unknown } | null)?.to === 'number',
        },
        onInvalid: (problem) => said.push(problem),
      },
    );
    const asks = new Channel<object, Sum, object, object>(
      here,
      {},
      {},
      {
        params: {},
        results: { add: (value): value is number => typeof value === 'number' },
        events: {},
        onInvalid: (problem) => said.push(problem),
      },
    );
    return { port: here, said, asks, moved, any: asks as unknown as Any };
  }
  const invalid = { code: 'MESSAGE_INVALID' };

  it('answers a request of another shape with an error, and says so once and without what it held', async () => {
    const { any, said, asks } = connect();
    for (const wrong of [undefined, null, [], 'SECRET', { a: 'SECRET' }, { a: { b: 'SECRET' } }]) {
      await assert.rejects(any.request('add', wrong), invalid);
    }
    assert.equal(said.length, 1);
    assert.match(said[0] ?? '', /^The request add /);
    assert.ok(!said.join('').includes('SECRET'));
    assert.equal(await asks.request('add', { a: 1, b: 2 }), 3);
  });

  it('fails a request whose answer has another shape, so that nobody waits for ever', async () => {
    const { asks, said } = connect('SECRET');
    await assert.rejects(asks.request('add', { a: 1, b: 2 }), invalid);
    await assert.rejects(asks.request('add', { a: 1, b: 2 }), invalid);
    assert.deepEqual(
      said.map((line) => line.slice(0, 17)),
      ['The answer to add'],
    );
  });

  it('does not hear an event of another shape', async () => {
    const { any, asks, moved, said } = connect();
    any.tell('moved', { to: 'SECRET' });
    any.tell('moved', null);
    any.tell('moved', { to: 7 });
    any.tell('nobodyKnowsThis', 1);
    // Its answer comes after all that was told before.
    assert.equal(await asks.request('add', { a: 1, b: 2 }), 3);
    assert.deepEqual(moved, [7]);
    assert.equal(said.length, 1);
  });

  it('lives on whatever comes, also errors that are none', async () => {
    const { port, asks, said, moved } = connect();
    const deep: { cause?: object } = {};
    let end = deep;
    for (let level = 0; level < 100_000; level++) end = end.cause = {};
    for (const odd of [undefined, null, 1, 'x', [], {}, { type: 'request' }, { type: 'request', id: 'x', method: 1 }])
      port.post(odd);
    port.post({ type: 'request', id: 999, method: '__proto__', params: {} });
    port.post({ type: 'cancel', id: NaN });
    port.post({ type: 'event', name: 'constructor', payload: 1 });
    const sum = asks.request('add', { a: 3, b: 4 });
    assert.equal(await sum, 7);
    assert.deepEqual(moved, []);
    assert.equal(said.length, 1);
    const mute: Port = { post: () => undefined, listen: (listener) => ((tell = listener), () => undefined) };
    let tell: (message: unknown) => void = () => undefined;
    const caller = new Channel<object, Sum, object, object>(mute, {}, {});
    for (const [index, error] of [undefined, null, 'text', {}, { message: 5, name: [] }, deep].entries()) {
      const asked = caller.request('add', { a: 1, b: 2 });
      tell({ type: 'error', id: index + 1, error });
      await assert.rejects(asked, Error);
    }
  });
});

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
    assert.equal(await caller.request('add', { a: 1, b: 2 }), 3, 'and that came after');
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
