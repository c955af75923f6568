import { foldName } from './foldName';

/** The names of the files of one folder that may be captions. */
export class CaptionNames {
  private readonly exact = new Set<string>();
  private readonly links = new Set<string>();
  private readonly extension: string;
  /** the names, by their {@link foldName}: several where the file system tells them apart */
  private folded: Map<string, string[]> | undefined;

  /** @param captionExtension with its dot, such as `.txt` */
  constructor(private readonly captionExtension: string) {
    this.extension = foldName(captionExtension);
  }

  /**
   * Takes up a file if its name has the extension of captions, in any case.
   * @param isLink whether it is a symbolic link
   * @returns whether it has
   */
  add(name: string, isLink: boolean): boolean {
    const isCaption =
      name.endsWith(this.captionExtension) || foldName(name.slice(-this.captionExtension.length)) === this.extension;
    if (isCaption) this.exact.add(name);
    if (isCaption && isLink) this.links.add(name);
    return isCaption;
  }

  /**
   * The file that may be found by a name: the one of that name, else one whose name some file systems do not tell from
   * it (another case, or another composition of its letters). Whether this one does, looking for the file tells.
   * @param isOwned whether a name is that of another image's caption; of several names one that is none is returned
   */
  find(name: string, isOwned: (name: string) => boolean): string | undefined {
    if (this.exact.has(name)) return name;
    if (this.exact.size === 0) return undefined;
    this.folded ??= this.byFoldedName();
    const similar = this.folded.get(foldName(name)) ?? [];
    return similar.length > 1 ? (similar.find((one) => !isOwned(one)) ?? similar[0]) : similar[0];
  }

  private byFoldedName(): Map<string, string[]> {
    const names = new Map<string, string[]>();
    for (const name of this.exact) {
      const similar = names.get(foldName(name));
      if (similar === undefined) names.set(foldName(name), [name]);
      else similar.push(name);
    }
    return names;
  }

  /** Whether one of the names that were taken up is a symbolic link. */
  isLink(name: string): boolean {
    return this.links.has(name);
  }
}
