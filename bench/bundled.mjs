import { rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/**
 * Imports a module of the program that no script of it exports. It lies beside the built program while it is loaded, so
 * that it finds what is there.
 * @param {string} entry such as `src/protocol/child/TaggerProcess.ts`
 * @returns {Promise<any>} what it exports
 */
export async function bundled(entry) {
  const file = path.join(root, `dist/bench-${path.basename(entry, '.ts')}-${process.pid}.cjs`);
  await build({
    entryPoints: [path.join(root, entry)],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['sharp', 'onnxruntime-node', 'playwright-core'],
    logLevel: 'warning',
  });
  try {
    return (await import(pathToFileURL(file).href)).default;
  } finally {
    await rm(file, { force: true });
  }
}
