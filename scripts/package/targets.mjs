// For which platforms there are packages, and which native files each of them has.

/**
 * @typedef {{
 *   name: string,
 *   vsce?: string,
 *   runtime?: string,
 *   packages: string[],
 *   binary?: { format: 'elf' | 'pe' | 'macho', machine: number },
 *   platform?: { os: NodeJS.Platform, cpu: string, libc?: string },
 * }} Target
 *   `vsce`: what the Marketplace calls it; none where the package is for all that have no package of their own
 *   `runtime`: folder of ONNX Runtime's native files; none where the package has no tagger of its own
 *   `packages`: native packages of sharp
 *   `binary`: the kind of executable that alone may be in the package
 */

/** Decodes images where no native build of sharp can be loaded; in every package, since it is 4 MB packed. */
export const wasmPackage = '@img/sharp-wasm32';

const elf = (/** @type {number} */ machine) => ({ format: /** @type {const} */ ('elf'), machine });
const pe = (/** @type {number} */ machine) => ({ format: /** @type {const} */ ('pe'), machine });

/** Numbers of machines are those of the ELF, PE and Mach-O headers. @type {readonly Target[]} */
export const targets = [
  {
    ...{ name: 'linux-x64', vsce: 'linux-x64', runtime: 'linux/x64', binary: elf(62) },
    packages: ['@img/sharp-linux-x64', '@img/sharp-libvips-linux-x64'],
    platform: { os: 'linux', cpu: 'x64', libc: 'glibc' },
  },
  {
    ...{ name: 'linux-arm64', vsce: 'linux-arm64', runtime: 'linux/arm64', binary: elf(183) },
    packages: ['@img/sharp-linux-arm64', '@img/sharp-libvips-linux-arm64'],
    platform: { os: 'linux', cpu: 'arm64', libc: 'glibc' },
  },
  {
    ...{ name: 'win32-x64', vsce: 'win32-x64', runtime: 'win32/x64', binary: pe(0x86_64) },
    packages: ['@img/sharp-win32-x64'],
    platform: { os: 'win32', cpu: 'x64' },
  },
  {
    ...{ name: 'win32-arm64', vsce: 'win32-arm64', runtime: 'win32/arm64', binary: pe(0xaa_64) },
    packages: ['@img/sharp-win32-arm64'],
    platform: { os: 'win32', cpu: 'arm64' },
  },
  {
    ...{ name: 'darwin-arm64', vsce: 'darwin-arm64', runtime: 'darwin/arm64' },
    packages: ['@img/sharp-darwin-arm64', '@img/sharp-libvips-darwin-arm64'],
    binary: { format: 'macho', machine: 0x01_00_00_0c },
    platform: { os: 'darwin', cpu: 'arm64' },
  },
  // For darwin-x64, Alpine and whatever else VS Code runs on: nothing native at all.
  { name: 'universal', packages: [] },
];

/**
 * The target of that name.
 * @param {string | undefined} name
 * @throws Error that lists the targets
 */
export function targetNamed(name) {
  const found = targets.find((target) => target.name === name);
  if (found !== undefined) return found;
  const known = targets.map((target) => target.name).join('|');
  throw new Error(
    name === undefined
      ? `Say for which platform: npm run package -- --target <${known}> [--out FILE]`
      : `There is no target ${name}. The targets are ${known.replaceAll('|', ', ')}; universal is for all other platforms.`,
  );
}

/** The target of the machine that this runs on; undefined where there is none but `universal`. */
export function ownTarget() {
  const musl = process.platform === 'linux' && !isGlibc();
  return targets.find(
    ({ platform }) =>
      platform !== undefined && !musl && platform.os === process.platform && platform.cpu === process.arch,
  );
}

function isGlibc() {
  const { header } = /** @type {{ header: { glibcVersionRuntime?: string } }} */ (process.report.getReport());
  return header.glibcVersionRuntime !== undefined;
}
