// Measures one thing: npm run bench -- <name> [--json] [--seconds N], or all speeds for docs/benchmarks.md: all --markdown
import { execFileSync } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const folder = path.dirname(fileURLToPath(import.meta.url));
const root = path.dirname(folder);
/** Each is a file with `measure` and `describe`; the other files here are what they share. */
const names = [
  'activation',
  'api',
  'captioner',
  'cluster',
  'conflicts',
  'cuts',
  'edit',
  'fuzz',
  'jobs',
  'journal',
  'kill',
  'link',
  'linkKeys',
  'linkTable',
  'machines',
  'memory',
  'open',
  'origins',
  'pictures',
  'pipeline',
  'preprocess',
  'records',
  'scroll',
  'server',
  'snapshots',
  'start',
  'universal',
];
/** Those that print speeds; the others look for what goes wrong. */
const speeds = [
  'activation',
  'open',
  'scroll',
  'link',
  'edit',
  'snapshots',
  'api',
  'start',
  'preprocess',
  'pipeline',
  'server',
  'captioner',
  'journal',
  'origins',
];

try {
  const { values, positionals } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      markdown: { type: 'boolean', default: false },
      seconds: { type: 'string', default: '60' },
    },
    allowPositionals: true,
  });
  const [name = '', ...rest] = positionals;
  const seconds = Number(values.seconds);
  const isAll = name === 'all' && values.markdown;
  if ((!isAll && !names.includes(name)) || rest.length > 0) {
    throw new Error(
      `Say what to measure: npm run bench -- <${names.join('|')}> [--json] [--seconds N], or all --markdown`,
    );
  }
  if (!(seconds > 0)) throw new Error(`--seconds takes a number above 0, not ${values.seconds}.`);
  if (isAll) await runAll(seconds);
  else await run(name, seconds, values.json);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

/**
 * Prints what docs/benchmarks.md says below "Results". One that fails is said and stops no other.
 * @param {number} seconds how long each may take, about
 */
async function runAll(seconds) {
  const { cpus, totalmem, type, release } = os;
  const memory = Math.round(totalmem() / 2 ** 30);
  const machine = `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${cpus().length} threads, ${memory} GB`;
  const date = new Date().toISOString().slice(0, 10);
  console.log(`Measured on ${date}: ${machine}, ${type()} ${release()}, Node.js ${process.versions.node}.`);
  for (const name of speeds) {
    console.log(`\n### \`npm run bench -- ${name}\`\n\n\`\`\`text`);
    try {
      await run(name, seconds, false);
    } catch (error) {
      console.log(`Failed: ${error instanceof Error ? error.message : String(error)}`);
    }
    console.log('```');
  }
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
