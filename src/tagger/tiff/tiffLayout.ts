import type { TiffDirectory } from '../../base/pictureHead/tiffDirectory';
import { DecodingError } from '../formats/DecodingError';
import { isWhole, readFirstDirectory, tiffTag } from './tiffDirectory';

/** What the samples of a TIFF's pixels are. */
export type TiffColours = 'bilevel' | 'grey' | 'palette' | 'rgb' | 'cmyk' | 'ycbcr' | 'cielab';

/** How the pixels of a TIFF's first page are stored. */
export interface TiffLayout {
  /** as stored, in pixels */
  width: number;
  height: number;
  directory: TiffDirectory;
  colours: TiffColours;
  /** how many samples each pixel has, extra ones among them */
  samples: number;
  /** of each sample */
  bits: number;
  numbers: 'unsigned' | 'signed' | 'floating';
  /** which sample behind the colours is alpha, and whether the colours are multiplied with it */
  alpha: 'none' | 'straight' | 'premultiplied';
  /** whether 0 is white */
  inverted: boolean;
  /** whether the first pixel of a byte is in its lowest bits */
  lowBitsFirst: boolean;
  compression: number;
  /** whether each sample is stored on its own */
  planar: boolean;
  /** 1 for none, 2 for differences of numbers, 3 for those of floating ones */
  predictor: number;
  /** of strips and tiles, in pixels */
  pieceWidth: number;
  pieceHeight: number;
  tiled: boolean;
}

export const tiffCompression = {
  none: 1,
  faxRuns: 2,
  fax3: 3,
  fax4: 4,
  lzw: 5,
  oldJpeg: 6,
  jpeg: 7,
  deflate: 8,
  packBits: 32_773,
  oldDeflate: 32_946,
  lzma: 34_925,
  zstd: 50_000,
  webp: 50_001,
} as const;

/** Names of compressions that are not decoded, as people know them. */
const compressionNames: Readonly<Record<number, string>> = {
  [tiffCompression.oldJpeg]: 'JPEG (1992)',
  [tiffCompression.webp]: 'WebP',
  32_809: 'ThunderScan',
  34_676: 'SGI LogLuv',
  34_677: 'SGI LogLuv 24',
  34_712: 'JPEG 2000',
  34_887: 'LERC',
  50_002: 'JPEG XL',
  52_546: 'JPEG XL',
};

/** Which number of samples has which meaning, by the tag PhotometricInterpretation. */
const colourSamples: readonly { colours: TiffColours; count: number }[] = [
  { colours: 'grey', count: 1 },
  { colours: 'grey', count: 1 },
  { colours: 'rgb', count: 3 },
  { colours: 'palette', count: 1 },
  { colours: 'grey', count: 1 },
  { colours: 'cmyk', count: 4 },
  { colours: 'ycbcr', count: 3 },
  { colours: 'grey', count: 1 },
  { colours: 'cielab', count: 3 },
];

/** In pixels. Tiles go on behind the picture, and are held as a whole. */
const largestTile = 2 ** 26;

const known = [0, 1, 2, 3, 5, 6, 8];

/**
 * Reads how a TIFF stores its first page. What Pillow opens is known (its table of byte order, colours, sample format,
 * bits and extra samples), and nothing else.
 * @throws DecodingError
 */
export function readTiffLayout(file: Buffer): TiffLayout {
  const directory = readFirstDirectory(file);
  if (directory.isBig && !directory.little) {
    throw new DecodingError('unsupported', 'version 43 (BigTIFF) in the order MM');
  }
  const number = (tag: number, usual: number): number => directory.number(tag) ?? usual;
  const [width = 0, height = 0] = [directory.whole(tiffTag.width), directory.whole(tiffTag.height)];
  if (!(width > 0 && height > 0)) {
    throw new DecodingError('damaged', 'The size is missing.');
  }

  const compression = number(tiffTag.compression, tiffCompression.none);
  // As in Pillow, which leaves compressed ones to libtiff.
  if (compression !== tiffCompression.none && !isWhole(file, directory)) {
    throw new DecodingError('cut', 'The directory is cut short.');
  }
  const photometric = compression === tiffCompression.oldJpeg ? 6 : number(tiffTag.photometric, 0);
  const planar = number(tiffTag.planarConfiguration, 1) === 2;
  const extra = directory.numbers(tiffTag.extraSamples) ?? [];
  const samples = number(tiffTag.samplesPerPixel, 1);
  const allBits = (directory.numbers(tiffTag.bitsPerSample) ?? [1]).slice(0, samples);
  const bits = allBits[0] ?? 1;
  const format = directory.numbers(tiffTag.sampleFormat) ?? [1];
  const kind = known.includes(photometric) ? colourSamples[photometric] : undefined;
  const described = [
    `photometric ${photometric}`,
    `${samples} x ${allBits.join('/')} bits`,
    `sample format ${format.join('/')}`,
    ...(extra.length === 0 ? [] : [`extra samples ${extra.join('/')}`]),
  ].join(', ');
  const unsupported = (): DecodingError => new DecodingError('unsupported', described);
  const uniform = allBits.every((each) => each === bits) && format.every((each) => each === format[0]);
  if (kind === undefined || !uniform || samples > 6 || (allBits.length > 1 && allBits.length < samples)) {
    throw unsupported();
  }
  if (compressionNames[compression] !== undefined || !Object.values<number>(tiffCompression).includes(compression)) {
    throw new DecodingError('unsupported', compressionNames[compression] ?? `compression ${compression}`);
  }

  const sampleKind = ({ 1: 'unsigned', 2: 'signed', 3: 'floating' } as const)[format[0] ?? 1];
  const layout: TiffLayout = {
    width,
    height,
    directory,
    colours:
      kind.colours === 'ycbcr' && samples === 1
        ? 'grey'
        : bits === 1 && kind.colours === 'grey'
          ? 'bilevel'
          : kind.colours,
    samples,
    bits,
    numbers: sampleKind ?? 'unsigned',
    alpha: alphaOf(kind.colours, samples - kind.count, extra),
    inverted: photometric === 0,
    lowBitsFirst: number(tiffTag.fillOrder, 1) === 2,
    compression,
    planar,
    predictor: number(tiffTag.predictor, 1),
    ...pieces(directory, width, height),
  };
  if (sampleKind === undefined || !isKnown(layout, extra)) throw unsupported();
  if (!isKnownInPlanes(layout, extra)) throw new DecodingError('unsupported', `in planes: ${described}`);
  if (!isKnownInOrder(layout)) throw new DecodingError('unsupported', `compressed, in the order MM: ${described}`);
  return layout;
}

/** Whether Pillow has a mode for it. */
function isKnown(
  { colours, samples, bits, numbers, alpha, directory, inverted, lowBitsFirst }: TiffLayout,
  extra: number[],
): boolean {
  const count = { bilevel: 1, grey: 1, palette: 1, rgb: 3, cmyk: 4, ycbcr: 3, cielab: 3 }[colours];
  const more = samples - count;
  // RGB with a fourth sample that nothing is said of is RGBA; otherwise each sample beyond the colours has to be named.
  if (more < 0 || (extra.length !== more && !(colours === 'rgb' && more === 1 && extra.length === 0))) return false;
  // All behind the first extra sample are unspecified.
  if (extra.slice(1).some((each) => each !== 0)) return false;
  if (![0, 1, 2, 999, undefined].includes(extra[0]) || (extra[0] === 999 && colours !== 'rgb')) return false;
  switch (colours) {
    case 'bilevel':
      return more === 0 && numbers === 'unsigned';
    case 'grey':
      if (more > 0) return more === 1 && bits === 8 && numbers === 'unsigned' && !inverted;
      if (bits === 32) return numbers === 'floating' || (!inverted && (numbers === 'signed' || directory.little));
      if (bits === 16)
        return numbers === 'unsigned' ? !inverted || directory.little : numbers === 'signed' && !inverted;
      if (bits === 12) return numbers === 'unsigned' && !inverted && directory.little && !lowBitsFirst;
      return [2, 4, 8].includes(bits) && (numbers === 'unsigned' || (numbers === 'signed' && bits === 8 && !inverted));
    case 'palette':
      if (numbers !== 'unsigned') return false;
      return more === 0 ? [1, 2, 4, 8].includes(bits) : more === 1 && bits === 8 && alpha !== 'premultiplied';
    case 'rgb':
      return numbers === 'unsigned' && (bits === 8 || (bits === 16 && more <= 1));
    case 'cmyk':
      return numbers === 'unsigned' && alpha === 'none' && (bits === 8 || (bits === 16 && more === 0));
    case 'ycbcr':
    case 'cielab':
      return numbers === 'unsigned' && bits === 8 && more === 0;
  }
}

/**
 * Whether Pillow puts planes together: it fails where they have more samples than its mode, or takes them for others.
 * It reads even a single plane without compression as if its samples had no depth and order.
 */
function isKnownInPlanes(
  { planar, samples, colours, bits, alpha, compression, lowBitsFirst, inverted, directory }: TiffLayout,
  extra: number[],
): boolean {
  if (!planar) return true;
  if (compression === tiffCompression.none) {
    if (lowBitsFirst || alpha === 'premultiplied') return false;
    if (samples === 1) return bits === 32 ? directory.little : !inverted && (bits === 8 || colours === 'bilevel');
    return (
      bits === 8 && (colours === 'rgb' ? samples === (alpha === 'none' ? 3 : 4) : colours === 'cmyk' && samples === 4)
    );
  }
  if (colours === 'cielab') return false;
  return alpha === 'none' || (colours === 'rgb' && samples === 4 && extra.length === 1);
}

/** Whether Pillow knows that libtiff has put the bytes of numbers into the processor's order: only of plain 16 bits. */
function isKnownInOrder({ numbers, bits, compression, directory }: TiffLayout): boolean {
  return (
    directory.little || compression === tiffCompression.none || bits <= 8 || (bits === 16 && numbers === 'unsigned')
  );
}

/** Extra samples: 0 is nothing in particular, 1 and 2 are alpha; 999 is Corel's, and RGBA is often left untold. */
function alphaOf(colours: TiffColours, more: number, extra: readonly number[]): TiffLayout['alpha'] {
  if (more <= 0 || extra[0] === 0) return 'none';
  if (extra[0] === 1) return 'premultiplied';
  return extra[0] !== undefined || colours === 'rgb' ? 'straight' : 'none';
}

/** Those of a strip. As in Pillow, numbers that are too large, of whatever type, mean all rows. */
function rowsOfStrips(directory: TiffDirectory, height: number): number {
  const rows = directory.number(tiffTag.rowsPerStrip) ?? height;
  if (rows >= height) return height;
  if (directory.whole(tiffTag.rowsPerStrip) === rows && rows > 0) return rows;
  // libtiff, to which Pillow leaves compressed pictures, takes 0 for all.
  if (rows === 0 && directory.number(tiffTag.compression) !== tiffCompression.none) return height;
  throw new DecodingError('damaged', 'The strips have no size.');
}

function pieces(
  directory: TiffDirectory,
  width: number,
  height: number,
): Pick<TiffLayout, 'pieceWidth' | 'pieceHeight' | 'tiled'> {
  if (directory.entryAt(tiffTag.stripOffsets) !== undefined) {
    return { pieceWidth: width, pieceHeight: rowsOfStrips(directory, height), tiled: false };
  }
  if (directory.entryAt(tiffTag.tileOffsets) === undefined)
    throw new DecodingError('cut', 'The places of the pixels are missing.');
  const [pieceWidth, pieceHeight] = [directory.whole(tiffTag.tileWidth) ?? 0, directory.whole(tiffTag.tileLength) ?? 0];
  if (!(pieceWidth > 0 && pieceHeight > 0 && pieceWidth * pieceHeight <= largestTile))
    throw new DecodingError('damaged', 'The tiles have no size.');
  return { pieceWidth, pieceHeight, tiled: true };
}
