// Measures one thing: npm run bench -- <name> [--json] [--seconds N]
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const folder = path.dirname(fileURLToPath(import.meta.url));
const root = path.dirname(folder);
/** Each is a file with `measure` and `describe`; the other files here are what they share. */
const names = [
  'activation',
  'cluster',
  'conflicts',
  'edit',
  'fuzz',
  'jobs',
  'journal',
  'kill',
  'memory',
  'open',
  'pipeline',
  'preprocess',
  'scroll',
  'server',
  'start',
];

try {
  const { values, positionals } = parseArgs({
    options: { json: { type: 'boolean', default: false }, seconds: { type: 'string', default: '60' } },
    allowPositionals: true,
  });
  const [name = '', ...rest] = positionals;
  const seconds = Number(values.seconds);
  if (!names.includes(name) || rest.length > 0) {
    throw new Error(`Say what to measure: npm run bench -- <${names.join('|')}> [--json] [--seconds N]`);
  }
  if (!(seconds > 0)) throw new Error(`--seconds takes a number above 0, not ${values.seconds}.`);
  await run(name, seconds, values.json);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

/**
 * @param {string} name
 * @param {number} seconds how long the measuring may take, about
 * @param {boolean} json one JSON document on standard output, nothing else
 */
async function run(name, seconds, json) {
  // What is built is measured; standard output is for the result.
  execFileSync(process.execPath, ['esbuild.mjs'], { cwd: root, stdio: ['ignore', 2, 2] });
  /** @type {{ measure: (options: { root: string, seconds: number }) => Promise<object>, describe: (result: any) => string }} */
  const { measure, describe } = await import(new URL(`${name}.mjs`, import.meta.url).href);
  const result = await measure({ root, seconds });
  console.log(json ? JSON.stringify(result, undefined, 2) : describe(result));
}
