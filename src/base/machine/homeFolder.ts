import { homedir } from 'node:os';

/** The user's home folder; undefined where there is none: in containers a user id may have no entry in any list. */
export function homeFolder(): string | undefined {
  try {
    return homedir();
  } catch {
    return undefined;
  }
}
