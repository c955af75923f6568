import type { DecodedImage } from '../formats/DecodedImage';
import { DecodingError } from '../formats/DecodingError';
import { labToRgb } from '../formats/labToRgb';
import {
  clipped,
  libtiffYcbcr,
  pillowYcbcr,
  unmultiplied,
  withoutInk,
  type YcbcrToRgb,
} from '../formats/pillowColours';
import { tiffTag } from './tiffDirectory';
import { tiffCompression, type TiffLayout } from './tiffLayout';
import { eachTiffPiece, type PackedPieces } from './tiffPieces';

/**
 * Decodes the first page of a TIFF as Pillow does, bit for bit but for 16-bit grey, which is scaled to 8 bits: samples
 * that are not alpha are ignored, CMYK has no profile, whole numbers of 32 bits and floating ones are cut off at 0 and
 * 255. It is not turned.
 * @throws DecodingError
 */
export function decodeTiff(file: Buffer, layout: TiffLayout): DecodedImage {
  const { width, height, colours, compression } = layout;
  const channels = layout.alpha === 'none' ? 3 : 4;
  const pixels = new Uint8Array(width * height * channels);
  if (colours === 'ycbcr' && compression !== tiffCompression.none && !layout.planar) {
    paintBlocks(file, layout, pixels);
  } else {
    const paint = painter(layout);
    eachTiffPiece(file, layout, ({ x, y, width: count, height: rows, samples, stride }) => {
      for (let row = 0; row < rows; row++) {
        paint(samples, row * stride, count, pixels, ((y + row) * width + x) * channels);
      }
    });
  }
  return { pixels, width, height, channels };
}

/** Colours a row of pixels. Offsets are in bytes. */
type Paint = (samples: Uint8Array, from: number, count: number, pixels: Uint8Array, to: number) => void;

function painter(layout: TiffLayout): Paint {
  switch (layout.colours) {
    case 'bilevel':
    case 'grey':
      return layout.samples === 1 ? greyPainter(layout) : greyWithMorePainter(layout);
    case 'palette':
      return palettePainter(layout);
    case 'rgb':
      return rgbPainter(layout);
    case 'cmyk':
      return cmykPainter(layout);
    case 'ycbcr':
      return ycbcrPainter(layout);
    case 'cielab':
      return labPainter(layout);
  }
}

/** A function that reads the sample with an index in a row as 8 bits. */
function greyReader({
  bits,
  numbers,
  inverted,
  directory,
}: TiffLayout): (view: DataView, at: number, i: number) => number {
  const { little } = directory;
  const flip = inverted ? 255 : 0;
  switch (bits) {
    case 16:
      if (numbers === 'signed') return (view, at, i) => clipped(view.getInt16(at + i * 2, little));
      // Pillow cuts these off at 255, which makes nearly all white. It does not look at what is white either.
      return (view, at, i) => view.getUint16(at + i * 2, little) >> 8;
    case 32:
      if (numbers === 'floating') return (view, at, i) => clipped(view.getFloat32(at + i * 4, little));
      return (view, at, i) => clipped(view.getInt32(at + i * 4, little));
    case 12:
      // As of 16 bits, the lower ones are left out.
      return (view, at, i) => {
        const first = at + Math.floor(i * 1.5);
        if (i % 2 === 0) return view.getUint8(first);
        return ((view.getUint8(first) & 15) << 4) | (view.getUint8(first + 1) >> 4);
      };
    default: {
      const perByte = 8 / bits;
      const largest = 2 ** bits - 1;
      return (view, at, i) => {
        const value = view.getUint8(at + Math.floor(i / perByte)) >> (8 - bits * ((i % perByte) + 1));
        return ((value & largest) * (255 / largest)) ^ flip;
      };
    }
  }
}

function greyPainter(layout: TiffLayout): Paint {
  const { bits, inverted } = layout;
  if (bits === 8) {
    const flip = inverted ? 255 : 0;
    return (samples, from, count, pixels, to) => {
      for (let i = 0; i < count; i++) to = putGrey((samples[from + i] ?? 0) ^ flip, pixels, to);
    };
  }
  const read = greyReader(layout);
  return (samples, from, count, pixels, to) => {
    const view = viewOf(samples);
    for (let i = 0; i < count; i++) to = putGrey(read(view, from, i), pixels, to);
  };
}

function greyWithMorePainter({ samples: step, alpha }: TiffLayout): Paint {
  return (samples, from, count, pixels, to) => {
    for (let i = 0; i < count; i++, from += step) {
      const opacity = samples[from + 1] ?? 0;
      const grey = samples[from] ?? 0;
      to = putGrey(alpha === 'premultiplied' ? unmultiplied(grey, opacity) : grey, pixels, to);
      if (alpha !== 'none') pixels[to++] = opacity;
    }
  };
}

/** @returns where the next sample goes */
function putGrey(value: number, pixels: Uint8Array, to: number): number {
  pixels[to] = value;
  pixels[to + 1] = value;
  pixels[to + 2] = value;
  return to + 3;
}

function palettePainter({ directory, bits, samples: step, alpha }: TiffLayout): Paint {
  const map = directory.numbers(tiffTag.colorMap);
  if (map === undefined) throw new DecodingError('damaged', 'The colours are missing.');
  const size = Math.floor(map.length / 3);
  const perByte = 8 / bits;
  const mask = 2 ** bits - 1;
  const channel = (index: number, offset: number): number =>
    index < size ? (map[offset * size + index] ?? 0) >> 8 : 0;
  const palette = Uint8Array.from({ length: 768 }, (_, i) => channel(Math.floor(i / 3), i % 3));
  return (samples, from, count, pixels, to) => {
    for (let i = 0; i < count; i++) {
      const byte = samples[from + Math.floor((i * step) / perByte)] ?? 0;
      const color = ((byte >> (8 - bits * ((i % perByte) + 1))) & mask) * 3;
      pixels[to++] = palette[color] ?? 0;
      pixels[to++] = palette[color + 1] ?? 0;
      pixels[to++] = palette[color + 2] ?? 0;
      if (alpha !== 'none') pixels[to++] = samples[from + i * step + 1] ?? 0;
    }
  };
}

function rgbPainter({ samples: perPixel, bits, alpha, directory }: TiffLayout): Paint {
  const channels = alpha === 'none' ? 3 : 4;
  if (bits === 8 && perPixel === channels && alpha !== 'premultiplied') {
    return (samples, from, count, pixels, to) => {
      pixels.set(samples.subarray(from, from + count * channels), to);
    };
  }
  // Of 16 bits the upper 8 count.
  const size = bits / 8;
  const first = bits === 16 && directory.little ? 1 : 0;
  const step = perPixel * size;
  return (samples, from, count, pixels, to) => {
    for (let at = from + first; count > 0; count--, at += step) {
      let [red, green, blue] = [samples[at] ?? 0, samples[at + size] ?? 0, samples[at + 2 * size] ?? 0];
      if (alpha === 'none') {
        pixels[to++] = red;
        pixels[to++] = green;
        pixels[to++] = blue;
        continue;
      }
      const opacity = samples[at + 3 * size] ?? 0;
      if (alpha === 'premultiplied') {
        [red, green, blue] = [unmultiplied(red, opacity), unmultiplied(green, opacity), unmultiplied(blue, opacity)];
      }
      pixels[to++] = red;
      pixels[to++] = green;
      pixels[to++] = blue;
      pixels[to++] = opacity;
    }
  };
}

function cmykPainter({ samples: perPixel, bits, directory }: TiffLayout): Paint {
  const size = bits / 8;
  const first = bits === 16 && directory.little ? 1 : 0;
  const step = perPixel * size;
  return (samples, from, count, pixels, to) => {
    for (let at = from + first; count > 0; count--, at += step) {
      const black = samples[at + 3 * size] ?? 0;
      pixels[to++] = withoutInk(samples[at] ?? 0, black);
      pixels[to++] = withoutInk(samples[at + size] ?? 0, black);
      pixels[to++] = withoutInk(samples[at + 2 * size] ?? 0, black);
    }
  };
}

function ycbcrPainter(layout: TiffLayout): Paint {
  const { samples: step, compression } = layout;
  const convert = compression === tiffCompression.none ? pillowYcbcr() : libtiffConversion(layout);
  return (samples, from, count, pixels, to) => {
    for (let i = 0; i < count; i++, from += step, to += 3) {
      convert(samples[from] ?? 0, samples[from + 1] ?? 0, samples[from + 2] ?? 0, pixels, to);
    }
  };
}

function labPainter({ samples: step }: TiffLayout): Paint {
  const convert = labToRgb();
  return (samples, from, count, pixels, to) => {
    for (let i = 0; i < count; i++, from += step, to += 3) {
      convert(samples[from] ?? 0, samples[from + 1] ?? 0, samples[from + 2] ?? 0, pixels, to);
    }
  };
}

/** YCbCr in blocks that share the two colour differences (TIFF 6.0, section 21). */
function paintBlocks(file: Buffer, layout: TiffLayout, pixels: Uint8Array): void {
  const { width } = layout;
  const { across, down } = colourBlocks(layout);
  const convert = libtiffConversion(layout);
  const lumas = across * down;
  const size = lumas + 2;
  const packed: PackedPieces = {
    length: (pieceWidth, pieceHeight) => Math.ceil(pieceWidth / across) * Math.ceil(pieceHeight / down) * size,
    // Rows of blocks are as many rows of pixels to libtiff.
    stride: (pieceWidth) => Math.floor((Math.ceil(pieceWidth / across) * size) / down),
  };
  eachTiffPiece(
    file,
    layout,
    ({ x, y, width: shownWidth, height: shownHeight, samples }) => {
      const perRow = Math.ceil(layout.pieceWidth / across);
      for (let row = 0; row < shownHeight; row++) {
        for (let column = 0; column < shownWidth; column++) {
          const block = (Math.floor(row / down) * perRow + Math.floor(column / across)) * size;
          const luma = samples[block + (row % down) * across + (column % across)] ?? 0;
          const to = ((y + row) * width + x + column) * 3;
          convert(luma, samples[block + lumas] ?? 0, samples[block + lumas + 1] ?? 0, pixels, to);
        }
      }
    },
    packed,
  );
}

/** How many pixels across and down share their colour. */
function colourBlocks({ directory }: TiffLayout): { across: number; down: number } {
  const [across = 2, down = 2] = directory.numbers(tiffTag.ycbcrSubsampling) ?? [];
  if (![1, 2, 4].includes(across) || ![1, 2, 4].includes(down)) {
    throw new DecodingError('damaged', 'The blocks of colour have no size.');
  }
  // libtiff has no other.
  if (down > across && down > 2) throw new DecodingError('unsupported', `YCbCr in blocks of ${across} x ${down}`);
  return { across, down };
}

function libtiffConversion(layout: TiffLayout): YcbcrToRgb {
  const { directory, planar } = layout;
  const { across, down } = colourBlocks(layout);
  if (planar && across * down > 1) {
    throw new DecodingError('unsupported', `YCbCr in planes, in blocks of ${across} x ${down}`);
  }
  return libtiffYcbcr(
    directory.numbers(tiffTag.ycbcrCoefficients) ?? [],
    directory.numbers(tiffTag.referenceBlackWhite) ?? [],
  );
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
