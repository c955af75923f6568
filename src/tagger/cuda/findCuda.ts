import { access } from 'node:fs/promises';
import path from 'node:path';
import * as l10n from '@vscode/l10n';
import type { CudaEnvironment } from '../../protocol/tagging/execution';
import { errorMessage } from '../../protocol/channel/wireError';
import { chooseLibraries, missingLibrariesSentence, wantedLibraries, type ChosenLibraries } from './chooseLibraries';
import { listLibraryGroups } from './libraryGroups';
import { thisMachine, type Machine } from './Machine';
import { cudaLibrary, findOnnxRuntimePackage, nativeFolder, type OnnxRuntimePackage } from './onnxRuntimePackage';
import {
  havingCudaLibrary,
  namedProviderFolders,
  pythonProviderFolders,
  readProviderLibraries,
  runtimeAround,
  type ProviderLibraries,
} from './providerLibraries';
import { findPythonEnvironments } from './pythonEnvironments';
import { installedCopy, linkedCopy, nativeFolderOf } from './runtimeCopy';
import { looksLikeSharedLibrary } from './sharedLibrary';

/** Where CUDA is looked for. */
export interface CudaSearch {
  /** folders that the user named, searched first */
  folders: string[];
  /** where CUDA support is installed, and copies of the runtime are made */
  installFolder: string;
}

/** A runtime's CUDA libraries and the libraries of CUDA for them. */
interface Candidate {
  libraries: ProviderLibraries;
  chosen: ChosenLibraries;
}

/**
 * What this machine has to run models with CUDA: ONNX Runtime's CUDA libraries of this program's version (in the named
 * folders, in the installation, beside the runtime, in Python environments), the libraries of CUDA and cuDNN that they
 * need, and the driver. Where everything is there, but no runtime beside the CUDA libraries, a copy of the runtime is
 * made that has them beside it. Nothing is run, and no folder but `installFolder` is written to.
 * @returns with `problem` set where CUDA cannot be used; it does not throw for what a machine lacks
 */
export async function findCuda(
  { folders, installFolder }: CudaSearch,
  machine: Machine = thisMachine(),
  runtimePackage?: OnnxRuntimePackage,
): Promise<CudaEnvironment> {
  const unsupported = platformProblem(machine);
  if (unsupported !== undefined) return unusable(unsupported);
  try {
    const runtime = runtimePackage ?? (await findOnnxRuntimePackage());
    const pythons = await findPythonEnvironments(machine);
    const groups = await listLibraryGroups(machine, pythons);
    const own = [
      ...(await namedProviderFolders(folders)),
      ...(await havingCudaLibrary([nativeFolderOf(installedCopy(installFolder, runtime))])),
    ];
    const others = [
      ...(await havingCudaLibrary([path.join(runtime.folder, nativeFolder)])),
      ...(await pythonProviderFolders(pythons)),
    ];
    let problem: string | undefined;
    let otherProblem: string | undefined;
    let incomplete: Candidate | undefined;
    for (const folder of [...own, ...others]) {
      try {
        const libraries = await readProviderLibraries(folder, runtime.version);
        const wanted = wantedLibraries(libraries.needed);
        const candidate = { libraries, chosen: await chooseLibraries(wanted, groups, looksLikeSharedLibrary) };
        if (candidate.chosen.missing.length === 0 && candidate.chosen.driverFound) {
          return await environmentOf(candidate, runtime, installFolder);
        }
        if ((incomplete?.chosen.missing.length ?? Infinity) > candidate.chosen.missing.length) incomplete = candidate;
      } catch (error) {
        if (own.includes(folder)) problem ??= errorMessage(error);
        else otherProblem ??= errorMessage(error);
      }
    }
    // What the user named or installed and is broken comes first: that is what they expect to work.
    if (incomplete === undefined && problem !== undefined) return unusable(problem);
    const driverFound =
      incomplete?.chosen.driverFound ??
      (await chooseLibraries({ wanted: [], cudaMajor: undefined }, groups, looksLikeSharedLibrary)).driverFound;
    const runtimeFolder = incomplete && (await runtimeAround(incomplete.libraries.folder, runtime));
    if (!driverFound) return unusable(await driverProblem(machine), runtimeFolder);
    if (incomplete !== undefined) {
      const { libraries, chosen } = incomplete;
      return unusable(
        missingLibrariesSentence(chosen.missing, wantedLibraries(libraries.needed).cudaMajor, groups),
        runtimeFolder,
      );
    }
    return unusable(otherProblem ?? notInstalled(runtime, folders));
  } catch (error) {
    return unusable(errorMessage(error));
  }
}

/** Why there is no CUDA on another platform, and what there is instead; undefined on Linux x64. */
export function platformProblem({ platform, arch }: Pick<Machine, 'platform' | 'arch'>): string | undefined {
  if (platform === 'linux' && arch === 'x64') return undefined;
  switch (platform) {
    case 'win32':
      return l10n.t('CUDA is for Linux on x64 processors; on this machine use DirectML or WebGPU.');
    case 'darwin':
      return l10n.t('CUDA is for Linux on x64 processors; on this machine use CoreML or WebGPU.');
    default:
      return l10n.t('CUDA is for Linux on x64 processors; on this machine use the CPU.');
  }
}

async function environmentOf(
  { libraries, chosen }: Candidate,
  runtime: OnnxRuntimePackage,
  installFolder: string,
): Promise<CudaEnvironment> {
  const runtimeFolder =
    (await runtimeAround(libraries.folder, runtime)) ?? (await linkedCopy(runtime, libraries.folder, installFolder));
  return { runtimeFolder, cudaLibraryFolders: chosen.folders, problem: undefined };
}

function unusable(problem: string, runtimeFolder?: string): CudaEnvironment {
  return { runtimeFolder, cudaLibraryFolders: [], problem };
}

async function driverProblem({ systemRoot }: Machine): Promise<string> {
  const gpu = await access(path.join(systemRoot, 'proc/driver/nvidia/version')).then(
    () => true,
    () => false,
  );
  return gpu
    ? l10n.t(
        "The NVIDIA driver is loaded but its library libcuda.so.1 was not found; give the container the driver's libraries (docker run --gpus all).",
      )
    : l10n.t('There is no NVIDIA driver on this machine: libcuda.so.1 was not found.');
}

function notInstalled({ version }: OnnxRuntimePackage, folders: readonly string[]): string {
  const sentence = l10n.t(
    "ONNX Runtime's CUDA library ({0} {1}) is not on this machine; install CUDA support to get it.",
    cudaLibrary,
    version,
  );
  if (folders.length === 0) return sentence;
  return `${sentence} ${l10n.t('It is not in {0}.', folders.join(l10n.t(' or ')))}`;
}
