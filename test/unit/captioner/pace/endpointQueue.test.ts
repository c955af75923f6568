import assert from 'node:assert/strict';
import { setMaxListeners } from 'node:events';
import { EndpointQueue, type Attempt } from '../../../../src/captioner/pace/EndpointQueue';
import { SimulatedServer, type ServerHabits } from './SimulatedServer';
import { SimulatedTime } from './SimulatedTime';

const fixed = (milliseconds: number) => (): number => milliseconds;
const seconds = (count: number): number => count * 1000;

interface Run {
  time: SimulatedTime;
  servers: SimulatedServer[];
  queue: EndpointQueue;
  log: string[];
  /** what came of each request, in the order in which they ended */
  ends: string[];
  /** offers more requests, each from the start, `deep` at a time */
  offer: (count: number, deep?: number) => void;
}

function start(habits: readonly ServerHabits[], maximumInFlight = 64, seed = 1): Run {
  const time = new SimulatedTime(seed);
  const servers = habits.map((each) => new SimulatedServer(time, each));
  const log: string[] = [];
  const ends: string[] = [];
  const queue = new EndpointQueue({
    endpoints: servers.map((_, index) => `server ${index}`),
    maximumInFlight,
    patience: { usual: seconds(300), atFirst: seconds(20) },
    clock: time,
    givenUp: (cause, last) => new Error(`given up: ${cause}, ${last.message}`),
    allAway: (last) => new Error(`all away: ${last.message}`),
    onLog: (line) => log.push(line),
  });
  const signal = new AbortController().signal;
  // Each request that waits listens to it.
  setMaxListeners(0, signal);
  const offer = (count: number, deep = 2 * maximumInFlight * habits.length): void => {
    let left = count;
    const worker = async (): Promise<void> => {
      while (left-- > 0) {
        try {
          ends.push(await queue.run((index) => servers[index]!.answer(), signal));
        } catch (error) {
          ends.push((error as Error).message);
        }
      }
    };
    for (let each = 0; each < deep; each++) void worker();
  };
  return { time, servers, queue, log, ends, offer };
}

const areCaptions = (ends: readonly string[]): boolean => ends.every((end) => end === 'caption');

const refusedConnection: Attempt<string> = {
  kind: 'later',
  cause: 'away',
  error: new Error('connection refused.'),
  isHeard: false,
};

describe('Requests to the servers of a captioner, in simulated time', function () {
  this.timeout(60_000);

  describe('adapt to a server of 32 slots with 2 s an answer:', () => {
    for (const maximum of [32, 64]) {
      it(`it works at 95 % of its capacity from 20 s on, with at most ${maximum} at a time`, async () => {
        const { time, servers, offer } = start([{ slots: 32, latency: fixed(2000) }], maximum);
        offer(5000);
        await time.pass(seconds(120));
        const [server] = servers;
        assert.ok(server!.rate(seconds(20), seconds(60)) >= 0.95 * 16, `${server!.rate(seconds(20), seconds(60))}/s`);
        assert.ok(server!.rate(seconds(60), seconds(120)) >= 0.95 * 16, `${server!.rate(seconds(60), seconds(120))}/s`);
        assert.ok(server!.mostInFlight <= 64);
      });
    }

    it('also where answers take from 1.2 to 2.8 s, whatever the chance', async () => {
      for (let seed = 1; seed <= 20; seed++) {
        const { time, servers, offer } = start([{ slots: 32, latency: () => 0 }], 64, seed);
        Object.assign(servers[0]!.habits, { latency: () => 1200 + 1600 * time.random() });
        offer(5000);
        await time.pass(seconds(200));
        const rate = servers[0]!.rate(seconds(40), seconds(200));
        assert.ok(rate >= 0.9 * 16, `${rate}/s with seed ${seed}`);
      }
    });
  });

  it('grow with a server that gets faster by less than it gets more, as GPUs do', async () => {
    // Twice as many requests take 1.3 times as long: 64 are worth 5.5 times as much as 1.
    const { time, servers, offer } = start([{ latency: () => 0 }], 64);
    Object.assign(servers[0]!.habits, { latency: () => 1000 * 1.3 ** Math.log2(Math.max(1, servers[0]!.inFlight)) });
    offer(20_000);
    await time.pass(seconds(300));
    assert.ok(servers[0]!.mostSince(seconds(200)) >= 56, `${servers[0]!.mostSince(seconds(200))} at a time`);
  });

  it('are one at a time for a server that takes one after the other', async () => {
    for (let seed = 1; seed <= 10; seed++) {
      const { time, servers, queue, offer } = start([{ slots: 1, latency: () => 0 }], 64, seed);
      Object.assign(servers[0]!.habits, { latency: () => 800 + 400 * time.random() });
      offer(2000);
      await time.pass(seconds(1000));
      const { seen } = servers[0]!;
      const settled = seen.filter(({ time: at }) => at >= seconds(60));
      const alone = settled.filter(({ inFlight }) => inFlight === 1).length / settled.length;
      assert.ok(alone >= 0.9, `${alone} alone with seed ${seed}`);
      assert.ok(Math.max(...settled.map(({ inFlight }) => inFlight)) <= 2);
      assert.equal(queue.endpoints[0]!.window.size, 1);
    }
  });

  for (const [how, way] of [
    ['', 0],
    [', also where requests overtake each other', 30],
  ] as const) {
    it(`stay within 8 for a server that refuses more, after three tries${how}`, async () => {
      const { time, servers, ends, offer } = start([{ latency: fixed(500), refuseAbove: 8 }], 64);
      const [server] = servers;
      if (way > 0) Object.assign(server!.habits, { way: () => way * time.random() });
      offer(50_000);
      await time.pass(seconds(2000));
      const above = server!.seen.filter(({ inFlight }) => inFlight > 8);
      // A try is what is refused within a second or two.
      const tries = above.filter(({ time: at }, index) => index === 0 || at - above[index - 1]!.time > 2000);
      assert.equal(tries.length, 3);
      const last = above.at(-1)!.time;
      assert.equal(server!.mostSince(last + 1), 8);
      const rate = server!.rate(last + seconds(60), seconds(2000));
      assert.ok(rate >= (0.95 * 8) / (0.5 + way / 2000), `${rate}/s, the last try after ${last / 1000} s`);
      assert.ok(areCaptions(ends), 'no image fails for it');
    });
  }

  it('find a limit that no doubling hits', async () => {
    const { time, servers, ends, offer } = start([{ latency: fixed(500), refuseAbove: 13 }], 64);
    offer(100_000);
    await time.pass(seconds(1500));
    const rate = servers[0]!.rate(seconds(500), seconds(1500));
    assert.ok(rate >= 0.9 * 26, `${rate}/s`);
    assert.ok(servers[0]!.refused < 60, `${servers[0]!.refused} refused`);
    assert.ok(areCaptions(ends));
  });

  it('are halved when a server that was fine refuses them, and grow back', async () => {
    const { time, servers, queue, ends, offer } = start([{ slots: 16, latency: fixed(500) }], 16);
    const [server] = servers;
    offer(20_000);
    await time.pass(seconds(60));
    const window = (): number => queue.endpoints[0]!.window.size;
    assert.equal(window(), 16);
    Object.assign(server!.habits, { refuseAbove: 0 });
    await time.pass(seconds(60.6));
    assert.ok(window() <= 8, `${window()}`);
    Object.assign(server!.habits, { refuseAbove: Infinity });
    await time.pass(seconds(400));
    assert.ok(window() >= 8, `${window()}`);
    assert.ok(areCaptions(ends));
  });

  it('are measured only while there are enough of them', async () => {
    const { time, servers, queue, offer } = start([{ latency: fixed(1000) }], 64);
    // Two at a time is all that is offered.
    offer(100, 2);
    await time.pass(seconds(200));
    assert.equal(servers[0]!.mostInFlight, 2);
    assert.ok(queue.endpoints[0]!.window.size <= 4, `${queue.endpoints[0]!.window.size}`);
  });

  it('wait as long as the server asks for', async () => {
    const { time, servers, offer, ends } = start([{ latency: fixed(100) }], 4);
    servers[0]!.state = { kind: 'later', cause: 'overload', error: new Error('busy'), after: 7000 };
    offer(3);
    await time.pass(100);
    servers[0]!.state = undefined;
    await time.pass(6900);
    assert.equal(servers[0]!.seen.length, 1);
    await time.pass(seconds(10));
    assert.deepEqual(ends, ['caption', 'caption', 'caption']);
  });

  it('are given back when the server wants a pause that is too long', async () => {
    const { time, servers, offer, ends } = start([{ latency: fixed(100) }], 4);
    servers[0]!.state = {
      kind: 'later',
      cause: 'overload',
      error: new Error('come back in an hour'),
      after: 3_600_000,
    };
    offer(3);
    await time.pass(100);
    assert.deepEqual(ends, Array(3).fill('all away: come back in an hour'));
  });

  describe('to several servers', () => {
    it('are divided by what each can do', async () => {
      const { time, servers, offer } = start([
        { slots: 16, latency: fixed(1000) },
        { slots: 2, latency: fixed(1000) },
      ]);
      offer(20_000);
      await time.pass(seconds(120));
      assert.ok(servers[0]!.rate(seconds(40), seconds(120)) >= 0.9 * 16);
      assert.ok(servers[1]!.rate(seconds(40), seconds(120)) >= 0.9 * 2);
    });

    it('go to the others while one is away, and to it again when it is back', async () => {
      const { time, servers, ends, log, offer } = start(
        [
          { slots: 4, latency: fixed(1000) },
          { slots: 4, latency: fixed(1000) },
        ],
        4,
      );
      offer(20_000);
      await time.pass(seconds(60));
      servers[1]!.state = refusedConnection;
      await time.pass(seconds(1000));
      const tries = servers[1]!.seen.filter(({ time: at }) => at > seconds(62)).length;
      assert.ok(tries >= 50 && tries <= 300, `${tries} tries in 940 s`);
      assert.ok(servers[0]!.rate(seconds(70), seconds(1000)) >= 0.9 * 4);
      servers[1]!.state = undefined;
      await time.pass(seconds(1100));
      assert.ok(servers[1]!.rate(seconds(1030), seconds(1100)) >= 0.9 * 4);
      assert.ok(areCaptions(ends), 'no image is lost');
      assert.deepEqual(log, ['connection refused. Trying again.', 'server 1 answers again.']);
    });

    it('go to the others for good where one does not take them at all', async () => {
      const { time, servers, ends, log, queue, offer } = start([{ latency: fixed(100) }, { latency: fixed(100) }], 4);
      servers[0]!.state = { kind: 'failed', error: new Error('wrong key.'), ofEndpoint: true };
      offer(100);
      await time.pass(seconds(60));
      assert.deepEqual(ends, Array(100).fill('caption'));
      assert.equal(servers[0]!.seen.length, 1);
      assert.equal(queue.endpoints[0]!.state, 'out');
      assert.deepEqual(log, ['wrong key. It is left out.']);
    });

    it('are given back only when none of them takes them', async () => {
      const { time, servers, ends, offer } = start([{ latency: fixed(100) }, { latency: fixed(100) }], 4);
      servers[0]!.state = { kind: 'failed', error: new Error('wrong key.'), ofEndpoint: true };
      servers[1]!.state = { kind: 'failed', error: new Error('no such model.'), ofEndpoint: true };
      offer(10, 10);
      await time.pass(seconds(10));
      assert.equal(ends.length, 10);
      assert.ok(
        ends.every((end) => /^all away: (wrong key|no such model)\.$/.test(end)),
        ends[0],
      );
      assert.deepEqual([servers[0]!.seen.length, servers[1]!.seen.length], [1, 1], 'none is asked twice');
    });
  });

  describe('to a server that is away', () => {
    it('are given back after 20 s where nobody ever answered there', async () => {
      const { time, servers, ends, offer } = start([{ latency: fixed(100) }], 4);
      servers[0]!.state = refusedConnection;
      offer(5, 5);
      await time.pass(seconds(15));
      assert.deepEqual(ends, []);
      await time.pass(seconds(40));
      assert.deepEqual(ends, Array(5).fill('all away: connection refused.'));
    });

    it('wait for a restart of some minutes', async () => {
      const { time, servers, ends, offer } = start([{ latency: fixed(100) }], 4);
      offer(1000);
      await time.pass(seconds(5));
      servers[0]!.state = refusedConnection;
      await time.pass(seconds(240));
      servers[0]!.state = undefined;
      await time.pass(seconds(600));
      assert.equal(ends.length, 1000);
      assert.ok(areCaptions(ends));
    });

    it('are given back after five minutes', async () => {
      const { time, servers, ends, offer } = start([{ latency: fixed(100) }], 4);
      offer(1000, 8);
      await time.pass(seconds(5));
      servers[0]!.state = refusedConnection;
      await time.pass(seconds(290));
      assert.ok(areCaptions(ends));
      await time.pass(seconds(340));
      assert.equal(ends.filter((end) => end === 'all away: connection refused.').length >= 8, true);
    });
  });

  describe('whose answers break off', () => {
    it('are sent five times, then only their image fails', async () => {
      const { time, queue, servers, offer, ends } = start([{ latency: fixed(100) }], 4);
      let tries = 0;
      const bad = queue.run<string>(async () => {
        tries++;
        await time.sleep(50);
        return { kind: 'later', cause: 'broken', error: new Error('truncated') };
      }, new AbortController().signal);
      const failure = bad.then(
        () => 'answered',
        (error: unknown) => (error as Error).message,
      );
      offer(500);
      await time.pass(seconds(300));
      assert.equal(await failure, 'given up: broken, truncated');
      assert.equal(tries, 5);
      assert.ok(areCaptions(ends));
      assert.equal(servers[0]!.answers.length, 500);
    });

    it('do not keep the others from being asked, where one brings the server down each time', async () => {
      const { time, queue, servers, offer, ends } = start([{ latency: fixed(100) }], 4);
      const [server] = servers;
      // The server is away for 30 s after this image.
      const bad = queue.run<string>(async () => {
        await time.sleep(50);
        server!.state = refusedConnection;
        time.after(30_000, () => (server!.state = undefined));
        return { kind: 'later', cause: 'broken', error: new Error('dropped') };
      }, new AbortController().signal);
      const failure = bad.then(
        () => 'answered',
        (error: unknown) => (error as Error).message,
      );
      offer(300);
      await time.pass(seconds(600));
      assert.equal(await failure, 'given up: broken, dropped');
      assert.equal(ends.length, 300);
      assert.ok(areCaptions(ends));
    });

    it('that take too long are sent twice', async () => {
      const { time, queue } = start([{ latency: fixed(100) }], 4);
      let tries = 0;
      const late = queue.run<string>(async () => {
        tries++;
        await time.sleep(120_000);
        return { kind: 'later', cause: 'timeout', error: new Error('no answer') };
      }, new AbortController().signal);
      const failure = late.catch((error: unknown) => (error as Error).message);
      await time.pass(seconds(1000));
      assert.equal(await failure, 'given up: timeout, no answer');
      assert.equal(tries, 2);
    });
  });

  it('that are cancelled while they wait are never sent', async () => {
    const { time, queue, servers, offer } = start([{ latency: fixed(1000) }], 1);
    offer(1);
    const cancel = new AbortController();
    let sent = false;
    const waiting = queue.run<string>(() => {
      sent = true;
      return servers[0]!.answer();
    }, cancel.signal);
    const outcome = waiting.catch((error: unknown) => (error as Error).name);
    cancel.abort();
    await time.pass(seconds(10));
    assert.equal(await outcome, 'AbortError');
    assert.equal(sent, false);
  });

  it('that wait are given back when the queue is closed', async () => {
    const { time, queue, servers, offer } = start([{ latency: fixed(1000) }], 1);
    offer(1);
    const outcome = queue
      .run(() => servers[0]!.answer(), new AbortController().signal)
      .catch((error: unknown) => (error as Error).message);
    await time.pass(10);
    queue.close(new Error('closed'));
    assert.equal(await outcome, 'closed');
  });
});
