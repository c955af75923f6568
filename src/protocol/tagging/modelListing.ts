/** Folders to search for models, in addition to the caches and programs that are always searched. */
export interface ModelFolders {
  /** where downloads are stored */
  downloadFolder: string;
  /** further folders, each a model itself or with models in it */
  extraFolders: string[];
}

/** Where a model was found: the kind of folder, or the program that owns it. */
export type ModelSource = 'download' | 'hub-cache' | 'sd-scripts' | 'comfyui' | 'webui' | 'taggui' | 'extra-folder';

/** A model of the catalogue, or one found in the extra folders. */
export interface ModelListing {
  /** such as `wd-v1-4-moat-tagger-v2`; the folder's name for a model that is not in the catalogue */
  id: string;
  /** what the model is good for, in one line; empty if unknown */
  hint: string;
  inCatalogue: boolean;
  /** size of the download, in bytes; undefined if the exact size is not known in advance */
  size: number | undefined;
  /** approximate size of the download, in bytes, for display */
  approximateSize: number;
  /** where the model is on this machine; undefined if it must be downloaded */
  found: FoundModel | undefined;
  /** bytes of an unfinished download that can be resumed */
  partialBytes: number;
}

/** A model's files on this machine. */
export interface FoundModel {
  source: ModelSource;
  folder: string;
  model: string;
  tags: string;
  /** whether size and hash match the catalogue */
  verified: boolean;
}

/** Progress of a download. */
export interface DownloadProgress {
  /** the model, or `cuda` */
  id: string;
  /** the current step */
  phase: 'waiting' | 'downloading' | 'verifying' | 'unpacking';
  receivedBytes: number;
  totalBytes: number;
  /** average over the last seconds; 0 while unknown */
  bytesPerSecond: number;
  /** why the last attempt failed, while the download is being retried */
  retry?: string;
}
