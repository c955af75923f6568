// What esbuild says of the bundles: out/bundles.json, which each build writes.
import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** Chrome that the extension needs and did not write: what the webview's bundle has of the toolkit and of what that brings. */
const ownWebviewPackages = /^node_modules\/(lit|lit-html|lit-element|@lit\/[\w-]+|@lit-labs\/[\w-]+)\//;

/** @param {string} root */
async function readMetafile(root) {
  return JSON.parse(await readFile(path.join(root, 'out/bundles.json'), 'utf8'));
}

/**
 * The folders of the packages that are bundled, relative to the root. The compiler of the WebAssembly in the bundles adds parts
 * of its standard library, which esbuild does not see.
 * @param {string} root
 * @returns {Promise<Set<string>>}
 */
export async function bundledPackages(root) {
  const { inputs } = await readMetafile(root);
  const folders = Object.keys(inputs).flatMap((file) => /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []);
  return new Set([...folders, 'node_modules/assemblyscript']);
}

/**
 * Sizes of the minified bundles in bytes.
 * @param {string} root
 * @returns {Promise<{ start: number, extension: number, webview: number, toolkit: number }>} `start`: what a window loads at its
 *   start, part of `extension`; `webview` without `toolkit`, the toolkit's share
 */
export async function bundleSizes(root) {
  const { outputs } = await readMetafile(root);
  const { bytes, inputs } = outputs['dist/webview.js'];
  let toolkit = 0;
  for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
    if (file.startsWith('node_modules/') && !ownWebviewPackages.test(file)) toolkit += bytesInOutput;
  }
  const start = outputs['dist/extension.js'].bytes;
  return { start, extension: start + outputs['dist/main.js'].bytes, webview: bytes - toolkit, toolkit };
}
