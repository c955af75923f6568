import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { buildSync } from 'esbuild';

const run = promisify(execFile);
const root = path.resolve(__dirname, '../../..');

/** Bundles a script that writes files, with `writeFileSafely` and `writeInPlace`, for a process of its own. */
export function writerScript(folder: string, body: string): string {
  const script = path.join(folder, 'writer.cjs');
  buildSync({
    stdin: {
      contents: `
        import { writeFileSafely } from './src/dataset/files/writeFileSafely';
        import { writeInPlace } from './src/dataset/files/writeInPlace';
        ${body}`,
      resolveDir: root,
      loader: 'ts',
    },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile: script,
  });
  return script;
}

/** Runs a script of {@link writerScript}. @returns what it prints */
export async function runScript(script: string, args: readonly string[]): Promise<string> {
  return (await run(process.execPath, [script, ...args])).stdout.trim();
}
