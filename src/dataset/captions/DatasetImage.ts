import type { Caption } from './Caption';

/** An image of a dataset; several may share one caption file (`a.jpg`, `a.png`). */
export interface DatasetImage {
  /** relative to the dataset, with `/` */
  path: string;
  caption: Caption;
}
