// The texts of the code that users read: npm run l10n writes them into l10n/bundle.l10n.json, of which translations are made.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { getL10nJson } from '@vscode/l10n-dev';
import prettier from 'prettier';
import { root } from './setup.mjs';

/** Where the texts are kept; the translations lie beside it, with the language before `.json`. */
export const bundleFile = path.join(root, 'l10n/bundle.l10n.json');

/**
 * Finds all texts that are given to `l10n.t`.
 * @returns the content that {@link bundleFile} should have
 */
export async function exportedTexts() {
  const source = path.join(root, 'src');
  const names = (await readdir(source, { recursive: true })).filter((name) => name.endsWith('.ts')).sort();
  const files = await Promise.all(
    names.map(async (name) => ({
      extension: /** @type {const} */ ('.ts'),
      contents: await readFile(path.join(source, name), 'utf8'),
    })),
  );
  const texts = await getL10nJson(files);
  const sorted = Object.fromEntries(Object.entries(texts).sort(([a], [b]) => (a < b ? -1 : 1)));
  const options = await prettier.resolveConfig(bundleFile);
  return prettier.format(JSON.stringify(sorted), { ...options, filepath: bundleFile });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(bundleFile, await exportedTexts());
  console.log(`Wrote ${path.relative(root, bundleFile)}.`);
}
