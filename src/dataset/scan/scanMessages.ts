import type { CaptionContent } from '../captions/captionContent';
import type { CaptionErrorCode } from '../files/CaptionError';
import type { ScanRest } from './scanDataset';

/** The data with which a thread is started. */
export interface ScanWorkerData {
  /** of the dataset, absolute */
  folder: string;
  /** with its dot, such as `.txt` */
  captionExtension: string;
}

/**
 * Relative paths in one string, separated by U+0000, which no path contains: sending one string to a thread costs no
 * more than sending one number.
 */
export type PackedPaths = string;

export function packPaths(paths: readonly string[]): PackedPaths {
  return paths.join('\0');
}

/** Packs what only some images have; empty if none has it. */
export function packSparse(texts: readonly (string | undefined)[]): PackedPaths {
  return texts.some((text) => text !== undefined) ? packPaths(texts.map((text) => text ?? '')) : '';
}

export function unpackPaths(packed: PackedPaths): string[] {
  return packed === '' ? [] : packed.split('\0');
}

/** A batch of images in natural order, as the scan finds them. */
export interface ScanBatch {
  images: PackedPaths;
  /** for each image: 1 if a file exists at the path of its caption, else 0 */
  hasCaption: Uint8Array;
  /** `ListedImage.captionFile` of each image; empty if none of them has one */
  captionFiles: PackedPaths;
  /** `ListedImage.lookalike` of each image; empty if none of them has one */
  lookalikes: PackedPaths;
  linked: boolean;
}

/** Requests the captions of some images. */
export interface ReadCaptions {
  images: PackedPaths;
  /** for each image: 1 to read its caption, 0 to skip it */
  wanted: Uint8Array;
  /** for each image the known modification time in ms and size in bytes of its caption; NaN if unknown */
  known: Float64Array | undefined;
}

/** The outcome of reading a caption, the values of {@link CaptionsRead.kinds}. */
export const captionKind = { notRead: 0, text: 1, foreign: 2, absent: 3, unchanged: 4, failed: 5 } as const;

export interface CaptionsRead {
  /** for each image one of {@link captionKind} */
  kinds: Uint8Array;
  /** all captions that are clean UTF-8, concatenated */
  text: string;
  /** for each image the length of its part of `text`, in UTF-16 code units */
  lengths: Uint32Array;
  /** for each image the modification time in ms and the size in bytes of its caption; NaN if they are not reliable */
  stamps: Float64Array;
  /** captions that are not clean UTF-8, by the position of their image */
  foreign: { index: number; content: CaptionContent }[];
  /** captions that could not be read, by the position of their image */
  failures: { index: number; code: string | undefined; message: string }[];
}

/** How many numbers {@link ReadExact.known} has for each image: size in bytes, mtime and ctime in ms, inode. */
export const stampLength = 4;
/** How many bytes of a hash {@link ExactRead.hashes} has for each image: those that `captionHash` shows. */
export const exactHashLength = 16;

/** Requests the exact bytes of the captions of some images. */
export interface ReadExact {
  images: PackedPaths;
  /** for each image: 1 to read its caption, 0 if it has none */
  wanted: Uint8Array;
  /** for each image {@link stampLength} numbers of its caption when that was last read; NaN if unknown */
  known: Float64Array;
}

export interface ExactRead {
  /** for each image one of {@link captionKind}: `text` if it was read, whatever it holds */
  kinds: Uint8Array;
  /** the bytes of all captions that were read, concatenated */
  bytes: Uint8Array;
  /** for each image the length of its part of `bytes` */
  lengths: Uint32Array;
  /** for each caption that was read {@link exactHashLength} bytes of the SHA-256 of its content */
  hashes: Uint8Array;
  /** for each image {@link stampLength} numbers; NaN if they are not reliable */
  stamps: Float64Array;
}

/** Requests facts of image files. */
export interface ReadFacts {
  images: PackedPaths;
  /** whether to read the size in pixels too */
  pixels: boolean;
}

export interface FactsRead {
  /** for each image the modification time in ms and the size in bytes; NaN where the file cannot be read */
  stats: Float64Array;
  /** for each image width and height as shown; 0 where they cannot be read or were not asked for */
  pixels: Uint32Array;
}

export type ScanRequest =
  | { id: number; task: 'scan' }
  | ({ id: number; task: 'read' } & ReadCaptions)
  | ({ id: number; task: 'exact' } & ReadExact)
  | ({ id: number; task: 'facts' } & ReadFacts);

/** An error as plain data, to send between threads. */
export interface ScanFailure {
  code: CaptionErrorCode;
  message: string;
  path: string;
}

export type ScanReply =
  | { id: number; batch: ScanBatch }
  | { id: number; result: ScanRest | CaptionsRead | ExactRead | FactsRead }
  | { id: number; failure: ScanFailure };
