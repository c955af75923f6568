import type { DownloadProgress } from '../../protocol/tagging/modelListing';

/** The hash that a file's content must have. */
export interface ExpectedHash {
  algorithm: 'sha256' | 'sha512';
  /** the encoding of `digest` */
  encoding: 'hex' | 'base64';
  digest: string;
}

/** A secret, and the only origin (scheme, host and port) to which it may be sent. */
export interface OriginToken {
  value: string;
  /** such as `https://huggingface.co` */
  origin: string;
}

/** How far the download of one file is. */
export type FileProgress = Omit<DownloadProgress, 'id'>;

/** The clock, timer and disk of a download; tests replace them. */
export interface DownloadEnvironment {
  /** milliseconds since 1970 */
  now(): number;
  /** @param time in milliseconds */
  sleep(time: number, signal: AbortSignal | undefined): Promise<void>;
  /** free disk space for files in an existing folder, in bytes; undefined if the system does not report it */
  freeSpace(folder: string): Promise<number | undefined>;
}

/** A file and where it comes from. */
export interface DownloadRequest {
  url: string;
  /** absolute path of the file; its folder is created if it is missing */
  target: string;
  /** in bytes; undefined if it is not known in advance. Pass a size or a hash, or better both. */
  size?: number | undefined;
  hash?: ExpectedHash | undefined;
  /** sent with every request, also to the servers that redirects lead to, so they must not contain secrets */
  headers?: Record<string, string>;
  token?: OriginToken | undefined;
  /** milliseconds without data after which an attempt fails (default 10 s) */
  timeout?: number;
  /** throttled to one call in 100 ms; also called when the phase changes */
  onProgress?: (progress: FileProgress) => void;
  signal?: AbortSignal | undefined;
  environment?: Partial<DownloadEnvironment>;
}
