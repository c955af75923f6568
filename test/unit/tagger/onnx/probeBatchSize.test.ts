import assert from 'node:assert/strict';
import { probeBatchSize } from '../../../../src/tagger/onnx/probeBatchSize';

describe('The probe for the best batch', () => {
  /** A clock that a run of that size moves on by `milliseconds(size)`. */
  async function probe(milliseconds: (size: number) => number): Promise<number> {
    let now = 0;
    return probeBatchSize(
      (size) => {
        now += milliseconds(size);
        return Promise.resolve();
      },
      () => now,
    );
  }

  it('stops where larger batches gain less than 5 %', async () => {
    assert.equal(await probe((size) => 10 + size * 0.01), 32);
    assert.equal(await probe((size) => 10 * size), 1);
    assert.equal(await probe((size) => (size <= 8 ? 10 : size * 1.24)), 8);
  });

  it('keeps the largest size for which there is memory', async () => {
    assert.equal(
      await probe((size) => {
        if (size > 4) throw new Error('out of memory');
        return 10;
      }),
      4,
    );
  });

  it('does not take long with a slow provider', async () => {
    let spent = 0;
    await probe((size) => {
      spent += 1000 + size;
      return 1000 + size;
    });
    assert.ok(spent < 8000, `${spent} ms`);
  });
});
