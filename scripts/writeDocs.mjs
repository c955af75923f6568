// Writes what the documents say about package.json and the rooms of src: npm run docs [-- --check]
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { checkLinks } from './checkLinks.mjs';
import { commandsPage, keyName, settingsPage, withTexts } from './manifestTables.mjs';
import { roomMap } from './roomMap.mjs';
import { root } from './setup.mjs';

const check = process.argv.includes('--check');
const manifest = withTexts(await text('package.json'), JSON.parse(await text('package.nls.json')));
const pages = {
  'docs/settings.md': settingsPage(manifest),
  'docs/commands.md': commandsPage(manifest),
  'docs/architecture.md': roomMap(await text('docs/architecture.md')),
};

const problems = [];
for (const [file, content] of Object.entries(pages)) {
  const filepath = path.join(root, file);
  const wanted = await format(content, { ...(await resolveConfig(filepath)), filepath });
  const found = await readFile(filepath, 'utf8').catch(() => '');
  if (wanted === found) continue;
  if (check) problems.push(`${file} is not what package.json or scripts/rooms.mjs says: run "npm run docs".`);
  else {
    await writeFile(filepath, wanted);
    console.log(`Wrote ${file}.`);
  }
}

const keyboard = await text('docs/keyboard.md');
for (const { command, key, mac } of manifest.contributes.keybindings) {
  for (const name of [key, mac].filter((value) => value !== undefined).map(keyName)) {
    if (!keyboard.includes(name)) problems.push(`docs/keyboard.md does not have ${name} (${command}).`);
  }
}

const { links, problems: broken } = await checkLinks(root);
problems.push(...broken);

for (const problem of problems) console.error(problem);
console.log(
  `${Object.keys(pages).length} generated pages and ${links} links of the documents checked: ${problems.length} problems.`,
);
process.exitCode = problems.length === 0 ? 0 : 1;

/** @param {string} file below the root of the checkout */
function text(file) {
  return readFile(path.join(root, file), 'utf8');
}
