import { stat } from 'node:fs/promises';
import { TagIndex, type KnownTag } from '../../dataset/tagIndex/TagIndex';
import { readTagList, type TagList } from '../../dataset/tagIndex/readTagList';

/** Files are checked for changes at most once per this many milliseconds. */
const checkInterval = 5000;

/** An index of the tags in some list files, built on demand and rebuilt when the files change. */
export class TagLists {
  private index = TagIndex.empty;
  private version = '';
  private checkedAt = -Infinity;
  private work: Promise<void> | undefined;

  /**
   * @param onRead called with each file that was read
   * @param onFailure called once for each version of a file that cannot be used
   */
  constructor(
    private readonly onRead: (file: string, list: TagList) => void,
    private readonly onFailure: (thrown: unknown) => void,
    /** the clock, in milliseconds */
    private readonly now = (): number => performance.now(),
  ) {}

  /** Whether files are being read. */
  get isLoading(): boolean {
    return this.work !== undefined;
  }

  /**
   * The latest index of these files, empty at first. Never waits: changed files are read in the background.
   * @param files absolute paths, the most important first
   */
  of(files: readonly string[]): TagIndex {
    const isNew = !this.version.startsWith(`${files.join('\n')}\n`);
    if (isNew) {
      this.index = TagIndex.empty;
      this.version = `${files.join('\n')}\n`;
      this.checkedAt = -Infinity;
    }
    const now = this.now();
    if (this.work === undefined && files.length > 0 && now - this.checkedAt > checkInterval) {
      this.checkedAt = now;
      this.work = this.reload(files)
        .catch(this.onFailure)
        .finally(() => {
          this.work = undefined;
        });
    }
    return this.index;
  }

  /** Resolves when no file is being read. */
  async whenRead(): Promise<void> {
    await this.work;
  }

  private async reload(files: readonly string[]): Promise<void> {
    const states = await Promise.all(files.map(fileState));
    const paths = `${files.join('\n')}\n`;
    const version = paths + states.join('\n');
    if (version === this.version) return;
    const tags: KnownTag[][] = [];
    for (const file of files) {
      try {
        const list = await readTagList(file);
        this.onRead(file, list);
        tags.push(list.tags);
      } catch (thrown) {
        this.onFailure(thrown);
      }
    }
    const index = await TagIndex.build(concatenated(tags));
    // A newer call may have asked for different files.
    if (!this.version.startsWith(paths)) return;
    this.version = version;
    this.index = index;
  }
}

async function fileState(file: string): Promise<string> {
  try {
    const { size, mtimeMs } = await stat(file);
    return `${size} ${mtimeMs}`;
  } catch {
    return 'missing';
  }
}

function* concatenated(lists: readonly KnownTag[][]): Iterable<KnownTag> {
  for (const list of lists) yield* list;
}
