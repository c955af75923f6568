import { stat } from 'node:fs/promises';
import { TagIndex, type KnownTag } from '../../dataset/tagIndex/TagIndex';
import { readTagList, type TagList } from './readTagList';

/** After this many milliseconds files are looked at again: the user may have put a newer list there. */
const lookAgainAfter = 5000;

/** The index of some lists of tags, made when it is first needed and again when the files change. */
export class TagLists {
  private index = TagIndex.empty;
  private version = '';
  private lookedAt = -Infinity;
  private work: Promise<void> | undefined;

  /**
   * @param read called with each file that was read
   * @param failed called once for each version of a file that cannot be used
   */
  constructor(
    private readonly read: (file: string, list: TagList) => void,
    private readonly failed: (thrown: unknown) => void,
    /** in milliseconds */
    private readonly now = (): number => performance.now(),
  ) {}

  /** Whether lists are being read. */
  get isLoading(): boolean {
    return this.work !== undefined;
  }

  /**
   * The index of these files as it is now; empty at first. They are read in the background, without delaying the
   * caller.
   * @param files absolute paths, the most important first
   */
  of(files: readonly string[]): TagIndex {
    const isNew = !this.version.startsWith(`${files.join('\n')}\n`);
    if (isNew) {
      this.index = TagIndex.empty;
      this.version = `${files.join('\n')}\n`;
      this.lookedAt = -Infinity;
    }
    const now = this.now();
    if (this.work === undefined && files.length > 0 && now - this.lookedAt > lookAgainAfter) {
      this.lookedAt = now;
      this.work = this.look(files)
        .catch(this.failed)
        .finally(() => {
          this.work = undefined;
        });
    }
    return this.index;
  }

  /** Waits until everything that is being read has been. */
  async whenRead(): Promise<void> {
    await this.work;
  }

  private async look(files: readonly string[]): Promise<void> {
    const states = await Promise.all(files.map(fileState));
    const paths = `${files.join('\n')}\n`;
    const version = paths + states.join('\n');
    if (version === this.version) return;
    const tags: KnownTag[][] = [];
    for (const file of files) {
      try {
        const list = await readTagList(file);
        this.read(file, list);
        tags.push(list.tags);
      } catch (thrown) {
        this.failed(thrown);
      }
    }
    const index = await TagIndex.build(concatenated(tags));
    // Other files may be wanted by now.
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
