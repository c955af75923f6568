import type { Caption } from '../captions/Caption';
import type { DatasetImage } from '../captions/DatasetImage';
import { folderOf } from '../files/datasetPath';
import { firstFrom } from '../../base/firstFrom';
import { compareNaturally } from '../../base/naturalOrder';

/** The images and captions of a dataset, by their paths and in natural order. */
export class DatasetIndex {
  readonly byPath = new Map<string, DatasetImage>();
  /** by the paths of the captions */
  readonly captions = new Map<string, Caption>();
  /**
   * the identity of a caption's file (`ListedImage.captionFile`), by the path that an image gives its caption; only
   * where that is not this path
   */
  readonly captionFiles = new Map<string, string>();
  /** files whose names differ in case or composition only (`ListedImage.lookalike`), by the paths as above */
  readonly lookalikes = new Map<string, string>();
  /** captions of which several images have the file, by all further paths and identities of that file */
  private readonly otherPaths = new Map<string, Caption>();
  private ordered: DatasetImage[] = [];
  private shown: readonly DatasetImage[] = [];
  /** images that {@link arrange} still has to merge into the order; the images of each element stay together */
  private apart: DatasetImage[][] = [];

  /** The images in natural order, as of the last call of {@link arrange} or of {@link showGrowth}. */
  get images(): readonly DatasetImage[] {
    return this.shown;
  }

  /** The caption whose file a path or identity leads to. */
  captionAt(path: string): Caption | undefined {
    return this.captions.get(path) ?? this.otherPaths.get(path);
  }

  /** Records a further path, or the identity, of a caption's file. */
  addPath(path: string, caption: Caption): void {
    if (path !== caption.path) this.otherPaths.set(path, caption);
  }

  /** Adds an image that comes after all others; {@link showGrowth} or {@link arrange} makes it visible. */
  append(image: DatasetImage): void {
    this.add(image);
    this.ordered.push(image);
  }

  /**
   * Adds an image of a linked folder, whose place in the order is unknown; the images of one such folder must be added
   * in natural order.
   */
  addLinked(image: DatasetImage): void {
    const last = this.ordered.at(-1);
    const block = this.apart.at(-1);
    const folder = folderOf(image.path);
    if (block?.[0] !== undefined && folderOf(block[0].path) === folder) block.push(image);
    else if (last === undefined || folderOf(last.path) === folder || compareNaturally(last.path, image.path) < 0) {
      this.ordered.push(image);
    } else this.apart.push([image]);
    this.add(image);
  }

  /** Adds an image at any place of the order, which {@link arrange} finds. */
  insert(image: DatasetImage): void {
    this.add(image);
    this.apart.push([image]);
  }

  /**
   * Makes appended images visible, but only once they are 40 % of those visible before, because each time costs a copy
   * and a new search. Returns whether it did.
   */
  showGrowth(): boolean {
    if (this.ordered.length < this.shown.length * 1.4) return false;
    this.shown = [...this.ordered];
    return true;
  }

  /** Merges all images into natural order and makes them visible. */
  arrange(): void {
    const blocks = this.apart.sort(([a], [b]) => compareNaturally(a?.path ?? '', b?.path ?? ''));
    this.apart = [];
    const parts: DatasetImage[][] = [];
    let start = 0;
    for (const block of blocks) {
      const first = block[0]?.path ?? '';
      const end = firstFrom(this.ordered, (image) => compareNaturally(image.path, first) >= 0, start);
      parts.push(this.ordered.slice(start, end), block);
      start = end;
    }
    if (parts.length > 0) this.ordered = [...parts, this.ordered.slice(start)].flat();
    if (!sameElements(this.ordered, this.shown)) this.shown = [...this.ordered];
  }

  /** Whether another index has the same images. */
  hasImagesOf(other: DatasetIndex): boolean {
    return sameElements(this.shown, other.shown);
  }

  /** Whether any image is in a folder or below it. */
  hasFolder(folder: string): boolean {
    return this.shown.some(({ path }) => path.startsWith(`${folder}/`));
  }

  private add(image: DatasetImage): void {
    this.byPath.set(image.path, image);
    this.captions.set(image.caption.path, image.caption);
  }
}

function sameElements(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((element, index) => element === b[index]);
}
