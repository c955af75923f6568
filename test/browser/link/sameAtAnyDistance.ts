import assert from 'node:assert/strict';
import fc from 'fast-check';
import { seed, sequenceCount } from './keySequences';
import type { LinkedPage } from './LinkedPage';

/** A pause in which a host without a delay has answered, in milliseconds. */
const answered = 50;

const sequences = sequenceCount(10);

/** How long all the sequences may take, in milliseconds. */
export const farKeysTimeout = 60_000 + sequences * 2000;

/** Keys, the pauses behind them in turn, and how long a message takes one way; times in milliseconds. */
export type FarKeys = [keys: readonly string[], pauses: readonly number[], delay: number];

/** Begins near by, presses keys far away, and lets all settle. */
export async function pressFarAway(
  linked: LinkedPage,
  reset: () => Promise<void>,
  [keys, pauses, delay]: FarKeys,
): Promise<void> {
  await linked.setDelay(0);
  await reset();
  await linked.wait();
  await linked.setDelay(delay);
  for (const [at, key] of keys.entries()) await linked.press([key], pauses[at % pauses.length]);
  await linked.wait();
}

/** What keys are played on, and with. */
export interface FarKeysOptions<Outcome> {
  /** what may be pressed: each time one or several keys, as often as their weight says */
  strokes: readonly { weight: number; keys: readonly (readonly string[])[] }[];
  delays: readonly number[];
  /** keys that went wrong once */
  known?: readonly FarKeys[];
  /** Puts the field that is typed into back to how it was at first. */
  reset: () => Promise<void>;
  /** What is looked at when all has settled. */
  look: () => Promise<Outcome>;
}

/** Presses random keys far away; what comes of them must be what comes of them near by, where each has all its time. */
export async function sameAtAnyDistance<Outcome>(linked: LinkedPage, options: FarKeysOptions<Outcome>): Promise<void> {
  const { strokes, delays, known = [], reset, look } = options;
  const outcome = async (...given: FarKeys): Promise<Outcome> => {
    await pressFarAway(linked, reset, given);
    return look();
  };
  const stroke = fc.oneof(...strokes.map(({ weight, keys }) => ({ weight, arbitrary: fc.constantFrom(...keys) })));
  const keys = fc.array(stroke, { minLength: 2, maxLength: 7 }).map((parts) => parts.flat());
  const pauses = fc.array(fc.constantFrom(0, 0, 10, 40, 90), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(keys, pauses, fc.constantFrom(...delays), async (typed, waits, delay) => {
      assert.deepEqual(await outcome(typed, waits, delay), await outcome(typed, [answered], 0));
    }),
    { numRuns: sequences + known.length, seed, examples: [...known], endOnFailure: true, includeErrorInReport: true },
  );
}
