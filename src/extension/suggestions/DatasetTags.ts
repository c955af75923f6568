import type { Dataset } from '../../dataset/Dataset';
import { TagIndex, type KnownTag } from '../../dataset/tagIndex/TagIndex';

/**
 * How stale the index may be, in milliseconds: each key changes the dataset, and rebuilding for each would be wasted.
 */
const oldest = 500;
/** What is longer is a sentence. */
const longestTag = 100;

/** The tags of a dataset, to be suggested: an index of them that follows the captions. */
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

  /** The index as it is now, or half a second ago. */
  async current(): Promise<TagIndex> {
    if (this.changed && performance.now() - this.builtAt > oldest) {
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
    if (tag.length <= longestTag && !tag.includes('\n')) yield { tag, count };
  }
}
