/** Where the folders of the images begin, in one order by name. */
export class FolderList {
  /** position of the first image of each folder, and the number of images at the end */
  private readonly starts: readonly number[];

  /** @param lengths how many images each folder has, folder by folder */
  constructor(
    readonly order: number,
    lengths: readonly number[],
  ) {
    const starts = [0];
    for (const length of lengths) starts.push((starts.at(-1) ?? 0) + length);
    this.starts = starts;
  }

  /**
   * Where the key for another folder leads.
   * @param direction 1 for the next folder; -1 for the first image of this one or, from there, for the previous folder
   * @param index position of the image to start from
   * @returns undefined where there is no further folder
   */
  target(direction: 1 | -1, index: number): number | undefined {
    const { starts } = this;
    // The folder of the image: the last one that begins at it or before it.
    let [low, high] = [0, starts.length - 1];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if ((starts[middle] ?? Infinity) <= index) low = middle;
      else high = middle;
    }
    if (direction > 0) return low + 2 < starts.length ? starts[low + 1] : undefined;
    return index > (starts[low] ?? 0) ? starts[low] : starts[low - 1];
  }
}
