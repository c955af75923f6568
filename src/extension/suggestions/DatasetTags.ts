import type { Dataset } from '../../dataset/Dataset';
import { TagIndex, type KnownTag } from '../../dataset/tagIndex/TagIndex';

/** Maximum age of a stale index, in milliseconds: every keystroke changes the dataset, and rebuilding takes time. */
const maxAge = 500;
/** Longer tags are sentences and are not suggested, in UTF-16 code units. */
const maxTagLength = 100;

/** An index of a dataset's tags for suggestions, rebuilt when captions changed. */
export class DatasetTags {
  private index = TagIndex.empty;
  private builtAt = -Infinity;
  private work: Promise<void> | undefined;
  private changed = true;

  constructor(private readonly dataset: Dataset) {
    dataset.onDidChange(() => {
      this.changed = true;
    });
  }

  /** The index, at most half a second old. */
  async current(): Promise<TagIndex> {
    if (this.changed && performance.now() - this.builtAt > maxAge) {
      this.work ??= this.build().finally(() => {
        this.work = undefined;
      });
      await this.work;
    }
    return this.index;
  }

  private async build(): Promise<void> {
    this.changed = false;
    try {
      this.index = await TagIndex.build(shortTags(this.dataset.tagCounts));
    } catch (thrown) {
      this.changed = true;
      throw thrown;
    }
    this.builtAt = performance.now();
  }
}

function* shortTags(counts: ReadonlyMap<string, number>): Iterable<KnownTag> {
  for (const [tag, count] of counts) {
    if (tag.length <= maxTagLength && !tag.includes('\n')) yield { tag, count };
  }
}
