// Prepares pictures with all threads and nothing else, over and over, in the environment that the tagger's process has.
// Usage: node bench/preprocessRun.mjs <seconds> <file…>; prints images/s.
import { spawnSync } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { bundled } from './bundled.mjs';

const { fastEnvironment } = await bundled('src/protocol/child/fastEnvironment.ts');
const environment = fastEnvironment();
if (Object.keys(environment).every((name) => process.env[name] !== undefined)) {
  await measure(process.argv.slice(2));
} else {
  // What malloc and libuv read from it counts only from the start of a process.
  const args = [fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  const env = { ...environment, ...process.env };
  process.exitCode = spawnSync(process.execPath, args, { env, stdio: 'inherit' }).status ?? 1;
}

async function measure([seconds = '5', ...files]) {
  const { PreprocessPool } = await bundled('src/tagger/preprocess/PreprocessPool.ts');
  const pool = new PreprocessPool(0);
  const input = { size: 448, channelsLast: true, mode: 'exact' };
  let next = 0;
  const prepareFor = async (milliseconds) => {
    const start = performance.now();
    let done = 0;
    const worker = async () => {
      while (performance.now() - start < milliseconds) {
        // As a job does, which is done with an input once the model has seen it.
        pool.recycle(await pool.prepare(files[next++ % files.length], input));
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
}
