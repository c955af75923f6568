// The pictures that the benchmarks read, made once into a folder of the system's temporary folder.
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';

/** Change it with the content, so that nobody measures yesterday's pictures. */
const version = 2;

/** Sides as trainers meet them: a generated picture, a phone's and a camera's photo. */
const sizes = [
  { megapixels: 1, width: 1216, height: 832 },
  { megapixels: 6, width: 3000, height: 2000 },
  { megapixels: 16, width: 4928, height: 3264 },
];

/** @type {{ format: 'JPEG' | 'PNG' | 'WebP', extension: string, encode: (picture: import('sharp').Sharp) => import('sharp').Sharp }[]} */
const formats = [
  {
    format: 'JPEG',
    extension: 'jpg',
    encode: (picture) => picture.jpeg({ quality: 90, chromaSubsampling: '4:2:0' }),
  },
  { format: 'PNG', extension: 'png', encode: (picture) => picture.png({ compressionLevel: 6 }) },
  { format: 'WebP', extension: 'webp', encode: (picture) => picture.webp({ quality: 85 }) },
];

/**
 * The set of pictures: each size as JPEG (quality 90, 4:2:0), PNG and lossy WebP (quality 85).
 * @returns {Promise<{ path: string, format: 'JPEG' | 'PNG' | 'WebP', megapixels: number, width: number, height: number }[]>}
 */
export async function benchImages() {
  const folder = benchFolder(`images-${version}`);
  const images = [];
  for (const { megapixels, width, height } of sizes) {
    /** @type {Buffer | undefined} */
    let pixels;
    for (const { format, extension, encode } of formats) {
      const file = path.join(folder, `${width}x${height}.${extension}`);
      if (!existsSync(file)) {
        pixels ??= await photo(width, height, megapixels);
        writeWhole(file, await encode(sharp(pixels, { raw: { width, height, channels: 3 } })).toBuffer());
      }
      images.push({ path: file, format, megapixels, width, height });
    }
  }
  return images;
}

/**
 * A folder for what a benchmark makes once and keeps.
 * @param {string} name
 */
export function benchFolder(name) {
  const folder = path.join(tmpdir(), 'dataset-captions-bench', name);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/**
 * Something that costs a codec what a photo costs it: soft shapes at several scales, hard edges, texture and the noise of
 * a sensor.
 * @param {number} width pixels
 * @param {number} height pixels
 * @param {number} seed the same one gives the same picture
 * @returns {Promise<Buffer>} RGB, row by row
 */
export async function photo(width, height, seed) {
  const random = generator(seed);
  const pixels = Buffer.alloc(width * height * 3, 0);
  // Noise of six scales, each enlarged smoothly: what clouds, skin and foliage have in common.
  for (const [cells, weight] of [
    [5, 0.45],
    [17, 0.22],
    [53, 0.13],
    [160, 0.1],
    [420, 0.06],
    [1100, 0.04],
  ]) {
    const columns = Math.min(width, cells);
    const rows = Math.min(height, Math.max(2, Math.round((cells * height) / width)));
    const coarse = Buffer.alloc(columns * rows * 3);
    for (let i = 0; i < coarse.length; i++) coarse[i] = random() * 256;
    const layer = await sharp(coarse, { raw: { width: columns, height: rows, channels: 3 } })
      .resize(width, height, { fit: 'fill', kernel: 'cubic' })
      .raw()
      .toBuffer();
    for (let i = 0; i < pixels.length; i++) pixels[i] += layer[i] * weight;
  }
  for (let shape = 0; shape < 60; shape++) drawBox(pixels, width, height, random);
  for (let i = 0; i < pixels.length; i += 3) {
    // The sum of four is near enough to a bell curve; most of the noise is the same in all channels.
    const grain = (random() + random() + random() + random() - 2) * 3;
    for (let channel = 0; channel < 3; channel++) {
      const value = pixels[i + channel] + grain + (random() - 0.5) * 1.5;
      pixels[i + channel] = value < 0 ? 0 : value > 255 ? 255 : value;
    }
  }
  return pixels;
}

/**
 * A box with hard edges, shaded so that what is behind it shows through.
 * @param {Buffer} pixels
 * @param {number} width
 * @param {number} height
 * @param {() => number} random
 */
function drawBox(pixels, width, height, random) {
  const left = Math.floor(random() * width);
  const top = Math.floor(random() * height);
  const right = Math.min(width, left + 2 + Math.floor(random() * width * 0.25));
  const bottom = Math.min(height, top + 2 + Math.floor(random() * height * 0.25));
  const slant = random() - 0.5;
  const colour = [random() * 255, random() * 255, random() * 255];
  for (let y = top; y < bottom; y++) {
    const shift = Math.round((y - top) * slant);
    for (let x = Math.max(0, left + shift); x < Math.min(width, right + shift); x++) {
      const at = (y * width + x) * 3;
      for (let channel = 0; channel < 3; channel++) {
        pixels[at + channel] = pixels[at + channel] * 0.35 + colour[channel] * 0.65;
      }
    }
  }
}

/**
 * Repeatable numbers from 0 up to 1 (mulberry32).
 * @param {number} seed
 */
function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * @param {string} file
 * @param {Buffer} content
 */
function writeWhole(file, content) {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, content);
    renameSync(temporary, file);
  } finally {
    rmSync(temporary, { force: true });
  }
}
