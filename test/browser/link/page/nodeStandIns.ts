/**
 * What the code of the dataset takes from Node.js, for a page, where the host reads no files, has only paths with
 * slashes, and does not end what takes too long.
 */
const { performance } = globalThis;

/** Lets what waits have its turn. */
function setImmediate(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}

function realpath(): never {
  throw new Error('A page has no files.');
}

const realpathSync = realpath;

/** What becomes of a function that is never called. */
function promisify(work: unknown): unknown {
  return work;
}

/** Where {@link Script} runs. */
function createContext(context: object): object {
  return context;
}

/** A script that calls the function `run` of its context: the only one that there is. */
class Script {
  runInContext({ run }: { run: () => void }): void {
    run();
  }
}

const posix = {
  basename: (file: string): string => file.slice(file.lastIndexOf('/') + 1),
  dirname: (file: string): string => file.slice(0, Math.max(0, file.lastIndexOf('/'))),
};
const path = { ...posix, posix, sep: '/' };

// Modules are imported by these names, and `node:path` as a whole.
export { createContext, path as default, performance, promisify, realpath, realpathSync, Script, setImmediate };
