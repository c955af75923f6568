import assert from 'node:assert/strict';
import { mkdir, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PictureCache } from '../../../../src/extension/pictures/PictureCache';
import { type PictureMaker, type PictureOrder, Thumbnails } from '../../../../src/extension/pictures/Thumbnails';
import type { ThumbnailOrder } from '../../../../src/protocol/tagging/taggerProtocol';
import { TaggerCrashError, TaggerHungError } from '../../../../src/protocol/child/TaggerProcess';
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

  /** As a process ends that has begun with these images. */
  const crashed = (how: NodeJS.Signals | number, ...decoding: string[]): Promise<never> => {
    const end = typeof how === 'number' ? { code: how, signal: null } : { code: null, signal: how };
    return Promise.reject(new TaggerCrashError(String(how), undefined, { ...end, decoding }));
  };

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
    maker.make = ({ imagePath }) => crashed('SIGSEGV', imagePath);
    let atATime = 0;
    suspects.make = async ({ imagePath }) => {
      assert.equal(++atATime, 1, 'one by one');
      await new Promise((resolve) => setTimeout(resolve, 2));
      atATime--;
      if (imagePath.endsWith('bad.png')) await crashed('SIGSEGV', imagePath);
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

  for (const [what, end] of [
    ['was killed', ({ imagePath }) => crashed('SIGKILL', imagePath)],
    ['was ended from outside', ({ imagePath }) => crashed('SIGTERM', imagePath)],
    ['could not be started', () => Promise.reject(new TaggerCrashError('spawn EAGAIN'))],
    ['ended with an error of its own', ({ imagePath }) => crashed(1, imagePath)],
    ['crashed before it had the image', () => crashed('SIGSEGV')],
    ['crashed at another image', () => crashed('SIGSEGV', '/other.png')],
    ['has no memory on Windows', ({ imagePath }) => crashed(0xc0000017, imagePath)],
    ['hung', () => Promise.reject(new TaggerHungError({ how: 'silent', time: 1000, isOfImages: false }, 1))],
  ] satisfies [string, FakeMaker['make']][]) {
    it(`tries an image again whose process ${what}, in this session and the next one`, async () => {
      const thumbnails = started();
      maker.make = end;
      suspects.make = end;
      await assert.rejects(thumbnails.get(image('a.png'), never), { code: 'PICTURE_NOT_MADE' });
      await assert.rejects(started().get(image('a.png'), never), { code: 'PICTURE_NOT_MADE' });
      maker.make = () => Promise.resolve();
      assert.ok(await thumbnails.get(image('a.png'), never));
    });
  }

  it('refuses an image of which the decoder crashed, on every system', async () => {
    const ends: (NodeJS.Signals | number)[] = ['SIGSEGV', 'SIGBUS', 'SIGILL', 'SIGABRT', 'SIGTRAP', 139, 0xc0000005];
    for (const [index, how] of ends.entries()) {
      maker.make = suspects.make = ({ imagePath }) => crashed(how, imagePath);
      await assert.rejects(started().get(image(`${index}.png`), never), { code: 'IMAGE_CRASHES' });
    }
  });

  it('tries an image again a week after the decoder crashed of it, and no other failure', async () => {
    maker.make = suspects.make = ({ imagePath }) =>
      imagePath.endsWith('bad.png') ? crashed('SIGSEGV', imagePath) : damaged();
    const names = ['bad.png', 'cut.png'];
    for (const name of names) await assert.rejects(started().get(image(name), never));
    const age = async (days: number): Promise<void> => {
      const when = Date.now() / 1000 - days * 24 * 3600;
      for (const name of await readdir(path.join(folder(), 'cache'), { recursive: true })) {
        if (name.endsWith('.fail')) await utimes(path.join(folder(), 'cache', name), when, when);
      }
    };
    maker.make = () => Promise.resolve();
    await age(6);
    for (const name of names) await assert.rejects(started().get(image(name), never));
    await age(8);
    assert.ok(await started().get(image('bad.png'), never));
    await assert.rejects(started().get(image('cut.png'), never), { code: 'IMAGE_TRUNCATED' });
  });
});

async function until(check: () => boolean): Promise<void> {
  for (let tries = 0; tries < 2000 && !check(); tries++) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.ok(check());
}
