import assert from 'node:assert/strict';
import { type ImageKey, ImageQueue } from '../../src/webview/ImageQueue';

interface Call {
  key: ImageKey;
  signal: AbortSignal;
  succeed(): void;
  fail(error: Error): void;
}

/** A queue whose images load when the test says so. */
function setUp(slots?: number): {
  queue: ImageQueue<string>;
  locating: Call[];
  loading: Call[];
  pauses: { milliseconds: number; callback: () => void; cancelled: boolean }[];
  changed: string[];
} {
  const locating: Call[] = [];
  const loading: Call[] = [];
  const pauses: { milliseconds: number; callback: () => void; cancelled: boolean }[] = [];
  const changed: string[] = [];
  const call = (calls: Call[], key: ImageKey, signal: AbortSignal, result: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const abort = (): void => {
        reject(new DOMException('Cancelled', 'AbortError'));
      };
      signal.addEventListener('abort', abort);
      calls.push({
        key,
        signal,
        succeed: () => {
          resolve(result);
        },
        fail: reject,
      });
    });
  const queue = new ImageQueue<string>(
    {
      locate: (key, signal) => call(locating, key, signal, `uri of ${key.path}`),
      load: (key, uri, signal) => call(loading, key, signal, `image at ${uri}`),
      later: (milliseconds, callback) => {
        const pause = { milliseconds, callback, cancelled: false };
        pauses.push(pause);
        return () => {
          pause.cancelled = true;
        };
      },
      changed: ({ path }) => changed.push(path),
    },
    slots,
  );
  return { queue, locating, loading, pauses, changed };
}

const keys = (count: number, from = 0): ImageKey[] =>
  Array.from({ length: count }, (_, index) => ({ path: `${from + index}.png`, imageVersion: '1' }));
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('ImageQueue', () => {
  it('starts the nearest twelve, and the next when one has loaded', async () => {
    const { queue, locating, loading, changed } = setUp();
    queue.want(keys(30));
    assert.deepEqual(
      locating.map(({ key }) => key.path),
      keys(12).map(({ path }) => path),
    );
    locating[0]!.succeed();
    await settled();
    assert.equal(locating.length, 12, 'loading the bytes still holds the slot');
    loading[0]!.succeed();
    await settled();
    assert.equal(locating.length, 13);
    assert.deepEqual(changed, ['0.png']);
    assert.deepEqual(queue.stateOf(keys(1)[0]!), { state: 'ready', image: 'image at uri of 0.png' });
  });

  it('calls off what was scrolled away and starts what came into view', async () => {
    const { queue, locating } = setUp(2);
    queue.want(keys(4));
    queue.want(keys(4, 100));
    assert.ok(locating[0]!.signal.aborted && locating[1]!.signal.aborted);
    await settled();
    assert.deepEqual(
      locating.slice(2).map(({ key }) => key.path),
      ['100.png', '101.png'],
    );
  });

  it('shows an image that was loaded before at once', async () => {
    const { queue, locating, loading } = setUp();
    queue.want(keys(1));
    locating[0]!.succeed();
    await settled();
    loading[0]!.succeed();
    await settled();
    queue.want(keys(5, 100));
    queue.want(keys(1));
    assert.equal(queue.stateOf(keys(1)[0]!).state, 'ready');
    assert.equal(queue.stateOf({ path: '0.png', imageVersion: '2' }).state, 'waiting', 'a new version is a new image');
  });

  it('tries again three times with growing pauses, then says why, and again when asked', async () => {
    const { queue, locating, pauses } = setUp();
    const [key] = keys(1);
    queue.want([key!]);
    for (let attempt = 0; attempt < 3; attempt++) {
      locating[attempt]!.fail(new Error('Not now'));
      await settled();
      assert.equal(queue.stateOf(key!).state, 'waiting');
      pauses[attempt]!.callback();
    }
    locating[3]!.fail(new Error('Never'));
    await settled();
    assert.deepEqual(
      pauses.map(({ milliseconds }) => milliseconds),
      [500, 1000, 2000],
    );
    assert.deepEqual(queue.stateOf(key!), { state: 'failed', reason: 'Never' });
    queue.retry(key!);
    assert.equal(queue.stateOf(key!).state, 'waiting');
    assert.equal(locating.length, 5);
  });

  it('does not try a damaged image again', async () => {
    const { queue, locating, pauses } = setUp();
    queue.want(keys(1));
    locating[0]!.fail(Object.assign(new Error('Truncated'), { code: 'IMAGE_DAMAGED' }));
    await settled();
    assert.equal(pauses.length, 0);
    assert.deepEqual(queue.stateOf(keys(1)[0]!), { state: 'failed', reason: 'Truncated' });
  });

  it('does not hold a slot while it waits to try again, and drops the wait when scrolled away', async () => {
    const { queue, locating, pauses } = setUp(1);
    queue.want(keys(2));
    locating[0]!.fail(new Error('Not now'));
    await settled();
    assert.equal(locating[1]!.key.path, '1.png');
    queue.want([]);
    assert.ok(pauses[0]!.cancelled);
  });
});
