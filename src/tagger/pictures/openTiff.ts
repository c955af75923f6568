import type { SharpOptions } from 'sharp';
import type { DecodedImage } from '../formats/DecodedImage';
import { DecodingError } from '../formats/DecodingError';
import { decodeTiff } from '../tiff/decodeTiff';
import { labToRgb } from '../formats/labToRgb';
import { cmykToRgb, unmultiply } from '../formats/pillowColours';
import { keepTags, tiffTag } from '../tiff/tiffDirectory';
import { readTiffLayout, tiffCompression, type TiffLayout } from '../tiff/tiffLayout';
import { checkPieces } from '../tiff/tiffPieces';
import { turnPixels } from '../formats/turnPixels';
import { loadSharp } from '../native/nativePackages';
import type { OpenedImage, SharpImage } from './OpenedImage';
import { orientationIn } from './orientationIn';
import { checkSize, maximumPixels } from './pictureLimits';
import { refusal } from './refusals';

/** Compressions of fax machines. */
const faxCompressions: readonly number[] = [tiffCompression.faxRuns, tiffCompression.fax3, tiffCompression.fax4];

/** Compressions that only libtiff unpacks here. */
const foreignCompressions: readonly number[] = [...faxCompressions, tiffCompression.jpeg];

/** Compressions of ordinary files that libtiff unpacks and we do as well. */
const commonCompressions: readonly number[] = [
  tiffCompression.none,
  tiffCompression.lzw,
  tiffCompression.deflate,
  tiffCompression.oldDeflate,
  tiffCompression.packBits,
];

/** The value of PhotometricInterpretation for RGB. */
const photometricRgb = 2;

/** What libvips has to know of a page. */
const neededTags = [
  tiffTag.width,
  tiffTag.height,
  tiffTag.bitsPerSample,
  tiffTag.compression,
  tiffTag.photometric,
  tiffTag.fillOrder,
  tiffTag.stripOffsets,
  tiffTag.samplesPerPixel,
  tiffTag.rowsPerStrip,
  tiffTag.stripByteCounts,
  tiffTag.planarConfiguration,
  tiffTag.faxOptions3,
  tiffTag.faxOptions4,
  tiffTag.predictor,
  tiffTag.tileWidth,
  tiffTag.tileLength,
  tiffTag.tileOffsets,
  tiffTag.tileByteCounts,
  tiffTag.extraSamples,
  tiffTag.sampleFormat,
  tiffTag.jpegTables,
  tiffTag.ycbcrCoefficients,
  tiffTag.ycbcrSubsampling,
  tiffTag.ycbcrPositioning,
  tiffTag.referenceBlackWhite,
  tiffTag.iccProfile,
];

/**
 * Opens the first page of a TIFF. sharp decodes the most usual kinds, all others are decoded as Pillow does by
 * ourselves: libvips takes samples for alpha that are none, and knows no more than five of them. It never sees the
 * later pages, which it wants to be whole.
 * @param bytes may be changed
 * @throws ImageError
 */
export function openTiff(path: string, bytes: Buffer): OpenedImage {
  try {
    const layout = readTiffLayout(bytes);
    const { width, height, compression } = layout;
    checkSize(path, width, height);
    const orientation = orientationIn(bytes);
    const isForeign = foreignCompressions.includes(compression);
    if (isForeign) checkPieces(bytes, layout);
    const decode = async (): Promise<DecodedImage> => {
      try {
        const stored = isForeign ? await unpackWithSharp(bytes, layout) : decodeTiff(bytes, layout);
        return turnPixels(stored, orientation);
      } catch (error) {
        throw refusal(path, 'TIFF', error);
      }
    };
    const upright = orientation >= 5 ? { width: height, height: width } : { width, height };
    const image = { format: 'TIFF', width, height, upright } as const;
    if (isForeign || !isUsual(layout) || orientation !== 1) {
      if (isForeign) leaveToLibtiff(bytes, layout);
      // A strip may be all of the picture, and turning it takes another copy.
      return { kind: 'pixels', ...image, decode, copies: orientation === 1 ? 2 : 3 };
    }
    return { kind: 'sharp', ...image, ...usualTiff(bytes, layout) };
  } catch (error) {
    throw refusal(path, 'TIFF', error);
  }
}

/** Whether sharp gives what Pillow gives: 8 bits of grey or RGB, alpha or none, in strips. */
function isUsual({
  colours,
  bits,
  numbers,
  samples,
  alpha,
  tiled,
  planar,
  lowBitsFirst,
  compression,
  directory,
}: TiffLayout): boolean {
  // libtiff takes strips for tiles where a width of tiles is given.
  if (compression === tiffCompression.none && directory.entryAt(tiffTag.tileWidth) !== undefined) return false;
  if (tiled || planar || lowBitsFirst || bits !== 8 || numbers !== 'unsigned') return false;
  if ((colours !== 'grey' && colours !== 'rgb') || !commonCompressions.includes(compression)) return false;
  const expected = colours === 'grey' ? 1 : 3;
  return alpha === 'premultiplied' ? false : samples === (alpha === 'none' ? expected : expected + 1);
}

/** A file that sharp decodes; one that it refuses is tried by ourselves, who say what is wrong if anything is. */
function usualTiff(
  bytes: Buffer,
  layout: TiffLayout,
): Pick<SharpImage, 'open' | 'mend' | 'isCmyk' | 'isOpaque' | 'bytes'> {
  let isStripped = false;
  return {
    bytes,
    isCmyk: false,
    isOpaque: false,
    open: (options) => {
      if (!isStripped) keepTags(bytes, layout.directory, neededTags);
      isStripped = true;
      return loadSharp()(bytes, { limitInputPixels: maximumPixels, failOn: 'error', pages: 1, ...options });
    },
    mend: () => {
      const { pixels, width, height, channels } = decodeTiff(bytes, layout);
      return (options: SharpOptions) => loadSharp()(pixels, { ...options, raw: { width, height, channels } });
    },
  };
}

/** Leaves in a file what libtiff needs to unpack it. CIELAB is called RGB, so that its samples come as they are. */
function leaveToLibtiff(bytes: Buffer, { directory, colours }: TiffLayout): void {
  const at = directory.entryAt(tiffTag.photometric);
  if (colours === 'cielab' && at !== undefined) {
    const value = at + (directory.isBig ? 12 : 8);
    if (directory.little) bytes.writeUInt16LE(photometricRgb, value);
    else bytes.writeUInt16BE(photometricRgb, value);
  }
  keepTags(bytes, directory, neededTags);
}

async function unpackWithSharp(bytes: Buffer, { colours, alpha, compression }: TiffLayout): Promise<DecodedImage> {
  // A wrong bit of a fax spoils its row, and is no reason to refuse the rest; Pillow says nothing either.
  const failOn = faxCompressions.includes(compression) ? 'truncated' : 'error';
  const pipeline = loadSharp()(bytes, { limitInputPixels: maximumPixels, failOn, pages: 1, ignoreIcc: true });
  if (colours === 'cmyk') pipeline.pipelineColourspace('cmyk').toColourspace('cmyk');
  else pipeline.toColourspace('srgb');
  const { data, info } = await pipeline.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  const size = { width: info.width, height: info.height };
  if (colours === 'cmyk' && info.channels === 4) return { pixels: cmykToRgb(data), ...size, channels: 3 };
  if (info.channels === 3) {
    if (colours === 'cielab') convertLab(data);
    return { pixels: data, ...size, channels: 3 };
  }
  if (info.channels !== 4) throw new DecodingError('unsupported', `${info.channels} channels`);
  if (alpha === 'none') return { pixels: withoutFourth(data), ...size, channels: 3 };
  if (alpha === 'premultiplied') unmultiply(data);
  return { pixels: data, ...size, channels: 4 };
}

/** Replaces CIELAB by RGB, in the same memory. */
function convertLab(pixels: Uint8Array): void {
  const convert = labToRgb();
  for (let at = 0; at < pixels.length; at += 3) {
    convert(pixels[at] ?? 0, pixels[at + 1] ?? 0, pixels[at + 2] ?? 0, pixels, at);
  }
}

/** Leaves out each fourth byte, in the same memory. */
function withoutFourth(pixels: Uint8Array): Uint8Array {
  let to = 0;
  for (let at = 0; at < pixels.length; at++) if (at % 4 !== 3) pixels[to++] = pixels[at] ?? 0;
  return pixels.subarray(0, to);
}
