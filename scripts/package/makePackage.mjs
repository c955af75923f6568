// Makes the VSIX of one platform of what is built in dist/.
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from '../childProcess.mjs';
import { bundledPackages } from './bundles.mjs';
import { thirdPartyNotices } from './notices.mjs';
import { packagedReadme } from './packagedReadme.mjs';
import { stageModules, withModules } from './packagedModules.mjs';

/** Copied as they are, where there are such. */
const copied = ['CHANGELOG.md', 'LICENSE', 'api.d.ts', 'l10n', 'media'];

/** What of package.json only the checkout needs. */
const developmentKeys = ['dependencies', 'devDependencies', 'overrides', 'private', 'scripts'];

/**
 * Makes a VSIX.
 * @param {string} root of the checkout; dist/ is built
 * @param {import('./targets.mjs').Target} target
 * @param {string} file the VSIX, absolute
 * @throws Error with what stands in the way
 */
export async function makePackage(root, target, file) {
  await withStage(root, target, async (stage) => {
    await mkdir(path.dirname(file), { recursive: true });
    await pack(root, stage, target, file);
  });
}

/**
 * Lays out what is to be packed, in a folder that goes afterwards.
 * @template T
 * @param {string} root of the checkout; dist/ is built
 * @param {import('./targets.mjs').Target} target
 * @param {(stage: string) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withStage(root, target, work) {
  const stage = await mkdtemp(path.join(tmpdir(), 'dataset-captions-package-'));
  try {
    await withModules(root, target, async (folders) => {
      await stageFiles(root, stage, target, folders);
      await stageModules(stage, target, folders);
    });
    return await work(stage);
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
}

/**
 * @param {string} root
 * @param {string} stage
 * @param {import('./targets.mjs').Target} target
 * @param {Map<string, string>} modules
 */
async function stageFiles(root, stage, target, modules) {
  const names = await readdir(root);
  for (const name of names.filter((each) => copied.includes(each) || /^package\.nls(\.[\w-]+)?\.json$/.test(each))) {
    await cp(path.join(root, name), path.join(stage, name), { recursive: true });
  }
  await cp(path.join(root, 'dist'), path.join(stage, 'dist'), { recursive: true });
  const manifest = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  const readme = await readFile(path.join(root, 'README.md'), 'utf8');
  const kept = Object.entries(manifest).filter(([key]) => !developmentKeys.includes(key));
  const bundled = await bundledPackages(root);
  /** @type {Record<string, string>} */
  const written = {
    'package.json': JSON.stringify(Object.fromEntries(kept), undefined, 2),
    'README.md': await packagedReadme(readme, root, manifest.repository !== undefined),
    'ThirdPartyNotices.txt': await thirdPartyNotices({ root, bundled, modules, target }),
    // vsce asks for one; everything in the folder is to be packed.
    '.vscodeignore': '',
  };
  for (const [name, text] of Object.entries(written)) await writeFile(path.join(stage, name), text);
}

/**
 * @param {string} root
 * @param {string} stage
 * @param {import('./targets.mjs').Target} target
 * @param {string} file
 */
async function pack(root, stage, { vsce }, file) {
  const { repository } = JSON.parse(await readFile(path.join(stage, 'package.json'), 'utf8'));
  const args = ['package', '--no-dependencies', '--out', file, ...(vsce === undefined ? [] : ['--target', vsce])];
  if (repository === undefined) args.push('--allow-missing-repository', '--no-rewrite-relative-links');
  let output = '';
  const { code } = await run(process.execPath, [path.join(root, 'node_modules/@vscode/vsce/vsce'), ...args], {
    cwd: stage,
    env: { ...process.env, NO_UPDATE_NOTIFIER: '1' },
    onOutput: (text) => (output += text),
  });
  if (code !== 0) throw new Error(`vsce could not make the package:\n${output.trim()}`);
}
