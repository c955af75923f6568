import type { Sharp, SharpOptions } from 'sharp';
import type { ImageFormat } from '../../base/sniffFormat';
import type { DecodedImage } from '../formats/DecodedImage';

/** What a file holds, after its header was read and found acceptable; the pixels are not decoded yet. */
export type OpenedImage = {
  format: ImageFormat;
  /** of the picture as it is stored: an orientation may exchange them */
  width: number;
  height: number;
  /** as it is shown */
  upright: { width: number; height: number };
} & (
  | {
      /** decoded by ourselves, or turned otherwise than sharp would */
      kind: 'pixels';
      decode: () => Promise<DecodedImage>;
      /** how many times the memory of its pixels decoding it takes, at most */
      copies: number;
    }
  | {
      kind: 'sharp';
      /** a fresh pipeline on the file's first frame */
      open: SharpOpener;
      /** Makes another file of one that sharp refuses, which it may take. @throws DecodingError, ImageError */
      mend?: () => SharpOpener;
      /** whether the pixels are CMYK */
      isCmyk: boolean;
      /** whether alpha that sharp finds is none */
      isOpaque: boolean;
      bytes: Buffer;
    }
);

export type SharpOpener = (options: SharpOptions) => Sharp;

/** One that sharp decodes. */
export type SharpImage = Extract<OpenedImage, { kind: 'sharp' }>;
