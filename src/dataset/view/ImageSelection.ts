import type { DatasetImage } from '../captions/DatasetImage';

/** The selected images of one view, by their paths: searching, sorting and scanning do not change the selection. */
export class ImageSelection {
  /** increases whenever the selection may have changed */
  revision = 0;
  private readonly paths = new Set<string>();
  /** cache of the last result of {@link hiddenFrom} */
  private hidden: { images: readonly DatasetImage[]; revision: number; count: number } | undefined;

  get count(): number {
    return this.paths.size;
  }

  /** The paths of all selected images, in no particular order. */
  get all(): string[] {
    return [...this.paths];
  }

  has(path: string): boolean {
    return this.paths.has(path);
  }

  /** Selects one image and nothing else. */
  only(path: string): void {
    this.revision++;
    this.paths.clear();
    this.paths.add(path);
  }

  toggle(path: string): void {
    this.revision++;
    if (!this.paths.delete(path)) this.paths.add(path);
  }

  /** Adds images. */
  add(images: Iterable<Pick<DatasetImage, 'path'>>): void {
    this.revision++;
    for (const { path } of images) this.paths.add(path);
  }

  clear(): void {
    this.revision++;
    this.paths.clear();
  }

  /** Deselects images that are no longer in the dataset. */
  retain(exists: (path: string) => boolean): void {
    this.revision++;
    for (const path of this.paths) if (!exists(path)) this.paths.delete(path);
  }

  /** Those of the given images that are selected, in their order. */
  among(images: readonly DatasetImage[]): DatasetImage[] {
    return this.paths.size === 0 ? [] : images.filter(({ path }) => this.paths.has(path));
  }

  /** Number of selected images that are not among the given ones; recounted only when either has changed. */
  hiddenFrom(images: readonly DatasetImage[]): number {
    const { hidden, revision } = this;
    if (hidden?.images === images && hidden.revision === revision) return hidden.count;
    const count = this.count - this.among(images).length;
    this.hidden = { images, revision, count };
    return count;
  }
}
