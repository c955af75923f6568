import assert from 'node:assert/strict';
import { chown, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { SlowProviders, type TriedModel } from '../../../../src/tagger/onnx/SlowProviders';
import { canActAsNobody, nobody, testFolder } from '../../shared/testFolder';

describe('A provider that was slower than the CPU', () => {
  const folder = testFolder();
  const tried: TriedModel = { provider: 'webgpu', version: '1.30.0', path: '/m.onnx', size: 9, modified: 1 };
  const speed = { milliseconds: 540_000, cpuMilliseconds: 800, isUnfinished: true };

  it('is remembered for a day, for that version and that file', async () => {
    await new SlowProviders(folder()).remember(tried, speed);
    assert.deepEqual(await new SlowProviders(folder()).speedOf(tried), speed);
    for (const other of [{ version: '1.31.0' }, { provider: 'coreml' as const }, { size: 10 }, { modified: 2 }]) {
      assert.equal(await new SlowProviders(folder()).speedOf({ ...tried, ...other }), undefined);
    }
    const tomorrow = (): number => Date.now() + 25 * 60 * 60 * 1000;
    assert.equal(await new SlowProviders(folder(), tomorrow).speedOf(tried), undefined);
  });

  it('is remembered with its last time', async () => {
    const slow = new SlowProviders(folder());
    await slow.remember(tried, speed);
    await slow.remember(tried, { milliseconds: 12, cpuMilliseconds: 3 });
    assert.deepEqual(await slow.speedOf(tried), { milliseconds: 12, cpuMilliseconds: 3 });
  });

  it('is tried again where the note is damaged or another user wrote it, and where there is no folder', async () => {
    const slow = new SlowProviders(folder());
    await slow.remember(tried, speed);
    const note = path.join(folder(), (await readdir(folder()))[0]!);
    if (canActAsNobody()) {
      await chown(note, nobody.uid, nobody.gid);
      assert.equal(await slow.speedOf(tried), undefined);
      await slow.remember(tried, speed);
      assert.deepEqual(await slow.speedOf(tried), speed);
    }
    for (const text of ['', '{', '{"milliseconds":"long","cpuMilliseconds":1}']) {
      await writeFile(note, text);
      assert.equal(await slow.speedOf(tried), undefined);
    }
    for (const nowhere of [undefined, path.join(folder(), 'none')]) {
      await new SlowProviders(nowhere).remember(tried, speed);
      assert.equal(await new SlowProviders(nowhere).speedOf(tried), undefined);
    }
  });
});
