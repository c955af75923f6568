// Writes the licence notices of everything in a package that others made.
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import spdxLicences from 'spdx-license-list/full.js';

const ownTexts = fileURLToPath(new URL('licences/', import.meta.url));

/** Licences that may be in a package of ours. The LGPL's are of libraries that stay files of their own, to be replaced by others. */
const allowed = new Set(['MIT', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'LGPL-3.0-or-later']);

/** Where the text is of those whose package has none; checked by hand against what their authors publish. */
const textsElsewhere = [
  { packages: /^onnxruntime-(node|common)$/, files: ['onnxruntime.txt'] },
  { packages: /^@microsoft\/fast-/, files: ['fast.txt'] },
  { packages: /^@vscode\/l10n$/, files: ['vscode-l10n.txt'] },
  { packages: /^@lit-labs\/ssr-dom-shim$/, from: 'lit' },
];

/**
 * The libraries inside libvips' binaries: their licences by the names in the table of sharp's packages. What each library's
 * authors publish is in licences/libvips, as it was in November 2026.
 */
const libraryLicences = {
  LGPLv3: ['LGPL-3.0-or-later', 'GPL-3.0-or-later'],
  'MIT License': ['MIT'],
  'BSD 2-Clause': ['BSD-2-Clause'],
  'BSD 3-Clause': ['BSD-3-Clause'],
  'New BSD License': ['BSD-3-Clause'],
  'Mozilla Public License 1.1': ['MPL-1.1'],
  'Mozilla Public License 2.0': ['MPL-2.0'],
  'fontconfig License': ['HPND'],
  'freetype License': ['FTL'],
  'libpng License': ['libpng-2.0'],
  'libtiff License': ['libtiff'],
  'zlib License': ['Zlib'],
  'IJG License': ['IJG'],
};

/** The licences whose text is the same for whatever is under them: a library has to bring none of its own. */
const fixedTexts = new Set(['LGPL-3.0-or-later', 'GPL-3.0-or-later', 'MPL-1.1', 'MPL-2.0']);

/**
 * @typedef {{ title: string, licence: string, text: string }} Notice
 */

/**
 * The text of `ThirdPartyNotices.txt`.
 * @param {{ root: string, bundled: Iterable<string>, modules: Map<string, string>, target: import('./targets.mjs').Target }} parts
 *   `bundled`: folders of the packages in the bundles, relative to the root; `modules`: folders of those packed as they are
 * @throws Error that names every package without a licence text, or with a licence that is not allowed
 */
export async function thirdPartyNotices({ root, bundled, modules, target }) {
  const folders = new Set([...[...bundled].map((folder) => path.join(root, folder)), ...modules.values()]);
  /** @type {Notice[]} */
  const notices = [];
  /** @type {string[]} */
  const problems = [];
  const tables = new Set();
  for (const folder of folders) {
    const { name, version, license } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
    const title = `${name} ${version}`;
    if (!isAllowed(license)) problems.push(`${title}: the licence ${license} is not on the list of those allowed`);
    const texts = [...(await licenceTexts(root, name, folder))];
    const readme = await readFile(path.join(folder, 'README.md'), 'utf8').catch(() => '');
    const table = libraryTable(readme);
    if (table !== undefined) {
      tables.add(table);
      texts.push(
        `It contains the libraries of the following table; see "Licences of the libraries in libvips" below.\n\n${table}`,
      );
    }
    if (texts.length === 0) problems.push(`${title}: the package has no licence text`);
    notices.push({ title, licence: license, text: texts.join('\n\n') });
  }
  if (modules.has('onnxruntime-node')) notices.push(...(await runtimeNotices(target.platform?.os === 'win32')));
  if (tables.size > 0) notices.push(await libraryNotice([...tables], problems));
  if (problems.length > 0) throw new Error(`The licence notices are not complete.\n${problems.join('\n')}`);
  return write(notices);
}

/** @param {Notice[]} notices */
function write(notices) {
  const line = '='.repeat(80);
  const sorted = notices.toSorted((a, b) => (a.title < b.title ? -1 : 1));
  const list = sorted.map(({ title, licence }) => `- ${title} (${licence})`).join('\n');
  const texts = sorted.map(({ title, licence, text }) => `${line}\n${title}\n${licence}\n${line}\n\n${text.trim()}\n`);
  const intro =
    'Third-party notices\n\nDataset Captions contains, or comes with, the following software of others, under the licences that follow.\n' +
    'The libraries under the LGPL are shared libraries or WebAssembly files below dist/node_modules/@img; each may be replaced by\n' +
    'another build of the same interface. Their source code: https://github.com/lovell/sharp-libvips names it, version by version.';
  return `${intro}\n\n${list}\n\n${texts.join('\n')}`.replaceAll('\r\n', '\n');
}

/**
 * Whether an SPDX expression is allowed: one side of each OR, both of each AND.
 * @param {unknown} expression
 */
export function isAllowed(expression) {
  if (typeof expression !== 'string') return false;
  const plain = expression.replace(/^\((.*)\)$/, '$1');
  if (plain.includes(' OR ')) return plain.split(' OR ').some(isAllowed);
  return plain.split(' AND ').every((name) => allowed.has(name));
}

/**
 * @param {string} root
 * @param {string} name
 * @param {string} folder
 * @returns {Promise<string[]>}
 */
async function licenceTexts(root, name, folder) {
  const names = await readdir(folder);
  const own = names.filter(
    (file) => /^(licen[cs]e|copying|notice)([-.]|$)/i.test(file) && !/\.(js|ts|html)$/i.test(file),
  );
  if (own.length > 0) return Promise.all(own.map((file) => readFile(path.join(folder, file), 'utf8')));
  const elsewhere = textsElsewhere.find(({ packages }) => packages.test(name));
  if (elsewhere?.from !== undefined)
    return licenceTexts(root, elsewhere.from, path.join(root, 'node_modules', elsewhere.from));
  return Promise.all((elsewhere?.files ?? []).map(ownText));
}

/** @param {boolean} windows */
async function runtimeNotices(windows) {
  const notices = [
    {
      title: 'ONNX Runtime: what is in its libraries',
      licence: 'third-party notices of ONNX Runtime 1.30.0',
      text: await ownText('onnxruntime-ThirdPartyNotices.txt'),
    },
  ];
  if (!windows) return notices;
  return [
    ...notices,
    { title: 'DirectML.dll', licence: 'Microsoft Software License Terms', text: await ownText('DirectML.txt') },
    {
      // The sources of dxil.dll are the compiler's since release 1.8.2502, of which these files are.
      title: 'DirectX Shader Compiler (dxcompiler.dll, dxil.dll)',
      licence: 'NCSA',
      text: await ownText('DirectXShaderCompiler.txt'),
    },
  ];
}

/** The table of the libraries in a binary of libvips, in the README of sharp's packages. @param {string} readme */
function libraryTable(readme) {
  return /^\| Library .*(\n\|.*)+/m.exec(readme)?.[0];
}

/**
 * @param {string[]} tables
 * @param {string[]} problems gets those licences that are not known here, and libraries whose licence text is not
 * @returns {Promise<Notice>}
 */
async function libraryNotice(tables, problems) {
  const ids = new Set();
  /** @type {Map<string, string>} */
  const texts = new Map();
  for (const row of tables.flatMap((table) => table.split('\n').slice(2))) {
    const [, library = '', terms = ''] = row.split('|').map((cell) => cell.trim());
    const known = Object.entries(libraryLicences).filter(([name]) => terms.includes(name));
    if (known.length === 0) problems.push(`${library} in libvips: the licence ${terms} is not known`);
    const own = known.flatMap(([, found]) => found);
    for (const id of own) ids.add(id);
    const text = await ownText(`libvips/${library}.txt`).catch(() => undefined);
    if (text !== undefined) texts.set(library, text);
    else if (!own.every((id) => fixedTexts.has(id))) problems.push(`${library} in libvips: it has no licence text`);
  }
  const sorted = [...ids].sort();
  const fixed = sorted
    .filter((id) => fixedTexts.has(id))
    .map((id) => {
      const licence = spdxLicences[id];
      if (licence === undefined) problems.push(`The list of SPDX licences has no ${id}.`);
      return `--- ${licence?.name} (${id})\n\n${licence?.licenseText.trim()}`;
    });
  const libraries = [...texts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, text]) => `--- ${name}\n\n${text.trim()}`);
  return {
    title: 'Licences of the libraries in libvips',
    licence: sorted.join(', '),
    text: [...libraries, ...fixed].join('\n\n'),
  };
}

/** @param {string} file */
function ownText(file) {
  return readFile(path.join(ownTexts, file), 'utf8');
}
