// Compares what is in a VSIX with what may be in it, and must.
import { open, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { bundleSizes } from './bundles.mjs';
import { modulesFolder, modulesOf } from './packagedModules.mjs';
import { filesIn, headLength } from './vsix.mjs';

/** Bytes: what an extension that is installed over a slow line may weigh, and of it what every window loads at its start. */
const largest = { package: 45e6, extension: 560e3, webview: 400e3, start: 10e3 };

const bundles = [
  'captionerMain',
  'cli',
  'csvParse',
  'undici',
  'extension',
  'heartbeatWorker',
  'main',
  'preprocessWorker',
  'providerTrial',
  'runner',
  'lookupWorker',
  'scanWorker',
  'tagger',
  'webview',
  'writeWorker',
];

/** Every package has these. */
const required = [
  ...['package.json', 'package.nls.json', 'readme.md', 'changelog.md', 'LICENSE.txt', 'ThirdPartyNotices.txt'],
  ...['media/dataset.svg', 'media/dataset-light.svg', 'media/icon.png', 'dist/sample/5_scenery/alps.jpg'],
  ...['dist/models/palette/model.onnx', 'dist/models/palette/selected_tags.csv'],
  ...bundles.map((name) => `dist/${name}.js`),
];

/** It may have these, too. */
const optional = [
  /^package\.nls\.[\w-]+\.json$/,
  /^l10n\/bundle\.l10n(\.[\w-]+)?\.json$/,
  /^api\.d\.ts$/,
  /^docs\/[\w-]+\.md$/,
  /^dist\/sample\/\w+\/[\w ]+\.(jpg|png|webp|txt)$/,
  /^media\/([\w-]+\/)*[\w-]+\.(svg|png|md)$/,
];

/**
 * Checks a VSIX against the allow-list, the machine of its native files and the limits of size.
 * @param {string} root of the checkout it was made of
 * @param {import('./targets.mjs').Target} target
 * @param {string} file
 * @returns {Promise<{ problems: string[], report: string }>}
 */
export async function checkPackage(root, target, file) {
  const files = await filesIn(file);
  const { size } = await stat(file);
  const sizes = await bundleSizes(root);
  const problems = [
    ...unexpected(
      target,
      files.map(({ name }) => name),
    ),
    ...foreignBinaries(target, files),
    ...tooLarge(`${target.name}, packed`, size, largest.package),
    ...tooLarge('dist/extension.js', sizes.start, largest.start),
    ...tooLarge('dist/extension.js and dist/main.js', sizes.extension, largest.extension),
    ...tooLarge("dist/webview.js without the toolkit's share", sizes.webview, largest.webview),
  ];
  return { problems, report: describe(target, size, files, sizes) };
}

/**
 * Checks what is laid out to be packed, as {@link checkPackage} does what was packed.
 * @param {import('./targets.mjs').Target} target
 * @param {string} stage
 * @returns {Promise<string[]>} problems
 */
export async function checkStage(target, stage) {
  /** @type {import('./vsix.mjs').VsixFile[]} */
  const files = [];
  for (const entry of await readdir(stage, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    const name = path.relative(stage, file).replaceAll(path.sep, '/');
    if (!entry.isFile() || name === '.vscodeignore') continue;
    files.push({ name: renamedByVsce.get(name) ?? name, size: 0, packed: 0, head: await headOfFile(file) });
  }
  return [
    ...unexpected(
      target,
      files.map((file) => file.name),
    ),
    ...foreignBinaries(target, files),
  ];
}

const renamedByVsce = new Map([
  ['README.md', 'readme.md'],
  ['CHANGELOG.md', 'changelog.md'],
  ['LICENSE', 'LICENSE.txt'],
]);

/** @param {string} file */
async function headOfFile(file) {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(headLength), 0, headLength, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/**
 * What is in a package and may not be, and what must be and is not.
 * @param {import('./targets.mjs').Target} target
 * @param {string[]} names
 */
function unexpected(target, names) {
  const modules = modulesOf(target);
  const known = [...modules.keys()].map((name) => `${modulesFolder}/${name}/`);
  const mayBe = (/** @type {string} */ name) => {
    if (required.includes(name) || optional.some((pattern) => pattern.test(name))) return true;
    const folder = known.find((prefix) => name.startsWith(prefix));
    if (folder === undefined) return false;
    const wanted = modules.get(folder.slice(modulesFolder.length + 1, -1)) ?? [];
    return wanted.some((pattern) => pattern.test(name.slice(folder.length)));
  };
  return [
    ...names.filter((name) => !mayBe(name)).map((name) => `${target.name}: ${name} is not on the allow-list`),
    ...required.filter((name) => !names.includes(name)).map((name) => `${target.name}: ${name} is missing`),
    ...known
      .filter((folder) => !names.includes(`${folder}package.json`))
      .map((folder) => `${target.name}: ${folder} is missing`),
  ];
}

/**
 * Executables of another system or processor, by their headers, and a package without those that it is made for.
 * @param {import('./targets.mjs').Target} target
 * @param {import('./vsix.mjs').VsixFile[]} files
 */
function foreignBinaries({ name: targetName, binary, runtime }, files) {
  const found = files.flatMap(({ name, head }) => {
    const kind = executableKind(head);
    return kind === undefined ? [] : [{ name, kind }];
  });
  const wanted = binary === undefined ? undefined : `${binary.format} ${binary.machine}`;
  const missing = (runtime === undefined ? [] : ['onnxruntime_binding.node', 'sharp-']).filter(
    (part) => !found.some(({ name, kind }) => kind === wanted && name.includes(part) && name.endsWith('.node')),
  );
  return [
    ...found
      .filter(({ kind }) => kind !== wanted)
      .map(({ name, kind }) => `${targetName}: ${name} is for another machine (${kind})`),
    ...missing.map((part) => `${targetName}: there is no native file ${part}*`),
  ];
}

/**
 * The format and machine of an executable; undefined for all other files.
 * @param {Buffer} head
 */
function executableKind(head) {
  if (head.length < 64) return undefined;
  if (head.readUInt32BE(0) === 0x7f_45_4c_46) return `elf ${head.readUInt16LE(18)}`;
  if (head.readUInt32LE(0) === 0xfe_ed_fa_cf) return `macho ${head.readUInt32LE(4)}`;
  if (head.readUInt32BE(0) === 0xca_fe_ba_be) return 'macho of several machines';
  if (head.toString('latin1', 0, 2) !== 'MZ') return undefined;
  const header = head.readUInt32LE(60);
  return header + 6 <= head.length ? `pe ${head.readUInt16LE(header + 4)}` : 'pe';
}

/**
 * @param {string} what
 * @param {number} bytes
 * @param {number} limit
 */
function tooLarge(what, bytes, limit) {
  return bytes <= limit ? [] : [`${what}: ${megabytes(bytes)} are more than ${megabytes(limit)}`];
}

/**
 * @param {import('./targets.mjs').Target} target
 * @param {number} size
 * @param {import('./vsix.mjs').VsixFile[]} files
 * @param {{ start: number, extension: number, webview: number, toolkit: number }} sizes
 */
function describe(target, size, files, { start, extension, webview, toolkit }) {
  const unpacked = files.reduce((sum, file) => sum + file.size, 0);
  const parts = files.toSorted((a, b) => b.packed - a.packed).slice(0, 6);
  return [
    `${target.name}: ${megabytes(size)} packed, ${megabytes(unpacked)} unpacked, ${files.length} files; the largest, packed:`,
    ...parts.map((file) => `  ${megabytes(file.packed).padStart(9)}  ${file.name}`),
    `bundles, minified: extension.js ${kilobytes(start)}, with main.js ${kilobytes(extension)}, webview.js ${kilobytes(webview)} and ${kilobytes(toolkit)} of the toolkit`,
  ].join('\n');
}

/** @param {number} bytes */
function megabytes(bytes) {
  return bytes < 1e6 ? kilobytes(bytes) : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** @param {number} bytes */
function kilobytes(bytes) {
  return `${(bytes / 1e3).toFixed(0)} kB`;
}
