import { spawnSync } from 'node:child_process';

/** A line of `ls -l` (POSIX): type, nine letters of permissions, and a plus sign where an access list decides, too. */
const listedLine = /^-[r-][w-][xsS-][r-][w-][xsS-][r-][w-][xtT-]\+/;
/** How long a list may take, in milliseconds: a disk that does not answer must not hold a save for ever. */
const limit = 10_000;
let hasList = process.platform !== 'win32';

/**
 * Which of some files have an access list (ACL) besides owner, group and mode. Asks `ls`, because Node cannot; where
 * that is missing, or does not know access lists (BusyBox), none is found. One call for many files costs little more
 * than for one.
 * @param files absolute paths, links resolved
 */
export function withAccessList(files: readonly string[]): ReadonlySet<string> {
  if (!hasList || files.length === 0) return new Set();
  const { error, stdout } = spawnSync('ls', ['-ldn', '--', ...files], {
    // Without the variables that change what ls prints.
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C' },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: limit,
  });
  // Without ls there is nobody to ask: not for the next file either.
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') hasList = false;
  if (error !== undefined) return new Set();
  const lines = stdout.split('\n').filter((line) => listedLine.test(line));
  return new Set(lines.length === 0 ? [] : files.filter((file) => lines.some((line) => line.endsWith(` ${file}`))));
}

/** Whether a file has an access list: {@link withAccessList} for one. */
export function hasAccessList(file: string): boolean {
  return withAccessList([file]).has(file);
}

/**
 * {@link hasAccessList} for files that are asked about one after the other: the first question asks for all of them.
 * @param files absolute paths; one that is a link is asked for by itself
 */
export function accessListsOf(files: readonly string[]): (file: string) => boolean {
  const asked = new Set(files);
  let listed: ReadonlySet<string> | undefined;
  return (file) => (asked.has(file) ? (listed ??= withAccessList(files)).has(file) : hasAccessList(file));
}
