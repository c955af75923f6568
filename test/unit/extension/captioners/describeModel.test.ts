import assert from 'node:assert/strict';
import { describeModel, inOfferedOrder } from '../../../../src/extension/captioners/describeModel';

describe('A model of a server in a list', () => {
  it('is said to take pictures or not, and to think, only where the server says so', () => {
    assert.equal(describeModel({}), '');
    assert.equal(
      describeModel({ takesPictures: true, contextTokens: 32768 }),
      'takes pictures · context of 32,768 tokens',
    );
    assert.equal(describeModel({ takesPictures: false, thinks: true }), 'text only · thinks first');
  });

  it('comes before those that take text only, and else in the order of the server', () => {
    const models = [
      { id: 'text', takesPictures: false },
      { id: 'unknown 1' },
      { id: 'sees', takesPictures: true },
      { id: 'unknown 2' },
    ];
    assert.deepEqual(
      inOfferedOrder(models).map(({ id }) => id),
      ['sees', 'unknown 1', 'unknown 2', 'text'],
    );
  });
});
