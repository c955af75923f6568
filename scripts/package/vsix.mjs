// Reads a VSIX, which is a zip archive.
import { promisify } from 'node:util';
import yauzl from 'yauzl';

/**
 * @typedef {{ name: string, size: number, packed: number, head: Buffer }} VsixFile
 *   `name`: path inside the extension; `size` and `packed`: bytes; `head`: its first bytes
 */

const inside = 'extension/';

/**
 * The files of the extension in a VSIX.
 * @param {string} file
 * @returns {Promise<VsixFile[]>}
 */
export async function filesIn(file) {
  const zip = await promisify(yauzl.open)(file, { lazyEntries: true, autoClose: false });
  try {
    /** @type {VsixFile[]} */
    const files = [];
    for (const entry of await entriesOf(zip)) {
      const { fileName, uncompressedSize, compressedSize } = entry;
      if (!fileName.startsWith(inside) || fileName.endsWith('/')) continue;
      const name = fileName.slice(inside.length);
      files.push({ name, size: uncompressedSize, packed: compressedSize, head: await headOf(zip, entry) });
    }
    return files;
  } finally {
    zip.close();
  }
}

/**
 * @param {import('yauzl').ZipFile} zip
 * @returns {Promise<import('yauzl').Entry[]>}
 */
function entriesOf(zip) {
  /** @type {import('yauzl').Entry[]} */
  const entries = [];
  return new Promise((resolve, reject) => {
    zip.on('error', reject);
    zip.on('end', () => resolve(entries));
    zip.on('entry', (entry) => {
      entries.push(entry);
      zip.readEntry();
    });
    zip.readEntry();
  });
}

/** Bytes, as far as the headers of executables reach. */
export const headLength = 1024;

/**
 * @param {import('yauzl').ZipFile} zip
 * @param {import('yauzl').Entry} entry
 */
async function headOf(zip, entry) {
  const stream = await promisify(zip.openReadStream.bind(zip))(entry);
  const chunks = [];
  let length = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= headLength) break;
  }
  return Buffer.concat(chunks).subarray(0, headLength);
}
