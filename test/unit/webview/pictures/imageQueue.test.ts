import assert from 'node:assert/strict';
import { defaultPictureSettings } from '../../../../src/protocol/page/pictureProtocol';
import { type AskOptions, type ImageKey, ImageQueue, type Picture } from '../../../../src/webview/pictures/ImageQueue';

interface Call {
  key: Picture;
  options?: AskOptions;
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
  /** how large the cards show their pictures, how many pixels the pictures have, and the time */
  page: { shown: number | undefined; pixels: number; now: number };
} {
  const locating: Call[] = [];
  const loading: Call[] = [];
  const pauses: { milliseconds: number; callback: () => void; cancelled: boolean }[] = [];
  const changed: string[] = [];
  const page: ReturnType<typeof setUp>['page'] = { shown: 280, pixels: 300, now: 0 };
  const call = (calls: Call[], made: Pick<Call, 'key' | 'options' | 'signal'>, result: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const abort = (): void => {
        reject(new DOMException('Cancelled', 'AbortError'));
      };
      made.signal.addEventListener('abort', abort);
      calls.push({
        ...made,
        succeed: () => {
          resolve(result);
        },
        fail: reject,
      });
    });
  const queue = new ImageQueue<string>(
    {
      locate: (key, options, signal) => {
        const size = key.size === undefined ? '' : ` at ${key.size}`;
        return call(locating, { key, options, signal }, `uri of ${key.path}${size}`);
      },
      load: (key, uri, signal) => call(loading, { key, signal }, `image at ${uri}`),
      sizeOf: () => page.pixels,
      shownSize: () => page.shown,
      now: () => page.now,
      later: (milliseconds, callback) => {
        const pause = { milliseconds, callback, cancelled: false };
        pauses.push(pause);
        return () => {
          pause.cancelled = true;
        };
      },
      changed: ({ path }) => {
        changed.push(path);
      },
    },
    slots,
  );
  return { queue, locating, loading, pauses, changed, page };
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

  it('tries as often and pauses as long as the settings say, and asks for what is fresh', async () => {
    const { queue, locating, pauses } = setUp();
    queue.configure({ ...defaultPictureSettings, retries: 2, retryDelay: 100 });
    queue.want(keys(1));
    for (const attempt of [0, 1, 2]) {
      locating[attempt]!.fail(new Error('Not now'));
      await settled();
      pauses[attempt]?.callback();
    }
    assert.deepEqual(
      pauses.map(({ milliseconds }) => milliseconds),
      [100, 200],
    );
    assert.deepEqual(
      locating.map(({ options }) => options?.fresh),
      [false, true, true],
    );
    assert.equal(queue.stateOf(keys(1)[0]!).state, 'failed');
  });

  describe('with sharp pictures', () => {
    const seen = (count: number): (ImageKey & { inView: boolean })[] =>
      keys(count).map((key) => ({ ...key, inView: true }));

    /** Loads the thumbnails of all that is wanted. */
    async function withThumbnails(count: number, change: Partial<typeof defaultPictureSettings> = {}, slots?: number) {
      const all = setUp(slots);
      all.queue.configure({ ...defaultPictureSettings, ...change });
      all.page.shown = 700;
      all.queue.want(seen(count));
      await finish(all);
      return all;
    }

    /** Answers everything that was asked so far. */
    async function finish({
      locating,
      loading,
    }: Pick<ReturnType<typeof setUp>, 'locating' | 'loading'>): Promise<void> {
      for (const call of locating) call.succeed();
      await settled();
      for (const call of loading) call.succeed();
      await settled();
    }
    const waiting = ({ pauses }: Pick<ReturnType<typeof setUp>, 'pauses'>): ReturnType<typeof setUp>['pauses'] =>
      pauses.filter(({ cancelled }) => !cancelled);

    it('asks for one that has the pixels that the card shows, after two seconds in view, and then shows it', async () => {
      const all = await withThumbnails(1);
      assert.deepEqual(
        waiting(all).map(({ milliseconds }) => milliseconds),
        [2000],
      );
      assert.equal(all.locating.length, 1);
      waiting(all)[0]!.callback();
      assert.equal(all.locating[1]?.key.size, 768);
      assert.deepEqual(all.queue.stateOf(keys(1)[0]!), { state: 'ready', image: 'image at uri of 0.png' });
      await finish(all);
      assert.deepEqual(all.queue.stateOf(keys(1)[0]!), { state: 'ready', image: 'image at uri of 0.png at 768' });
    });

    it('asks for none that is scrolled away before, and calls off one that is', async () => {
      const all = await withThumbnails(2);
      const [first, second] = waiting(all);
      all.queue.want([{ ...keys(1)[0]!, inView: true }, keys(2)[1]!]);
      assert.ok(second!.cancelled && !first!.cancelled, 'one that left the view but is near waits no more');
      first!.callback();
      const asked = all.locating[2]!;
      assert.equal(asked.key.path, '0.png');
      all.queue.want([]);
      assert.ok(asked.signal.aborted);
    });

    it('asks for none where the thumbnail has enough pixels or is the whole image, or the user wants none', async () => {
      const enough = await withThumbnails(1);
      enough.page.shown = 300;
      waiting(enough)[0]!.callback();
      const whole = await withThumbnails(1);
      whole.page.pixels = 200;
      waiting(whole)[0]!.callback();
      const never = await withThumbnails(1, { sharpImages: 'never' });
      assert.equal(never.pauses.length, 0);
      assert.deepEqual(
        [enough, whole, never].map(({ locating }) => locating.length),
        [1, 1, 1],
      );
    });

    it('asks for one in any case where the user wants it always', async () => {
      const all = await withThumbnails(1, { sharpImages: 'always', sharpImageDelay: 50 });
      all.page.shown = 200;
      assert.equal(waiting(all)[0]!.milliseconds, 50);
      waiting(all)[0]!.callback();
      assert.equal(all.locating[1]?.key.size, 448, 'no larger than the smallest that has the pixels');
    });

    it('loads thumbnails first and never more than its slots', async () => {
      const all = await withThumbnails(2, {}, 3);
      for (const pause of waiting(all)) pause.callback();
      assert.equal(all.locating.length, 4, 'both sharp ones are asked for');
      all.queue.want([...keys(2, 50), ...seen(2)]);
      await settled();
      assert.deepEqual(
        all.locating.slice(4).map(({ key }) => key.path),
        ['50.png'],
        'one slot was free',
      );
      all.locating[2]!.succeed();
      await settled();
      all.loading[2]!.succeed();
      await settled();
      assert.equal(all.locating[5]?.key.path, '51.png');
    });

    it('keeps the thumbnail where the sharp picture cannot be made, and asks for a larger one when cards grow', async () => {
      const all = await withThumbnails(1);
      waiting(all)[0]!.callback();
      all.locating[1]!.fail(Object.assign(new Error('Too large'), { code: 'IMAGE_TOO_LARGE' }));
      await settled();
      assert.deepEqual(all.queue.stateOf(keys(1)[0]!), { state: 'ready', image: 'image at uri of 0.png' });
      all.page.shown = 1400;
      all.queue.resized();
      waiting(all).at(-1)!.callback();
      assert.equal(all.locating[2]?.key.size, 1536);
    });

    it('lets what is looked at alone come before everything, and its neighbours after', async () => {
      const all = setUp(1);
      all.queue.want(keys(2));
      const [one] = keys(1, 10);
      const [next] = keys(1, 11);
      all.queue.view([one!, { ...one!, size: 1536 }], [{ ...next!, size: 1536 }]);
      for (let turn = 0; turn < 6; turn++) await finish(all);
      assert.deepEqual(
        all.locating.map(({ key, options }) => [key.path, key.size, options?.urgent]),
        [
          ['0.png', undefined, false],
          ['10.png', undefined, true],
          ['10.png', 1536, true],
          ['1.png', undefined, false],
          ['11.png', 1536, false],
        ],
      );
      assert.equal(all.queue.stateOfPicture({ ...one!, size: 1536 }).state, 'ready');
      all.queue.view([], []);
      assert.equal(all.queue.stateOfPicture({ ...one!, size: 1536 }).state, 'ready', 'it is kept for coming back');
    });
  });

  describe('over a far link', () => {
    const seen = (count: number, from = 0): (ImageKey & { inView: boolean })[] =>
      keys(count, from).map((key) => ({ ...key, inView: true }));
    const paths = (calls: readonly Call[]): string[] => calls.map(({ key }) => key.path);
    const pathsOf = (images: readonly ImageKey[]): string[] => images.map(({ path }) => path);

    /** A queue that knows from answers of 300 ms that the host is far away. */
    function setUpFar(): ReturnType<typeof setUp> {
      const all = setUp();
      all.queue.answered(300);
      return all;
    }

    /** All that was asked for comes after a round trip each. */
    async function finish(all: ReturnType<typeof setUp>, done = { located: 0, loaded: 0 }): Promise<void> {
      for (;;) {
        const { locating, loading } = all;
        const [ask, load] = [locating.slice(done.located), loading.slice(done.loaded)];
        if (ask.length + load.length === 0) return;
        done.located = locating.length;
        done.loaded = loading.length;
        all.page.now += 300;
        for (const call of [...ask, ...load]) call.succeed();
        await settled();
      }
    }

    it('loads what is seen, a tenth beside it, and only asks where the rest is', async () => {
      const all = setUpFar();
      all.queue.want([...seen(10), ...keys(20, 10)]);
      assert.equal(all.locating.length, 10, 'nothing else while what is seen has not come');
      await finish(all);
      assert.deepEqual(paths(all.loading).sort(), pathsOf(seen(11)).sort());
      assert.equal(all.locating.length, 30);
    });

    it('asks for no address that came with the card, and for a new one where nothing was at it', async () => {
      const all = setUpFar();
      const [image] = seen(1);
      all.queue.want([{ ...image!, thumbnail: 'uri with the card' }]);
      assert.deepEqual([all.locating.length, all.loading.length], [0, 1]);
      all.loading[0]!.fail(new Error('Gone'));
      await settled();
      all.queue.want([{ ...image!, thumbnail: 'uri with the card' }]);
      all.pauses.at(-1)!.callback();
      assert.deepEqual([all.locating.length, all.locating[0]?.options?.fresh], [1, true]);
    });

    it('begins nothing that is scrolled past, and what is in view when that ends', () => {
      const all = setUpFar();
      all.page.now = 1000;
      all.queue.want(seen(4));
      assert.equal(all.locating.length, 4, 'the first screen is where the user wants to be');
      for (let screen = 1; screen <= 12; screen++) {
        all.page.now += 50;
        all.queue.want(seen(4, 4 * screen));
      }
      assert.equal(all.locating.length, 4);
      const pause = all.pauses.filter(({ cancelled, milliseconds }) => !cancelled && milliseconds <= 120).at(-1)!;
      assert.equal(pause.milliseconds, 120);
      all.page.now += 120;
      pause.callback();
      assert.deepEqual(paths(all.locating.slice(4)), pathsOf(seen(4, 48)));
    });

    it('loads sharp pictures a few at a time, and calls them off when the user does something', async () => {
      const all = setUpFar();
      all.page.shown = 560;
      all.queue.want(seen(4));
      await finish(all);
      const rest = all.pauses.filter(({ cancelled, milliseconds }) => !cancelled && milliseconds === 2000);
      assert.equal(rest.length, 4);
      for (const { callback } of rest) callback();
      assert.deepEqual(
        all.locating.slice(4).map(({ key }) => key.size),
        [576],
        'four thumbnails in 300 ms: one sharp one fills the link',
      );
      all.queue.interrupt();
      assert.ok(all.locating[4]!.signal.aborted);
      const again = all.pauses.filter(({ cancelled, milliseconds }) => !cancelled && milliseconds === 2000);
      assert.equal(again.length, 8, 'and each waits for the usual rest again');
    });

    it('waits for a long rest where a screen of sharp pictures takes more than three seconds', async () => {
      const all = setUpFar();
      all.page.shown = 1500;
      all.queue.want(seen(4));
      await finish(all);
      const asked = all.locating.length;
      all.pauses.find(({ cancelled, milliseconds }) => !cancelled && milliseconds === 2000)!.callback();
      assert.equal(all.locating.length, asked);
      all.pauses.find(({ cancelled, milliseconds }) => !cancelled && milliseconds === 8000)!.callback();
      assert.equal(all.locating.at(-1)?.key.size, 1536);
    });

    it('prefetches thumbnails for the viewer, and one large picture', async () => {
      const all = setUpFar();
      const [one, ...next] = keys(3);
      const fitting = (key: ImageKey): Picture => ({ ...key, size: 1536 });
      all.queue.view([one!, fitting(one!)], [...next.flatMap((key) => [key, fitting(key)])]);
      await finish(all);
      assert.deepEqual(
        all.loading.map(({ key }) => [key.path, key.size]),
        [
          ['0.png', undefined],
          ['0.png', 1536],
          ['1.png', undefined],
          ['1.png', 1536],
          ['2.png', undefined],
        ],
      );
    });

    it('prefetches as over a near link when an answer was quick', async () => {
      const all = setUpFar();
      all.queue.want([...seen(4), ...keys(20, 4)]);
      await finish(all);
      assert.deepEqual(paths(all.loading), pathsOf(seen(4)));
      all.queue.answered(12);
      assert.deepEqual(paths(all.loading), pathsOf(keys(16)), 'the next twelve, whose addresses are known');
    });
  });
});
