import { OnnxTagger } from './OnnxTagger';

/** Models kept at once: the one in use and the one just switched from. The largest ones take 1.3 GB each. */
const maximumLoaded = 2;

interface Entry {
  tagger: Promise<OnnxTagger>;
  users: number;
}

/** The models of this process by folder, each loaded once; the least recently used one goes when there are too many. */
export class LoadedTaggers {
  /** in the order of their last use */
  private readonly entries = new Map<string, Entry>();

  /**
   * Calls `work` with the folder's model, which stays loaded at least until it returns.
   * @throws ModelError or NativePackageError when the model does not load; the next call tries again
   */
  async use<T>(modelFolder: string, work: (tagger: OnnxTagger) => Promise<T> | T): Promise<T> {
    const entry = this.entries.get(modelFolder) ?? { tagger: OnnxTagger.load(modelFolder), users: 0 };
    this.entries.delete(modelFolder);
    this.entries.set(modelFolder, entry);
    entry.users++;
    try {
      const tagger = await entry.tagger.catch((error: unknown) => {
        if (this.entries.get(modelFolder) === entry) this.entries.delete(modelFolder);
        throw error;
      });
      return await work(tagger);
    } finally {
      entry.users--;
      await this.releaseSurplus();
    }
  }

  private async releaseSurplus(): Promise<void> {
    for (const [folder, entry] of this.entries) {
      if (this.entries.size <= maximumLoaded) return;
      if (entry.users > 0) continue;
      this.entries.delete(folder);
      await (await entry.tagger).release();
    }
  }
}
