// What it costs to make an image what a model takes: exact and fast, on one core and on all, beside Pillow.
import { build } from 'esbuild';
import { fork, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism, cpus } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import sharp from 'sharp';
import { wasmPlugin } from '../scripts/compileWasm.mjs';
import { benchImages } from './images.mjs';

/**
 * @typedef {{ wallMs: number, cpuMs: number }} Cost of one image, in milliseconds of time and of all threads' work
 * @typedef {{ ask: (order: object) => Promise<any>, end: () => void }} Child
 */

/**
 * Measures in rounds, so that whatever else the machine does hits all alike, and keeps the best round of each.
 * @param {{ root: string, seconds: number }} options
 */
export async function measure({ root, seconds }) {
  const images = await benchImages();
  const environment = await buildChild(root);
  const alone = startNode(root, environment, 1, true);
  const all = startNode(root, environment, 0, false);
  const pillow = await startPillow();
  try {
    const rows = images.map((image) => ({
      ...image,
      path: undefined,
      file: path.basename(image.path),
      /** @type {Record<string, Cost>} */
      best: {},
      fastDifference: { largest: 0, mean: 0 },
    }));
    const end = performance.now() + seconds * 1000;
    for (let round = 0; round === 0 || performance.now() < end; round++) {
      for (const [i, { path: file, megapixels }] of images.entries()) {
        const row = rows[i];
        const count = Math.max(2, Math.round(8 / megapixels));
        const kept = { kind: 'prepare', path: file, count };
        await keepBest(row.best, 'exact', alone.ask({ ...kept, mode: 'exact' }));
        if (pillow !== undefined) await keepBest(row.best, 'pillow', pillow.child.ask({ path: file, count }));
        await keepBest(row.best, 'fast', alone.ask({ ...kept, mode: 'fast' }));
        const many = count * availableParallelism();
        await keepBest(row.best, 'exactAllCores', all.ask({ ...kept, count: many, mode: 'exact' }));
        if (round === 0) row.fastDifference = await alone.ask({ kind: 'difference', path: file });
      }
    }
    return {
      machine: { processor: cpus()[0]?.model, cores: availableParallelism(), pinned: canPin() },
      versions: {
        node: process.version,
        sharp: sharp.versions.sharp,
        vips: sharp.versions.vips,
        ...(pillow === undefined ? {} : pillow.versions),
      },
      rows: rows.map(({ best, ...row }) => ({ ...row, ...best, ...rates(best) })),
    };
  } finally {
    for (const child of [alone, all, pillow?.child]) child?.end();
  }
}

/**
 * The result as a table for people.
 * @param {Awaited<ReturnType<typeof measure>>} result
 */
export function describe({ machine, versions, rows }) {
  const head = 'image            exact ms   fast ms  Pillow ms  exact/s per core  fast/s per core  exact/s all cores';
  const lines = rows.map((row) => {
    const cells = [
      `${row.megapixels} MP ${row.format}`.padEnd(14),
      ...[row.exact.cpuMs, row.fast.cpuMs, row.pillow?.cpuMs].map((value) => number(value, 1).padStart(10)),
      ...[row.exactPerCore, row.fastPerCore, row.exactAllCoresPerSecond].map((value) => number(value, 1).padStart(17)),
      `${number(row.exactToPillow, 2)} x`.padStart(18),
      `${number(row.fastDifference.largest, 0)} / ${number(row.fastDifference.mean, 2)}`.padStart(20),
    ];
    return cells.join('');
  });
  const where = machine.pinned ? 'one core' : 'any core (there is no taskset)';
  return [
    `${machine.processor}, ${machine.cores} cores; ${Object.entries(versions)
      .map((pair) => pair.join(' '))
      .join(', ')}`,
    `Milliseconds of processor time for one image on ${where}, best of the rounds; 448 x 448.`,
    '',
    `${head}  exact to Pillow  fast differs by (largest / mean of 255)`,
    ...lines,
  ].join('\n');
}

/** @param {Record<string, Cost>} best */
function rates(best) {
  const { exact, fast, pillow, exactAllCores } = best;
  return {
    exactPerCore: 1000 / exact.cpuMs,
    fastPerCore: 1000 / fast.cpuMs,
    exactAllCoresPerSecond: 1000 / exactAllCores.wallMs,
    ...(pillow === undefined
      ? {}
      : {
          pillowPerCore: 1000 / pillow.cpuMs,
          exactToPillow: pillow.cpuMs / exact.cpuMs,
          fastToPillow: pillow.cpuMs / fast.cpuMs,
        }),
  };
}

/**
 * @param {Record<string, Cost>} best
 * @param {string} name
 * @param {Promise<Cost & { error?: string }>} answer
 */
async function keepBest(best, name, answer) {
  const { wallMs, cpuMs, error } = await answer;
  if (error !== undefined) throw new Error(error);
  const before = best[name] ?? { wallMs: Infinity, cpuMs: Infinity };
  best[name] = { wallMs: Math.min(wallMs, before.wallMs), cpuMs: Math.min(cpuMs, before.cpuMs) };
}

/**
 * @param {string} root
 * @returns {Promise<NodeJS.ProcessEnv>} the environment in which the product's own child runs
 */
async function buildChild(root) {
  await build({
    absWorkingDir: root,
    entryPoints: ['bench/preprocessChild.ts', 'src/protocol/child/fastEnvironment.ts'],
    outdir: 'out/bench',
    outbase: root,
    bundle: true,
    platform: 'node',
    target: 'node20',
    external: ['sharp', 'onnxruntime-node'],
    plugins: [wasmPlugin],
  });
  const { fastEnvironment } = await import(path.join(root, 'out/bench/src/protocol/child/fastEnvironment.js'));
  return { ...fastEnvironment(), ...process.env, VIPS_BLOCK_UNTRUSTED: '1' };
}

/**
 * @param {string} root
 * @param {NodeJS.ProcessEnv} env
 * @param {number} threads
 * @param {boolean} oneCore
 * @returns {Child}
 */
function startNode(root, env, threads, oneCore) {
  const script = path.join(root, 'out/bench/bench/preprocessChild.js');
  const pin = oneCore && canPin() ? { execPath: 'taskset', execArgv: ['-c', '0', process.execPath] } : {};
  const child = fork(script, [String(threads), path.join(root, 'dist')], { env, ...pin });
  return {
    ask: async (order) => {
      child.send(order);
      const [answer] = await once(child, 'message');
      return answer;
    },
    end: () => child.kill(),
  };
}

/** Undefined where there is no Python with Pillow. */
async function startPillow() {
  if (spawnSync('python3', ['-c', 'import PIL']).status !== 0) return undefined;
  const script = new URL('pillow_preprocess.py', import.meta.url).pathname;
  const [command, args] = canPin() ? ['taskset', ['-c', '0', 'python3', script]] : ['python3', [script]];
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  const answer = async () => JSON.parse((await once(lines, 'line'))[0]);
  const versions = await answer();
  return {
    versions,
    child: {
      ask: (/** @type {object} */ order) => {
        child.stdin.write(`${JSON.stringify(order)}\n`);
        return answer();
      },
      end: () => child.kill(),
    },
  };
}

function canPin() {
  return process.platform === 'linux' && spawnSync('taskset', ['-c', '0', 'true']).status === 0;
}

/**
 * @param {number | undefined} value
 * @param {number} digits
 */
function number(value, digits) {
  return value === undefined || Number.isNaN(value) ? '-' : value.toFixed(digits);
}
