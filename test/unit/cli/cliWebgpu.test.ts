import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { cli, type CaptionReport, type Ended } from '../shared/runCli';
import { softwareVulkan } from '../shared/softwareVulkan';
import { testFolder } from '../shared/testFolder';
import { writePictures } from '../jobs/testJobs';

type Report = CaptionReport & {
  execution: {
    provider: string;
    not_used: { provider: string; reason: string }[];
    largest_difference_to_cpu: number | null;
    milliseconds: number | null;
    cpu_milliseconds: number | null;
  }[];
};

describe('Captions on a GPU that is only software, from the command line', function () {
  this.timeout(120_000);
  const folder = testFolder();
  const driver = softwareVulkan();

  async function captioned(provider: string): Promise<{ report: Report; ended: Ended }> {
    const pictures = path.join(folder(), 'pictures');
    rmSync(pictures, { recursive: true, force: true });
    mkdirSync(pictures);
    await writePictures(pictures, 3);
    const before = process.env.VK_ICD_FILENAMES;
    Object.assign(process.env, driver());
    try {
      const ended = await cli('caption', pictures, '--provider', provider, '--json');
      assert.equal(ended.code, 0, ended.stderr);
      const written = [1, 2, 3].map((number) => readFileSync(path.join(pictures, `${number}.txt`), 'utf8').trim());
      const report = JSON.parse(ended.stdout) as Report;
      assert.deepEqual(Object.values(report.results), written);
      return { report, ended };
    } finally {
      if (before === undefined) delete process.env.VK_ICD_FILENAMES;
      else process.env.VK_ICD_FILENAMES = before;
    }
  }

  it('are those of the CPU with --provider webgpu, and it is said that this is slower', async () => {
    const onCpu = await captioned('cpu');
    const { report, ended } = await captioned('webgpu');
    assert.deepEqual(report.results, onCpu.report.results);
    const [execution] = report.execution;
    assert.equal(execution?.provider, 'webgpu');
    assert.ok((execution.largest_difference_to_cpu ?? 1) <= 1e-3, JSON.stringify(execution));
    assert.ok((execution.milliseconds ?? 0) > (execution.cpu_milliseconds ?? Infinity), JSON.stringify(execution));
    assert.match(ended.stderr, /palette: webgpu, batch 1, [\d.e+]+ ms a picture \(cpu [\d.e+]+ ms: it is slower\)/);
  });

  it('are made on the CPU with --provider auto, and the reason has both times', async () => {
    const { report, ended } = await captioned('auto');
    const [execution] = report.execution;
    assert.equal(execution?.provider, 'cpu');
    const reason = execution.not_used.find(({ provider }) => provider === 'webgpu')?.reason ?? '';
    assert.match(reason, /^It is slower than the CPU: .*[\d.]+ m?s.*, the CPU takes [\d.]+ m?s\.$/);
    assert.ok(ended.stderr.includes(reason.replace(/\.$/, '')), ended.stderr);
    assert.doesNotMatch(ended.stderr, /::|\.cc:/);
  });
});
