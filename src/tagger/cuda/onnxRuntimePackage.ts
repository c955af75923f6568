import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import * as l10n from '@vscode/l10n';
import { errorMessage } from '../../protocol/channel/wireError';
import { CudaError } from './CudaError';

/** Where the native files of Linux x64 are inside the package. */
export const nativeFolder = 'bin/napi-v6/linux/x64';
export const cudaLibrary = 'libonnxruntime_providers_cuda.so';
/** What {@link cudaLibrary} is loaded with; both must come from the same place. */
export const sharedProviderLibrary = 'libonnxruntime_providers_shared.so';

/** The ONNX Runtime of this program. */
export interface OnnxRuntimePackage {
  /** folder of onnxruntime-node */
  folder: string;
  /** folder of onnxruntime-common, which it requires */
  commonFolder: string;
  version: string;
}

/** From where the package's own install script gets the CUDA libraries. */
export interface CudaPackageSource {
  /** address of the feed's index (NuGet V3) */
  feedIndex: string;
  packageName: string;
  version: string;
  /** files to be put beside the runtime, by name, and where they are in the package */
  files: Map<string, string>;
}

/**
 * Finds the onnxruntime-node that this program requires.
 * @param from a file beside or below whose folder it is installed
 * @throws CudaError CUDA_RUNTIME_UNREADABLE
 */
export async function findOnnxRuntimePackage(from = __filename): Promise<OnnxRuntimePackage> {
  try {
    const manifest = createRequire(from).resolve('onnxruntime-node/package.json');
    const common = createRequire(manifest).resolve('onnxruntime-common');
    const parsed: unknown = JSON.parse(await readFile(manifest, 'utf8'));
    const version = property(parsed, 'version');
    if (typeof version !== 'string') throw new Error(l10n.t('its package.json has no version'));
    return { folder: path.dirname(manifest), commonFolder: packageRoot(common, 'onnxruntime-common'), version };
  } catch (error) {
    const message = l10n.t('onnxruntime-node is not installed completely: {0}', errorMessage(error));
    throw new CudaError('CUDA_RUNTIME_UNREADABLE', from, message, error);
  }
}

/**
 * Reads from the package's install script what its CUDA libraries are and where they are published.
 * @throws CudaError CUDA_RUNTIME_UNREADABLE when the script does not have what it had in 1.30
 */
export function readCudaPackageSource({ folder }: OnnxRuntimePackage): CudaPackageSource {
  const script = path.join(folder, 'script/install-metadata.js');
  try {
    const metadata: unknown = createRequire(script)(script);
    const manifests = property(metadata, 'manifests');
    const key = Object.keys(object(manifests, 'manifests')).find((name) => name.startsWith('linux/x64:cuda'));
    const files = object(property(manifests, key ?? ''), 'manifest for CUDA on Linux x64');
    const packageKey = Object.values(files).map((file) => text(file, 'package'))[0] ?? '';
    const source = property(property(metadata, 'packages'), packageKey);
    const [release] = array(property(source, 'versions'), 'versions');
    return {
      feedIndex: text(property(property(metadata, 'feeds'), text(release, 'feed')), 'index'),
      packageName: text(source, 'name'),
      version: text(release, 'version'),
      files: new Map(Object.entries(files).map(([name, file]) => [path.basename(name), text(file, 'path')])),
    };
  } catch (error) {
    const message = l10n.t(
      'onnxruntime-node does not say where its CUDA libraries are published: {0}',
      errorMessage(error),
    );
    throw new CudaError('CUDA_RUNTIME_UNREADABLE', script, message, error);
  }
}

function packageRoot(file: string, name: string): string {
  const end = file.lastIndexOf(`${path.sep}${name}${path.sep}`);
  if (end < 0) throw new Error(l10n.t('{0} is not in a folder of its name', name));
  return file.slice(0, end + path.sep.length + name.length);
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function object(value: unknown, name: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw new Error(l10n.t('it has no {0}', name));
  return value as Record<string, unknown>;
}

function array(value: unknown, name: string): unknown[] {
  if (!Array.isArray(value)) throw new Error(l10n.t('it has no {0}', name));
  return value;
}

function text(value: unknown, name: string): string {
  const found = property(value, name);
  if (typeof found !== 'string') throw new Error(l10n.t('it has no {0}', name));
  return found;
}
