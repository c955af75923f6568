import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { link, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { benchFolder, photo } from './images.mjs';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/**
 * Runs a script with this Node.
 * @param {string[]} args
 * @returns {Promise<string>} what it printed on standard output
 */
export function runNode(args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let errors = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (errors += chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`${args.join(' ')} ended with ${code}:\n${errors}`));
    });
  });
}

/**
 * Different JPEG photos of one megapixel, as datasets have them.
 * @param {number} count
 * @returns {Promise<string[]>} their paths
 */
export async function photos(count) {
  const folder = benchFolder('photos-1');
  const [width, height] = [1216, 832];
  const files = [];
  for (let index = 0; index < count; index++) {
    const file = path.join(folder, `${index}.jpg`);
    if (!existsSync(file)) {
      const pixels = await photo(width, height, 100 + index);
      await sharp(pixels, { raw: { width, height, channels: 3 } })
        .jpeg({ quality: 90 })
        .toFile(file);
    }
    files.push(file);
  }
  return files;
}

/**
 * Makes a dataset of some files, each under several names, gives it to `work`, and removes it.
 * @template T
 * @param {string[]} files
 * @param {number} count of images
 * @param {(folder: string) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withDataset(files, count, work) {
  const folder = await mkdtemp(path.join(tmpdir(), 'dataset-captions-bench-'));
  try {
    for (let index = 0; index < count; index++) {
      const file = files[index % files.length];
      const name = path.join(folder, `${String(index).padStart(6, '0')}${path.extname(file)}`);
      await link(file, name);
    }
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Captions a dataset with the command line.
 * @param {string} folder
 * @param {string[]} flags
 * @param {number} skip captions that are written before the rate is taken: until then the job gets going
 * @returns {Promise<{ rate: number, report: any }>} images/s between the captions, by the times of their files
 */
export async function captionJob(folder, flags, skip) {
  for (const name of await readdir(folder)) if (name.endsWith('.txt')) await rm(path.join(folder, name));
  const report = JSON.parse(await runNode(['dist/cli.js', 'caption', folder, '--mode', 'all', '--json', ...flags]));
  const names = (await readdir(folder)).filter((name) => name.endsWith('.txt'));
  const times = await Promise.all(names.map(async (name) => (await stat(path.join(folder, name))).mtimeMs));
  times.sort((a, b) => a - b);
  const from = times[skip];
  const rate = ((times.length - 1 - skip) * 1000) / (times.at(-1) - from);
  return { rate, report };
}

/** The middle one of some numbers. */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** A number with as many digits as it deserves. */
export function rounded(value) {
  return Number(value.toPrecision(4));
}

/**
 * A table for people: one column for each row, because the names are longer than the numbers.
 * @param {Record<string, string | number>[]} rows
 */
export function table(rows) {
  const names = Object.keys(rows[0] ?? {});
  const width = Math.max(...names.map(({ length }) => length));
  return names
    .map((name) => [name.padEnd(width), ...rows.map((row) => String(row[name]).padStart(16))].join('  '))
    .join('\n');
}
