import assert from 'node:assert/strict';
import { compareScores, proofPicture } from '../../../../src/tagger/inference/proofPicture';

describe('The proof of a provider', () => {
  it('shows the same picture in both layouts', () => {
    const size = 64;
    const last = proofPicture({ size, channelsLast: true });
    const first = proofPicture({ size, channelsLast: false });
    assert.equal(last.length, size * size * 3);
    for (let i = 0; i < last.length; i++) assert.equal(last[i], first[(i % 3) * size * size + Math.floor(i / 3)]);
    assert.ok(last.every((value) => value >= 0 && value <= 255));
    assert.ok(new Set(last).size > 50, 'there is something to see');
  });

  it('accepts what rounds differently', () => {
    const { problem, largestDifference } = compareScores(Float32Array.of(0.5, 0.1), Float32Array.of(0.504, 0.1));
    assert.equal(problem, undefined);
    assert.ok(Math.abs(largestDifference - 0.004) < 1e-6);
  });

  it('refuses other scores, none, and zeros where all scores are small', () => {
    assert.match(compareScores(Float32Array.of(0.5), Float32Array.of(0.506)).problem!, /up to 0\.006/);
    assert.match(compareScores(Float32Array.of(NaN, 0.5), Float32Array.of(0.5, 0.5)).problem!, /no numbers/);
    assert.match(compareScores(Float32Array.of(0.5), Float32Array.of(0.5, 0.5)).problem!, /no numbers/);
    assert.match(compareScores(Float32Array.of(0, 0), Float32Array.of(0.001, 0.002)).problem!, /same score/);
  });
});
