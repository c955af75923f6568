import path from 'node:path';
import type { ProviderSpeed } from '../../protocol/tagging/execution';
import type { ModelDescription } from '../../protocol/tagging/taggerProtocol';
import type { ModelTag } from './selectedTags';

/** A model and its tags, on this machine or on a server. */
export interface Tagger {
  readonly folder: string;
  /** in the order of the model's outputs */
  readonly tags: readonly ModelTag[];
  /** side of the square input, in pixels */
  readonly inputSize: number;
  /** whether an input is [size, size, 3]; else it is [3, size, size] */
  readonly channelsLast: boolean;
  /** the maximum number of images in a run */
  readonly batchSize: number;
  /** the maximum number of runs in flight */
  readonly runsInFlight: number;
  /**
   * Scores one picture, in a batch with others that come at the same time.
   * @param prepared BGR, 0..255, `inputSize` x `inputSize` x 3 floats in the model's layout; may still be pending
   * @returns one score for each tag, 0..1
   * @throws ModelError MODEL_RUN_FAILED, TAGS_MISMATCH; ServerError; what `prepared` throws; the signal's reason
   */
  score(prepared: Promise<Float32Array>, signal: AbortSignal): Promise<Float32Array>;
  /** What it is, and what it really runs on. */
  describe(): ModelDescription;
  /** Frees what it holds; it cannot be used afterwards. */
  release(): Promise<void>;
}

/** One line for the log: `wd-convnext-tagger-v3: cpu, batch 1; cuda not used: …`. */
export function taggerSummary({ folder, execution }: ModelDescription): string {
  const { provider, device, batchSize, notUsed, speed } = execution;
  const where = device === undefined ? provider : `${provider} (${device})`;
  const others = notUsed.map(({ provider: other, reason }) => `; ${other} not used: ${reason.replace(/\.$/, '')}`);
  return `${path.basename(folder)}: ${where}, batch ${batchSize}${speedSummary(speed)}${others.join('')}`;
}

function speedSummary(speed: ProviderSpeed | undefined): string {
  if (speed === undefined) return '';
  const [own, cpu] = [speed.milliseconds, speed.cpuMilliseconds].map((time) => Number(time.toPrecision(2)));
  return `, ${own} ms a picture (cpu ${cpu} ms${speed.milliseconds > speed.cpuMilliseconds ? ': it is slower' : ''})`;
}
