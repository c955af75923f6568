import { readdirSync } from 'node:fs';
import Module from 'node:module';
import { constants } from 'node:os';
import path from 'node:path';

/** RTLD_DEEPBIND, which only glibc has: a library looks for symbols in itself and in its dependencies first. */
const { RTLD_NOW: bindNow, RTLD_DEEPBIND: ownSymbolsFirst } = constants.dlopen as Record<string, number | undefined>;

/**
 * Loads sharp's native library so that its symbols stay apart from those of the process. On Linux both VS Code's
 * Electron and sharp's library contain glib, and calls from one copy into the other leak memory or crash the process
 * (lovell/sharp#4522). Call this before `sharp` is required, which then finds the library loaded. It does nothing on
 * other systems, or where the library does not load: sharp itself then tries all that it has, in the end its
 * WebAssembly build.
 * @param require the `require` of a module that can see sharp
 */
export function bindSharp(require: NodeJS.Require): void {
  if (bindNow === undefined || ownSymbolsFirst === undefined) return;
  try {
    const fromSharp = Module.createRequire(require.resolve('sharp'));
    const folder = path.join(path.dirname(fromSharp.resolve(`@img/sharp-linux-${process.arch}/sharp.node`)), 'lib');
    const name = readdirSync(folder).find((each) => each.endsWith('.node'));
    if (name === undefined) return;
    const file = path.join(folder, name);
    const loaded = new Module(file);
    process.dlopen(loaded, file, bindNow | ownSymbolsFirst);
    loaded.loaded = true;
    require.cache[file] = loaded;
  } catch {
    // sharp reports the reason when it is required.
  }
}
