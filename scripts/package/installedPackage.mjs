// The packed extension as VS Code installs it: what the tests run against.
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { run } from '../childProcess.mjs';
import { installTestHost, testHostCommand } from '../testHostInstall.mjs';

const list = 'extensions.json';

/**
 * Installs a VSIX with the VS Code server's own command, and that server where it is not there yet.
 * @param {string} file the VSIX
 * @param {string} folder where the extensions of an untouched profile are to be
 */
export async function installPackage(file, folder) {
  await installTestHost(console.error);
  await rm(folder, { recursive: true, force: true });
  const { node, script } = testHostCommand();
  const data = `${folder}-server`;
  let output = '';
  try {
    const args = ['--install-extension', file, '--extensions-dir', folder, '--server-data-dir', data];
    const { code } = await run(node, [script, ...args, '--accept-server-license-terms'], {
      env: { ...process.env, EXTENSIONS_GALLERY: '{}' },
      onOutput: (text) => (output += text),
    });
    if (code !== 0 || !existsSync(path.join(folder, list)))
      throw new Error(`VS Code does not install ${file}:\n${output}`);
    // Made for its user alone; some of the tests run as another one.
    await chmod(folder, 0o755);
  } finally {
    await rm(data, { recursive: true, force: true });
  }
}

/**
 * Makes the folder of extensions of a server: those that are installed elsewhere, and others by their folders. The first are
 * links, since no server changes what is installed.
 * @param {string} target the folder
 * @param {string | undefined} installed a folder of {@link installPackage}
 * @param {readonly string[]} others folders of extensions
 */
export async function makeExtensionsFolder(target, installed, others) {
  await mkdir(target, { recursive: true });
  const entries = installed === undefined ? [] : JSON.parse(await readFile(path.join(installed, list), 'utf8'));
  for (const { relativeLocation } of entries) {
    const link = path.join(target, relativeLocation);
    if (!existsSync(link))
      await symlink(path.join(/** @type {string} */ (installed), relativeLocation), link, 'junction');
  }
  for (const extension of others) {
    const { publisher, name, version } = JSON.parse(await readFile(path.join(extension, 'package.json'), 'utf8'));
    const relativeLocation = `${publisher}.${name}-${version}`;
    await cp(extension, path.join(target, relativeLocation), { recursive: true });
    entries.push({ identifier: { id: `${publisher}.${name}` }, version, relativeLocation });
  }
  // Without the list the server makes one of what it finds.
  if (installed === undefined) return;
  const located = entries.map((/** @type {{ relativeLocation: string }} */ entry) => ({
    ...entry,
    location: { $mid: 1, scheme: 'file', path: path.join(target, entry.relativeLocation) },
    metadata: { installedTimestamp: 0, pinned: true, source: 'vsix' },
  }));
  await writeFile(path.join(target, list), JSON.stringify(located));
}
