import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ProviderTrials } from '../../../../src/tagger/onnx/ProviderTrials';
import { namesIn, testFolder } from '../../shared/testFolder';

const hour = 60 * 60 * 1000;

describe('The memory of providers that ended their process', () => {
  const folder = testFolder();
  /** The id of a process that is no more. */
  const ended = (): number => spawnSync(process.execPath, ['-e', '0']).pid;
  const trials = (crashed: number[] = [], now?: () => number): ProviderTrials =>
    new ProviderTrials(folder(), new Set(crashed), now);
  /** What a process leaves behind that ended in the middle of a trial. */
  async function unfinished(provider: string, version = '1.0.0'): Promise<number> {
    const pid = ended();
    await writeFile(path.join(folder(), `trying-${provider}-${version}-${pid}`), String(pid));
    return pid;
  }

  it('leaves nothing behind when a trial ends well or badly', async () => {
    assert.equal(await trials().guard('cuda', '1.0.0', () => Promise.resolve('fine')), 'fine');
    await assert.rejects(
      trials().guard('cuda', '1.0.0', () => Promise.reject(new Error('no'))),
      /no/,
    );
    assert.deepEqual(await namesIn(folder()), []);
    assert.equal(await trials().objection('cuda', '1.0.0', false), undefined);
  });

  it('has a note on the disk during a trial', async () => {
    await trials().guard('cuda', '1.0.0', async () => {
      assert.deepEqual(await namesIn(folder()), [`trying-cuda-1.0.0-${process.pid}`]);
      assert.equal(await trials().objection('cuda', '1.0.0', false), undefined, 'this process is alive');
    });
  });

  it('objects for a day after a crash, to this provider of this version only', async () => {
    const pid = await unfinished('cuda');
    assert.match((await trials([pid]).objection('cuda', '1.0.0', false))!, /ended the tagger process/);
    assert.match((await trials().objection('cuda', '1.0.0', false))!, /ended the tagger process/);
    assert.equal(await trials().objection('webgpu', '1.0.0', false), undefined);
    assert.equal(await trials().objection('cuda', '1.1.0', false), undefined);
    const in23Hours = (): number => Date.now() + 23 * hour;
    const in25Hours = (): number => Date.now() + 25 * hour;
    assert.match((await trials([], in23Hours).objection('cuda', '1.0.0', false))!, /ended/);
    assert.equal(await trials([], in25Hours).objection('cuda', '1.0.0', false), undefined);
  });

  it('objects to what the user asks for only as long as the same editor or command runs', async () => {
    const pid = await unfinished('cuda');
    assert.match((await trials([pid]).objection('cuda', '1.0.0', true))!, /ended/);
    assert.match((await trials([pid]).objection('cuda', '1.0.0', true))!, /ended/, 'a second time');
    assert.equal(await trials().objection('cuda', '1.0.0', true), undefined);
  });

  it('takes one trial that was interrupted for bad luck, two for a hang', async () => {
    await unfinished('cuda');
    assert.equal(await trials().objection('cuda', '1.0.0', false), undefined);
    await unfinished('cuda');
    assert.match((await trials().objection('cuda', '1.0.0', false))!, /ended/);
  });

  it('forgets everything after a trial that ended', async () => {
    const pid = await unfinished('cuda');
    await trials([pid]).objection('cuda', '1.0.0', false);
    await trials().guard('cuda', '1.0.0', () => Promise.resolve());
    assert.deepEqual(await namesIn(folder()), []);
  });

  it('goes on where nothing can be written', async () => {
    const file = path.join(folder(), 'file');
    await writeFile(file, '');
    const nowhere = new ProviderTrials(path.join(file, 'below'), new Set());
    assert.equal(await nowhere.objection('cuda', '1.0.0', false), undefined);
    assert.equal(await nowhere.guard('cuda', '1.0.0', () => Promise.resolve(1)), 1);
  });
});
