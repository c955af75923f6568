// Compares two results of one benchmark: node bench/compare.mjs before.json now.json; ends with 1 if something got much worse.
import { readFileSync } from 'node:fs';
import { compareFigures, describeChanges } from './compareFigures.mjs';

const [before, now] = process.argv.slice(2);
if (before === undefined || now === undefined) {
  console.error(
    'Name two files that `npm run --silent bench -- <name> --json` made: node bench/compare.mjs before.json now.json',
  );
  process.exit(1);
}
const read = (/** @type {string} */ file) => JSON.parse(readFileSync(file, 'utf8'));
const changes = compareFigures(read(before), read(now));
console.log(describeChanges(changes));
const worse = changes.filter(({ worse: much }) => much);
if (worse.length > 0) {
  console.log(`\nMuch worse than before: ${worse.map(({ name }) => name).join(', ')}.`);
  process.exitCode = 1;
}
