import { createRequire } from 'node:module';
import path from 'node:path';
import type * as OnnxRuntime from 'onnxruntime-node';
import type { default as Sharp } from 'sharp';
import { errorMessage } from '../protocol/wireError';

/** A native package that does not load on this machine: no binary for the platform, or a system library is missing. */
export class NativePackageError extends Error {
  readonly code = 'NATIVE_PACKAGE_UNAVAILABLE';

  constructor(
    readonly packageName: string,
    cause: unknown,
  ) {
    super(`${packageName} could not be loaded on this machine: ${firstLine(errorMessage(cause))}`, { cause });
    this.name = 'NativePackageError';
  }
}

let sharp: Promise<typeof Sharp> | undefined;
interface LoadedRuntime {
  runtime: typeof OnnxRuntime;
  origin: RuntimeOrigin;
}
let onnxRuntime: Promise<LoadedRuntime> | undefined;

/**
 * Loads sharp on the first call, set up for many different images: no cache, one thread for each image (images are
 * decoded side by side in libuv's pool instead).
 * @throws NativePackageError
 */
export function loadSharp(): Promise<typeof Sharp> {
  sharp ??= importSharp();
  return sharp;
}

/**
 * Loads ONNX Runtime on the first call: the copy with CUDA that `DATASET_CAPTIONS_ORT` names, else the package that comes
 * with the program. A process that only makes thumbnails never gets here.
 * @throws NativePackageError
 */
export async function loadOnnxRuntime(): Promise<typeof OnnxRuntime> {
  return (await loadRuntime()).runtime;
}

/** Where ONNX Runtime comes from. */
export interface RuntimeOrigin {
  /** of the package */
  folder: string;
  /** such as `1.30.0` */
  version: string;
  /** why the copy with CUDA is not used, in one sentence; undefined where it is, or where there is none */
  copyProblem: string | undefined;
}

/**
 * Where the ONNX Runtime of this process comes from; loads it.
 * @throws NativePackageError
 */
export async function runtimeOrigin(): Promise<RuntimeOrigin> {
  return (await loadRuntime()).origin;
}

function loadRuntime(): Promise<LoadedRuntime> {
  onnxRuntime ??= importRuntime();
  return onnxRuntime;
}

async function importRuntime(): Promise<LoadedRuntime> {
  const require = createRequire(__filename);
  const copy = process.env.DATASET_CAPTIONS_ORT ?? '';
  let copyProblem: string | undefined;
  if (copy !== '') {
    try {
      const runtime = require(copy) as typeof OnnxRuntime;
      return { runtime, origin: { folder: copy, version: versionIn(require, copy), copyProblem } };
    } catch (error) {
      copyProblem = `The copy of ONNX Runtime in ${copy} does not load: ${firstLine(errorMessage(error))}.`;
    }
  }
  try {
    const runtime = await import('onnxruntime-node');
    const folder = path.dirname(require.resolve('onnxruntime-node/package.json'));
    return { runtime, origin: { folder, version: versionIn(require, folder), copyProblem } };
  } catch (error) {
    throw new NativePackageError('onnxruntime-node', error);
  }
}

function versionIn(require: NodeJS.Require, folder: string): string {
  return (require(path.join(folder, 'package.json')) as { version: string }).version;
}

async function importSharp(): Promise<typeof Sharp> {
  // libvips reads this once when it starts: loaders that were never hardened against hostile files stay off.
  process.env.VIPS_BLOCK_UNTRUSTED = '1';
  try {
    const { default: loaded } = await import('sharp');
    loaded.cache(false);
    loaded.concurrency(1);
    return loaded;
  } catch (error) {
    throw new NativePackageError('sharp', error);
  }
}

function firstLine(text: string): string {
  return text.trim().split('\n', 1)[0] ?? '';
}
