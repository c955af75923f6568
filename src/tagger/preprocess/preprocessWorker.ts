// Worker entry: turns image files into model inputs, one at a time. Started by `PreprocessPool`.
import { parentPort, workerData } from 'node:worker_threads';
import { useInheritedLanguage } from '../../base/displayLanguage';
import { freePixels } from '../pictures/freePixels';
import { PixelBudget } from './PixelBudget';
import { prepareInput } from './prepareImage';
import {
  claim,
  toFailure,
  type PreprocessJob,
  type PreprocessReply,
  type PreprocessWorkerData,
} from './preprocessMessages';

/** Bytes per pixel of RGBA, the largest format of a decoded picture. */
const bytesPerPixel = 4;

const data = workerData as PreprocessWorkerData;
const budget = new PixelBudget(data.budget, data.slot);
const claims = new Int32Array(data.claims);
const jobs: PreprocessJob[] = [];
let working = false;

useInheritedLanguage();

parentPort?.on('message', (job: PreprocessJob) => {
  jobs.push(job);
  if (!working) void work();
});

async function work(): Promise<void> {
  working = true;
  for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) reply(await prepare(job));
  working = false;
}

async function prepare({ id, claim: place, imagePath, input, memory }: PreprocessJob): Promise<PreprocessReply> {
  if (Atomics.compareExchange(claims, place, claim.waiting, claim.begun) !== claim.waiting)
    return { id, kind: 'dropped' };
  let pixels = 0;
  try {
    const enter = (needed: number): void => {
      pixels = needed;
      budget.acquire(needed);
    };
    const values = await prepareInput(imagePath, input, enter, memory);
    return { id, kind: 'done', values };
  } catch (error) {
    return { id, kind: 'failed', error: toFailure(error) };
  } finally {
    await freePixels(pixels * bytesPerPixel);
    budget.release();
  }
}

function reply(message: PreprocessReply): void {
  parentPort?.postMessage(message, message.kind === 'done' ? [message.values.buffer] : []);
}
