import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

// Jobs and downloads of tests must not lie among the user's.
const dataFolder = mkdtempSync(path.join(tmpdir(), 'dataset-captions-data-'));
process.env.XDG_DATA_HOME = dataFolder;
process.on('exit', () => {
  rmSync(dataFolder, { recursive: true, force: true });
});

export const root = path.resolve(__dirname, '../../..');
/** The built program. */
export const program = path.join(root, 'dist/cli.js');

/** How a run of the program ended. */
export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the program as a user would. */
export function cli(...args: string[]): Promise<Ended> {
  return runToEnd(process.execPath, program, ...args);
}

/** Runs a command and keeps what it prints. */
export async function runToEnd(command: string, ...args: string[]): Promise<Ended> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended: Ended = { code: null, stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (ended.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (ended.stderr += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { ...ended, code };
}

/** What `caption --json` prints. */
export interface CaptionReport {
  status: string;
  done: number;
  total: number;
  untagged: number;
  results: Record<string, string>;
  failed: Record<string, string>;
  kept: Record<string, string>;
  problems: Record<string, string>;
}
