import assert from 'node:assert/strict';
import { mkdir, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { CudaEnvironment } from '../../../../src/protocol/tagging/execution';
import { cudaEnvironmentVariables } from '../../../../src/protocol/child/cudaEnvironmentVariables';
import { findCuda } from '../../../../src/tagger/cuda/findCuda';
import type { Machine } from '../../../../src/tagger/cuda/Machine';
import {
  cuda13,
  driverFiles,
  sharedLibraryFiles,
  pipFiles,
  providerFiles,
  testMachine,
  writeRuntime,
} from './cudaFiles';
import { elfBytes } from './elfBytes';
import { fingerprint, namesIn, testFolder, writeFiles } from '../../shared/testFolder';

describe('The search for CUDA', () => {
  const folder = testFolder();
  const at = (...names: string[]): string => path.join(folder(), ...names);
  const write = (files: Parameters<typeof writeFiles>[1]): Promise<void> => writeFiles(folder(), files);
  async function find(
    options: { folders?: string[]; environment?: NodeJS.ProcessEnv; machine?: Partial<Machine> } = {},
  ): Promise<CudaEnvironment> {
    const machine = { ...testMachine(folder(), options.environment), ...options.machine };
    const runtime = await writeRuntime(folder());
    return findCuda(
      { folders: (options.folders ?? []).map((name) => at(name)), installFolder: at('install') },
      machine,
      runtime,
    );
  }
  const packages = 'lib/python3.12/site-packages';

  it('uses the libraries that pip installed, cuDNN first', async () => {
    await write({ ...driverFiles, ...providerFiles('named'), ...pipFiles('venv') });
    const found = await find({ folders: ['named'], environment: { VIRTUAL_ENV: at('venv') } });
    assert.equal(found.problem, undefined);
    assert.deepEqual(
      found.cudaLibraryFolders,
      ['cudnn', 'cublas', 'curand', 'cuda_runtime'].map((name) => at('venv', packages, 'nvidia', name, 'lib')),
    );
  });

  it('puts a copy of the runtime beside libraries that lie elsewhere, and leaves those alone', async () => {
    await write({ ...driverFiles, ...providerFiles('named/onnxruntime/capi'), ...pipFiles('root/opt/venv') });
    const library = at('named/onnxruntime/capi/libonnxruntime_providers_cuda.so');
    const before = await fingerprint(library);
    const { runtimeFolder } = await find({ folders: ['named'] });
    assert.ok(runtimeFolder?.startsWith(at('install')) === true);
    const native = path.join(runtimeFolder, 'bin/napi-v6/linux/x64');
    assert.deepEqual(await namesIn(native), [
      'libonnxruntime.so.1',
      'libonnxruntime_providers_cuda.so',
      'libonnxruntime_providers_shared.so',
      'onnxruntime_binding.node',
    ]);
    assert.equal((await stat(path.join(native, 'libonnxruntime_providers_cuda.so'))).ino, (await stat(library)).ino);
    assert.deepEqual(createRequire(__filename)(runtimeFolder), { common: 'common' });
    assert.equal(await fingerprint(library), before);
  });

  it('keeps the copy for the next time, and makes a new one when the libraries change', async () => {
    await write({ ...driverFiles, ...providerFiles('named'), ...pipFiles('root/opt/venv') });
    const first = await find({ folders: ['named'] });
    const file = path.join(first.runtimeFolder ?? '', 'dist/index.js');
    const before = await fingerprint(file);
    assert.deepEqual(await find({ folders: ['named'] }), first);
    assert.equal(await fingerprint(file), before);
    await write({ 'named/libonnxruntime_providers_shared.so': elfBytes({ constant: 'built again' }) });
    assert.deepEqual(await find({ folders: ['named'] }), first);
    assert.notEqual(await fingerprint(file), before);
    assert.equal((await namesIn(at('install'))).length, 1);
  });

  it('removes copies whose libraries are gone', async () => {
    await write({ ...driverFiles, ...providerFiles('old'), ...providerFiles('new'), ...pipFiles('root/opt/venv') });
    await find({ folders: ['old'] });
    await rm(at('old'), { recursive: true });
    const { runtimeFolder } = await find({ folders: ['new'] });
    assert.deepEqual(await namesIn(at('install')), [path.relative(at('install'), runtimeFolder ?? '').split('/')[0]]);
  });

  it('uses the runtime itself where the libraries are beside it', async () => {
    const native = 'node_modules/onnxruntime-node/bin/napi-v6/linux/x64';
    await write({ ...driverFiles, ...providerFiles(native), ...pipFiles('root/opt/venv') });
    const { runtimeFolder, problem } = await find();
    assert.equal(problem, undefined);
    assert.equal(runtimeFolder, at('node_modules/onnxruntime-node'));
    await assert.rejects(stat(at('install')));
  });

  it("uses the libraries of Python's onnxruntime-gpu, with the version of CUDA that they need", async () => {
    await write({
      ...driverFiles,
      ...providerFiles(`home/.venv/${packages}/onnxruntime/capi`, '1.30.0', cuda13),
      ...sharedLibraryFiles(`home/.venv/${packages}/nvidia/cu13/lib`, cuda13),
      ...sharedLibraryFiles(`home/.venv/${packages}/nvidia/cudnn/lib`, ['libcudnn.so.9']),
      ...pipFiles('root/opt/venv'),
    });
    const { cudaLibraryFolders, problem } = await find();
    assert.equal(problem, undefined);
    assert.deepEqual(cudaLibraryFolders, [
      at('home/.venv', packages, 'nvidia/cudnn/lib'),
      at('home/.venv', packages, 'nvidia/cu13/lib'),
    ]);
  });

  it('passes over libraries whose CUDA is missing where others have all', async () => {
    await write({
      ...driverFiles,
      ...providerFiles('thirteen', '1.30.0', cuda13),
      ...providerFiles('twelve'),
      ...pipFiles('root/opt/venv'),
    });
    const { problem, runtimeFolder } = await find({ folders: ['thirteen', 'twelve'] });
    assert.equal(problem, undefined);
    const library = path.join(runtimeFolder ?? '', 'bin/napi-v6/linux/x64/libonnxruntime_providers_cuda.so');
    assert.equal((await stat(library)).ino, (await stat(at('twelve/libonnxruntime_providers_cuda.so'))).ino);
  });

  it('finds environments by the pythons on PATH, by conda, and in the usual places, without running them', async () => {
    await write({ ...driverFiles, ...providerFiles('named') });
    for (const [prefix, environment] of [
      ['on-path', { PATH: `${at('nowhere')}:${at('on-path/bin')}` }],
      ['conda/envs/train', { CONDA_PREFIX: at('conda') }],
      ['home/.pyenv/versions/3.12.1', {}],
      ['root/workspace/kohya_ss/venv', {}],
    ] as const) {
      await write({ ...pipFiles(prefix), [`${prefix}/bin/python3`]: 'this is no program' });
      const { problem, cudaLibraryFolders } = await find({ folders: ['named'], environment });
      assert.equal(problem, undefined, prefix);
      assert.ok(
        cudaLibraryFolders.every((library) => library.startsWith(at(prefix))),
        cudaLibraryFolders.join(),
      );
      await rm(at(prefix), { recursive: true });
    }
  });

  it("uses conda's own folder of libraries last", async () => {
    await write({
      ...driverFiles,
      ...providerFiles('named'),
      ...sharedLibraryFiles('conda/lib', ['libcudnn.so.9', 'libcudart.so.12', 'libcurand.so.10', 'libstdc++.so.6']),
      ...sharedLibraryFiles(`conda/${packages}/nvidia/cublas/lib`, ['libcublas.so.12', 'libcublasLt.so.12']),
      'conda/conda-meta/history': '',
    });
    const { cudaLibraryFolders, problem } = await find({
      folders: ['named'],
      environment: { CONDA_PREFIX: at('conda') },
    });
    assert.equal(problem, undefined);
    assert.deepEqual(cudaLibraryFolders, [at('conda/lib'), at('conda', packages, 'nvidia/cublas/lib')]);
  });

  it('takes cuDNN and all else from the one environment that has all', async () => {
    await write({
      ...driverFiles,
      ...providerFiles('named'),
      ...sharedLibraryFiles(`half/${packages}/torch/lib`, ['libcudnn.so.9', 'libcudart.so.12']),
      ...pipFiles('root/opt/venv'),
    });
    const { cudaLibraryFolders } = await find({ folders: ['named'], environment: { VIRTUAL_ENV: at('half') } });
    assert.ok(
      cudaLibraryFolders.every((library) => library.startsWith(at('root/opt/venv'))),
      cudaLibraryFolders.join(),
    );
  });

  it("does not take another CUDA's cuDNN, which has the same name", async () => {
    const site = `root/opt/venv/${packages}`;
    await write({
      ...driverFiles,
      ...providerFiles('named', '1.30.0', cuda13),
      ...sharedLibraryFiles(`${site}/nvidia/cu13/lib`, cuda13),
      ...sharedLibraryFiles(`${site}/nvidia/cudnn/lib`, ['libcudnn.so.9']),
      [`${site}/nvidia_cudnn_cu12-9.10.2.21.dist-info/METADATA`]: '',
    });
    assert.match(
      (await find({ folders: ['named'] })).problem ?? '',
      /but libcudnn\.so\.9 is missing; install it with: pip install nvidia-cudnn-cu13$/,
    );
    await rm(at(site, 'nvidia_cudnn_cu12-9.10.2.21.dist-info'), { recursive: true });
    await write({ [`${site}/nvidia_cudnn_cu13-9.10.2.21.dist-info/METADATA`]: '' });
    assert.equal((await find({ folders: ['named'] })).problem, undefined);
  });

  it('fills up from another environment where none has all, with one cuDNN', async () => {
    await write({
      ...driverFiles,
      ...providerFiles('named'),
      ...pipFiles('most'),
      ...pipFiles('root/opt/venv'),
    });
    await rm(at('most', packages, 'nvidia/curand'), { recursive: true });
    await rm(at('root/opt/venv', packages, 'nvidia/cublas'), { recursive: true });
    const { cudaLibraryFolders, problem } = await find({
      folders: ['named'],
      environment: { VIRTUAL_ENV: at('most') },
    });
    assert.equal(problem, undefined);
    const nvidia = (prefix: string, name: string): string => at(prefix, packages, 'nvidia', name, 'lib');
    assert.deepEqual(cudaLibraryFolders, [
      nvidia('most', 'cudnn'),
      nvidia('most', 'cublas'),
      nvidia('root/opt/venv', 'curand'),
      nvidia('most', 'cuda_runtime'),
    ]);
  });

  it('lists folders of the system but not those where the loader looks anyway', async () => {
    await write({
      ...driverFiles,
      ...providerFiles('named'),
      ...sharedLibraryFiles('root/usr/local/cuda-12.4/lib64', [
        'libcublas.so.12',
        'libcublasLt.so.12',
        'libcudart.so.12',
      ]),
      ...sharedLibraryFiles('root/opt/math', ['libcurand.so.10']),
      ...sharedLibraryFiles('root/usr/lib/x86_64-linux-gnu', ['libcudnn.so.9']),
      'root/etc/ld.so.conf.d/math.conf': '# more\n/opt/math\n',
    });
    const { cudaLibraryFolders, problem } = await find({ folders: ['named'] });
    assert.equal(problem, undefined);
    assert.deepEqual(cudaLibraryFolders, [at('root/usr/local/cuda-12.4/lib64'), at('root/opt/math')]);
  });

  it('names the missing libraries and the packages that bring them', async () => {
    await write({ ...driverFiles, ...providerFiles('named'), ...pipFiles('root/opt/venv') });
    await rm(at('root/opt/venv', packages, 'nvidia/cudnn'), { recursive: true });
    await rm(at('root/opt/venv', packages, 'nvidia/cuda_runtime'), { recursive: true });
    const found = await find({ folders: ['named'] });
    assert.equal(
      found.problem,
      "ONNX Runtime's CUDA libraries need CUDA 12 and cuDNN 9, but libcudnn.so.9 and libcudart.so.12 are missing; install them with: pip install nvidia-cudnn-cu12 nvidia-cuda-runtime-cu12",
    );
    assert.equal(found.runtimeFolder, undefined);
  });

  it('says that a machine has CUDA 13 where 12 is needed', async () => {
    await write({
      ...driverFiles,
      ...providerFiles('named'),
      ...sharedLibraryFiles('root/usr/local/cuda/lib64', [...cuda13, 'libcudnn.so.9']),
    });
    assert.match(
      (await find({ folders: ['named'] })).problem ?? '',
      /need CUDA 12 and cuDNN 9 \(this machine has CUDA 13\), but libcublasLt\.so\.12, libcublas\.so\.12 and libcudart\.so\.12 are missing; .*pip install nvidia-cublas-cu12 nvidia-cuda-runtime-cu12$/,
    );
  });

  it('names the packages of CUDA 13 as they are called', async () => {
    await write({ ...driverFiles, ...providerFiles('named', '1.30.0', cuda13) });
    assert.match(
      (await find({ folders: ['named'] })).problem ?? '',
      /pip install nvidia-cudnn-cu13 "nvidia-cublas==13\.\*" nvidia-curand "nvidia-cuda-runtime==13\.\*"$/,
    );
  });

  it('refuses libraries of another version, garbage and parts, each in one sentence', async () => {
    await write({ ...driverFiles, ...pipFiles('root/opt/venv') });
    const library = at('named/libonnxruntime_providers_cuda.so');
    const refused = async (bytes: Uint8Array | string): Promise<string | undefined> => {
      await write({ ...providerFiles('named'), 'named/libonnxruntime_providers_cuda.so': bytes });
      return (await find({ folders: ['named'] })).problem;
    };
    assert.equal(
      await refused(elfBytes({ constant: '1.29.0' })),
      `${library} is of ONNX Runtime 1.29.0; version 1.30.0 is needed.`,
    );
    assert.equal(await refused(elfBytes()), `${library} does not say its version; version 1.30.0 is needed.`);
    const isNone = `${library} cannot be used: it is not a shared library for Linux x64.`;
    assert.equal(await refused('garbage '.repeat(100)), isNone);
    assert.equal(
      await refused(elfBytes({ constant: '1.30.0' }).subarray(0, 300)),
      `${library} cannot be used: it is cut off.`,
    );
    assert.deepEqual(await namesIn(folder()), ['named', 'node_modules', 'root']);
  });

  it('says where a library lies alone without the one that it is loaded with', async () => {
    await write({ ...driverFiles, ...providerFiles('named'), ...pipFiles('root/opt/venv') });
    await rm(at('named/libonnxruntime_providers_shared.so'));
    assert.match(
      (await find({ folders: ['named'] })).problem ?? '',
      /libonnxruntime_providers_shared\.so cannot be used: it is missing\./,
    );
  });

  it('says that the libraries are not there and how to get them', async () => {
    await write({ ...driverFiles, ...pipFiles('root/opt/venv') });
    await mkdir(at('empty'));
    assert.equal(
      (await find({ folders: ['empty'] })).problem,
      `ONNX Runtime's CUDA library (libonnxruntime_providers_cuda.so 1.30.0) is not on this machine; install CUDA support to get it. It is not in ${at('empty')}.`,
    );
  });

  it('says that there is no driver, also where only a placeholder of it is there', async () => {
    await write({ ...providerFiles('named'), ...pipFiles('root/opt/venv') });
    const noDriver = 'There is no NVIDIA driver on this machine: libcuda.so.1 was not found.';
    assert.equal((await find({ folders: ['named'] })).problem, noDriver);
    await write({ 'root/usr/lib/x86_64-linux-gnu/libcuda.so.1': '' });
    assert.equal((await find({ folders: ['named'] })).problem, noDriver);
    await write({ 'root/proc/driver/nvidia/version': 'NVRM version' });
    assert.match((await find({ folders: ['named'] })).problem ?? '', /driver is loaded but .*--gpus all/);
  });

  it('says what other platforms have in place of CUDA', async () => {
    const problemOn = async (platform: NodeJS.Platform, arch: NodeJS.Architecture): Promise<string | undefined> =>
      (await find({ machine: { platform, arch } })).problem;
    assert.match((await problemOn('win32', 'x64')) ?? '', /CUDA is for Linux.*DirectML/);
    assert.match((await problemOn('darwin', 'arm64')) ?? '', /CUDA is for Linux.*CoreML/);
    assert.match((await problemOn('linux', 'arm64')) ?? '', /CUDA is for Linux on x64/);
  });
});

describe('The environment of a process with CUDA', () => {
  const found: CudaEnvironment = { runtimeFolder: '/runtime', cudaLibraryFolders: ['/b', '/a'], problem: undefined };

  it('names the runtime and puts the folders in front of those that are there', () => {
    assert.deepEqual(cudaEnvironmentVariables(found, { LD_LIBRARY_PATH: '/c:/a:' }), {
      DATASET_CAPTIONS_ORT: '/runtime',
      LD_LIBRARY_PATH: '/b:/a:/c',
    });
  });

  it('sets no library path where none is needed', () => {
    assert.deepEqual(cudaEnvironmentVariables({ ...found, cudaLibraryFolders: [] }, {}), {
      DATASET_CAPTIONS_ORT: '/runtime',
    });
  });

  it('only says why where CUDA cannot be used', () => {
    assert.deepEqual(cudaEnvironmentVariables({ ...found, problem: 'No driver.' }, {}), {
      DATASET_CAPTIONS_CUDA_PROBLEM: 'No driver.',
    });
    assert.deepEqual(cudaEnvironmentVariables({ ...found, runtimeFolder: undefined }, {}), {});
  });
});
