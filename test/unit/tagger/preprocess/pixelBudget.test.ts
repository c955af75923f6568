import assert from 'node:assert/strict';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { PixelBudget } from '../../../../src/tagger/preprocess/PixelBudget';

interface Asking {
  memory: SharedArrayBuffer;
  slot: number;
  pixels: number;
}

// This file is also the thread that asks for room.
if (isMainThread) {
  describe('The budget of pixels', () => {
    let workers: Worker[] = [];
    afterEach(async () => {
      await Promise.all(workers.map((worker) => worker.terminate()));
      workers = [];
    });

    /** A thread that has asked for room, and a promise for the moment when it gets it. */
    async function ask(
      memory: SharedArrayBuffer,
      slot: number,
      pixels: number,
    ): Promise<{ entered: Promise<unknown> }> {
      const worker = new Worker(__filename, { workerData: { memory, slot, pixels } satisfies Asking });
      workers.push(worker);
      // Both listeners from the start: the thread may get its room before this one gets the first message.
      const message = (expected: string): Promise<void> =>
        new Promise((resolve) => {
          worker.on('message', (said) => {
            if (said === expected) resolve();
          });
        });
      const [asking, entered] = [message('asking'), message('entered')];
      await asking;
      // It said so just before it asked.
      await new Promise((resolve) => setTimeout(resolve, 50));
      return { entered };
    }

    const nothingWithin = async (promise: Promise<unknown>, milliseconds: number): Promise<void> => {
      const late = new Promise((resolve) => setTimeout(resolve, milliseconds, 'late'));
      assert.equal(await Promise.race([promise, late]), 'late');
    };

    it('lets in what fits and holds back what does not', async () => {
      const memory = PixelBudget.createMemory(100, 3);
      const own = new PixelBudget(memory, 0);
      own.acquire(60);
      await (
        await ask(memory, 1, 40)
      ).entered;
      const third = await ask(memory, 2, 1);
      await nothingWithin(third.entered, 100);
      own.release();
      await third.entered;
      assert.equal(own.highest, 100);
      assert.equal(own.inWork, 41);
    });

    it('serves threads in the order in which they ask', async () => {
      const memory = PixelBudget.createMemory(100, 3);
      const own = new PixelBudget(memory, 0);
      own.acquire(60);
      const large = await ask(memory, 1, 90);
      // 10 would fit beside the 60 at once, but the thread with 90 asked first.
      const little = await ask(memory, 2, 10);
      await nothingWithin(little.entered, 100);
      own.release();
      await Promise.all([large.entered, little.entered]);
      assert.equal(own.inWork, 100);
    });

    it('lets a picture that is larger than the budget in alone', async () => {
      const memory = PixelBudget.createMemory(100, 2);
      const own = new PixelBudget(memory, 0);
      own.acquire(1);
      const huge = await ask(memory, 1, 1000);
      await nothingWithin(huge.entered, 100);
      own.release();
      await huge.entered;
      assert.equal(own.inWork, 1000);
    });

    it('gives back the room, and the place in the line, of a thread that died', async () => {
      const memory = PixelBudget.createMemory(100, 3);
      const own = new PixelBudget(memory, 0);
      own.acquire(80);
      await ask(memory, 1, 90);
      await workers[0]?.terminate();
      new PixelBudget(memory, 1).release();
      await (
        await ask(memory, 2, 20)
      ).entered;
      assert.equal(own.inWork, 100);
    });
  });
} else {
  const { memory, slot, pixels } = workerData as Asking;
  parentPort?.postMessage('asking');
  new PixelBudget(memory, slot).acquire(pixels);
  parentPort?.postMessage('entered');
}
