/** What is known of an image file. */
export interface ImageFact {
  /** when it was last written, in milliseconds since 1970 */
  modified?: number;
  /** its size in bytes */
  bytes?: number;
  /** in pixels */
  width?: number;
  /** in pixels */
  height?: number;
}

/** What is known of the image files of a dataset; it is read when somebody asks for it. */
export interface ImageFacts {
  get(path: string): ImageFact | undefined;
  /** Learns times and file sizes of all images. */
  loadStats(options?: FactOptions): Promise<void>;
  /** Learns widths and heights of all images. */
  loadSizes(options?: FactOptions): Promise<void>;
}

export interface FactOptions {
  signal?: AbortSignal;
  onProgress?: (done: number, total: number) => void;
}
