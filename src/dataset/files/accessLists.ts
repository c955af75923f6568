import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import path from 'node:path';

/** Flags of `ls`: long format, numeric ids; on macOS `e` prints the entries of an access list below their file. */
const options = process.platform === 'darwin' ? '-lne' : '-ln';
/** A line of `ls -l` (POSIX) for a file with an access list: type, nine letters of permissions, a plus sign. */
const listedLine = /^[-d][r-][w-][xsS-][r-][w-][xsS-][r-][w-][xtT-]\+/;
/** The first entry of an access list on macOS, which prints `@` instead of the plus sign for extended attributes. */
const firstEntry = ' 0: ';
/** What comes before a name: permissions, links, owner, group, size, month, day, time or year. */
const beforeName = /^(?:\S+\s+){7}\S+ /;
/** How long `ls` may take, in milliseconds: a disk that does not answer must not hold a save for ever. */
const limit = 10_000;
/** Maximum length of the output of `ls` in bytes: enough for a folder with some 500,000 files. */
const longest = 64 * 1024 * 1024;
/** After this many files that were asked about in a folder, the whole folder is listed. */
const questionsBeforeList = 4;
/**
 * About this many files are listed in the time that it takes to ask about a single one: nearly all of that is the start
 * of `ls`, for which the system copies the tables of a process as large as VS Code's extension host.
 */
const filesPerQuestion = 5000;
/** How long the cached answer about a folder itself is used, in milliseconds. */
const folderBelieved = 10_000;
/** The coarsest resolution of file times on file systems with access lists, in milliseconds. */
const coarsestTime = 1000;

interface Folder {
  /** number of files that were asked about since the folder was last listed */
  questions: number;
  /** after how many of them the folder is listed (again); Infinity: never */
  worth: number;
  /** when it was listed, in milliseconds since 1970; -Infinity: never */
  listedAt: number;
  /** names of its files that have an access list */
  withList: ReadonlySet<string>;
}

/**
 * Tells which files have an access list (ACL) besides owner, group and mode. Runs `ls`, because Node has no API for it;
 * if `ls` is missing or does not support access lists (BusyBox), none is found. Starting a process takes milliseconds,
 * so a folder in which many files are written is listed as a whole. That answer is used for files whose `ctime` is
 * older than the list: adding an access list changes the `ctime`. Files that changed just now are asked about together.
 */
export class AccessLists {
  private readonly folders = new Map<string, Folder>();
  /** cache: whether a folder itself has an access list, and when that was checked */
  private readonly ofFolders = new Map<string, { hasList: boolean; askedAt: number }>();
  /** the files that are about to be checked, absolute */
  private coming = new Set<string>();
  /** answers about files that are still to be checked, with the `ctime` that the file had before it was asked about */
  private readonly answers = new Map<string, { changed: number; hasList: boolean }>();
  private hasCommand = process.platform !== 'win32';

  /**
   * These files are about to be checked: where they are many in a folder, it is listed at once. Those announced before
   * are forgotten.
   * @param files absolute paths
   */
  announce(files: readonly string[]): void {
    this.coming = new Set(files);
  }

  /**
   * Whether a file has an access list.
   * @param file absolute path, links resolved
   * @param changed its `ctime`, in milliseconds since 1970
   */
  has(file: string, changed: number): boolean {
    if (!this.hasCommand) return false;
    const name = path.basename(file);
    const absolute = path.dirname(file);
    const folder = this.folder(absolute);
    const isOneLine = !name.includes('\n');
    this.coming.delete(file);
    const isListed = (listedAt: number): boolean => isOneLine && changed < listedAt - coarsestTime;
    if (!isListed(folder.listedAt) && isListed(Date.now()) && this.isWorthListing(absolute, folder)) {
      this.list(absolute, folder);
    }
    if (isListed(folder.listedAt)) return folder.withList.has(name);
    const answer = this.answers.get(file);
    this.answers.delete(file);
    if (answer?.changed === changed) return answer.hasList;
    return this.ask(file, absolute, folder);
  }

  /** Whether a folder itself has an access list: new files may inherit it. @param folder absolute path */
  hasFolder(folder: string): boolean {
    if (!this.hasCommand) return false;
    const known = this.knownOfFolder(folder);
    if (known !== undefined) return known;
    const hasList = linesWithList(this.run(['-d', '--', folder]) ?? '').length > 0;
    this.ofFolders.set(folder, { hasList, askedAt: Date.now() });
    return hasList;
  }

  private knownOfFolder(folder: string): boolean | undefined {
    const known = this.ofFolders.get(folder);
    return known !== undefined && Date.now() - known.askedAt < folderBelieved ? known.hasList : undefined;
  }

  private isWorthListing(absolute: string, { questions, worth, listedAt }: Folder): boolean {
    if (listedAt === -Infinity) return questions + this.comingIn(absolute).length >= worth;
    // A list made soon after another knows of few files more: where they change at this pace, they are asked about.
    return questions >= worth && Date.now() - listedAt > 2 * coarsestTime;
  }

  private comingIn(absolute: string): string[] {
    return [...this.coming].filter((file) => path.dirname(file) === absolute);
  }

  /** Asks about a file, and with the same process about those that come after it in its folder, and the folder. */
  private ask(file: string, absolute: string, folder: Folder): boolean {
    const together = [file, ...this.comingIn(absolute)].filter((one) => !one.includes('\n'));
    folder.questions += together.length;
    this.answers.clear();
    if (together[0] !== file) return linesWithList(this.run(['-d', '--', file]) ?? '').length > 0;
    const changes = together.map(changeTime);
    const askedAt = Date.now();
    const asksFolder = this.knownOfFolder(absolute) === undefined;
    const output = this.run(['-d', '--', ...together, ...(asksFolder ? [absolute] : [])]) ?? '';
    const withList = new Set(linesWithList(output).map((line) => line.replace(beforeName, '')));
    for (const [index, one] of together.entries()) {
      const changed = changes[index];
      // If the command failed, as for a file that is gone, each file is asked for on its own later.
      if (changed !== undefined && output !== '') this.answers.set(one, { changed, hasList: withList.has(one) });
    }
    if (asksFolder) this.ofFolders.set(absolute, { hasList: withList.has(absolute), askedAt });
    return withList.has(file);
  }

  private folder(absolute: string): Folder {
    const known = this.folders.get(absolute);
    if (known !== undefined) return known;
    const made = {
      questions: 0,
      worth: questionsBeforeList,
      listedAt: -Infinity,
      withList: new Set<string>(),
    };
    this.folders.set(absolute, made);
    return made;
  }

  private list(absolute: string, folder: Folder): void {
    const now = Date.now();
    const output = this.run(['-a', '--', absolute]);
    folder.questions = 0;
    if (output === undefined) {
      // Too many files, or a slow disk: do not try to list this folder again.
      folder.worth = Infinity;
      return;
    }
    const lines = output.split('\n');
    folder.worth = Math.max(questionsBeforeList, lines.length / filesPerQuestion);
    folder.listedAt = now;
    folder.withList = new Set(linesWithList(output).map((line) => line.replace(beforeName, '')));
    this.ofFolders.set(absolute, { hasList: folder.withList.has('.'), askedAt: now });
  }

  /** The output of `ls`; undefined if it could not run, timed out or printed too much. */
  private run(args: readonly string[]): string | undefined {
    const { error, stdout } = spawnSync('ls', [options, ...args], {
      // No other variables: some of them change the output of `ls`.
      env: { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C' },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: limit,
      maxBuffer: longest,
    });
    // This machine has no `ls`: do not try again for the next file.
    if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') this.hasCommand = false;
    return error === undefined ? stdout : undefined;
  }
}

/** The `ctime` of a file in milliseconds since 1970; undefined if it cannot be had. */
function changeTime(file: string): number | undefined {
  try {
    return statSync(file).ctimeMs;
  } catch {
    return undefined;
  }
}

function linesWithList(output: string): string[] {
  const lines = output.split('\n');
  return lines.filter((line, at) => listedLine.test(line) || (lines[at + 1]?.startsWith(firstEntry) ?? false));
}
