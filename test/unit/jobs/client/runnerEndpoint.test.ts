import assert from 'node:assert/strict';
import { lstat, mkdir, readFile, symlink, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { FileLock } from '../../../../src/base/machine/FileLock';
import {
  newEndpoint,
  publishEndpoint,
  readEndpoint,
  removeOldEndpoints,
  runnerLockFile,
  withdrawEndpoint,
} from '../../../../src/jobs/client/runnerEndpoint';
import { namesIn, testFolder } from '../../shared/testFolder';

describe('Where runners listen', () => {
  const folder = testFolder();
  const file = (name: string): string => path.join(folder(), name);
  const own = (kind: string): string => path.basename(runnerLockFile(folder())).replace('lock', kind);

  it('is forgotten of other places once it is old and nobody has the lock, and never of this one', async () => {
    const old = 1_000_000;
    for (const place of ['0000000a', '0000000b', '0000000c']) {
      for (const kind of ['json', 'log']) {
        await writeFile(file(`runner-${place}.${kind}`), '');
        if (place !== '0000000c') await utimes(file(`runner-${place}.${kind}`), old, old);
      }
    }
    const lock = await FileLock.tryAcquire(file('runner-0000000a.lock'));
    for (const kind of ['json', 'log']) {
      await writeFile(file(own(kind)), '');
      await utimes(file(own(kind)), old, old);
    }
    await mkdir(file('20260101T000000-00000000'));
    await removeOldEndpoints(folder());
    const left = ['0000000a.json', '0000000a.lock', '0000000a.log', '0000000c.json', '0000000c.log'];
    assert.deepEqual(
      await namesIn(folder()),
      ['20260101T000000-00000000', ...left.map((name) => `runner-${name}`), own('json'), own('log')].sort(),
    );
    await lock?.release();
  });

  it('is written through no link that somebody else has laid', async () => {
    const endpoint = newEndpoint();
    await writeFile(file('precious'), 'precious');
    for (const name of [own('json'), `${own('json')}.tmp`]) await symlink(file('precious'), file(name));
    await publishEndpoint(folder(), endpoint);
    assert.equal(await readFile(file('precious'), 'utf8'), 'precious');
    assert.equal((await lstat(file(own('json')))).mode & 0o777, 0o600);
    assert.deepEqual(await readEndpoint(folder()), endpoint);
    await withdrawEndpoint(folder(), endpoint);
    assert.equal(await readEndpoint(folder()), undefined);
  });
});
