import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { CudaEnvironment } from '../../../../src/protocol/tagging/execution';
import type { DownloadProgress } from '../../../../src/protocol/tagging/modelListing';
import { installCuda, type CudaInstallation } from '../../../../src/tagger/cuda/installCuda';
import type { Machine } from '../../../../src/tagger/cuda/Machine';
import { findOnnxRuntimePackage, readCudaPackageSource } from '../../../../src/tagger/cuda/onnxRuntimePackage';
import { linkedCopy } from '../../../../src/tagger/cuda/runtimeCopy';
import { driverFiles, pipFiles, providerFiles, testMachine, writeRuntime } from './cudaFiles';
import { FeedServer, type FeedOptions } from './feedServer';
import { itOnLinux } from '../../shared/itOnLinux';
import { namesIn, testFolder, until, writeFiles } from '../../shared/testFolder';
import { writeTinyModel } from '../../shared/writeTinyModel';
import { zipBytes } from './zipBytes';

const cudaName = 'libonnxruntime_providers_cuda.so';
const sharedName = 'libonnxruntime_providers_shared.so';
const insidePackage = 'runtimes/linux-x64/native';

/** A package with ONNX Runtime's CUDA libraries, and with much that nobody needs. */
function packageBytes(version = '1.30.0', without = ''): Buffer {
  const files = {
    ...providerFiles(insidePackage, version),
    'Test.Gpu.nuspec': Buffer.from('<package/>'),
    'lib/padding.bin': randomBytes(300_000),
  } as Record<string, Uint8Array>;
  return zipBytes(Object.fromEntries(Object.entries(files).filter(([name]) => !name.endsWith(without || '?'))));
}

describe('Installing CUDA support', () => {
  const folder = testFolder();
  const installFolder = (): string => path.join(folder(), 'storage of the editor', 'cuda');
  let feed: FeedServer;
  let progress: DownloadProgress[];

  async function startFeed(content: Buffer, options: FeedOptions = {}): Promise<void> {
    feed = new FeedServer(content, options);
    await feed.server.start();
  }
  async function install(
    options: Partial<CudaInstallation> = {},
    machine: Partial<Machine> = {},
  ): Promise<CudaEnvironment> {
    const runtime = await writeRuntime(folder());
    return installCuda(
      { installFolder: installFolder(), onProgress: (step) => progress.push(step), ...options },
      {
        machine: { ...testMachine(folder()), ...machine },
        runtime,
        source: {
          feedIndex: feed.index,
          packageName: feed.packageName,
          version: '1.30.0',
          files: new Map([cudaName, sharedName].map((name) => [name, `${insidePackage}/${name}`])),
        },
      },
    );
  }
  const fails = (code: string, message: RegExp): Promise<void> =>
    assert.rejects(install(), (error: Error & { code: string }) => {
      assert.equal(error.code, code);
      assert.match(error.message, message);
      return true;
    });

  beforeEach(async () => {
    progress = [];
    await writeFiles(folder(), { ...driverFiles, ...pipFiles('root/opt/venv') });
  });
  afterEach(() => feed.server.stop());

  it('puts the libraries beside a copy of the runtime, says how far it is, and keeps nothing else', async () => {
    await startFeed(packageBytes());
    const found = await install();
    assert.equal(found.problem, undefined);
    assert.equal(
      found.runtimeFolder,
      path.join(installFolder(), 'onnxruntime-node-1.30.0/node_modules/onnxruntime-node'),
    );
    const native = path.join(found.runtimeFolder, 'bin/napi-v6/linux/x64');
    assert.deepEqual(await namesIn(native), ['libonnxruntime.so.1', cudaName, sharedName, 'onnxruntime_binding.node']);
    const expected = providerFiles('')[cudaName];
    assert.deepEqual(await readFile(path.join(native, cudaName)), expected);
    assert.deepEqual(await namesIn(installFolder()), ['onnxruntime-node-1.30.0']);
    const phases = progress.map(({ phase }) => phase).filter((phase, index, all) => phase !== all[index - 1]);
    assert.deepEqual(phases, ['downloading', 'verifying', 'unpacking']);
    assert.ok(progress.every(({ id }) => id === 'cuda'));
    const last = progress.at(-1);
    assert.equal(last?.receivedBytes, last?.totalBytes);
  });

  it('does nothing where it is installed', async () => {
    await startFeed(packageBytes());
    const first = await install();
    const asked = feed.server.seen.length;
    assert.deepEqual(await install(), first);
    assert.equal(feed.server.seen.length, asked);
  });

  it('installs again where a library was damaged, and in place of another version', async () => {
    await startFeed(packageBytes());
    await install();
    const library = `onnxruntime-node-1.30.0/node_modules/onnxruntime-node/bin/napi-v6/linux/x64/${cudaName}`;
    await writeFiles(installFolder(), { [library]: 'damaged', 'onnxruntime-node-1.29.0/old': '' });
    assert.equal((await install()).problem, undefined);
    assert.deepEqual(await namesIn(installFolder()), ['onnxruntime-node-1.30.0']);
  });

  it('installs once for two who ask at the same time', async () => {
    await startFeed(packageBytes());
    const [first, second] = await Promise.all([install(), install()]);
    assert.deepEqual(first, second);
    assert.equal(feed.packageRequests.length, 1);
  });

  it('reads feeds that compress their documents unasked', async () => {
    await startFeed(packageBytes(), { compressed: true });
    assert.equal((await install()).problem, undefined);
  });

  it('keeps what was downloaded when it is cancelled, and goes on there', async () => {
    const content = packageBytes();
    await startFeed(content, { stopAfter: 200_000 });
    const cancel = new AbortController();
    const installing = install({ signal: cancel.signal });
    const rejected = assert.rejects(installing, { code: 'CANCELLED' });
    const partial = path.join(installFolder(), 'test.gpu.1.30.0.nupkg.partial');
    await until(
      async () => ((await stat(partial).catch(() => undefined))?.size ?? 0) >= 100_000,
      'a third of it was there',
    );
    cancel.abort();
    await rejected;
    const kept = await namesIn(installFolder());
    assert.ok(
      kept.every((name) => name.startsWith('test.gpu.1.30.0.nupkg')),
      kept.join(),
    );
    feed.goOn();
    assert.equal((await install()).problem, undefined);
    assert.match(feed.packageRequests[1] ?? '', /^bytes=[1-9]\d{4,}-$/);
    assert.deepEqual(await namesIn(installFolder()), ['onnxruntime-node-1.30.0']);
  });

  it('leaves nothing half installed when it is cancelled while unpacking', async () => {
    await startFeed(packageBytes());
    const cancel = new AbortController();
    const onProgress = ({ phase }: DownloadProgress): void => {
      if (phase === 'unpacking') cancel.abort();
    };
    await assert.rejects(install({ signal: cancel.signal, onProgress }), { name: 'AbortError' });
    assert.deepEqual(await namesIn(installFolder()), ['test.gpu.1.30.0.nupkg']);
    assert.equal((await install()).problem, undefined);
    assert.equal(feed.packageRequests.length, 1);
  });

  it('refuses a package with another hash and deletes it', async () => {
    await startFeed(packageBytes(), { hash: randomBytes(64).toString('base64') });
    await fails('WRONG_HASH', /damaged or another file/);
    assert.deepEqual(await namesIn(installFolder()), []);
  });

  it('does not begin where the feed gives no hash', async () => {
    for (const hash of [undefined, 'AAAA']) {
      await startFeed(packageBytes(), { hash });
      await fails('CUDA_PACKAGE_UNVERIFIABLE', /no SHA-512 for Test\.Gpu 1\.30\.0/);
      assert.deepEqual(feed.packageRequests, []);
      if (hash === undefined) await feed.server.stop();
    }
  });

  it('says that the feed does not have the version', async () => {
    await startFeed(packageBytes(), { versions: ['1.29.0'] });
    await fails('CUDA_PACKAGE_MISSING', /no Test\.Gpu 1\.30\.0.*onnxruntime-gpu 1\.30\.0 with pip/);
  });

  it('says that a package lacks a library, or that its library is of another version, and keeps neither', async () => {
    await startFeed(packageBytes('1.30.0', sharedName));
    await fails(
      'CUDA_PACKAGE_INCOMPLETE',
      /it has no runtimes\/linux-x64\/native\/libonnxruntime_providers_shared\.so/,
    );
    assert.deepEqual(await namesIn(installFolder()), []);
    await feed.server.stop();
    await startFeed(packageBytes('1.29.0'));
    await fails('CUDA_LIBRARY_VERSION', /is of ONNX Runtime 1\.29\.0; version 1\.30\.0 is needed/);
    assert.deepEqual(await namesIn(installFolder()), []);
  });

  it('says that a package is no zip archive', async () => {
    await startFeed(Buffer.from('not a zip archive, but with the right hash'.repeat(10)));
    await fails('CUDA_PACKAGE_INCOMPLETE', /cannot be unpacked/);
    assert.deepEqual(await namesIn(installFolder()), []);
  });

  it('says that an address is no feed', async () => {
    await startFeed(packageBytes());
    const source = {
      feedIndex: `${feed.server.origin}/none`,
      packageName: 'Test.Gpu',
      version: '1.30.0',
      files: new Map(),
    };
    const runtime = await writeRuntime(folder());
    await assert.rejects(
      installCuda({ installFolder: installFolder() }, { machine: testMachine(folder()), runtime, source }),
      { code: 'CUDA_FEED_UNREADABLE', message: /cannot be used: it is not the index of a package feed/ },
    );
  });

  it('says that a folder cannot be written to', async () => {
    await startFeed(packageBytes());
    await writeFiles(folder(), { 'a file': '' });
    await assert.rejects(install({ installFolder: path.join(folder(), 'a file', 'cuda') }), {
      code: 'CUDA_FOLDER_UNWRITABLE',
      message: /CUDA support cannot be written to .*a file/,
    });
  });

  it('refuses other platforms before it asks anybody', async () => {
    await startFeed(packageBytes());
    await assert.rejects(install({}, { platform: 'win32' }), {
      code: 'CUDA_PLATFORM_UNSUPPORTED',
      message: /DirectML/,
    });
    assert.deepEqual(feed.server.seen, []);
  });

  it('says what CUDA itself lacks after it is installed', async () => {
    await startFeed(packageBytes());
    await rm(path.join(folder(), 'root/opt/venv'), { recursive: true });
    const { problem, runtimeFolder } = await install();
    assert.match(problem ?? '', /pip install nvidia-cudnn-cu12/);
    assert.ok(runtimeFolder?.startsWith(installFolder()) === true);
  });
});

describe("onnxruntime-node's CUDA", () => {
  it('is published under the name and version that its own install script uses', async () => {
    const source = readCudaPackageSource(await findOnnxRuntimePackage());
    assert.equal(source.packageName, 'Microsoft.ML.OnnxRuntime.Gpu.Linux');
    assert.equal(source.version, (await findOnnxRuntimePackage()).version);
    assert.match(source.feedIndex, /^https:\/\/.*\/index\.json$/);
    assert.deepEqual(
      [...source.files].sort(),
      ['cuda', 'shared', 'tensorrt'].map((name) => {
        const file = `libonnxruntime_providers_${name}.so`;
        return [file, `${insidePackage}/${file}`];
      }),
    );
  });
});

describe('A copy of the runtime', function () {
  this.timeout(60_000);
  const folder = testFolder();

  itOnLinux('runs models from a folder with spaces, and looks for its CUDA library beside itself', async () => {
    await writeFiles(folder(), { [`libraries/${cudaName}`]: 'garbage', [`libraries/${sharedName}`]: 'garbage' });
    const installFolder = path.join(folder(), 'a folder with spaces');
    const copy = await linkedCopy(await findOnnxRuntimePackage(), path.join(folder(), 'libraries'), installFolder);
    writeTinyModel(path.join(folder(), 'model'), {
      inputName: 'input',
      inputShape: ['n', 2, 2, 3],
      outputName: 'output',
    });
    const script = `
      const { InferenceSession, Tensor } = require(process.argv[1]);
      const run = async (provider) => {
        const session = await InferenceSession.create(process.argv[2], { executionProviders: [provider] });
        const input = new Tensor('float32', new Float32Array(12).fill(51), [1, 2, 2, 3]);
        return Array.from((await session.run({ input })).output.data, (score) => score.toFixed(3)).join();
      };
      run('cpu').then(console.log).then(() => run('cuda')).catch((error) => console.log(error.message));
    `;
    const model = path.join(folder(), 'model/model.onnx');
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', script, copy, model], { encoding: 'utf8' });
    assert.match(stdout, /^0\.200,0\.200,0\.200\n.*Failed to load shared library/);
    assert.ok(stderr.includes(path.join(copy, 'bin/napi-v6/linux/x64', sharedName)), stderr);
  });
});
