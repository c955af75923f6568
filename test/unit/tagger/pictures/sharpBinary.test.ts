import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, truncateSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { TaggerProcess } from '../../../../src/protocol/child/TaggerProcess';
import type { PreparedInput } from '../../../../src/tagger/preprocess/modelInput';
import { PreprocessPool } from '../../../../src/tagger/preprocess/PreprocessPool';
import { makeThumbnail } from '../../../../src/tagger/pictures/thumbnail';
import { testFolder } from '../../shared/testFolder';

const root = path.resolve(__dirname, '../../..');
const goldens = path.join(root, 'test/fixtures/goldens');
const index = JSON.parse(readFileSync(path.join(goldens, 'index.json'), 'utf8')) as Record<
  string,
  { expected: string }
>;
const images = Object.keys(index).map((name) => path.join(goldens, 'images', name));
const nativeWorker = path.join(root, 'dist/preprocessWorker.js');
/** What glib says when two copies of it get in each other's way. */
const complaint = /GLib-GObject-(CRITICAL|WARNING)/g;

/** How sharp makes thumbnails when nothing keeps its library apart. */
const plainThumbnails = `
  const sharp = require(${JSON.stringify(require.resolve('sharp'))});
  Promise.all(process.argv.slice(1).map((file) => sharp(file).resize(64).webp().toBuffer())).catch((error) => {
    console.error(error);
    process.exitCode = 1;
  });`;

function preload(library: string): NodeJS.ProcessEnv {
  return { ...process.env, LD_PRELOAD: library };
}

/** The name of glib's object library, if a program here can have it. */
const gobject = 'libgobject-2.0.so.0';
const hasGobject =
  process.platform === 'linux' &&
  spawnSync(process.execPath, ['-e', ''], { env: preload(gobject), encoding: 'utf8' }).stderr === '';

describe("sharp's native library in a process with another glib, as VS Code's is on Linux", function () {
  this.timeout(60_000);
  const folder = testFolder();
  const jpegs = images.filter((file) => /\.jpe?g$/i.test(file));

  before(function () {
    // Elsewhere there is no such clash, or no glib to make one.
    if (!hasGobject) this.skip();
  });

  it('gets in its way when it is loaded as usual', () => {
    const { stderr } = spawnSync(process.execPath, ['-e', plainThumbnails, ...jpegs], {
      env: preload(gobject),
      encoding: 'utf8',
    });
    assert.ok((stderr.match(complaint) ?? []).length > 0, 'this test cannot see the clash any more');
  });

  it('keeps to itself in the child process', async () => {
    const lines: string[] = [];
    const tagger = new TaggerProcess({ entry: path.join(root, 'dist/tagger.js'), onLog: (line) => lines.push(line) });
    tagger.useEnvironment({ LD_PRELOAD: gobject });
    try {
      for (const [number, imagePath] of jpegs.entries()) {
        const outputPath = path.join(folder(), `${number}.webp`);
        const { width } = await tagger.request('makeThumbnail', { imagePath, size: 64, outputPath });
        assert.ok(width > 0);
      }
      assert.deepEqual(lines, []);
    } finally {
      tagger.dispose();
    }
  });
});

describe('Where the native library does not load', function () {
  this.timeout(60_000);
  const folder = testFolder();
  const lines: string[] = [];
  let tagger: TaggerProcess;
  let workerFile: string;

  /** A copy of the program whose native library is damaged. */
  beforeEach(() => {
    const dist = path.join(folder(), 'dist');
    for (const name of ['tagger.js', 'heartbeatWorker.js', 'preprocessWorker.js'])
      cpSync(path.join(root, 'dist', name), path.join(dist, name));
    const scope = path.join(root, 'node_modules/@img');
    const native = readdirSync(scope).filter((name) => name.startsWith(`sharp-${process.platform}`));
    assert.ok(native.length > 0, 'there is a native library to be damaged');
    const names = ['sharp', 'detect-libc', 'semver', '@img/colour', '@img/sharp-wasm32', '@emnapi/runtime'];
    for (const name of [...names, ...native.map((each) => `@img/${each}`)]) {
      const copy = path.join(dist, 'node_modules', name);
      mkdirSync(path.dirname(copy), { recursive: true });
      cpSync(path.join(root, 'node_modules', name), copy, { recursive: true });
    }
    for (const name of native) {
      const library = path.join(dist, 'node_modules/@img', name, 'lib');
      for (const file of readdirSync(library)) truncateSync(path.join(library, file), 100);
    }
    workerFile = path.join(dist, 'preprocessWorker.js');
    lines.length = 0;
    tagger = new TaggerProcess({ entry: path.join(dist, 'tagger.js'), onLog: (line) => lines.push(line) });
  });
  afterEach(() => {
    tagger.dispose();
  });

  it('makes the same thumbnails with WebAssembly, and says so once in the log', async () => {
    for (const imagePath of images) {
      const outputPath = path.join(folder(), 'thumbnail.png');
      const { width, height } = await tagger.request('makeThumbnail', { imagePath, size: 64, outputPath });
      const nativePath = path.join(folder(), 'native.png');
      assert.deepEqual({ width, height }, sizeOf(await makeThumbnail({ imagePath, size: 64, outputPath: nativePath })));
      const largest = largestDifference(await rgb(outputPath), await rgb(nativePath));
      assert.equal(largest, 0, `${path.basename(imagePath)} differs by ${largest}`);
    }
    assert.deepEqual(lines, [
      "sharp's native library does not load on this machine: its slower WebAssembly build decodes images.",
    ]);
  });

  it("makes Pillow's picture for models", async () => {
    const different: string[] = [];
    for (const [name, { expected }] of Object.entries(index)) {
      const imagePath = path.join(goldens, 'images', name);
      const { pixels } = await tagger.request('prepareImage', { imagePath, size: 448, mode: 'exact' });
      const largest = largestDifference(pixels, await rgb(path.join(goldens, expected)));
      if (largest > 0) different.push(`${name} by ${largest}`);
    }
    assert.deepEqual(different, []);
  });

  it('prepares images in threads', async () => {
    const input: PreparedInput = { size: 448, channelsLast: true, mode: 'exact' };
    const pools = [new PreprocessPool(3, { workerFile }), new PreprocessPool(3, { workerFile: nativeWorker })];
    try {
      const [wasm, native] = await Promise.all(
        pools.map((pool) => Promise.all(images.map((imagePath) => pool.prepare(imagePath, input)))),
      );
      assert.deepEqual(wasm, native);
    } finally {
      await Promise.all(pools.map((pool) => pool.close()));
    }
  });
});

/** The bytes of a picture, three for each pixel. */
function rgb(file: string): Promise<Buffer> {
  return sharp(file).removeAlpha().toColourspace('srgb').raw().toBuffer();
}

function sizeOf({ width, height }: { width: number; height: number }): { width: number; height: number } {
  return { width, height };
}

function largestDifference(found: Uint8Array, wanted: Uint8Array): number {
  let largest = 0;
  for (const [i, value] of wanted.entries()) largest = Math.max(largest, Math.abs((found[i] ?? 256) - value));
  return largest;
}
