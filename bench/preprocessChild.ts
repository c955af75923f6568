// Prepares images as often as it is told to, with the product's own threads, and says what that cost.
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import type { PreparedInput } from '../src/tagger/preprocess/modelInput';
import { fastDifference } from '../src/tagger/preprocess/prepareImage';
import { PreprocessPool } from '../src/tagger/preprocess/PreprocessPool';

type Order =
  { kind: 'prepare'; path: string; mode: PreparedInput['mode']; count: number } | { kind: 'difference'; path: string };

const size = 448;
const [threads, dist] = [Number(process.argv[2]), process.argv[3] ?? ''];
const pool = new PreprocessPool(threads, { workerFile: path.join(dist, 'preprocessWorker.js') });

process.on('message', (order: Order) => {
  void answer(order).then((result) => process.send?.(result));
});
process.on('disconnect', () => process.exit());

async function answer(order: Order): Promise<object> {
  try {
    if (order.kind === 'difference') return await fastDifference(order.path, size);
    const input: PreparedInput = { size, channelsLast: true, mode: order.mode };
    const cpu = process.cpuUsage();
    const start = performance.now();
    await Promise.all(Array.from({ length: order.count }, () => pool.prepare(order.path, input)));
    const wall = performance.now() - start;
    const { user, system } = process.cpuUsage(cpu);
    return { wallMs: wall / order.count, cpuMs: (user + system) / 1000 / order.count };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}
