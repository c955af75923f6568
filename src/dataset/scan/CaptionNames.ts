/** The names of the files of one folder that may be captions. */
export class CaptionNames {
  private readonly exact = new Set<string>();
  private readonly extension: string;
  private folded: Set<string> | undefined;

  /** @param captionExtension with its dot, such as `.txt` */
  constructor(private readonly captionExtension: string) {
    this.extension = fold(captionExtension);
  }

  /** Takes up a file if its name has the extension of captions, in any case. @returns whether it has */
  add(name: string): boolean {
    const isCaption =
      name.endsWith(this.captionExtension) || fold(name.slice(-this.captionExtension.length)) === this.extension;
    if (isCaption) this.exact.add(name);
    return isCaption;
  }

  /**
   * Whether a file may be found by a name: there is one of that name, or of one that some file systems do not tell from
   * it (another case, or another composition of its letters). Whether this one does, opening the file tells.
   */
  mayHave(name: string): boolean {
    if (this.exact.has(name)) return true;
    this.folded ??= new Set([...this.exact].map(fold));
    return this.folded.has(fold(name));
  }
}

function fold(name: string): string {
  return name.normalize('NFC').toLowerCase();
}
