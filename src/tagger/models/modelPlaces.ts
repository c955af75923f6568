import path from 'node:path';
import { homeFolder } from '../../base/machine/homeFolder';
import type { ModelFolders, ModelSource } from '../../protocol/tagging/modelListing';

/** What the search for models knows about this machine. */
export interface SearchScope {
  env: NodeJS.ProcessEnv;
  home: string;
  workingFolder: string;
  /** folders that programs are installed in, beside the home folder */
  programRoots: string[];
}

/** A folder that may be a model or hold models, and whose it is. */
export interface ModelPlace {
  folder: string;
  source: ModelSource;
}

/** This machine: pods keep their programs in /workspace, notebooks in /content. */
export function thisMachine(): SearchScope {
  return {
    env: process.env,
    // Without one, as with the home folder `/` that containers set.
    home: homeFolder() ?? path.parse(process.cwd()).root,
    workingFolder: process.cwd(),
    programRoots: process.platform === 'win32' ? [] : ['/workspace', '/opt', '/content', '/root'],
  };
}

interface Program {
  source: ModelSource;
  /** names that its folder usually has */
  folders: string[];
  /** where its models are, from its folder */
  models: string[];
}

const programs: Program[] = [
  {
    source: 'sd-scripts',
    folders: ['sd-scripts', 'kohya_ss', 'kohya_ss/sd-scripts', 'kohya-ss', 'lora-scripts'],
    models: ['wd14_tagger_model'],
  },
  {
    source: 'comfyui',
    folders: ['ComfyUI', 'comfyui', 'ComfyUI_windows_portable/ComfyUI'],
    models: [
      'custom_nodes/ComfyUI-WD14-Tagger/models',
      'custom_nodes/comfyui-wd14-tagger/models',
      'models/wd14_tagger',
    ],
  },
  {
    source: 'webui',
    folders: ['stable-diffusion-webui', 'stable-diffusion-webui-forge', 'stable-diffusion-webui-reForge', 'automatic'],
    models: ['models/interrogators'],
  },
  { source: 'taggui', folders: ['taggui', 'TagGUI'], models: ['models'] },
];

/** All folders that are searched, in the order in which a model in several of them is taken. */
export function modelPlaces(folders: ModelFolders, scope: SearchScope): ModelPlace[] {
  const places: ModelPlace[] = [
    { folder: path.resolve(folders.downloadFolder), source: 'download' },
    ...hubCacheRoots(scope).map((folder) => ({ folder, source: 'hub-cache' as const })),
    ...programPlaces(scope),
    ...folders.extraFolders.flatMap((folder) => extraPlaces(expandPath(folder, scope))),
  ];
  const seen = new Set<string>();
  return places.filter(({ folder }) => !seen.has(folder) && seen.add(folder));
}

/**
 * The roots of Hugging Face hub caches by huggingface_hub's rules: `HF_HUB_CACHE`, `HUGGINGFACE_HUB_CACHE`,
 * `HF_HOME/hub`, `XDG_CACHE_HOME/huggingface/hub`, `~/.cache/huggingface/hub`. All of them count, not only the first:
 * what filled the cache may have had another environment.
 */
export function hubCacheRoots(scope: SearchScope): string[] {
  const { env } = scope;
  const named = (name: string, ...rest: string[]): string[] => {
    const value = env[name];
    return value === undefined || value === '' ? [] : [path.join(expandPath(value, scope), ...rest)];
  };
  return [
    ...named('HF_HUB_CACHE'),
    ...named('HUGGINGFACE_HUB_CACHE'),
    ...named('HF_HOME', 'hub'),
    ...named('XDG_CACHE_HOME', 'huggingface', 'hub'),
    path.join(scope.home, '.cache/huggingface/hub'),
    // Pods point HF_HOME here, but a remote editor does not get the container's environment.
    ...scope.programRoots.flatMap((root) => [
      path.join(root, '.cache/huggingface/hub'),
      path.join(root, 'huggingface/hub'),
    ]),
  ];
}

/** An absolute path from one with `~`, `$NAME` or `${NAME}`. Names that are not set stay as they are. */
export function expandPath(text: string, { env, home, workingFolder }: SearchScope): string {
  const expanded = text
    .replace(/^~(?=$|[/\\])/, () => home)
    .replace(/\$(?:(\w+)|\{(\w+)\})/g, (whole, plain?: string, braced?: string) => env[plain ?? braced ?? ''] ?? whole);
  return path.resolve(workingFolder, expanded);
}

function programPlaces(scope: SearchScope): ModelPlace[] {
  // sd-scripts makes its folder where it is started, so the roots themselves count as programs, too.
  const roots = [...new Set([scope.workingFolder, scope.home, ...scope.programRoots])];
  return programs.flatMap(({ source, folders, models }) =>
    roots.flatMap((root) =>
      ['', ...folders].flatMap((folder) =>
        models
          // `models` alone says nothing about whose it is.
          .filter((model) => folder !== '' || model !== 'models')
          .map((model) => ({ folder: path.join(root, folder, model), source })),
      ),
    ),
  );
}

/** A folder that the user named: a model, a folder of models, or one of the programs. */
function extraPlaces(folder: string): ModelPlace[] {
  const inPrograms = programs.flatMap(({ models }) => models.map((model) => path.join(folder, model)));
  return [folder, ...inPrograms].map((place) => ({ folder: place, source: 'extra-folder' }));
}
