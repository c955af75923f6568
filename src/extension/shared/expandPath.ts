import { homedir } from 'node:os';
import path from 'node:path';

/** A path as users write it, with `~` for their home folder. */
export function expandHome(file: string): string {
  return file === '~' || /^~[/\\]/.test(file) ? path.join(homedir(), file.slice(1)) : file;
}

/**
 * The same with `${env:NAME}` for environment variables of the machine where the extension runs; unset ones are empty.
 */
export function expandPath(file: string, environment: NodeJS.ProcessEnv = process.env): string {
  return expandHome(file.trim().replace(/\$\{env:([^}]+)\}/g, (_, name: string) => environment[name] ?? ''));
}
