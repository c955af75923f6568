import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { sessionOptions } from '../../../../src/tagger/onnx/sessionOptions';
import { tryProvider, type TrialResult } from '../../../../src/tagger/onnx/tryProvider';
import { softwareVulkan } from '../../shared/softwareVulkan';
import { isRunning, testFolder, until } from '../../shared/testFolder';
import { writeConvNext } from '../../shared/writeModels';

const program = path.resolve(__dirname, '../../../dist/providerTrial.js');
const request = { modelPath: '/none.onnx', tagCount: 1, options: {} };

describe('The trial of a provider', function () {
  this.timeout(60_000);
  const folder = testFolder();

  /** A process that says its id and then does what a provider might do. */
  function tried(script: string, limit = 30_000): Promise<TrialResult> {
    const entry = path.join(folder(), 'trial.js');
    const started = `require('node:fs').writeFileSync(${JSON.stringify(pidFile())}, String(process.pid));`;
    writeFileSync(entry, `${started}\n${script}`);
    return tryProvider(request, limit, entry);
  }
  const pidFile = (): string => path.join(folder(), 'pid');
  const pid = (): number => Number(readFileSync(pidFile(), 'utf8'));

  it('is ended at its limit, however busy its process is', async () => {
    const busy =
      "process.send({ step: 'proven', scores: new Float32Array(1), milliseconds: 7000 }, () => { for (;;); });";
    assert.deepEqual(await tried(busy, 3000), { kind: 'tooSlow', milliseconds: 7000 });
    await until(() => !isRunning(pid()), 'the process is gone');
    assert.deepEqual(await tried('for (;;);', 1000), { kind: 'tooSlow', milliseconds: undefined });
  });

  it('gives the scores and the time of the faster run', async () => {
    const said = [
      "{ step: 'nonsense' }",
      "{ step: 'proven', scores: Float32Array.of(0.25, 1), milliseconds: 900 }",
      "{ step: 'timed', milliseconds: 12 }",
    ];
    assert.deepEqual(await tried(said.map((message) => `process.send(${message});`).join('\n')), {
      kind: 'timed',
      scores: Float32Array.of(0.25, 1),
      milliseconds: 12,
    });
  });

  it('is over when a driver ends the process', async () => {
    assert.deepEqual(await tried("process.kill(process.pid, 'SIGSEGV');"), { kind: 'crashed', how: 'SIGSEGV' });
    assert.deepEqual(await tried('process.exit(3);'), { kind: 'crashed', how: '3' });
  });

  it('says what ONNX Runtime says', async () => {
    const options = sessionOptions('cpu', 0, 1);
    const result = await tryProvider(
      { modelPath: path.join(folder(), 'no.onnx'), tagCount: 1, options },
      30_000,
      program,
    );
    assert.ok(result.kind === 'failed');
    assert.match(result.message, /no\.onnx/);
  });

  describe('in the middle of a run', () => {
    const driver = softwareVulkan();

    it('ends with the process that wants it', async () => {
      const model = path.join(folder(), 'model');
      // Many different shapes to compile: it takes seconds.
      writeConvNext(model, [2, 2, 2, 2], [16, 24, 32, 40], 96);
      const options = sessionOptions('webgpu', 0, 1);
      const given = { modelPath: path.join(model, 'model.onnx'), tagCount: 24, options };
      const script = `const { fork } = require('node:child_process');
        const child = fork(${JSON.stringify(program)}, [JSON.stringify({ ...${JSON.stringify(given)}, parent: process.pid })], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], serialization: 'advanced' });
        console.log(child.pid);
        child.on('exit', () => process.exit(1));`;
      const parent = spawn(process.execPath, ['-e', script], {
        env: { ...process.env, ...driver() },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [line] = (await once(parent.stdout, 'data')) as [Buffer];
      const trial = Number(String(line));
      parent.kill('SIGKILL');
      await until(() => !isRunning(trial), 'the trial is gone');
    });
  });
});
