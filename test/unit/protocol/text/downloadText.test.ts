import assert from 'node:assert/strict';
import { describeDownload, formatSeconds } from '../../../../src/protocol/text/downloadText';
import { describeExecution, describeNotUsed } from '../../../../src/protocol/text/executionText';
import type { DownloadProgress } from '../../../../src/protocol/tagging/modelListing';
import type { ModelDescription } from '../../../../src/protocol/tagging/taggerProtocol';

const running: DownloadProgress = {
  id: 'wd-v1-4-moat-tagger-v2',
  phase: 'downloading',
  receivedBytes: 120_000_000,
  totalBytes: 326_197_340,
  bytesPerSecond: 12_345_678,
};

describe('A download on screen', () => {
  it('writes times as people say them', () => {
    assert.equal(formatSeconds(0.2), '1 s');
    assert.equal(formatSeconds(42), '42 s');
    assert.equal(formatSeconds(200), '3 min');
    assert.equal(formatSeconds(3900), '1 h 5 min');
  });

  it('says how much there is, how fast it comes and how long it takes', () => {
    assert.equal(describeDownload(running), '120 MB of 326 MB, 12.3 MB/s, 17 s left');
  });

  it('promises nothing while the speed or the size is not known', () => {
    assert.equal(describeDownload({ ...running, bytesPerSecond: 0 }), '120 MB of 326 MB');
    assert.equal(describeDownload({ ...running, totalBytes: 0 }), '120 MB, 12.3 MB/s');
  });

  it('says why it tries again, and what else it does', () => {
    assert.match(describeDownload({ ...running, retry: 'The server is busy.' }), /again: The server is busy\./);
    assert.match(describeDownload({ ...running, phase: 'waiting' }), /another window/i);
    assert.match(describeDownload({ ...running, phase: 'verifying' }), /checking/i);
  });
});

describe('What a model runs on', () => {
  const model: ModelDescription = {
    folder: '/models/wd',
    inputSize: 448,
    tagCount: 9083,
    execution: {
      requested: 'auto',
      provider: 'cuda',
      device: 'NVIDIA L4',
      notUsed: [],
      batchSize: 16,
      batchSizeFrom: 'probe',
      preprocess: 'exact',
    },
  };

  it('names the provider, the device and the batch', () => {
    assert.equal(describeExecution(model), 'CUDA (NVIDIA L4), batch 16');
    assert.deepEqual(describeNotUsed(model), []);
  });

  it('says why the better providers are not used', () => {
    const notUsed = [{ provider: 'webgpu' as const, reason: 'There is no Vulkan driver.' }];
    const onCpu: ModelDescription = {
      ...model,
      execution: {
        requested: 'auto',
        provider: 'cpu',
        notUsed,
        batchSize: 1,
        batchSizeFrom: 'probe',
        preprocess: 'fast',
      },
    };
    assert.equal(describeExecution(onCpu), 'CPU, fast preprocessing');
    assert.deepEqual(describeNotUsed(onCpu), ['WebGPU is not used: There is no Vulkan driver.']);
  });
});
