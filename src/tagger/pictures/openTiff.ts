import type { DecodedImage } from '../formats/DecodedImage';
import { DecodingError } from '../formats/DecodingError';
import { decodeTiff } from '../formats/decodeTiff';
import { cmykToRgb, unmultiplied } from '../formats/pillowColours';
import { rgbProfile } from '../formats/rgbProfile';
import { keepTags, tiffTag } from '../formats/tiffDirectory';
import { readTiffLayout, tiffCompression, type TiffLayout } from '../formats/tiffLayout';
import { checkPieces } from '../formats/tiffPieces';
import { turnPixels } from '../formats/turnPixels';
import { loadSharp } from '../native/nativePackages';
import type { OpenedImage } from './OpenedImage';
import { orientationIn } from './orientationIn';
import { checkSize, maximumPixels } from './pictureLimits';
import { refusal } from './refusals';

/** Compressions of fax machines. */
const faxCompressions: readonly number[] = [tiffCompression.faxRuns, tiffCompression.fax3, tiffCompression.fax4];

/** Colour profiles are some kB; larger ones are not looked at, in bytes. */
const mostProfile = 16 * 1024 * 1024;

/** What libtiff has to know of a page to unpack it. */
const tagsOfPixels = [
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
];

/**
 * Opens the first page of a TIFF. sharp unpacks JPEG and fax; all else is read by ourselves, because libvips takes
 * samples for alpha that are none, knows no more than five of them, and wants later pages to be whole.
 * @param bytes may be changed
 * @throws ImageError
 */
export function openTiff(path: string, bytes: Buffer): OpenedImage {
  try {
    const layout = readTiffLayout(bytes);
    const { width, height, compression, colours } = layout;
    checkSize(path, width, height);
    const orientation = orientationIn(bytes);
    const upright = orientation >= 5 ? { width: height, height: width } : { width, height };
    // Read before the directory is changed.
    const profile = colours === 'rgb' ? rgbProfile(layout.directory.bytes(tiffTag.iccProfile, mostProfile)) : undefined;
    const bySharp = compression === tiffCompression.jpeg || faxCompressions.includes(compression);
    if (bySharp) {
      checkPieces(bytes, layout);
      keepTags(bytes, layout.directory, tagsOfPixels);
    }
    const decode = async (): Promise<DecodedImage> => {
      try {
        const stored = bySharp ? await unpackWithSharp(bytes, layout) : decodeTiff(bytes, layout);
        return turnPixels(stored, orientation);
      } catch (error) {
        throw refusal(path, 'TIFF', error);
      }
    };
    // A strip may be all of the picture, and turning it takes another copy.
    const copies = orientation === 1 ? 2 : 3;
    return { kind: 'pixels', format: 'TIFF', width, height, upright, decode, copies, profile };
  } catch (error) {
    throw refusal(path, 'TIFF', error);
  }
}

async function unpackWithSharp(bytes: Buffer, { colours, alpha, compression }: TiffLayout): Promise<DecodedImage> {
  if (colours === 'cielab') throw new DecodingError('unsupported', 'CIELAB');
  // A wrong bit of a fax spoils its row, and is no reason to refuse the rest; Pillow says nothing either.
  const failOn = faxCompressions.includes(compression) ? 'truncated' : 'error';
  const pipeline = loadSharp()(bytes, { limitInputPixels: maximumPixels, failOn, pages: 1, ignoreIcc: true });
  if (colours === 'cmyk') pipeline.pipelineColourspace('cmyk').toColourspace('cmyk');
  else pipeline.toColourspace('srgb');
  const { data, info } = await pipeline.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  const size = { width: info.width, height: info.height };
  if (colours === 'cmyk' && info.channels === 4) return { pixels: cmykToRgb(data), ...size, channels: 3 };
  if (info.channels === 3) return { pixels: data, ...size, channels: 3 };
  if (info.channels !== 4) throw new DecodingError('unsupported', `${info.channels} channels`);
  if (alpha === 'none') return { pixels: withoutFourth(data), ...size, channels: 3 };
  if (alpha === 'premultiplied') unmultiply(data);
  return { pixels: data, ...size, channels: 4 };
}

/** Leaves out each fourth byte, in the same memory. */
function withoutFourth(pixels: Uint8Array): Uint8Array {
  let to = 0;
  for (let at = 0; at < pixels.length; at++) if (at % 4 !== 3) pixels[to++] = pixels[at] ?? 0;
  return pixels.subarray(0, to);
}

function unmultiply(pixels: Uint8Array): void {
  for (let at = 0; at < pixels.length; at += 4) {
    const alpha = pixels[at + 3] ?? 0;
    for (let i = at; i < at + 3; i++) pixels[i] = unmultiplied(pixels[i] ?? 0, alpha);
  }
}
