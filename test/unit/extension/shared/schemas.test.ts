import assert from 'node:assert/strict';
import * as v from 'valibot';
import { readEach, textsByNameOf, textsOf, wholeNumber } from '../../../../src/extension/shared/schemas';

describe('What comes from outside', () => {
  it('is a whole number only within its range and where numbers are exact', () => {
    const is = (value: unknown, least?: number, most?: number): boolean => v.is(wholeNumber(least, most), value);
    for (const value of [0, 7, Number.MAX_SAFE_INTEGER]) assert.ok(is(value), String(value));
    for (const value of [-1, 0.5, NaN, Infinity, 2 ** 53, '7', null, undefined, true, [7]]) {
      assert.ok(!is(value), String(value));
    }
    assert.deepEqual(
      [1, 2, 3, 4].map((value) => is(value, 2, 3)),
      [false, true, true, false],
    );
  });

  it('is copied without what is no text, whatever its keys are called', () => {
    const given = { cat: 'dog', constructor: 'x', number: 7 };
    const texts = v.parse(textsByNameOf, given);
    assert.deepEqual(texts, { cat: 'dog', constructor: 'x' });
    assert.notEqual(texts, given);
    assert.deepEqual(v.parse(textsByNameOf, ['a']), {});
    assert.deepEqual(v.parse(textsOf, ['a', 7, null, 'b']), ['a', 'b']);
    assert.deepEqual(v.parse(textsOf, { 0: 'a' }), []);
  });

  it('is read by its name, with the fallback where it cannot be used, or refused by its name', () => {
    const values: Record<string, unknown> = { threads: -1, name: 7 };
    const read = (name: string): unknown => values[name];
    assert.deepEqual(readEach({ threads: v.fallback(wholeNumber(), 4), other: v.fallback(v.string(), '') }, read), {
      threads: 4,
      other: '',
    });
    assert.throws(
      () => readEach({ name: v.string('a text') }, read, (name, problem) => new RangeError(`${name}: ${problem}`)),
      { name: 'RangeError', message: 'name: a text' },
    );
  });
});
