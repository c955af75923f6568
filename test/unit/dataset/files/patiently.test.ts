import assert from 'node:assert/strict';
import { patiently } from '../../../../src/dataset/files/patiently';

/** Fails so often, as Windows does while a virus scanner has the file open. */
function inUse(code: string, failures: number): { call: (file: string) => void; calls: string[] } {
  const calls: string[] = [];
  const call = (file: string): void => {
    calls.push(file);
    if (calls.length <= failures) throw Object.assign(new Error(code), { code });
  };
  return { call, calls };
}

describe('A file that another program has open', () => {
  const { platform } = process;
  const pretend = (name: string): void => {
    Object.defineProperty(process, 'platform', { value: name });
  };

  afterEach(() => {
    pretend(platform);
  });

  for (const code of ['EPERM', 'EACCES', 'EBUSY']) {
    it(`is waited for on Windows (${code})`, () => {
      pretend('win32');
      const { call, calls } = inUse(code, 4);
      patiently(call, 'a.txt');
      assert.deepEqual(calls, ['a.txt', 'a.txt', 'a.txt', 'a.txt', 'a.txt']);
    });
  }

  it('is waited for no longer than 6 seconds, and what the system said last is said', function () {
    this.timeout(20_000);
    pretend('win32');
    const { call, calls } = inUse('EBUSY', Infinity);
    const start = performance.now();
    assert.throws(
      () => {
        patiently(call, 'a.txt');
      },
      { code: 'EBUSY' },
    );
    const took = performance.now() - start;
    assert.ok(took > 3000 && took < 6000, `${String(took)} ms`);
    assert.ok(calls.length > 5);
  });

  it('is not waited for elsewhere, or where the error is about something else', () => {
    const refused = inUse('EACCES', 1);
    pretend('linux');
    assert.throws(() => {
      patiently(refused.call, 'a.txt');
    });
    pretend('win32');
    const full = inUse('ENOSPC', 1);
    assert.throws(() => {
      patiently(full.call, 'a.txt');
    });
    assert.deepEqual([refused.calls.length, full.calls.length], [1, 1]);
  });
});
