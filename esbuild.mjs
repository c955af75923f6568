// Builds the product into dist/ and, with --tests, the test suites into out/.
import { build, context } from 'esbuild';
import { cp, mkdir, rm } from 'node:fs/promises';
import { globSync } from 'node:fs';

const watch = process.argv.includes('--watch');
const tests = process.argv.includes('--tests');
/** @type {import('esbuild').BuildOptions} */
const shared = { bundle: true, logLevel: 'info', sourcemap: watch || tests ? 'linked' : false, minify: !watch && !tests };
