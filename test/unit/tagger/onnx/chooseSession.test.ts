import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import path from 'node:path';
import { chooseSession, type ChosenSession, type ModelToLoad } from '../../../../src/tagger/onnx/chooseSession';
import { ProviderTrials } from '../../../../src/tagger/onnx/ProviderTrials';
import { SlowProviders } from '../../../../src/tagger/onnx/SlowProviders';
import type { TrialResult } from '../../../../src/tagger/onnx/tryProvider';
import { softwareVulkan } from '../../shared/softwareVulkan';
import { testFolder } from '../../shared/testFolder';
import { writeTinyModel } from '../../shared/writeTinyModel';

describe('The provider that is chosen by itself', function () {
  this.timeout(60_000);
  const folder = testFolder();
  const driver = softwareVulkan();
  let before: string | undefined;
  beforeEach(() => {
    before = process.env.VK_ICD_FILENAMES;
    Object.assign(process.env, driver());
  });
  afterEach(() => {
    if (before === undefined) delete process.env.VK_ICD_FILENAMES;
    else process.env.VK_ICD_FILENAMES = before;
  });

  /** Means of channels of the proof picture, as the CPU gives them. */
  let scores: Float32Array;
  async function chosen(trial: (limit: number) => TrialResult): Promise<ChosenSession & { limits: number[] }> {
    writeTinyModel(folder(), { inputName: 'input', inputShape: ['n', 32, 32, 3], outputName: 'output' });
    const file = path.join(folder(), 'model.onnx');
    const { size, mtimeMs } = statSync(file);
    const model: ModelToLoad = { path: file, size, modified: mtimeMs, tagCount: 3 };
    const onCpu = await chooseSession(model, { provider: 'cpu', inferenceThreads: 1 });
    const { scoreProof } = await import('../../../../src/tagger/onnx/scoreProof');
    scores = await scoreProof(onCpu.session);
    await onCpu.session.release();
    const limits: number[] = [];
    const result = await chooseSession(
      model,
      { provider: 'auto', inferenceThreads: 1 },
      {
        trials: new ProviderTrials(path.join(folder(), 'state'), new Set()),
        slow: new SlowProviders(path.join(folder(), 'state')),
        tryProvider: (_request, limit) => {
          limits.push(limit);
          return Promise.resolve(trial(limit));
        },
      },
    );
    await result.session.release();
    return { ...result, limits };
  }
  const reasonOf = ({ notUsed }: ChosenSession): string | undefined =>
    notUsed.find(({ provider }) => provider === 'webgpu')?.reason;

  it('is the one that was proven and is faster than the CPU, and both times are known', async () => {
    const { provider, speed, largestDifferenceToCpu } = await chosen(() => ({
      kind: 'timed',
      scores,
      milliseconds: 0,
    }));
    assert.equal(provider, 'webgpu');
    assert.equal(largestDifferenceToCpu, 0);
    assert.ok(speed);
    assert.equal(speed.milliseconds, 0);
    assert.ok(speed.cpuMilliseconds > 0);
  });

  it('is the CPU where the other is slower', async () => {
    const { provider, speed, ...rest } = await chosen(() => ({ kind: 'timed', scores, milliseconds: 540_000 }));
    assert.deepEqual([provider, speed], ['cpu', undefined]);
    assert.match(
      reasonOf({ provider, ...rest }) ?? '',
      /^It is slower than the CPU: 540 s for a picture, the CPU takes .* ms\.$/,
    );
  });

  it('is the CPU where the other was not done within twenty seconds and ten times what the CPU takes', async () => {
    const { provider, limits, ...rest } = await chosen(() => ({ kind: 'tooSlow', milliseconds: undefined }));
    assert.equal(provider, 'cpu');
    const [limit] = limits;
    assert.ok(limit !== undefined && limit >= 20_000 && limit <= 60_000, String(limit));
    assert.match(
      reasonOf({ provider, ...rest }) ?? '',
      /a picture was not done after [\d.]+ s, the CPU takes .* ms\.$/,
    );
    const once = await chosen(() => ({ kind: 'tooSlow', milliseconds: 27_000 }));
    assert.match(reasonOf(once) ?? '', /^It is slower than the CPU: 27 s for a picture, the CPU takes .* ms\.$/);
  });

  it('is the CPU where the scores of the other are wrong, however fast it is', async () => {
    const result = await chosen(() => ({
      kind: 'timed',
      scores: scores.map((score) => score + 0.01),
      milliseconds: 0,
    }));
    assert.equal(result.provider, 'cpu');
    assert.equal(reasonOf(result), 'Its scores differ from those of the CPU by up to 0.010.');
  });

  it('is the CPU where a driver crashes, or there is no GPU', async () => {
    const crashed = await chosen(() => ({ kind: 'crashed', how: 'SIGSEGV' }));
    assert.equal(reasonOf(crashed), 'It ended its process when it was tried (SIGSEGV).');
    const failed = await chosen(() => ({
      kind: 'failed',
      message: 'Failed to get a WebGPU adapter: No supported adapters',
    }));
    assert.deepEqual([crashed.provider, failed.provider], ['cpu', 'cpu']);
    assert.equal(reasonOf(failed), 'WebGPU found no GPU with a driver that it can use (on Linux, Vulkan).');
  });
});
