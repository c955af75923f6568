import type * as OnnxRuntime from 'onnxruntime-node';
import type { default as Sharp } from 'sharp';

/** A native package that does not load on this machine: no binary for the platform, or a system library is missing. */
export class NativePackageError extends Error {
  readonly code = 'NATIVE_PACKAGE_UNAVAILABLE';

  constructor(packageName: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`${packageName} could not be loaded on this machine: ${firstLine(reason)}`, { cause });
    this.name = 'NativePackageError';
  }
}

let sharp: Promise<typeof Sharp> | undefined;
let onnxRuntime: Promise<typeof OnnxRuntime> | undefined;

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
 * Loads ONNX Runtime on the first call. A process that only makes thumbnails never gets here.
 * @throws NativePackageError
 */
export function loadOnnxRuntime(): Promise<typeof OnnxRuntime> {
  onnxRuntime ??= import('onnxruntime-node').catch((error: unknown) => {
    throw new NativePackageError('onnxruntime-node', error);
  });
  return onnxRuntime;
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
