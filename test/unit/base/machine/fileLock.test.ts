import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { placeText, thisProcess } from '../../../../src/base/machine/processIdentity';
import { FileLock } from '../../../../src/base/machine/FileLock';
import { SpeedMeter } from '../../../../src/tagger/download/SpeedMeter';
import { hasLocalDisk, namesIn, testFolder, until } from '../../shared/testFolder';

describe('The lock of a download', function () {
  this.timeout(30_000);
  const folder = testFolder();
  const lockFile = (): string => path.join(folder(), 'x.lock');
  /** Makes a lock of this process look as if another one had it. */
  async function rewrite(change: Record<string, unknown>, seconds = 0): Promise<void> {
    const content = JSON.parse(await readFile(lockFile(), 'utf8')) as Record<string, unknown>;
    await writeFile(lockFile(), JSON.stringify({ ...content, ...change }));
    const time = Date.now() / 1000 - seconds;
    await utimes(lockFile(), time, time);
  }

  it('is had by one at a time and leaves nothing', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => FileLock.tryAcquire(lockFile())));
    const got = all.filter((lock) => lock !== undefined);
    assert.equal(got.length, 1);
    assert.deepEqual(await namesIn(folder()), ['x.lock']);
    await got[0]?.release();
    assert.deepEqual(await namesIn(folder()), []);
  });

  it('is taken over at once from a process that is gone, by one of many', async () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    const first = await FileLock.tryAcquire(lockFile());
    await rewrite({ pid, token: 'of the dead' });
    const all = await Promise.all(Array.from({ length: 20 }, () => FileLock.tryAcquire(lockFile())));
    const got = all.filter((lock) => lock !== undefined);
    assert.ok(got.length <= 1, `${got.length} have it`);
    const next = got[0] ?? (await FileLock.tryAcquire(lockFile()));
    assert.ok(next !== undefined);
    // Who lost it must not release what another one has now.
    await first?.release();
    assert.deepEqual(await namesIn(folder()), ['x.lock']);
    await next.release();
  });

  it("is another machine's as long as that one renews it", async () => {
    const lock = await FileLock.tryAcquire(lockFile());
    await rewrite({ machine: 'another one', pid: 1, token: 'theirs' }, 60);
    assert.equal(await FileLock.tryAcquire(lockFile()), undefined);
    await rewrite({}, 180);
    const next = await FileLock.tryAcquire(lockFile());
    assert.ok(next !== undefined);
    await lock?.release();
    await next.release();
    assert.deepEqual(await namesIn(folder()), []);
  });

  it("is another machine's also while that one's clock is behind by more than it may be silent", async () => {
    const lock = await FileLock.tryAcquire(lockFile());
    let behind = 600;
    await rewrite({ machine: 'another one', pid: 1, token: 'theirs' }, behind);
    const renewal = setInterval(() => {
      const time = Date.now() / 1000 - (behind -= 1);
      utimes(lockFile(), time, time).catch(() => undefined);
    }, 1000);
    try {
      assert.equal(await FileLock.tryAcquire(lockFile()), undefined);
    } finally {
      clearInterval(renewal);
    }
    await lock?.release();
  });

  it('is taken over at once where the id of its holder is by now that of another process', async function () {
    if (thisProcess().start === '') this.skip();
    const lock = await FileLock.tryAcquire(lockFile());
    assert.equal(await FileLock.isHeld(lockFile()), true);
    await rewrite({ start: '0badcafe', token: 'of the dead' });
    assert.equal(await FileLock.isHeld(lockFile()), false);
    await lock?.release();
  });

  it('is taken over after a restart of the machine, but not from a host that only has the same name', async function () {
    if (thisProcess().machine === '' || thisProcess().boot === '') this.skip();
    const lock = await FileLock.tryAcquire(lockFile());
    const [host = '', , namespace = ''] = placeText().split(' ');
    const machine = `${host} 11111111-2222-3333-4444-555555555555 ${namespace}`;
    await rewrite({ machine, token: 'of before' });
    // Where another machine may reach the disk, it may be a clone of this one that lives.
    assert.equal(await FileLock.isHeld(lockFile()), !hasLocalDisk(folder()));
    await utimes(lockFile(), 1000, 1000);
    assert.equal(await FileLock.isHeld(lockFile()), false);
    await rewrite({ machine, machineId: '0badcafe' });
    assert.equal(await FileLock.isHeld(lockFile()), true);
    // Of version 0.1.0, which did not know the machine.
    await rewrite({ machine, machineId: undefined, start: undefined });
    assert.equal(await FileLock.isHeld(lockFile()), true);
    await lock?.release();
  });

  it('stays with a process that is suspended for however long, and is known to be that one', async function () {
    if (thisProcess().start === '') this.skip();
    const lock = await FileLock.tryAcquire(lockFile());
    await rewrite({}, 3600);
    assert.equal(await FileLock.tryAcquire(lockFile()), undefined);
    const holder = await FileLock.holder(lockFile());
    assert.deepEqual([holder?.pid, holder?.host, holder?.liveness], [process.pid, hostname(), 'alive']);
    assert.equal(holder?.silenceAtMost, undefined);
    assert.ok(holder!.silence >= 3_599_000);
    await lock?.release();
  });

  it('tells its holder when another process has it by now, and is not renewed for that one', async () => {
    const lock = (await FileLock.tryAcquire(lockFile()))!;
    assert.equal(await lock.isOurs(), true);
    await rewrite({ token: 'theirs' }, 10);
    const { mtimeMs } = await stat(lockFile());
    await until(() => lock.lost.aborted, 'its heartbeat finds out', 20_000);
    assert.equal((await stat(lockFile())).mtimeMs, mtimeMs);
    assert.equal(await lock.isOurs(), false);
    await lock.release();
    assert.deepEqual(await namesIn(folder()), ['x.lock']);
  });

  it('is lost with its folder, but not for the moment in which another process looks at it', async () => {
    const lock = (await FileLock.tryAcquire(lockFile()))!;
    await rename(lockFile(), `${lockFile()}.aside`);
    const asked = lock.isOurs();
    await rename(`${lockFile()}.aside`, lockFile());
    assert.equal(await asked, true);
    await rm(lockFile());
    assert.equal(await lock.isOurs(), false);
    assert.equal(lock.lost.aborted, true);
    await lock.release();
    const released = (await FileLock.tryAcquire(lockFile()))!;
    await released.release();
    assert.deepEqual([await released.isOurs(), released.lost.aborted], [false, false], 'given back, not lost');
  });

  it('of version 0.1.0 is had as long as its holder lives', async () => {
    const old = { token: 'theirs', pid: process.pid, machine: placeText() };
    await writeFile(lockFile(), JSON.stringify(old));
    assert.equal(await FileLock.isHeld(lockFile()), true);
    await writeFile(lockFile(), JSON.stringify({ ...old, pid: spawnSync(process.execPath, ['--version']).pid }));
    assert.equal(await FileLock.isHeld(lockFile()), false);
  });

  it('waits until it is free, or until nobody wants it any more', async () => {
    const first = await FileLock.acquire(lockFile(), {});
    const cancel = new AbortController();
    const given = FileLock.acquire(lockFile(), {
      signal: cancel.signal,
      onWait: () => {
        cancel.abort();
      },
    });
    await assert.rejects(given, { name: 'AbortError' });
    let waits = 0;
    const second = FileLock.acquire(lockFile(), {
      onWait: () => {
        if (++waits === 1) void first.release();
      },
    });
    await (await second).release();
    assert.equal(waits, 1);
  });
});

describe('The speed of a download', () => {
  it('is the mean of the last five seconds, not known at first, and falls while nothing comes', () => {
    const meter = new SpeedMeter();
    assert.equal(meter.measure(0, 0), 0);
    assert.equal(meter.measure(300, 300), 0);
    for (let second = 1; second <= 10; second++) assert.equal(meter.measure(second * 1000, second * 1000), 1000);
    assert.equal(meter.measure(10_000, 13_000), 400);
    assert.equal(meter.measure(10_000, 40_000), 0);
  });
});
