import assert from 'node:assert/strict';
import { isCaptionAnswer, isCaptionerProfile } from '../../../../src/protocol/captioning/captionerChecks';
import { captionerPresets } from '../../../../src/protocol/captioning/captionerPresets';

const profile = { ...captionerPresets['qwen3-vl'], name: 'Mine', endpoints: ['http://localhost:8000/v1'] };

describe('The check of a captioner', () => {
  it('accepts one as it comes back from JSON', () => {
    assert.ok(isCaptionerProfile(JSON.parse(JSON.stringify(profile))));
  });

  const wrong: [what: string, changed: object][] = [
    ['no name', { name: undefined }],
    ['one address that is no list', { endpoints: 'http://localhost' }],
    ['a side that is no number', { imageSide: '1024' }],
    ['no sampling', { sampling: undefined }],
    ['a temperature in words', { sampling: { maxTokens: 1, temperature: 'hot' } }],
    ['fields of the request that are a list', { sampling: { maxTokens: 1, extra: 'top_k' } }],
    ['openings that are no texts', { output: { ...profile.output, openings: [1] } }],
  ];
  for (const [what, changed] of wrong) {
    it(`rejects ${what}`, () => {
      assert.ok(!isCaptionerProfile({ ...profile, ...changed }));
    });
  }
});

describe('The check of what became of an answer', () => {
  it('accepts prose, and what is flagged for a known reason', () => {
    assert.ok(isCaptionAnswer({ prose: 'A lake.' }));
    assert.ok(isCaptionAnswer({ flagged: 'refused', text: 'Sorry' }));
    assert.ok(!isCaptionAnswer({ flagged: 'ugly', text: 'A lake.' }));
    assert.ok(!isCaptionAnswer({ flagged: 'refused' }));
  });
});
