// Compares package.json with the code and with package.nls.json: VS Code says nothing about a difference until a user
// chooses the command that nobody registered, or reads "%command.open%".
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { root } from './setup.mjs';
import { walkthroughProblems } from './walkthroughProblems.mjs';

const manifestText = await readFile(path.join(root, 'package.json'), 'utf8');
const manifest = JSON.parse(manifestText);
const texts = JSON.parse(await readFile(path.join(root, 'package.nls.json'), 'utf8'));

const source = path.join(root, 'src/extension');
const files = (await readdir(source, { recursive: true })).filter((file) => file.endsWith('.ts'));
const code = (await Promise.all(files.map((file) => readFile(path.join(source, file), 'utf8')))).join('\n');

const contributed = manifest.contributes.commands.map((/** @type {{ command: string }} */ { command }) => command);
// A command that is registered under a name kept in a field is internal: nothing contributes it.
const registered = [...code.matchAll(/\bregister\w*\(\s*'(datasetCaptions\.[^']+)'/g)].map(([, name]) => name);
const keys = [...manifestText.matchAll(/"%([^%"]+)%"/g)].map(([, key]) => key);

const problems = [
  ...missing(contributed, registered, (name) => `${name} is contributed, but src/extension does not register it.`),
  ...missing(registered, contributed, (name) => `${name} is registered, but package.json does not contribute it.`),
  ...missing(keys, Object.keys(texts), (key) => `%${key}% is used in package.json, but not in package.nls.json.`),
  ...missing(Object.keys(texts), keys, (key) => `${key} is in package.nls.json, but package.json does not use it.`),
  ...walkthroughProblems(manifestText, texts, code),
];

for (const problem of problems) console.error(problem);
console.log(`${contributed.length} commands and ${new Set(keys).size} texts compared: ${problems.length} problems.`);
process.exitCode = problems.length === 0 ? 0 : 1;

/**
 * @param {readonly string[]} wanted
 * @param {readonly string[]} present
 * @param {(name: string) => string} say
 */
function missing(wanted, present, say) {
  const there = new Set(present);
  return [...new Set(wanted)].filter((name) => !there.has(name)).map(say);
}
