// Compiles the AssemblyScript of src/tagger/wasm while esbuild bundles what imports it.
import { readFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * Answers `import { bytes } from './wasm/x.wasm'` with the module compiled from `./wasm/x.ts`.
 * @type {import('esbuild').Plugin}
 */
export const wasmPlugin = {
  name: 'assemblyscript',
  setup(build) {
    build.onResolve({ filter: /\.wasm$/ }, ({ path: name, resolveDir }) => {
      const source = path.join(resolveDir, name.replace(/\.wasm$/, '.ts'));
      return { path: source, namespace: 'assemblyscript' };
    });
    build.onLoad({ filter: /.*/, namespace: 'assemblyscript' }, async ({ path: source }) => ({
      contents: `export const bytes = Buffer.from(${JSON.stringify((await compiled(source)).toString('base64'))}, 'base64');`,
      watchFiles: [source],
    }));
  },
};

/** Several bundles contain the same module, and the compiler takes a second. @type {Map<string, Promise<Buffer>>} */
const modules = new Map();

/**
 * @param {string} source
 * @returns {Promise<Buffer>}
 */
async function compiled(source) {
  const text = await readFile(source, 'utf8');
  const module = modules.get(text) ?? compile(source, text);
  modules.set(text, module);
  return module;
}

/**
 * @param {string} source
 * @param {string} text
 */
async function compile(source, text) {
  const { default: asc } = await import('assemblyscript/asc');
  /** @type {Buffer | undefined} */
  let binary;
  const name = path.basename(source);
  const options = [
    '--optimizeLevel',
    '3',
    '--enable',
    'simd',
    '--runtime',
    'stub',
    '--importMemory',
    '--initialMemory',
    '1',
  ];
  const { error, stderr } = await asc.main(
    [name, '--outFile', 'module.wasm', '--baseDir', path.dirname(source), ...options],
    {
      readFile: (file) => (file === name ? text : null),
      writeFile: (file, content) => {
        if (file === 'module.wasm') binary = Buffer.from(content);
      },
      listFiles: () => [],
    },
  );
  if (error !== null || binary === undefined) throw new Error(`${name} does not compile: ${stderr.toString()}`);
  return binary;
}
