// Looks whether the links between the documents lead somewhere.
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** Folders that hold no documents of ours. */
const skipped = new Set(['node_modules', 'dist', 'out', 'fixtures', 'screenshots']);

/**
 * Checks every relative link, picture and anchor in all Markdown files below a folder. Addresses on the network are left alone.
 * @param {string} root absolute
 * @returns {Promise<{ links: number, problems: string[] }>} how many links there are, and a sentence for each broken one
 */
export async function checkLinks(root) {
  /** @type {Map<string, Set<string>>} */
  const anchors = new Map();
  const anchorsOf = async (/** @type {string} */ file) => {
    const known = anchors.get(file) ?? headingAnchors(await readFile(file, 'utf8'));
    anchors.set(file, known);
    return known;
  };
  let links = 0;
  const problems = [];
  for (const file of await markdownFiles(root)) {
    const shown = path.relative(root, file);
    for (const target of linksIn(await readFile(file, 'utf8'))) {
      if (/^[a-z][a-z+.-]*:/i.test(target)) continue;
      links++;
      const [place = '', anchor] = target.split('#');
      const linked = place === '' ? file : path.resolve(path.dirname(file), decodeURI(place));
      if (!existsSync(linked)) problems.push(`${shown}: ${target} does not exist.`);
      else if (anchor !== undefined && linked.endsWith('.md') && !(await anchorsOf(linked)).has(anchor)) {
        problems.push(`${shown}: ${target} has no such heading.`);
      }
    }
  }
  return { links, problems };
}

/**
 * Where links and pictures of a Markdown text lead.
 * @param {string} markdown
 * @returns {string[]}
 */
export function linksIn(markdown) {
  const text = withoutCode(markdown);
  const inline = [...text.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g)];
  const definitions = [...text.matchAll(/^\[[^\]]+\]:\s*(\S+)/gm)];
  const html = [...text.matchAll(/\b(?:src|srcset|href)="([^"]+)"/g)];
  return [...inline, ...definitions, ...html].map(([, target = '']) => target);
}

/**
 * The anchors of the headings of a Markdown text, as GitHub makes them.
 * @param {string} markdown
 * @returns {Set<string>}
 */
export function headingAnchors(markdown) {
  const anchors = new Set();
  const seen = new Map();
  for (const [, heading = ''] of markdown.replaceAll(/^```[\s\S]*?^```/gm, '').matchAll(/^#{1,6}\s+(.+?)\s*$/gm)) {
    const plain = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const anchor = plain.replaceAll(/[^\p{L}\p{N}\p{M}_ -]/gu, '').replaceAll(' ', '-');
    // GitHub drops the underscores of emphasis, but not those inside words.
    const name = anchor.replaceAll(/(^|-)_+|_+(?=-|$)/g, '$1');
    const count = seen.get(name) ?? 0;
    seen.set(name, count + 1);
    anchors.add(count === 0 ? name : `${name}-${count}`);
  }
  return anchors;
}

/** Code is no place for links: what is in it is only replaced by blanks. @param {string} markdown */
function withoutCode(markdown) {
  return markdown.replaceAll(/^(```|~~~)[\s\S]*?^\1/gm, '').replaceAll(/`[^`\n]*`/g, '');
}

/**
 * @param {string} folder
 * @returns {Promise<string[]>}
 */
async function markdownFiles(folder) {
  const found = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!entry.name.startsWith('.') && !skipped.has(entry.name)) found.push(...(await markdownFiles(file)));
    } else if (entry.isFile() && entry.name.endsWith('.md')) found.push(file);
  }
  return found;
}
