// How many images/s go to a server and back: FP32, 448 x 448, binary tensors over loopback, to a process that computes
// nothing. `prepared` is the client alone, with pictures that are ready; `files` the whole job from files of 1 megapixel.
// With DATASET_CAPTIONS_OIP_URL and DATASET_CAPTIONS_OIP_MODEL, that server is measured instead.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { bundled } from './bundled.mjs';
import { median, photos, rounded, runNode, table, withDataset } from './measure.mjs';

const tagCount = 10_861;
const size = 448;
/** Pictures that are ready, over and over: as many as are in work. */
const prepared = 40;
/** Images of the job from files. */
const images = 200;

/**
 * @param {{ root: string, seconds: number }} options
 */
export async function measure({ root, seconds }) {
  const { ServerTagger } = await bundled('src/tagger/server/ServerTagger.ts');
  const folder = await mkdtemp(path.join(tmpdir(), 'dataset-captions-server-'));
  const { DATASET_CAPTIONS_OIP_URL: otherUrl, DATASET_CAPTIONS_OIP_MODEL: otherModel } = process.env;
  const idle = otherUrl === undefined ? await startIdle(root) : undefined;
  const url = otherUrl ?? idle.url;
  const model = path.join(folder, 'idle');
  const rows = [];
  try {
    await mkdir(model);
    await writeFile(path.join(model, 'selected_tags.csv'), tagList());
    for (const batchSize of [1, 8, 16]) {
      const tagger = await ServerTagger.load(
        { folder: model, serverModel: otherModel ?? 'idle', thresholds: { general: 0.35, character: 0.85 } },
        { provider: 'server', server: { url, timeoutSeconds: 60 }, batchSize, preprocess: 'exact' },
      );
      rows.push({ batch: batchSize, ...(await measurePrepared(tagger, (seconds * 1000) / 5)) });
      await tagger.release();
    }
    return { rows, files: await measureFiles(url, model, otherModel ?? 'idle', (seconds * 1000) / 5) };
  } finally {
    idle?.process.kill();
    await rm(folder, { recursive: true, force: true });
  }
}

/** @param {Awaited<ReturnType<typeof measure>>} result */
export function describe({ rows, files }) {
  return `${table(rows)}\n\nwhole job from files of 1 MP, images/s: ${files['images/s']}, prepared alone: ${files['preprocess images/s']}`;
}

async function measurePrepared(tagger, milliseconds) {
  const pictures = Array.from({ length: prepared }, (_, seed) =>
    new Float32Array(size * size * 3).map((_, index) => (index * 31 + seed) % 256),
  );
  const { signal } = new globalThis.AbortController();
  const rates = [];
  const cpuBefore = process.cpuUsage();
  let done = 0;
  for (let round = 0; round < 4; round++) {
    const begun = performance.now();
    let own = 0;
    await Promise.all(
      pictures.map(async (picture) => {
        while (performance.now() - begun < milliseconds / 4) {
          await tagger.score(Promise.resolve(picture), signal);
          own++;
        }
      }),
    );
    rates.push((own * 1000) / (performance.now() - begun));
    done += own;
  }
  const { user, system } = process.cpuUsage(cpuBefore);
  return {
    'images/s': rounded(median(rates)),
    'best images/s': rounded(Math.max(...rates)),
    'MB/s': rounded((median(rates) * size * size * 12) / 1e6),
    'client CPU ms/image': rounded((user + system) / 1000 / done),
  };
}

/** No image has a tag with zeros for scores, so no caption file tells the time: the command does. */
async function measureFiles(url, model, serverModel, milliseconds) {
  const files = await photos(24);
  const rates = [];
  await withDataset(files, images, async (dataset) => {
    const jobs = await mkdtemp(path.join(tmpdir(), 'dataset-captions-jobs-'));
    const caption = ['dist/cli.js', 'caption', '--mode', 'all', '--restart', '--json', '--jobs', jobs];
    const flags = ['--model', model, '--server', url, '--server-model', serverModel];
    const time = async (what) => {
      const begun = performance.now();
      const report = JSON.parse(await runNode([...caption, what, ...flags]));
      if (report.done !== report.total)
        throw new Error(`Only ${report.done} of ${report.total} images were captioned.`);
      return performance.now() - begun;
    };
    // What a command takes that captions one image is its start.
    const start = await time(path.join(dataset, '000000.jpg'));
    const end = performance.now() + milliseconds;
    while (rates.length < 3 || performance.now() < end) {
      rates.push(((images - 1) * 1000) / ((await time(dataset)) - start));
    }
    await rm(jobs, { recursive: true, force: true });
  });
  const slice = String(Math.max(2, milliseconds / 4000));
  const preprocess = Number(await runNode(['bench/preprocessRun.mjs', slice, ...files]));
  return { 'images/s': rounded(median(rates)), 'preprocess images/s': rounded(preprocess) };
}

async function startIdle(root) {
  const args = [path.join(root, 'bench/oipServer.mjs'), String(tagCount), String(size)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = await once(child.stdout, 'data');
  return { process: child, url: `http://127.0.0.1:${String(port).trim()}` };
}

function tagList() {
  const lines = Array.from({ length: tagCount }, (_, index) => `${index},tag_${index},0,1`);
  return ['tag_id,name,category,count', ...lines, ''].join('\n');
}
