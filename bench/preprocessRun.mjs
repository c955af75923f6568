// Prepares pictures with all threads and nothing else, over and over. Usage: node bench/preprocessRun.mjs <seconds>
// <file…>; prints images/s.
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { performance } from 'node:perf_hooks';
import { build } from 'esbuild';
import { root } from './measure.mjs';

const [seconds = '5', ...files] = process.argv.slice(2);
// Beside the thread's script, which it finds by that.
const bundle = path.join(root, `dist/bench-pool-${process.pid}.cjs`);
await build({
  entryPoints: [path.join(root, 'src/tagger/PreprocessPool.ts')],
  outfile: bundle,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  external: ['sharp', 'onnxruntime-node'],
});
try {
  const { PreprocessPool } = (await import(pathToFileURL(bundle).href)).default;
  const pool = new PreprocessPool(0);
  const input = { size: 448, channelsLast: true, mode: 'exact' };
  let next = 0;
  const prepareFor = async (milliseconds) => {
    const start = performance.now();
    let done = 0;
    const worker = async () => {
      while (performance.now() - start < milliseconds) {
        await pool.prepare(files[next++ % files.length], input);
        done++;
      }
    };
    // As a job does: enough in work that no thread ever waits.
    await Promise.all(Array.from({ length: pool.threads + 2 }, worker));
    return (done * 1000) / (performance.now() - start);
  };
  await prepareFor(500);
  console.log(await prepareFor(Number(seconds) * 1000));
  await pool.close();
} finally {
  await rm(bundle, { force: true });
}
