// The README as the extension's page in VS Code shows it.
import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** Bytes of all pictures: larger ones make the page slow. */
const largestPictures = 3e6;

/**
 * A README whose pictures and links work wherever it is shown. Where the manifest names a repository nothing is changed: vsce
 * makes addresses in it of relative ones. Else pictures become a part of the text, and links to files become their names, since
 * a page of an extension has no folder. Of pictures for several themes the `img` stays.
 * @param {string} readme
 * @param {string} root folder that relative addresses start from
 * @param {boolean} hasRepository
 * @throws Error that names a picture that is missing or too large
 */
export async function packagedReadme(readme, root, hasRepository) {
  if (hasRepository) return readme;
  const picture = /!\[([^\]]*)\]\(([^)\s]+)\)|(<img\b[^>]*?\bsrc=")([^"]+)(")/g;
  let total = 0;
  /** @type {Map<string, string>} */
  const addresses = new Map();
  for (const [, , markdown, , html] of readme.matchAll(picture)) {
    const address = markdown ?? html ?? '';
    if (!isRelative(address)) continue;
    const bytes = await readFile(path.join(root, address)).catch(() => {
      throw new Error(`README.md shows ${address}, and there is no such file.`);
    });
    const type = { '.png': 'png', '.jpg': 'jpeg', '.gif': 'gif' }[path.extname(address)];
    if (type === undefined) throw new Error(`README.md shows ${address}; its pictures have to be PNG, JPEG or GIF.`);
    total += bytes.length;
    addresses.set(address, `data:image/${type};base64,${bytes.toString('base64')}`);
  }
  if (total > largestPictures)
    throw new Error(`The pictures of README.md take ${total} bytes; ${largestPictures} are the limit.`);
  return readme
    .replaceAll(/<\/?picture>\s*|<source\b[^>]*>\s*/g, '')
    .replace(picture, (whole, alt, markdown, before, html, after) => {
      const data = addresses.get(markdown ?? html);
      if (data === undefined) return whole;
      return markdown === undefined ? `${before}${data}${after}` : `![${alt}](${data})`;
    })
    .replaceAll(/(?<!!)\[([^\]]+)\]\(([^)\s]+)\)/g, (whole, label, address) => (isRelative(address) ? label : whole));
}

/** @param {string} address */
function isRelative(address) {
  return !/^([a-z]+:|#|\/\/)/i.test(address);
}
