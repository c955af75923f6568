// Fails where a file of src imports what its room may not: npm run rooms [-- --root FOLDER]
import path from 'node:path';
import { parseArgs } from 'node:util';
import { roomProblems } from './roomProblems.mjs';
import { packages, rooms } from './rooms.mjs';
import { root } from './setup.mjs';

const { values } = parseArgs({ options: { root: { type: 'string', default: root } } });
const { problems, files } = await roomProblems(path.resolve(values.root), { rooms, packages });
for (const problem of problems) console.error(problem);
console.log(`${files} files in ${Object.keys(rooms).length} rooms checked: ${problems.length} problems.`);
process.exitCode = problems.length === 0 ? 0 : 1;
