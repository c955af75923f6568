import type { DatasetImage } from '../captions/DatasetImage';

/** The selected images of one view, by their paths: they stay selected whatever is searched, sorted or scanned. */
export class ImageSelection {
  /** changes whenever the selection may have */
  revision = 0;
  private readonly paths = new Set<string>();
  /** what {@link hiddenFrom} counted last */
  private hidden: { images: readonly DatasetImage[]; revision: number; count: number } | undefined;

  get count(): number {
    return this.paths.size;
  }

  /** The paths of all selected images, in no order. */
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

  /** Forgets images that are not in the dataset any more. */
  retain(exists: (path: string) => boolean): void {
    this.revision++;
    for (const path of this.paths) if (!exists(path)) this.paths.delete(path);
  }

  /** The selected ones among some images, in their order. */
  among(images: readonly DatasetImage[]): DatasetImage[] {
    return this.paths.size === 0 ? [] : images.filter(({ path }) => this.paths.has(path));
  }

  /** How many selected images are not among some; they are counted again only when either changed. */
  hiddenFrom(images: readonly DatasetImage[]): number {
    const { hidden, revision } = this;
    if (hidden?.images === images && hidden.revision === revision) return hidden.count;
    const count = this.count - this.among(images).length;
    this.hidden = { images, revision, count };
    return count;
  }
}
