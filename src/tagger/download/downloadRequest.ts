import type { DownloadProgress } from '../../protocol/tagging/modelListing';

/** What a file's content must hash to. */
export interface ExpectedHash {
  algorithm: 'sha256' | 'sha512';
  /** the encoding of `digest` */
  encoding: 'hex' | 'base64';
  digest: string;
}

/** A secret and the one origin (scheme, host and port) that may see it. */
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
  /** bytes that may be written below a folder that exists; undefined where the system does not say */
  freeSpace(folder: string): Promise<number | undefined>;
}

/** A file and where it comes from. */
export interface DownloadRequest {
  url: string;
  /** absolute path of the file; its folder is made where it is missing */
  target: string;
  /** in bytes; undefined where it is not known in advance. Give a size or a hash, better both. */
  size?: number | undefined;
  hash?: ExpectedHash | undefined;
  /** sent to every server on the way: no secrets */
  headers?: Record<string, string>;
  token?: OriginToken | undefined;
  /** milliseconds without a byte after which a try fails (default 10 s) */
  timeout?: number;
  /** throttled to one call in 100 ms; also called when the phase changes */
  onProgress?: (progress: FileProgress) => void;
  signal?: AbortSignal | undefined;
  environment?: Partial<DownloadEnvironment>;
}
