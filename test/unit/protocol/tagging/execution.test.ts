import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { defaultCaptionOptions } from '../../../../src/protocol/tagging/captionOptions';
import { cudaEnvironmentVariables } from '../../../../src/protocol/child/cudaEnvironmentVariables';
import type { ExecutionOptions, ExecutionReport } from '../../../../src/protocol/tagging/execution';
import { loadTagger } from '../../../../src/protocol/child/loadTagger';
import { TaggerProcess } from '../../../../src/protocol/child/TaggerProcess';
import type { TaggerSetup } from '../../../../src/protocol/tagging/taggerProtocol';
import { elfBytes } from '../../tagger/cuda/elfBytes';
import { writeFakeRuntime, type FakeCuda } from '../../tagger/cuda/fakeRuntime';
import { itOnLinux } from '../../shared/itOnLinux';
import { setupOf } from '../../shared/taggerSetup';
import { isRunning, testFolder, until } from '../../shared/testFolder';
import { writeTinyModel } from '../../shared/writeTinyModel';

const root = path.resolve(__dirname, '../../..');
const entry = path.join(root, 'dist/tagger.js');
const native = 'bin/napi-v6/linux/x64';
const options = { ...defaultCaptionOptions };

// The machines that run these tests have no GPU: a fake runtime plays one.
describe('What a model runs on', function () {
  this.timeout(60_000);
  const folder = testFolder();
  const processes: TaggerProcess[] = [];
  let log: string[] = [];
  afterEach(() => {
    for (const tagger of processes.splice(0)) tagger.dispose();
    log = [];
  });

  function start(environment: Record<string, string>): TaggerProcess {
    const tagger = new TaggerProcess({ entry, onLog: (line) => log.push(line) });
    tagger.useEnvironment({ DATASET_CAPTIONS_STATE: path.join(folder(), 'state'), ...environment });
    processes.push(tagger);
    return tagger;
  }
  const startFake = (cuda: FakeCuda): TaggerProcess =>
    start({ DATASET_CAPTIONS_ORT: writeFakeRuntime(path.join(folder(), 'runtime'), cuda) });

  function setup(execution: Partial<ExecutionOptions>, batch: number | string = 'n'): TaggerSetup {
    const model = path.join(folder(), 'model');
    writeTinyModel(model, { inputName: 'input', inputShape: [batch, 16, 16, 3], outputName: 'output' });
    const { execution: onCpu, ...rest } = setupOf(model);
    return { ...rest, execution: { ...onCpu, provider: 'auto', ...execution } };
  }
  async function report(tagger: TaggerProcess, of: TaggerSetup): Promise<ExecutionReport> {
    return (await loadTagger(tagger, of)).models[0]!.execution;
  }
  const reasonOf = ({ notUsed }: ExecutionReport, provider: string): string | undefined =>
    notUsed.find((other) => other.provider === provider)?.reason;

  /** Captions pictures of one colour each; with the tiny model, blue is tag 1, green tag 2, red tag 3. */
  async function caption(tagger: TaggerProcess, of: TaggerSetup, count = 1): Promise<string[]> {
    const colors = ['#0000ff', '#00ff00', '#ff0000'];
    const paths = await Promise.all(
      Array.from({ length: count }, async (_, i) => {
        const imagePath = path.join(folder(), `${i}.png`);
        const background = colors[i % 3]!;
        await sharp({ create: { width: 16, height: 16, channels: 3, background } }).toFile(imagePath);
        return imagePath;
      }),
    );
    const answers = paths.map((imagePath) => tagger.request('captionImage', { imagePath, setup: of, options }));
    return (await Promise.all(answers)).map(({ tags }) => tags.join(', '));
  }
  const expected = (count: number): string[] =>
    Array.from({ length: count }, (_, i) => ['first', 'second', 'third'][i % 3]!);

  itOnLinux('is CUDA where its first run gives the scores of the CPU', async () => {
    const tagger = startFake({});
    const of = setup({});
    const execution = await report(tagger, of);
    assert.equal(execution.provider, 'cuda');
    assert.equal(execution.requested, 'auto');
    assert.deepEqual(execution.notUsed, []);
    assert.equal(execution.largestDifferenceToCpu, 0);
    assert.equal(execution.batchSizeFrom, 'probe');
    assert.ok(execution.speed);
    assert.ok(execution.speed.milliseconds < execution.speed.cpuMilliseconds, JSON.stringify(execution.speed));
    assert.deepEqual(await caption(tagger, of, 20), expected(20));
    assert.ok(log.some((line) => line.startsWith('model: cuda')));
  });

  const wrong: [string, string, RegExp][] = [
    ['other scores', 'data[0] += 0.01', /differ from those of the CPU by up to 0\.010/],
    ['scores that are no numbers', 'data[1] = NaN', /no numbers/],
    ['the same score for all', 'data.fill(0.5)', /same score for every tag/],
  ];
  for (const [what, change, reason] of wrong) {
    itOnLinux(`is the CPU where CUDA gives ${what}`, async () => {
      const tagger = startFake({
        run: `const results = await session.run(feeds, fetches); const { data } = results.output; ${change}; return results;`,
      });
      const of = setup({ provider: 'cuda' });
      const execution = await report(tagger, of);
      assert.equal(execution.provider, 'cpu');
      assert.equal(execution.requested, 'cuda');
      assert.match(reasonOf(execution, 'cuda')!, reason);
      assert.equal(execution.largestDifferenceToCpu, undefined);
      assert.deepEqual(await caption(tagger, of, 3), expected(3));
    });
  }

  const failures: [string, string, RegExp][] = [
    ['runs out of memory', 'CUDA failure 2: out of memory ; GPU=0', /^There is not enough memory on the GPU/],
    ['has no GPU', 'CUDA failure 100: no CUDA-capable device is detected', /^There is no NVIDIA GPU/],
    ['has an old driver', 'CUDA driver version is insufficient for CUDA runtime version', /driver is older/],
    [
      'says what failed among much else',
      '/ort/cuda_call.cc:154 std::conditional_t<THRW, void, Status> CudaCall(ERRTYPE) [with ERRTYPE = cudaError] CUDA failure 36: API call is not supported in the installed CUDA driver ; GPU=-1 ; hostname=vm',
      /^CUDA failed: API call is not supported in the installed CUDA driver\.$/,
    ],
    ['says something unknown', '/a/b.cc:3 Something odd.\nat x', /^CUDA failed: Something odd\.$/],
  ];
  for (const [what, message, reason] of failures) {
    itOnLinux(`is the CPU, with one sentence why, where CUDA ${what}`, async () => {
      const tagger = startFake({ create: `throw new Error(${JSON.stringify(message)});` });
      const execution = await report(tagger, setup({}));
      assert.equal(execution.provider, 'cpu');
      assert.match(reasonOf(execution, 'cuda')!, reason);
      assert.doesNotMatch(reasonOf(execution, 'cuda')!, /\n/);
    });
  }

  itOnLinux('is the CPU after CUDA ended the process, which is remembered', async () => {
    const crash = { create: 'process.abort();' };
    const of = setup({});
    const first = await report(startFake(crash), of);
    assert.equal(first.provider, 'cpu');
    assert.match(reasonOf(first, 'cuda')!, /ended the tagger process/);
    // A new editor or command: by itself it does not try again, when asked it does.
    assert.match(reasonOf(await report(startFake(crash), of), 'cuda')!, /ended the tagger process/);
    const working = await report(startFake({}), setup({ provider: 'cuda' }));
    assert.equal(working.provider, 'cuda');
    assert.equal((await report(startFake({}), of)).provider, 'cuda');
    assert.deepEqual(readdirSync(path.join(folder(), 'state')), []);
  });

  itOnLinux('is the CPU after the chosen provider ended the process', async () => {
    const tagger = startFake({ run: 'process.abort();' });
    const of = setup({ provider: 'cuda' });
    const execution = await report(tagger, of);
    assert.equal(execution.provider, 'cpu');
    assert.match(reasonOf(execution, 'cuda')!, /ended the tagger process/);
    assert.deepEqual(await caption(tagger, of, 2), expected(2));
  });

  itOnLinux('does not hold it against a provider that somebody ended the process once', async () => {
    const hanging = startFake({ run: 'for (;;);' });
    const of = setup({});
    const open = hanging.request('loadTagger', { setup: of });
    await until(
      () => existsSync(path.join(folder(), 'state')) && readdirSync(path.join(folder(), 'state')).length > 0,
      'it is tried',
    );
    hanging.dispose();
    await assert.rejects(open);
    assert.equal((await report(startFake({}), of)).provider, 'cuda');
  });

  itOnLinux('changes to the CPU in the middle of a job when the GPU is lost; no image fails', async () => {
    const tagger = startFake({
      run: `globalThis.runs = (globalThis.runs ?? 0) + 1;
        if (globalThis.runs > 3) throw new Error('CUDA failure 700: an illegal memory access was encountered');
        return session.run(feeds, fetches);`,
    });
    const of = setup({ provider: 'cuda', batchSize: 4 });
    assert.equal((await report(tagger, of)).provider, 'cuda');
    assert.deepEqual(await caption(tagger, of, 20), expected(20));
    const after = await report(tagger, of);
    assert.equal(after.provider, 'cpu');
    assert.match(reasonOf(after, 'cuda')!, /illegal memory access/);
  });

  itOnLinux('changes to the CPU when the GPU gives no numbers any more; no image fails', async () => {
    const tagger = startFake({
      run: `const results = await session.run(feeds, fetches);
        globalThis.runs = (globalThis.runs ?? 0) + 1;
        if (globalThis.runs > 20) results.output.data.fill(NaN);
        return results;`,
    });
    const of = setup({ provider: 'cuda', batchSize: 2 });
    assert.equal((await report(tagger, of)).provider, 'cuda');
    assert.deepEqual(await caption(tagger, of, 50), expected(50));
    const execution = await report(tagger, of);
    assert.equal(execution.provider, 'cpu');
    assert.equal(reasonOf(execution, 'cuda'), 'CUDA computes scores that are no numbers.');
  });

  itOnLinux(
    'stays the GPU while it gives no numbers for single images, which fail; not for many in a row',
    async () => {
      // The pictures that make it overflow are the red ones; the picture that tries it is of all colours.
      const tagger = startFake({
        run: `const results = await session.run(feeds, fetches);
        const { data } = results.output;
        for (let at = 0; at < data.length; at += 3) if (data[at + 2] > 0.99) data[at + 1] = Infinity;
        return results;`,
      });
      const of = setup({ provider: 'cuda', batchSize: 2 });
      const outcomes = async (colors: string[]): Promise<string[]> => {
        const answers = colors.map(async (background, i) => {
          const imagePath = path.join(folder(), `${i}.png`);
          await sharp({ create: { width: 16, height: 16, channels: 3, background } }).toFile(imagePath);
          return (await tagger.request('captionImage', { imagePath, setup: of, options })).tags.join();
        });
        return (await Promise.allSettled(answers)).map((one) =>
          one.status === 'fulfilled' ? one.value : (one.reason as Error).message,
        );
      };
      const none = 'The model gave no numbers for this image.';
      assert.deepEqual(await outcomes(['#00f', '#f00', '#0f0', '#f00', '#00f']), [
        'first',
        none,
        'second',
        none,
        'first',
      ]);
      assert.equal((await report(tagger, of)).provider, 'cuda');
      // Images come in any order: with a good one at the end none of those before counts.
      assert.deepEqual(await outcomes(['#00f']), ['first']);
      const many = await outcomes(Array<string>(30).fill('#f00'));
      assert.equal((await report(tagger, of)).provider, 'cpu');
      const lost = many.filter((one) => one === none).length;
      // The eighth in a row tells, and its batch is run again: 7 are lost where the first batch was a single image, else 6.
      assert.ok(lost === 6 || lost === 7, many.join('\n'));
      assert.equal(many.filter((one) => one === 'third').length, 30 - lost, 'the CPU goes on');
    },
  );

  itOnLinux('runs smaller batches when there is not enough memory; no image fails', async () => {
    const tagger = startFake({
      run: `if (images > 3) throw new Error('Failed to allocate memory for requested buffer of size 123');
        return session.run(feeds, fetches);`,
    });
    const of = setup({ provider: 'cuda', batchSize: 16 });
    assert.equal((await report(tagger, of)).batchSize, 16);
    assert.deepEqual(await caption(tagger, of, 40), expected(40));
    const after = await report(tagger, of);
    assert.equal(after.provider, 'cuda');
    assert.equal(after.batchSize, 2);
  });

  itOnLinux('finds the batch size with which a GPU is fastest', async () => {
    // 20 ms for each run and 1 ms for each image more than 8: 8 is best.
    const tagger = startFake({
      run: `const end = performance.now() + 20 + Math.max(0, images - 8) * 10; while (performance.now() < end);
        return session.run(feeds, fetches);`,
    });
    const execution = await report(tagger, setup({}));
    assert.deepEqual([execution.batchSize, execution.batchSizeFrom], [8, 'probe']);
  });

  itOnLinux('is the CPU where CUDA is slower, unless it was chosen, and both times are known', async () => {
    const slow = {
      run: 'await new Promise((resolve) => setTimeout(resolve, 1500)); return session.run(feeds, fetches);',
    };
    const byItself = await report(startFake(slow), setup({}));
    assert.equal(byItself.provider, 'cpu');
    assert.match(
      reasonOf(byItself, 'cuda')!,
      /^It is slower than the CPU: [\d.]+ s for a picture, the CPU takes [\d.]+ m?s\.$/,
    );
    const chosen = await report(startFake(slow), setup({ provider: 'cuda' }));
    assert.deepEqual([chosen.provider, chosen.batchSize, chosen.batchSizeFrom], ['cuda', 1, 'default']);
    assert.ok(chosen.speed !== undefined && chosen.speed.milliseconds > chosen.speed.cpuMilliseconds);
  });

  itOnLinux('keeps a batch size that the model fixes, on a GPU as on the CPU', async () => {
    for (const provider of ['cuda', 'cpu'] as const) {
      const tagger = startFake({});
      const of = setup({ provider, batchSize: 2 }, 4);
      const execution = await report(tagger, of);
      assert.deepEqual([execution.provider, execution.batchSize, execution.batchSizeFrom], [provider, 4, 'model']);
      assert.deepEqual(await caption(tagger, of, 7), expected(7));
    }
  });

  describe('with real ONNX Runtime', () => {
    /** A copy of onnxruntime-node with files of that name and content as its CUDA libraries. */
    async function runtimeWith(files: Record<string, string | Buffer>): Promise<string> {
      const modules = path.join(folder(), 'copy/node_modules');
      const copy = path.join(modules, 'onnxruntime-node');
      await mkdir(path.join(copy, native), { recursive: true });
      const installed = path.join(root, 'node_modules');
      for (const name of [
        'dist',
        'package.json',
        `${native}/libonnxruntime.so.1`,
        `${native}/onnxruntime_binding.node`,
      ]) {
        await cp(path.join(installed, 'onnxruntime-node', name), path.join(copy, name), { recursive: true });
      }
      await cp(path.join(installed, 'onnxruntime-common'), path.join(modules, 'onnxruntime-common'), {
        recursive: true,
      });
      for (const [name, content] of Object.entries(files)) await writeFile(path.join(copy, native, name), content);
      return copy;
    }
    const shared = 'libonnxruntime_providers_shared.so';
    const cuda = 'libonnxruntime_providers_cuda.so';
    const sound = elfBytes({ constant: '1.30.0' });
    // Of a version of the format that no system loads.
    const unloadable = Buffer.from(sound);
    unloadable.writeUInt32LE(0, 20);

    const cases: [string, Record<string, string | Buffer>, RegExp][] = [
      ['there are no CUDA libraries', {}, /^ONNX Runtime's CUDA libraries are not installed/],
      ['a library is empty', { [shared]: sound, [cuda]: '' }, /cuda\.so cannot be used: it is cut off/],
      ['a library is a text', { [shared]: 'x'.repeat(99), [cuda]: sound }, /shared\.so cannot be used: it is not a/],
      ['a library is missing', { [cuda]: sound }, /shared\.so cannot be used: it is missing\./],
      [
        'libraries belong to another version',
        { [shared]: sound, [cuda]: elfBytes({ constant: '1.29.0' }) },
        /cuda\.so is of ONNX Runtime 1\.29\.0; version 1\.30\.0 is needed/,
      ],
      [
        'libraries only look right',
        { [shared]: unloadable, [cuda]: sound },
        /shared\.so cannot be used \(.*ELF.*\): run Install CUDA Support/,
      ],
      // What the dynamic loader makes of them differs: some versions of it die.
      ['libraries hold no code', { [shared]: sound, [cuda]: sound }, /cannot be used |ended the tagger process/],
    ];
    for (const [what, files, reason] of cases) {
      itOnLinux(`is the CPU, with one sentence why, when ${what}`, async () => {
        const tagger = start({ DATASET_CAPTIONS_ORT: await runtimeWith(files) });
        const of = setup({ provider: 'cuda' });
        const execution = await report(tagger, of);
        assert.equal(execution.provider, 'cpu');
        assert.match(reasonOf(execution, 'cuda')!, reason);
        assert.doesNotMatch(reasonOf(execution, 'cuda')!, /\n/);
        assert.deepEqual(await caption(tagger, of, 4), expected(4));
      });
    }

    itOnLinux('is the CPU, with the reason that the search for CUDA found', async () => {
      const problem = 'There is no NVIDIA driver on this machine: libcuda.so.1 was not found.';
      const tagger = start(cudaEnvironmentVariables({ runtimeFolder: undefined, cudaLibraryFolders: [], problem }));
      const execution = await report(tagger, setup({ provider: 'cuda' }));
      assert.equal(execution.provider, 'cpu');
      assert.equal(reasonOf(execution, 'cuda'), problem);
    });

    itOnLinux('is the CPU when the copy of ONNX Runtime does not load', async () => {
      const tagger = start({ DATASET_CAPTIONS_ORT: path.join(folder(), 'gone') });
      const of = setup({});
      const execution = await report(tagger, of);
      assert.equal(execution.provider, 'cpu');
      assert.match(reasonOf(execution, 'cuda')!, /copy of ONNX Runtime in .*gone does not load/);
    });

    it('always says why none of the better providers is used', async () => {
      const execution = await report(start({}), setup({}));
      if (execution.provider === 'cpu') {
        for (const { reason } of execution.notUsed) assert.match(reason, /^[A-Z].*\.$/);
        if (process.platform === 'linux' && process.arch === 'x64') {
          assert.deepEqual(
            execution.notUsed.map(({ provider }) => provider),
            ['cuda', 'webgpu'],
          );
        }
      } else assert.ok(execution.largestDifferenceToCpu! <= 0.005);
    });

    it('is the CPU where a provider of another system was chosen', async () => {
      const other = process.platform === 'win32' ? 'coreml' : 'directml';
      const execution = await report(start({}), setup({ provider: other }));
      assert.equal(execution.provider, 'cpu');
      assert.match(reasonOf(execution, other)!, /runs on (Windows|macOS) only/);
    });
  });

  it('is nothing any more when the model was not used for a while', async () => {
    const tagger = start({});
    const of = setup({ provider: 'cpu', idleSeconds: 1 });
    assert.deepEqual(await caption(tagger, of), ['first']);
    const pid = tagger.pid!;
    await new Promise((resolve) => setTimeout(resolve, 600));
    await caption(tagger, of);
    assert.equal(tagger.pid, pid);
    await until(() => !isRunning(pid), 'the process is gone');
    assert.equal(tagger.pid, undefined);
    assert.deepEqual(await caption(tagger, of, 2), expected(2));
  });
});
