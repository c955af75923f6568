// What of node_modules goes into a package: all else is bundled by esbuild.
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runNpm } from '../childProcess.mjs';
import { wasmPackage } from './targets.mjs';

/** Where the modules lie in a package: beside the bundles, where Node looks first, and where vsce takes them as they are. */
export const modulesFolder = 'dist/node_modules';

/** Of these packages what is needed at run time, by what the paths of the files look like. */
const commonModules = {
  sharp: [/^dist\/\w+\.cjs$/],
  'detect-libc': [/^lib\/[\w-]+\.js$/],
  semver: [/^(classes|functions|internal|ranges)\/[\w-]+\.js$/, /^index\.js$/],
  '@img/colour': [/^\w+\.cjs$/],
  [wasmPackage]: [/^index\.cjs$/, /^versions\.json$/, /^lib\/sharp-wasm32-[\d.]+\.node\.(js|wasm)$/],
  '@emnapi/runtime': [/^index\.js$/, /^dist\/emnapi\.cjs(\.min)?\.js$/],
};

/** How to find the CUDA libraries of the very same version stands in `install-metadata`. The rest of `script` installs them. */
const runtimeModules = {
  'onnxruntime-node': [/^dist\/\w+\.js$/, /^script\/install-metadata(-versions)?\.js$/],
  'onnxruntime-common': [/^dist\/cjs\/([\w-]+\.js|package\.json)$/],
};

const sharpModule = [
  /^index\.cjs$/,
  /^versions\.json$/,
  /^lib\/index\.js$/,
  /^lib\/[\w-]+-\d+\.\d+\.\d+\.node$/,
  /^lib\/libvips-[\w-]+?(\.so\.[\d.]+|\.[\d.]+\.dylib|-[\d.]+\.dll|\.dll)$/,
];

/** Each package has them where its authors put them. */
const everyModule = [/^package\.json$/, /^(licen[cs]e|copying|notice)(\.(md|txt))?$/i];

/**
 * The modules of a package for a target, and of each the files that may be in it.
 * @param {import('./targets.mjs').Target} target
 * @returns {Map<string, RegExp[]>}
 */
export function modulesOf({ packages, runtime }) {
  /** @type {[string, RegExp[]][]} */
  const modules = [
    ...Object.entries(commonModules),
    ...packages.map((name) => /** @type {const} */ ([name, sharpModule])),
  ].map(([name, files]) => [name, [...everyModule, ...files]]);
  if (runtime !== undefined) {
    // macOS gets the same library twice; what links it asks for this name.
    const native = new RegExp(
      `^bin/napi-v6/${runtime}/(onnxruntime_binding\\.node|libonnxruntime\\.(so\\.1|1\\.dylib)|(onnxruntime|DirectML|dxcompiler|dxil)\\.dll)$`,
    );
    for (const [name, files] of Object.entries(runtimeModules)) {
      modules.push([name, [...everyModule, ...files, ...(name === 'onnxruntime-node' ? [native] : [])]]);
    }
  }
  return new Map(modules);
}

/**
 * Finds the modules of a package. Those of another platform are installed for it, at the versions of the lock file.
 * @template T
 * @param {string} root of the checkout
 * @param {import('./targets.mjs').Target} target
 * @param {(folders: Map<string, string>) => Promise<T>} work gets the folder of each, which may go when it is done
 * @returns {Promise<T>}
 */
export async function withModules(root, target, work) {
  const names = [...modulesOf(target).keys()];
  const installed = (/** @type {string} */ name) => path.join(root, 'node_modules', name);
  const absent = names.filter((name) => !existsSync(path.join(installed(name), 'package.json')));
  if (absent.length === 0) return work(new Map(names.map((name) => [name, installed(name)])));
  const foreign = await mkdtemp(path.join(tmpdir(), 'dataset-captions-modules-'));
  try {
    await installFor(root, foreign, target, absent);
    return await work(
      new Map(
        names.map((name) => [name, absent.includes(name) ? path.join(foreign, 'node_modules', name) : installed(name)]),
      ),
    );
  } finally {
    await rm(foreign, { recursive: true, force: true });
  }
}

/**
 * Puts of each module what is needed at run time into the folder of a package.
 * @param {string} stage folder of the package
 * @param {import('./targets.mjs').Target} target
 * @param {Map<string, string>} folders of the modules, see {@link withModules}
 */
export async function stageModules(stage, target, folders) {
  const wanted = modulesOf(target);
  for (const [name, from] of folders) {
    await copyFiles(from, path.join(stage, modulesFolder, name), wanted.get(name) ?? []);
  }
}

/**
 * @param {string} root
 * @param {string} folder an empty one
 * @param {import('./targets.mjs').Target} target
 * @param {string[]} names
 */
async function installFor(root, folder, { name: targetName, platform }, names) {
  const lock = JSON.parse(await readFile(path.join(root, 'package-lock.json'), 'utf8'));
  /** npm asks what must be there for this machine, whatever the flags say. @type {Record<string, string>} */
  const optionalDependencies = {};
  /** @type {Record<string, object>} */
  const packages = {};
  for (const name of names) {
    const locked = lock.packages[`node_modules/${name}`];
    if (locked === undefined) throw new Error(`package-lock.json has no ${name}, which ${targetName} needs.`);
    optionalDependencies[name] = locked.version;
    packages[`node_modules/${name}`] = { ...locked, optional: true };
  }
  const manifest = { name: 'modules', version: '0.0.0', optionalDependencies };
  await writeFile(path.join(folder, 'package.json'), JSON.stringify(manifest));
  await writeFile(
    path.join(folder, 'package-lock.json'),
    JSON.stringify({ ...manifest, lockfileVersion: 3, requires: true, packages: { '': manifest, ...packages } }),
  );
  const flags = platform === undefined ? [] : Object.entries(platform).map(([key, value]) => `--${key}=${value}`);
  await runNpm(['ci', '--omit=dev', '--ignore-scripts', '--prefer-offline', ...flags], folder);
  for (const name of names) {
    if (!existsSync(path.join(folder, 'node_modules', name))) {
      throw new Error(
        `npm did not install ${name}, which ${targetName} needs: package-lock.json may not name it any more.`,
      );
    }
  }
}

/**
 * @param {string} from
 * @param {string} to
 * @param {RegExp[]} wanted
 */
async function copyFiles(from, to, wanted) {
  for (const entry of await readdir(from, { recursive: true, withFileTypes: true })) {
    const file = path.relative(from, path.join(entry.parentPath, entry.name));
    const name = file.replaceAll(path.sep, '/');
    if (!entry.isFile() || !wanted.some((pattern) => pattern.test(name))) continue;
    await mkdir(path.dirname(path.join(to, file)), { recursive: true });
    await cp(path.join(from, file), path.join(to, file));
  }
}
