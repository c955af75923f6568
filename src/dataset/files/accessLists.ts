import { spawnSync } from 'node:child_process';
import path from 'node:path';

/** On macOS the entries of an access list follow the line of their file. */
const options = process.platform === 'darwin' ? '-lne' : '-ln';
/** A line of `ls -l` (POSIX): type, nine letters of permissions, a plus sign where an access list decides, too. */
const listedLine = /^[-d][r-][w-][xsS-][r-][w-][xsS-][r-][w-][xtT-]\+/;
/** The first entry of an access list on macOS, whose sign for extended attributes takes the place of the plus sign. */
const firstEntry = ' 0: ';
/** What comes before a name: permissions, links, owner, group, size, month, day, time or year. */
const beforeName = /^(?:\S+\s+){7}\S+ /;
/** How long `ls` may take, in milliseconds: a disk that does not answer must not hold a save for ever. */
const limit = 10_000;
/** The largest list of a folder that is taken, in bytes: of some 500,000 files. */
const longest = 64 * 1024 * 1024;
/** After so many questions about files of one folder the next one lists the whole folder. */
const questionsBeforeList = 16;
/** So many files are listed in the time that one question takes, about. */
const filesPerQuestion = 500;
/** How long it is believed what was found out about a folder itself, in milliseconds. */
const folderBelieved = 10_000;
/** The coarsest resolution of file times where there are access lists, in milliseconds. */
const coarsestTime = 1000;

interface Folder {
  /** questions about single files since it was listed */
  questions: number;
  /** how many questions are asked until it is listed the next time */
  worth: number;
  /** when it was listed, in milliseconds since 1970; -Infinity: never */
  listedAt: number;
  /** names of its files that have an access list */
  withList: ReadonlySet<string>;
}

/**
 * Tells which files have an access list (ACL) besides owner, group and mode. Asks `ls`, because Node cannot; where that
 * is missing, or does not know access lists (BusyBox), none is found. A process costs milliseconds, so where many files
 * of a folder are written it is listed as a whole; an access list that came later shows by the `ctime` of its file.
 */
export class AccessLists {
  private readonly folders = new Map<string, Folder>();
  /** what was found out about folders themselves, and when */
  private readonly ofFolders = new Map<string, { hasList: boolean; askedAt: number }>();
  private hasCommand = process.platform !== 'win32';

  /**
   * @param file absolute path, links resolved
   * @param changed its `ctime`, in milliseconds since 1970
   */
  has(file: string, changed: number): boolean {
    if (!this.hasCommand) return false;
    const name = path.basename(file);
    const folder = this.folder(path.dirname(file));
    const isOneLine = !name.includes('\n');
    if (isOneLine && folder.questions >= folder.worth) this.list(path.dirname(file), folder);
    if (isOneLine && changed < folder.listedAt - coarsestTime) return folder.withList.has(name);
    folder.questions++;
    return linesWithList(this.run(['-d', '--', file]) ?? '').length > 0;
  }

  /** Whether a folder has one, which new files in it may inherit. @param folder absolute path */
  hasFolder(folder: string): boolean {
    if (!this.hasCommand) return false;
    const known = this.ofFolders.get(folder);
    if (known !== undefined && Date.now() - known.askedAt < folderBelieved) return known.hasList;
    const hasList = linesWithList(this.run(['-d', '--', folder]) ?? '').length > 0;
    this.ofFolders.set(folder, { hasList, askedAt: Date.now() });
    return hasList;
  }

  private folder(absolute: string): Folder {
    const known = this.folders.get(absolute);
    if (known !== undefined) return known;
    const made = { questions: 0, worth: questionsBeforeList, listedAt: -Infinity, withList: new Set<string>() };
    this.folders.set(absolute, made);
    return made;
  }

  private list(absolute: string, folder: Folder): void {
    const now = Date.now();
    const output = this.run(['-A', '--', absolute]);
    folder.questions = 0;
    if (output === undefined) {
      // It is too large, or too far away.
      folder.worth = Infinity;
      return;
    }
    const lines = output.split('\n');
    folder.worth = Math.max(questionsBeforeList, lines.length / filesPerQuestion);
    folder.listedAt = now;
    folder.withList = new Set(linesWithList(output).map((line) => line.replace(beforeName, '')));
  }

  /** What `ls` prints; undefined if it fails. */
  private run(args: readonly string[]): string | undefined {
    const { error, stdout } = spawnSync('ls', [options, ...args], {
      // Without the variables that change what ls prints.
      env: { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C' },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: limit,
      maxBuffer: longest,
    });
    // Without ls there is nobody to ask: not for the next file either.
    if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') this.hasCommand = false;
    return error === undefined ? stdout : undefined;
  }
}

function linesWithList(output: string): string[] {
  const lines = output.split('\n');
  return lines.filter((line, at) => listedLine.test(line) || (lines[at + 1]?.startsWith(firstEntry) ?? false));
}
