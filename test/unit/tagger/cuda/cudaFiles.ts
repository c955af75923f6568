import path from 'node:path';
import type { Machine } from '../../../../src/tagger/cuda/Machine';
import type { OnnxRuntimePackage } from '../../../../src/tagger/cuda/onnxRuntimePackage';
import { elfBytes } from './elfBytes';
import { writeFiles, type TestFiles } from '../../shared/testFolder';

export const cuda12 = ['libcublasLt.so.12', 'libcublas.so.12', 'libcurand.so.10', 'libcudart.so.12'];
export const cuda13 = ['libcublasLt.so.13', 'libcublas.so.13', 'libcurand.so.10', 'libcudart.so.13'];
const always = ['libcuda.so.1', 'libdl.so.2', 'libstdc++.so.6', 'libc.so.6'];

/** ONNX Runtime's CUDA libraries as they are published, but small. */
export function providerFiles(folder: string, version = '1.30.0', cuda = cuda12): TestFiles {
  return {
    [path.join(folder, 'libonnxruntime_providers_cuda.so')]: elfBytes({
      needed: [...cuda, ...always],
      constant: version,
    }),
    [path.join(folder, 'libonnxruntime_providers_shared.so')]: elfBytes({ needed: ['libstdc++.so.6'] }),
  };
}

/** Libraries of these names in a folder. */
export function sharedLibraryFiles(folder: string, names: readonly string[]): TestFiles {
  return Object.fromEntries(names.map((name) => [path.join(folder, name), elfBytes()]));
}

/** A Python environment with what `pip install nvidia-…-cu12` puts there. */
export function pipFiles(prefix: string, python = 'python3.12'): TestFiles {
  const packages = path.join(prefix, 'lib', python, 'site-packages');
  return {
    ...sharedLibraryFiles(path.join(packages, 'nvidia/cublas/lib'), ['libcublas.so.12', 'libcublasLt.so.12']),
    ...sharedLibraryFiles(path.join(packages, 'nvidia/cuda_runtime/lib'), ['libcudart.so.12']),
    ...sharedLibraryFiles(path.join(packages, 'nvidia/cudnn/lib'), ['libcudnn.so.9', 'libcudnn_ops.so.9']),
    ...sharedLibraryFiles(path.join(packages, 'nvidia/curand/lib'), ['libcurand.so.10']),
  };
}

export const driverFiles: TestFiles = sharedLibraryFiles('root/usr/lib/x86_64-linux-gnu', ['libcuda.so.1']);

/** A machine whose home and system are below a folder. */
export function testMachine(folder: string, environment: NodeJS.ProcessEnv = {}): Machine {
  return {
    platform: 'linux',
    arch: 'x64',
    environment,
    home: path.join(folder, 'home'),
    systemRoot: path.join(folder, 'root'),
  };
}

/** Writes an ONNX Runtime that has all its files but does nothing. */
export async function writeRuntime(folder: string): Promise<OnnxRuntimePackage> {
  const native = 'onnxruntime-node/bin/napi-v6/linux/x64';
  await writeFiles(path.join(folder, 'node_modules'), {
    'onnxruntime-node/package.json': '{"name":"onnxruntime-node","version":"1.30.0","main":"dist/index.js"}',
    'onnxruntime-node/dist/index.js': 'exports.common = require("onnxruntime-common");',
    'onnxruntime-node/dist/index.d.ts': '',
    [`${native}/libonnxruntime.so.1`]: elfBytes({ constant: '1.30.0' }),
    [`${native}/onnxruntime_binding.node`]: elfBytes({ needed: ['libonnxruntime.so.1'] }),
    'onnxruntime-common/package.json': '{"name":"onnxruntime-common","main":"dist/cjs/index.js"}',
    'onnxruntime-common/dist/cjs/index.js': 'module.exports = "common";',
  });
  return {
    folder: path.join(folder, 'node_modules/onnxruntime-node'),
    commonFolder: path.join(folder, 'node_modules/onnxruntime-common'),
    version: '1.30.0',
  };
}
