import { createRequire } from 'node:module';
import path from 'node:path';
import * as l10n from '@vscode/l10n';
import type * as OnnxRuntime from 'onnxruntime-node';
import type { default as Sharp } from 'sharp';
import { errorCode, errorMessage } from '../../protocol/channel/wireError';
import { bindSharp } from './bindSharp';

/** A native package that does not load on this machine: no binary for the platform, or a system library is missing. */
export class NativePackageError extends Error {
  readonly code = 'NATIVE_PACKAGE_UNAVAILABLE';

  /** @param message in place of the usual one, which gives the reason of the system */
  constructor(
    readonly packageName: string,
    cause: unknown,
    message = l10n.t('{0} could not be loaded on this machine: {1}', packageName, firstLine(errorMessage(cause))),
  ) {
    super(message, { cause });
    this.name = 'NativePackageError';
  }
}

let sharp: typeof Sharp | undefined;
interface LoadedRuntime {
  runtime: typeof OnnxRuntime;
  origin: RuntimeOrigin;
}
let onnxRuntime: Promise<LoadedRuntime> | undefined;

/**
 * Loads sharp on the first call, set up for many different images: no cache, one thread for each image (images are
 * decoded side by side in libuv's pool instead). Where its native library does not load, its WebAssembly build is used,
 * at about a third of the speed.
 * @throws NativePackageError
 */
export function loadSharp(): typeof Sharp {
  sharp ??= requireSharp();
  return sharp;
}

/**
 * Loads ONNX Runtime on the first call: the copy with CUDA that `DATASET_CAPTIONS_ORT` names, else the package that
 * comes with the program. A process that only makes thumbnails never gets here.
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
      copyProblem = l10n.t('The copy of ONNX Runtime in {0} does not load: {1}.', copy, firstLine(errorMessage(error)));
    }
  }
  try {
    const runtime = await import('onnxruntime-node');
    const folder = path.dirname(require.resolve('onnxruntime-node/package.json'));
    return { runtime, origin: { folder, version: versionIn(require, folder), copyProblem } };
  } catch (error) {
    throw new NativePackageError('onnxruntime-node', error, isAbsent(error) ? noRuntime() : undefined);
  }
}

/** The message where this program comes without ONNX Runtime, because there is none for the platform. */
function noRuntime(): string {
  return l10n.t(
    'Taggers do not run on this machine: ONNX Runtime is not published for {0} {1}, or not for its C library. Browsing and editing work; to caption here, name a server that runs taggers in the setting datasetCaptions.serverUrl.',
    process.platform,
    process.arch,
  );
}

/** Whether a package, or its file for this platform, is not there at all. */
function isAbsent(error: unknown): boolean {
  return ['MODULE_NOT_FOUND', 'ERR_MODULE_NOT_FOUND'].includes(errorCode(error) ?? '');
}

function versionIn(require: NodeJS.Require, folder: string): string {
  return (require(path.join(folder, 'package.json')) as { version: string }).version;
}

function requireSharp(): typeof Sharp {
  // libvips reads this once when it starts: loaders that were never hardened against hostile files stay off.
  process.env.VIPS_BLOCK_UNTRUSTED = '1';
  const require = createRequire(__filename);
  try {
    bindSharp(require);
    const loaded = require('sharp') as typeof Sharp;
    if (isWasm(loaded)) allowKnownLoaders(loaded);
    // A JPEG with a gain map is a JPEG like any other; libvips' loader for it refuses maps that do not fit.
    else loaded.block({ operation: ['VipsForeignLoadUhdr'] });
    loaded.cache(false);
    loaded.concurrency(1);
    return loaded;
  } catch (error) {
    throw new NativePackageError('sharp', error);
  }
}

function isWasm({ versions }: typeof Sharp): boolean {
  return 'emscripten' in versions;
}

/**
 * Does what `VIPS_BLOCK_UNTRUSTED` does for the native library: the WebAssembly build does not see the process's
 * environment.
 */
function allowKnownLoaders(loaded: typeof Sharp): void {
  loaded.block({ operation: ['VipsForeignLoad'] });
  const formats = ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Tiff', 'Heif'];
  loaded.unblock({ operation: formats.map((format) => `VipsForeignLoad${format}`) });
  console.error("sharp's native library does not load on this machine: its slower WebAssembly build decodes images.");
}

function firstLine(text: string): string {
  return text.trim().split('\n', 1)[0] ?? '';
}
