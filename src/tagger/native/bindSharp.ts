import { readdirSync } from 'node:fs';
import Module from 'node:module';
import { constants } from 'node:os';
import path from 'node:path';

/** glibc's flag, which no other C library has: a library looks for its symbols in itself and what it needs first. */
const { RTLD_NOW: bindNow, RTLD_DEEPBIND: ownSymbolsFirst } = constants.dlopen as Record<string, number | undefined>;

/**
 * Loads sharp's native library in a way that keeps it apart from the glib of the process: VS Code's Electron on Linux brings one,
 * sharp's library has another inside, and calls from one into the other lose memory or end the process (lovell/sharp#4522). To
 * be called before `sharp` is required, which then finds the library loaded. Where there is nothing to be kept apart, or the
 * library does not load, it does nothing: sharp itself then loads what it finds, in the end its WebAssembly build.
 * @param require of a module that can see sharp
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
    // sharp says why it cannot be loaded when it tries all that it has.
  }
}
