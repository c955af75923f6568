import assert from 'node:assert/strict';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PictureCache } from '../../../../src/extension/pictures/PictureCache';
import { type PictureMaker, type PictureOrder, Thumbnails } from '../../../../src/extension/pictures/Thumbnails';
import type { ThumbnailOrder } from '../../../../src/protocol/tagging/taggerProtocol';
import { TaggerCrashError } from '../../../../src/protocol/child/TaggerProcess';
import { testFolder } from '../../shared/testFolder';

const never = new AbortController().signal;

/** Stands in for a child process: writes a file, or does what the test says. */
class FakeMaker {
  readonly orders: ThumbnailOrder[] = [];
  stops = 0;
  make: (order: ThumbnailOrder, signal: AbortSignal | undefined) => Promise<void> = () => Promise.resolve();

  readonly maker: PictureMaker = {
    request: (async (_method: string, order: ThumbnailOrder, signal?: AbortSignal) => {
      this.orders.push(order);
      await this.make(order, signal);
      await mkdir(path.dirname(order.outputPath), { recursive: true });
      await writeFile(order.outputPath, 'picture');
      return { width: 1, height: 1, bytes: 7 };
    }) as PictureMaker['request'],
    warmUp: () => undefined,
    stop: () => {
      this.stops++;
    },
  };
}

describe('Thumbnails', () => {
  const folder = testFolder();
  let maker: FakeMaker;
  let suspects: FakeMaker;
  beforeEach(() => {
    maker = new FakeMaker();
    suspects = new FakeMaker();
  });

  /** As a program that was just started sees the same folder. */
  function started(): Thumbnails {
    const cache = new PictureCache(path.join(folder(), 'cache'), () => 1e9);
    return new Thumbnails(() => Promise.resolve(cache), maker.maker, suspects.maker);
  }
  const image = (name: string): PictureOrder => ({ imagePath: path.join(folder(), name), imageVersion: '1-1' });
  const damaged = (): Promise<void> =>
    Promise.reject(Object.assign(new Error('It ends early.'), { code: 'IMAGE_TRUNCATED' }));

  it('makes a picture once for each version and size of an image, also when the program starts again', async () => {
    const file = await started().get(image('a.png'), never);
    assert.equal(await started().get(image('a.png'), never), file);
    assert.equal(maker.orders.length, 1);
    const others: PictureOrder[] = [
      { ...image('a.png'), imageVersion: '1-2' },
      { ...image('a.png'), size: 768 },
      { ...image('a.png'), size: 768, region: { left: 0, top: 0, width: 5, height: 5 } },
    ];
    const files = new Set([file]);
    for (const order of others) files.add(await started().get(order, never));
    assert.equal(files.size, 4);
    assert.equal(maker.orders.length, 4);
  });

  it('shares the pictures of a folder that is opened under two names', async () => {
    await mkdir(path.join(folder(), 'real'));
    await symlink(path.join(folder(), 'real'), path.join(folder(), 'link'));
    const file = await started().get(image('real/a.png'), never);
    assert.equal(await started().get(image('link/a.png'), never), file);
    assert.equal(maker.orders.length, 1);
  });

  it('makes a picture for several at a time, and stops only when nobody waits any more', async () => {
    const thumbnails = started();
    let stopped = 0;
    maker.make = (_order, signal) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => {
          stopped++;
          reject(new Error('Stopped'));
        });
      });
    const waiters = [new AbortController(), new AbortController()];
    const gets = waiters.map((waiter) => thumbnails.get(image('a.png'), waiter.signal).catch(() => 'gone'));
    await until(() => maker.orders.length === 1);
    waiters[0]!.abort();
    assert.equal(await gets[0], 'gone');
    assert.equal(stopped, 0);
    waiters[1]!.abort();
    await gets[1];
    assert.equal(stopped, 1);
    maker.make = () => Promise.resolve();
    await thumbnails.get(image('a.png'), never);
    assert.equal(maker.orders.length, 2, 'who comes later gets it made anew');
  });

  it('does not try a damaged image again, also after a start, until it changes or the user wants it', async () => {
    maker.make = damaged;
    await assert.rejects(started().get(image('a.png'), never), { code: 'IMAGE_TRUNCATED' });
    await assert.rejects(started().get(image('a.png'), never), {
      code: 'IMAGE_TRUNCATED',
      message: 'It ends early.',
    });
    assert.equal(maker.orders.length, 1);
    maker.make = () => Promise.resolve();
    await started().get({ ...image('a.png'), imageVersion: '2-2' }, never);
    assert.ok(await started().get({ ...image('a.png'), fresh: true }, never));
    assert.equal(maker.orders.length, 3);
  });

  it('tries an image again that could not be read for a reason outside of it', async () => {
    maker.make = () => Promise.reject(Object.assign(new Error('No permission'), { code: 'IMAGE_NO_PERMISSION' }));
    await assert.rejects(started().get(image('a.png'), never));
    maker.make = () => Promise.resolve();
    assert.ok(await started().get(image('a.png'), never));
  });

  it('says where a picture is that has been made, and makes none', async () => {
    const thumbnails = started();
    assert.equal(await thumbnails.made(image('a.png')), undefined);
    const file = await thumbnails.get(image('a.png'), never);
    assert.equal(await thumbnails.made(image('a.png')), file);
    assert.equal(maker.orders.length, 1);
  });

  it('makes a picture again that another program deleted, when it is said that it could not be loaded', async () => {
    const thumbnails = started();
    const file = await thumbnails.get(image('a.png'), never);
    await rm(file);
    assert.equal(await thumbnails.get(image('a.png'), never), file, 'what is known costs no look at the disk');
    assert.equal(await thumbnails.get({ ...image('a.png'), fresh: true }, never), file);
    assert.equal(maker.orders.length, 2);
  });

  it('refuses the one image that crashes the process and shows the others that were in work', async () => {
    const thumbnails = started();
    maker.make = () => Promise.reject(new TaggerCrashError('SIGSEGV'));
    let atATime = 0;
    suspects.make = async ({ imagePath }) => {
      assert.equal(++atATime, 1, 'one by one');
      await new Promise((resolve) => setTimeout(resolve, 2));
      atATime--;
      if (imagePath.endsWith('bad.png')) throw new TaggerCrashError('SIGSEGV');
    };
    const results = await Promise.allSettled(
      ['a.png', 'bad.png', 'c.png'].map((name) => thumbnails.get(image(name), never)),
    );
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    await assert.rejects(started().get(image('bad.png'), never), { code: 'IMAGE_CRASHES' });
    assert.equal(suspects.orders.length, 3, 'and is not tried again');
    assert.equal(suspects.stops, 1);
  });
});

async function until(check: () => boolean): Promise<void> {
  for (let tries = 0; tries < 2000 && !check(); tries++) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.ok(check());
}
