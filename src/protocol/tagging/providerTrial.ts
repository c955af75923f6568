import * as v from 'valibot';
import { checkOf, finite } from '../channel/checks';
import type { ProviderSpeed } from './execution';

/** What is to be tried. */
export interface TrialRequest {
  modelPath: string;
  /** how many scores the model must give */
  tagCount: number;
  /** those of ONNX Runtime */
  options: object;
}

/** The first argument of the process that tries a provider, in JSON. */
export interface TrialArgument extends TrialRequest {
  /** the id of the process that wants it, with which it ends */
  parent: number;
}

/** The messages of that process, in this order; it may fail at any time. */
export type TrialMessage =
  /** the first run is over, which compiles and allocates */
  | { step: 'proven'; scores: Float32Array; milliseconds: number }
  /** the second run is over */
  | { step: 'timed'; milliseconds: number }
  /** what ONNX Runtime says */
  | { step: 'failed'; message: string };

const milliseconds = v.pipe(finite, v.minValue(0));
const scores = v.custom<Float32Array>((value) => value instanceof Float32Array);

/** The schema of {@link ProviderSpeed}. */
export const providerSpeed = v.object({
  milliseconds,
  cpuMilliseconds: milliseconds,
  isUnfinished: v.optional(v.boolean()),
});

export const isTrialMessage = checkOf<TrialMessage>()(
  v.variant('step', [
    v.object({ step: v.literal('proven'), scores, milliseconds }),
    v.object({ step: v.literal('timed'), milliseconds }),
    v.object({ step: v.literal('failed'), message: v.string() }),
  ]),
);

export const isProviderSpeed = checkOf<ProviderSpeed>()(providerSpeed);
