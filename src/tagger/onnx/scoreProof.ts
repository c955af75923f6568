import { performance } from 'node:perf_hooks';
import { proofPicture } from '../inference/proofPicture';
import type { ScoringSession } from './ScoringSession';

/** The scores of the proof picture; throws what the run throws. */
export async function scoreProof(session: ScoringSession): Promise<Float32Array> {
  const { fixedBatch } = session.contract;
  const [scores] = await session.run([proofPicture(session.contract)], fixedBatch);
  return scores ?? new Float32Array(0);
}

/** The scores of the proof picture, and how long that run took, in milliseconds. */
export interface TimedProof {
  scores: Float32Array;
  milliseconds: number;
}

/** Scores the proof picture and measures the time; throws what the run throws. */
export async function timeProof(session: ScoringSession): Promise<TimedProof> {
  const start = performance.now();
  const scores = await scoreProof(session);
  return { scores, milliseconds: performance.now() - start };
}
