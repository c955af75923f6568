import path from 'node:path';
import * as l10n from '@vscode/l10n';
import type { LibraryFolder, LibraryGroup } from './libraryGroups';

/** cuDNN is not linked: ONNX Runtime opens it by this name when a model has convolutions (1.29, 1.30). */
const cudnn = 'libcudnn.so.9';
/** NVIDIA's driver, which no package brings. */
const driver = 'libcuda.so.1';

/** Python packages that bring a library, by the start of its name; for CUDA 12 with `-cu12` at the end. */
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

/** Where the CUDA libraries are that a library needs. */
export interface ChosenLibraries {
  /** for `LD_LIBRARY_PATH`, in its order */
  folders: string[];
  /** names that were found nowhere; the driver is not among them */
  missing: string[];
  driverFound: boolean;
}

/** What must be found for a provider library. */
export interface WantedLibraries {
  /** names, cuDNN first */
  wanted: string[];
  /** the version of CUDA that they must belong to; undefined where the names do not say it */
  cudaMajor: number | undefined;
}

/**
 * The CUDA libraries among those that ONNX Runtime's CUDA library is linked with, and cuDNN.
 * @param needed its DT_NEEDED names
 */
export function wantedLibraries(needed: readonly string[]): WantedLibraries {
  const linked = needed.filter((name) => /^lib(cu|nv)/.test(name) && name !== driver && name !== cudnn);
  const majors = linked.map((name) => /^lib(?:cudart|cublas|cublasLt)\.so\.(\d+)$/.exec(name)?.[1]);
  const cudaMajor = majors.find((major) => major !== undefined);
  return { wanted: [cudnn, ...linked], cudaMajor: cudaMajor === undefined ? undefined : Number(cudaMajor) };
}

/**
 * Chooses the folders of the libraries that are needed: the first group that has all of them; else the one that has
 * most, and the rest from the others. The folder of cuDNN comes first, so that its parts are of one version.
 * @param isSound whether a file is a library and no placeholder
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
  // The sort is stable: of groups with the same number, the first.
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
 * @param cudaMajor the version that they must have
 * @param groups everything that was looked at, to name a wrong version that is there
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
  // From CUDA 13 on the packages have no version in their names. cuRAND has a version of its own.
  if (name === undefined || cudaMajor < 13) return name === undefined ? undefined : `${name}-cu${cudaMajor}`;
  return ['nvidia-cufft', 'nvidia-curand'].includes(name) ? name : `"${name}==${cudaMajor}.*"`;
}

/** Major versions of the CUDA runtime that are there when the one that is needed is not. */
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
