/** Where models are looked for, beside the caches and programs that are always searched. */
export interface ModelFolders {
  /** where downloads go */
  downloadFolder: string;
  /** more folders, each a model or with models in it */
  extraFolders: string[];
}

/** Where a model was found: whose folder it is. */
export type ModelSource = 'download' | 'hub-cache' | 'sd-scripts' | 'comfyui' | 'webui' | 'taggui' | 'extra-folder';

/** A model of the catalogue, or one found in the extra folders. */
export interface ModelListing {
  /** such as `wd-v1-4-moat-tagger-v2`; a folder's own name where it is not in the catalogue */
  id: string;
  /** what it is good for, in one line; empty where it is not known */
  hint: string;
  inCatalogue: boolean;
  /** of the download, in bytes; undefined where the exact size is not known before */
  size: number | undefined;
  /** in bytes, good enough to show */
  approximateSize: number;
  /** where it is on this machine; undefined where it must be downloaded */
  found: FoundModel | undefined;
  /** bytes of an unfinished download that would be continued */
  partialBytes: number;
}

/** A model's files on this machine. */
export interface FoundModel {
  source: ModelSource;
  folder: string;
  model: string;
  tags: string;
  /** size and hash are the catalogue's */
  verified: boolean;
}

/** How far a download is. */
export interface DownloadProgress {
  /** the model, or `cuda` */
  id: string;
  /** what happens right now */
  phase: 'waiting' | 'downloading' | 'verifying' | 'unpacking';
  receivedBytes: number;
  totalBytes: number;
  /** mean of the last seconds; 0 while it is not known */
  bytesPerSecond: number;
  /** what went wrong with the last try, while it is tried again */
  retry?: string;
}
