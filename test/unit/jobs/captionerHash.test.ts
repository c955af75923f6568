import assert from 'node:assert/strict';
import { captionerHash } from '../../../src/jobs/captionerHash';
import { testProfile } from './captionerJobs';

describe('The hash of a captioner', () => {
  const profile = testProfile('http://localhost:1/v1');

  it('stays the same where its servers come and go, or the keys of its fields are in another order', () => {
    const moved = { ...profile, endpoints: ['http://localhost:2/v1'], maximumInFlight: 3, timeoutSeconds: 7 };
    const extra = { ...profile, sampling: { extra: { b: 1, a: { d: 1, c: 2 } }, maxTokens: 100 } };
    const reordered = { ...profile, sampling: { maxTokens: 100, extra: { a: { c: 2, d: 1 }, b: 1 } } };
    assert.equal(captionerHash(moved), captionerHash(profile));
    assert.equal(captionerHash(reordered), captionerHash(extra));
  });

  it('changes with whatever decides what is written', () => {
    const others = [
      { ...profile, model: 'another' },
      { ...profile, prompt: 'Another.' },
      { ...profile, trigger: 'ohwx' },
      { ...profile, imageSide: 512 },
      { ...profile, sampling: { ...profile.sampling, temperature: 1 } },
      { ...profile, output: { ...profile.output, template: '{tags}. {prose}' } },
    ];
    const hashes = new Set([profile, ...others].map(captionerHash));
    assert.equal(hashes.size, others.length + 1);
  });
});
