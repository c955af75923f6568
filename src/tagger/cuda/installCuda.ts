import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as l10n from '@vscode/l10n';
import type { CudaEnvironment } from '../../protocol/tagging/execution';
import type { DownloadProgress } from '../../protocol/tagging/modelListing';
import { errorCode, errorMessage } from '../../protocol/channel/wireError';
import { downloadFile } from '../download/downloadFile';
import { FileLock } from '../../base/machine/FileLock';
import { CudaError } from './CudaError';
import { findCuda, platformProblem } from './findCuda';
import { thisMachine, type Machine } from './Machine';
import { findFeedPackage } from './nugetFeed';
import {
  findOnnxRuntimePackage,
  readCudaPackageSource,
  type CudaPackageSource,
  type OnnxRuntimePackage,
} from './onnxRuntimePackage';
import { readProviderLibraries } from './providerLibraries';
import { buildCopy, installedCopy, nativeFolderOf, removeOtherInstalls, writeError } from './runtimeCopy';
import { unpackFiles } from './unpackFiles';

/** While files are unpacked, progress is reported at most once per this many milliseconds. */
const reportInterval = 100;

/** Where CUDA support is installed, and how to follow and cancel the installation. */
export interface CudaInstallation {
  installFolder: string;
  onProgress?: (progress: DownloadProgress) => void;
  /** cancels the installation; the next one continues with what was downloaded */
  signal?: AbortSignal | undefined;
}

/** The dependencies that tests replace: the machine, its runtime and the package feed. */
export interface InstallationSource {
  machine: Machine;
  runtime: OnnxRuntimePackage;
  source: CudaPackageSource;
}

/**
 * Downloads the CUDA libraries of the ONNX Runtime version that this program uses, verifies them, and puts them beside
 * a copy of the runtime in `installFolder`. The copy appears there only when it is complete. Does nothing if the
 * libraries are installed already. Only one process installs at a time; others wait for it.
 * @returns what the machine has for CUDA after the installation; CUDA itself may still be missing
 * @throws CudaError or DownloadError; no incomplete installation is left behind
 */
export async function installCuda(
  { installFolder, onProgress, signal }: CudaInstallation,
  overrides: Partial<InstallationSource> = {},
): Promise<CudaEnvironment> {
  const machine = overrides.machine ?? thisMachine();
  const unsupported = platformProblem(machine);
  if (unsupported !== undefined) throw new CudaError('CUDA_PLATFORM_UNSUPPORTED', installFolder, unsupported);
  const runtime = overrides.runtime ?? (await findOnnxRuntimePackage());
  const source = overrides.source ?? readCudaPackageSource(runtime);
  const report = (progress: Omit<DownloadProgress, 'id'>): void => {
    onProgress?.({ id: 'cuda', ...progress });
  };
  if (!(await isInstalled(installFolder, runtime))) {
    const lock = await acquireLock(installFolder, signal, () => {
      report({ phase: 'waiting', receivedBytes: 0, totalBytes: 0, bytesPerSecond: 0 });
    });
    try {
      if (!(await isInstalled(installFolder, runtime))) await install(installFolder, runtime, source, report, signal);
    } finally {
      await lock.release();
    }
  }
  return findCuda({ folders: [], installFolder }, machine, runtime);
}

async function install(
  installFolder: string,
  runtime: OnnxRuntimePackage,
  source: CudaPackageSource,
  report: (progress: Omit<DownloadProgress, 'id'>) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const found = await findFeedPackage(source, (url) => readJson(url, installFolder, signal));
  const archive = path.join(installFolder, path.posix.basename(new URL(found.url).pathname));
  await downloadFile({
    url: found.url,
    target: archive,
    size: found.size,
    hash: { algorithm: 'sha512', encoding: 'base64', digest: found.sha512 },
    onProgress: report,
    signal,
  });
  try {
    await buildCopy(runtime, installedCopy(installFolder, runtime), async (native) => {
      let lastReport = 0;
      await unpackFiles(archive, source.files, native, {
        onProgress: (written, total) => {
          if (written !== 0 && written !== total && Date.now() - lastReport < reportInterval) return;
          lastReport = Date.now();
          report({ phase: 'unpacking', receivedBytes: written, totalBytes: total, bytesPerSecond: 0 });
        },
        signal,
      });
      await readProviderLibraries(native, runtime.version);
      return JSON.stringify({ version: runtime.version, package: source.packageName, sha512: found.sha512 });
    });
  } catch (error) {
    // Delete a wrong package, so that the next installation does not find it and use it again.
    const code = errorCode(error);
    if (error instanceof CudaError && code !== 'CUDA_DISK_FULL' && code !== 'CUDA_FOLDER_UNWRITABLE') {
      await rm(archive, { force: true });
    }
    throw error;
  }
  await rm(archive, { force: true });
  await removeOtherInstalls(installFolder, runtime);
}

async function isInstalled(installFolder: string, runtime: OnnxRuntimePackage): Promise<boolean> {
  try {
    await readProviderLibraries(nativeFolderOf(installedCopy(installFolder, runtime)), runtime.version);
    return true;
  } catch {
    return false;
  }
}

async function acquireLock(
  installFolder: string,
  signal: AbortSignal | undefined,
  onWait: () => void,
): Promise<FileLock> {
  try {
    await mkdir(installFolder, { recursive: true });
    return await FileLock.acquire(path.join(installFolder, 'install.lock'), { signal, onWait });
  } catch (error) {
    throw signal?.aborted === true ? error : writeError(error, installFolder);
  }
}

/**
 * Reads a JSON document of the package feed. It is downloaded like any other file, with the same retries, proxies and
 * error messages.
 * @returns undefined if the server has no such document (404)
 */
async function readJson(url: string, installFolder: string, signal: AbortSignal | undefined): Promise<unknown> {
  const folder = path.join(installFolder, `.feed-${randomUUID()}`);
  const target = path.join(folder, 'document.json');
  try {
    await downloadFile({ url, target, signal });
    const content = await readFile(target);
    // Some feeds send compressed documents although the request did not allow that.
    const text = content[0] === 0x1f && content[1] === 0x8b ? gunzipSync(content) : content;
    return JSON.parse(text.toString('utf8')) as unknown;
  } catch (error) {
    if (errorCode(error) === 'NOT_FOUND') return undefined;
    if (!(error instanceof SyntaxError)) throw error;
    const message = l10n.t('The package feed cannot be used: {0} is not JSON ({1}).', url, errorMessage(error));
    throw new CudaError('CUDA_FEED_UNREADABLE', url, message, error);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
