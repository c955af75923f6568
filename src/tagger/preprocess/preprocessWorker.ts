// The entry of a thread that turns image files into what models take, one at a time. `PreprocessPool` starts it.
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

/** RGBA, the most that a decoded picture takes. */
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
