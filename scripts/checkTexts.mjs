// Compares the texts of the code and of package.json with their translations: VS Code shows English, or "%command.open%",
// where one is missing, and says nothing.
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { bundleFile, exportedTexts } from './l10nStrings.mjs';
import { root } from './setup.mjs';

/** @type {string[]} */
const problems = [];

/**
 * @param {string} file relative to the root
 * @returns {Promise<Record<string, string>>}
 */
async function texts(file) {
  const content = JSON.parse(await readFile(path.join(root, file), 'utf8'));
  // A text with a comment for translators is an object.
  return Object.fromEntries(
    Object.entries(content).map(([key, text]) => [key, typeof text === 'string' ? text : text.message]),
  );
}

/** @param {string} text */
const placeholders = (text) => [...new Set(text.match(/\{\d\}/g))].sort().join(' ');
/** @param {string} text */
const commands = (text) => (text.match(/\(command:[^)]*\)|`[^`]*`/g) ?? []).sort().join(' ');

/**
 * @param {string} original
 * @param {string} translation
 * @param {(text: string) => string} marks what must be the same in a text and its translation
 */
async function compare(original, translation, marks) {
  const [from, to] = [await texts(original), await texts(translation)];
  for (const [key, text] of Object.entries(from)) {
    const translated = to[key];
    if (translated === undefined || translated === '') problems.push(`${translation} has no translation of "${key}".`);
    else if (marks(text) !== marks(translated)) {
      problems.push(`${translation}: "${key}" has ${marks(text)}, its translation has ${marks(translated)}.`);
    }
  }
  for (const key of Object.keys(to)) {
    if (!(key in from)) problems.push(`${translation} translates "${key}", which ${original} does not have.`);
  }
  return to;
}

// The code.
const exported = await exportedTexts();
if (exported !== (await readFile(bundleFile, 'utf8').catch(() => ''))) {
  problems.push('l10n/bundle.l10n.json is not what the code says: run "npm run l10n" and translate what is new.');
}
const source = path.join(root, 'src');
for (const name of await readdir(source, { recursive: true })) {
  if (!name.endsWith('.ts')) continue;
  const code = await readFile(path.join(source, name), 'utf8');
  const notALiteral = /\bl10n\.t\(\s*(?!['"{\s])[^\n]*/g;
  const putTogether = /\bl10n\.t\(\s*(?:'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")\s*\+/g;
  for (const [call] of [...code.matchAll(notALiteral), ...code.matchAll(putTogether)]) {
    problems.push(`src/${name}: ${call} The whole text must stand in the call, else it is not exported.`);
  }
}
const languages = (await readdir(path.join(root, 'l10n'))).flatMap((name) =>
  name.split('.').length === 4 ? [name.split('.')[2] ?? ''] : [],
);
for (const language of languages) {
  const file = `l10n/bundle.l10n.${language}.json`;
  const translations = await compare('l10n/bundle.l10n.json', file, placeholders);
  const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories.length;
  for (const [key, text] of Object.entries(translations)) {
    if (key.includes('|') && text.split('|').length !== forms) {
      problems.push(`${file}: "${key}" needs ${forms} form(s) in this language.`);
    }
  }
  await compare('package.nls.json', `package.nls.${language}.json`, commands);
}

// package.json: whatever people read must be a key.
const shown =
  /^(title|displayName|description|markdownDescription|patternErrorMessage|name|label|contents|enumDescriptions|markdownEnumDescriptions|shortTitle|category|altText)$/;
/**
 * @param {unknown} value
 * @param {string} where
 */
function look(value, where) {
  if (Array.isArray(value)) value.forEach((item, index) => look(item, `${where}[${index}]`));
  else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      // What a tool is called by and takes is for language models.
      const forModels = where.includes('.languageModelTools[') && (key === 'name' || key === 'inputSchema');
      if (forModels) continue;
      const all = shown.test(key) ? [inner].flat() : [];
      for (const text of all) {
        if (typeof text === 'string' && /[A-Za-z]/.test(text) && !/^%[\w.]+%$/.test(text)) {
          problems.push(`package.json: ${where}.${key} is "${text}", not a key of package.nls.json.`);
        }
      }
      look(inner, `${where}.${key}`);
    }
  }
}
const { contributes, capabilities, displayName, description } = JSON.parse(
  await readFile(path.join(root, 'package.json'), 'utf8'),
);
look({ contributes, capabilities, displayName, description }, '');

for (const problem of problems) console.error(problem);
const count = Object.keys(JSON.parse(exported)).length;
console.log(
  `${count} texts of the code and their translations (${languages.join(', ')}): ${problems.length} problems.`,
);
process.exitCode = problems.length === 0 ? 0 : 1;
