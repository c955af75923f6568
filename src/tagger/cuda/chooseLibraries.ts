import path from 'node:path';
import * as l10n from '@vscode/l10n';
import type { LibraryFolder, LibraryGroup } from './libraryGroups';

/** cuDNN is not linked: ONNX Runtime opens it by this name when a model has convolutions (1.29, 1.30). */
const cudnn = 'libcudnn.so.9';
/** NVIDIA's driver, which is in no Python package. */
const driver = 'libcuda.so.1';

/** By the start of a library's name, the Python package that contains it; for CUDA 12 it has the suffix `-cu12`. */
const packagesOf: Record<string, string> = {
  libcublas: 'nvidia-cublas',
  libcublasLt: 'nvidia-cublas',
  libcudart: 'nvidia-cuda-runtime',
  libcufft: 'nvidia-cufft',
  libcurand: 'nvidia-curand',
  libnvrtc: 'nvidia-cuda-nvrtc',
  libcusparse: 'nvidia-cusparse',
  libcusolver: 'nvidia-cusolver',
  libnvJitLink: 'nvidia-nvjitlink',
};

/** The folders of the CUDA libraries that ONNX Runtime's CUDA provider library needs. */
export interface ChosenLibraries {
  /** folders for `LD_LIBRARY_PATH`, in this order */
  folders: string[];
  /** names of libraries that were not found; never the driver, see {@link driverFound} */
  missing: string[];
  driverFound: boolean;
}

/** The libraries that ONNX Runtime's CUDA provider library needs. */
export interface WantedLibraries {
  /** names, cuDNN first */
  wanted: string[];
  /** the major version of CUDA that they must belong to; undefined if their names do not contain it */
  cudaMajor: number | undefined;
}

/**
 * The CUDA libraries that ONNX Runtime's CUDA provider library is linked with, and cuDNN.
 * @param needed the DT_NEEDED names of the provider library
 */
export function wantedLibraries(needed: readonly string[]): WantedLibraries {
  const linked = needed.filter((name) => /^lib(cu|nv)/.test(name) && name !== driver && name !== cudnn);
  const majors = linked.map((name) => /^lib(?:cudart|cublas|cublasLt)\.so\.(\d+)$/.exec(name)?.[1]);
  const cudaMajor = majors.find((major) => major !== undefined);
  return { wanted: [cudnn, ...linked], cudaMajor: cudaMajor === undefined ? undefined : Number(cudaMajor) };
}

/**
 * Chooses the folders of the wanted libraries: from the first group that has all of them; if there is none, from the
 * group that has most of them, and the rest from the other groups. The folder of cuDNN comes first, so that all of
 * cuDNN's libraries are loaded from it and have the same version.
 * @param isSound whether a file is a real library and not a placeholder
 */
export async function chooseLibraries(
  { wanted, cudaMajor }: WantedLibraries,
  groups: readonly LibraryGroup[],
  isSound: (file: string) => Promise<boolean>,
): Promise<ChosenLibraries> {
  const search = async (group: LibraryGroup, name: string): Promise<LibraryFolder | undefined> => {
    for (const folder of group) {
      if (name === cudnn && (folder.cudnnFor ?? cudaMajor) !== cudaMajor) continue;
      if (folder.names.has(name) && (await isSound(path.join(folder.folder, name)))) return folder;
    }
    return undefined;
  };
  const found = await Promise.all(
    groups.map(
      async (group) =>
        new Map(await Promise.all(wanted.map(async (name) => [name, await search(group, name)] as const))),
    ),
  );
  const count = (map: ReadonlyMap<string, LibraryFolder | undefined>): number =>
    wanted.filter((name) => map.get(name) !== undefined).length;
  // The sort is stable: among groups with the same count, the first one wins.
  const best = [...found].sort((a, b) => count(b) - count(a));
  const places = new Map(
    wanted.map((name) => [name, best.map((map) => map.get(name)).find((place) => place !== undefined)]),
  );
  const driverPlace = (await Promise.all(groups.slice(0, 1).map((group) => search(group, driver))))[0];
  const folders = [...places.values(), driverPlace].filter((place) => place?.implicit === false);
  return {
    folders: [...new Set(folders.map((place) => place?.folder ?? ''))],
    missing: wanted.filter((name) => places.get(name) === undefined),
    driverFound: driverPlace !== undefined,
  };
}

/**
 * What is missing and how to get it, in one sentence.
 * @param missing names of libraries, at least one
 * @param cudaMajor the major version of CUDA that they must belong to
 * @param groups all groups that were searched, to name a wrong version that is installed
 */
export function missingLibrariesSentence(
  missing: readonly string[],
  cudaMajor: number | undefined,
  groups: readonly LibraryGroup[],
): string {
  const packages = new Set(missing.map((name) => packageOf(name, cudaMajor)).filter((name) => name !== undefined));
  const present = otherMajors(missing, cudaMajor, groups);
  const version = cudaMajor === undefined ? 'CUDA' : `CUDA ${cudaMajor}`;
  const values = [version, joinNames(missing), joinNames(present.map(String))] as const;
  const [one, other] = [missing.length === 1, present.length > 0];
  const sentence = other
    ? one
      ? l10n.t(
          "ONNX Runtime's CUDA libraries need {0} and cuDNN 9 (this machine has CUDA {2}), but {1} is missing",
          ...values,
        )
      : l10n.t(
          "ONNX Runtime's CUDA libraries need {0} and cuDNN 9 (this machine has CUDA {2}), but {1} are missing",
          ...values,
        )
    : one
      ? l10n.t("ONNX Runtime's CUDA libraries need {0} and cuDNN 9, but {1} is missing", ...values)
      : l10n.t("ONNX Runtime's CUDA libraries need {0} and cuDNN 9, but {1} are missing", ...values);
  if (packages.size === 0) return sentence;
  const named = [...packages].join(' ');
  return one
    ? l10n.t('{0}; install it with: pip install {1}', sentence, named)
    : l10n.t('{0}; install them with: pip install {1}', sentence, named);
}

function packageOf(library: string, cudaMajor: number | undefined): string | undefined {
  if (cudaMajor === undefined) return undefined;
  if (library === cudnn) return `nvidia-cudnn-cu${cudaMajor}`;
  const name = packagesOf[library.split('.', 1)[0] ?? ''];
  // From CUDA 13 on, names have no suffix: pin the version, except for packages that do not use CUDA's version numbers.
  if (name === undefined || cudaMajor < 13) return name === undefined ? undefined : `${name}-cu${cudaMajor}`;
  return ['nvidia-cufft', 'nvidia-curand'].includes(name) ? name : `"${name}==${cudaMajor}.*"`;
}

/** If the CUDA runtime is missing: the major versions of it that are installed instead. */
function otherMajors(
  missing: readonly string[],
  cudaMajor: number | undefined,
  groups: readonly LibraryGroup[],
): number[] {
  if (!missing.some((name) => /^lib(cudart|cublas)/.test(name))) return [];
  const majors = groups
    .flat()
    .flatMap(({ names }) => [...names])
    .map((name) => /^lib(?:cudart|cublas)\.so\.(\d+)$/.exec(name)?.[1])
    .filter((major) => major !== undefined)
    .map(Number);
  return [...new Set(majors)].filter((major) => major !== cudaMajor).sort((a, b) => a - b);
}

function joinNames(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : l10n.t('{0} and {1}', names.slice(0, -1).join(', '), last);
}
