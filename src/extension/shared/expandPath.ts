import { homedir } from 'node:os';
import path from 'node:path';

/** Replaces a leading `~` by the user's home folder. */
export function expandHome(file: string): string {
  return file === '~' || /^~[/\\]/.test(file) ? path.join(homedir(), file.slice(1)) : file;
}

/**
 * Trims a path and replaces `~` and `${env:NAME}`, environment variables of the extension host; unset variables are
 * empty.
 */
export function expandPath(file: string, environment: NodeJS.ProcessEnv = process.env): string {
  return expandHome(file.trim().replace(/\$\{env:([^}]+)\}/g, (_, name: string) => environment[name] ?? ''));
}
