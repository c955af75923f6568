// Builds the product into dist/ and, with --tests, the test suites into out/.
import { build, context } from 'esbuild';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { wasmPlugin } from './scripts/compileWasm.mjs';
import { writePaletteModel } from './scripts/writePaletteModel.mjs';

const root = path.dirname(fileURLToPath(import.meta.url));
const watch = process.argv.includes('--watch');
const tests = process.argv.includes('--tests');

/** Native packages, and what only the editor has: they are found at run time. */
const external = ['vscode', 'sharp', 'onnxruntime-node'];

/** @type {import('esbuild').BuildOptions} */
const shared = { absWorkingDir: root, bundle: true, logLevel: 'warning', sourcemap: watch ? 'linked' : false };

/** Style sheets without their indentation, on which nothing in them depends: the page has that much less to load. */
const styleSheets = {
  name: 'style-sheets',
  setup: (/** @type {import('esbuild').PluginBuild} */ { onLoad }) =>
    onLoad({ filter: /\.css\.ts$/ }, async ({ path: file }) => ({
      contents: (await readFile(file, 'utf8')).replaceAll(/\n\s+/g, '\n'),
      loader: 'ts',
    })),
};

/** @type {import('esbuild').BuildOptions} */
const node = {
  ...shared,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  // Node reads UTF-8; escapes would double the tables of characters.
  charset: 'utf8',
  external,
  plugins: [wasmPlugin],
};

/**
 * What the extension loads only when it needs it, in bundles of its own: the parser of CSV, if there is a list of tags,
 * and the client of HTTP, if a captioner is looked at.
 */
const latePackages = {
  name: 'late-packages',
  setup: (/** @type {import('esbuild').PluginBuild} */ { onResolve }) => {
    onResolve({ filter: /^csv-parse$/ }, () => ({ path: './csvParse.js', external: true }));
    onResolve({ filter: /^undici$/ }, () => ({ path: './undici.js', external: true }));
  },
};

/** @type {import('esbuild').BuildOptions[]} */
const product = [
  { ...node, entryPoints: ['src/extension/extension.ts'], outfile: 'dist/extension.js', minify: !watch },
  // Loaded by the one above when it is needed.
  {
    ...node,
    entryPoints: ['src/extension/main.ts'],
    outfile: 'dist/main.js',
    plugins: [wasmPlugin, latePackages],
    minify: !watch,
  },
  {
    ...node,
    entryPoints: ['src/extension/captionerMain.ts'],
    outfile: 'dist/captionerMain.js',
    plugins: [wasmPlugin, latePackages],
    minify: !watch,
  },
  { ...node, entryPoints: ['csv-parse'], outfile: 'dist/csvParse.js', minify: !watch },
  { ...node, entryPoints: ['undici'], outfile: 'dist/undici.js', minify: !watch },
  { ...node, entryPoints: ['src/tagger/taggerMain.ts'], outfile: 'dist/tagger.js', minify: !watch },
  {
    ...node,
    entryPoints: ['src/tagger/preprocess/preprocessWorker.ts'],
    outfile: 'dist/preprocessWorker.js',
    minify: !watch,
  },
  {
    ...node,
    entryPoints: ['src/tagger/process/heartbeatWorker.ts'],
    outfile: 'dist/heartbeatWorker.js',
    minify: !watch,
  },
  {
    ...node,
    entryPoints: ['src/tagger/onnx/providerTrialMain.ts'],
    outfile: 'dist/providerTrial.js',
    minify: !watch,
  },
  { ...node, entryPoints: ['src/dataset/files/writeWorker.ts'], outfile: 'dist/writeWorker.js', minify: !watch },
  { ...node, entryPoints: ['src/dataset/scan/scanWorker.ts'], outfile: 'dist/scanWorker.js', minify: !watch },
  {
    ...node,
    entryPoints: ['src/records/lookup/lookupWorker.ts'],
    outfile: 'dist/lookupWorker.js',
    minify: !watch,
  },
  { ...node, entryPoints: ['src/runner/runnerMain.ts'], outfile: 'dist/runner.js', minify: !watch },
  { ...node, entryPoints: ['src/cli/cli.ts'], outfile: 'dist/cli.js', minify: !watch },
  {
    ...shared,
    entryPoints: ['src/webview/main.ts'],
    outfile: 'dist/webview.js',
    platform: 'browser',
    target: 'chrome120',
    format: 'iife',
    tsconfig: 'src/webview/tsconfig.json',
    plugins: [styleSheets],
    minify: !watch,
  },
];

/** One bundle for each test file: a suite that fails to load takes no other with it. */
async function testBundles() {
  const bundles = [];
  for (const suite of ['unit', 'browser']) {
    const files = await readdir(path.join(root, 'test', suite), { recursive: true });
    const entryPoints = files.filter((file) => file.endsWith('.test.ts')).map((file) => `test/${suite}/${file}`);
    // All in one folder, from which the tests find the product.
    const output = { outdir: `out/test/${suite}`, entryNames: '[name]' };
    bundles.push({ ...node, packages: 'external', entryPoints, ...output, sourcemap: 'linked' });
  }
  // A thread's script is looked for beside the bundle that starts the thread.
  for (const suite of ['unit', 'browser']) {
    const outfile = `out/test/${suite}/scanWorker.js`;
    bundles.push({ ...node, entryPoints: ['src/dataset/scan/scanWorker.ts'], outfile });
  }
  // A host that is played in the page itself; what it takes from Node.js has a stand-in there.
  bundles.push({
    ...shared,
    entryPoints: ['test/browser/link/page/linkPage.ts'],
    outfile: 'out/test/browser/linkPage.js',
    platform: 'browser',
    target: 'chrome120',
    format: 'iife',
    define: { 'process.env': '{}' },
    alias: Object.fromEntries(
      [
        'node:fs',
        'node:fs/promises',
        'node:path',
        'node:perf_hooks',
        'node:timers/promises',
        'node:util',
        'node:vm',
      ].map((name) => [name, path.join(root, 'test/browser/link/page/nodeStandIns.ts')]),
    ),
  });
  bundles.push({
    ...node,
    entryPoints: ['test/host/index.ts'],
    outfile: 'out/test/host/index.js',
    external: [...external, 'mocha'],
    sourcemap: 'linked',
  });
  return bundles;
}

// What is built no longer must neither be packed nor tested.
for (const folder of tests ? ['dist', 'out'] : ['dist']) {
  await rm(path.join(root, folder), { recursive: true, force: true });
}
await writePaletteModel(path.join(root, 'dist/models/palette'));
await cp(path.join(root, 'test/fixtures/sample-dataset'), path.join(root, 'dist/sample'), { recursive: true });

if (watch) {
  for (const options of product) await (await context(options)).watch();
  console.log('Watching. Ctrl+C ends it.');
} else {
  const [metafiles] = await Promise.all([
    Promise.all(product.map(async (options) => (await build({ ...options, metafile: true })).metafile)),
    ...(tests ? await testBundles() : []).map((options) => build(options)),
  ]);
  // What the bundles are made of, for the package's licence notices and limits of size.
  const bundles = Object.fromEntries(
    ['inputs', 'outputs'].map((part) => [part, Object.assign({}, ...metafiles.map((each) => each[part]))]),
  );
  await mkdir(path.join(root, 'out'), { recursive: true });
  await writeFile(path.join(root, 'out/bundles.json'), JSON.stringify(bundles));
  console.log(`Built dist/${tests ? ' and the tests in out/' : ''}.`);
}
