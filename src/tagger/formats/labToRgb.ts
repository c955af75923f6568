/**
 * Puts one pixel of CIELAB (lightness, and two differences from -128 to 127, as bytes) as red, green and blue into
 * `out`.
 */
export type LabToRgb = (lightness: number, a: number, b: number, out: Uint8Array, at: number) => void;

/** Points of the table on each axis, as lcms2 takes for three channels (`_cmsReasonableGridpointsByColorspace`). */
const points = 33;
/** What lcms2 encodes XYZ with: 1.15 fixed point, where 0xffff is the largest number. */
const largestXyz = 1 + 32_767 / 32_768;
/** The white of ICC profiles, D50. */
const white = [0.9642, 1, 0.8249] as const;

/**
 * Pillow's conversion of its mode LAB, bit for bit: lcms2 with its profiles of Lab and sRGB, which it makes into a
 * table of 33 x 33 x 33 colours of 16 bits and interpolates between four of them.
 */
export function labToRgb(): LabToRgb {
  table ??= makeTable();
  const colours = table;
  const step = { lightness: points * points * 3, a: points * 3, b: 3 };
  return (lightness, a, b, out, at) => {
    const [first, second, third] = sorted([
      place(lightness, step.lightness),
      place(a ^ 128, step.a),
      place(b ^ 128, step.b),
    ]);
    // From the corner below to the one above, along the axis with the largest rest first.
    const corner0 = first.low + second.low + third.low;
    const corner1 = corner0 + first.up;
    const corner2 = corner1 + second.up;
    const corner3 = corner2 + third.up;
    for (let channel = 0; channel < 3; channel++) {
      const [c0, c1] = [colours[corner0 + channel] ?? 0, colours[corner1 + channel] ?? 0];
      const [c2, c3] = [colours[corner2 + channel] ?? 0, colours[corner3 + channel] ?? 0];
      const rest = (c1 - c0) * first.rest + (c2 - c1) * second.rest + (c3 - c2) * third.rest + 0x8001;
      const value = (c0 + Math.floor((rest + Math.floor(rest / 65_536)) / 65_536)) & 0xffff;
      // From 16 bits to 8, rounded.
      out[at + channel] = Math.floor((value * 65_281 + 8_388_608) / 16_777_216) & 255;
    }
  };
}

let table: Uint16Array | undefined;

interface Place {
  /** offset in the table of the point below */
  low: number;
  /** distance to the point above */
  up: number;
  /** how far from the point below, of 65,536 */
  rest: number;
}

/** Where a byte lies on an axis. */
function place(byte: number, step: number): Place {
  const scaled = byte * 257 * (points - 1);
  const fixed = scaled + Math.floor((scaled + 0x7fff) / 0xffff);
  return { low: (fixed >> 16) * step, up: byte === 255 ? 0 : step, rest: fixed & 0xffff };
}

/** The largest rest first; of equal ones the order does not matter, as they have the same weight. */
function sorted([x, y, z]: [Place, Place, Place]): [Place, Place, Place] {
  if (x.rest >= y.rest) {
    if (y.rest >= z.rest) return [x, y, z];
    return z.rest >= x.rest ? [z, x, y] : [x, z, y];
  }
  if (x.rest >= z.rest) return [y, x, z];
  return y.rest >= z.rest ? [y, z, x] : [z, y, x];
}

function makeTable(): Uint16Array {
  const fromXyz = xyzToLinear();
  const colours = new Uint16Array(points ** 3 * 3);
  // The points are numbers of 16 bits, and lcms2 reckons with floating ones of 32 bits from one step to the next.
  const codes = Array.from({ length: points }, (_, i) =>
    Math.fround(Math.floor((i * 65_535) / (points - 1) + 0.5) / 65_535),
  );
  let to = 0;
  for (const lightness of codes) {
    for (const a of codes) {
      for (const b of codes) {
        const y = (lightness * 100 + 16) / 116;
        const xyz = [y + 0.002 * (a * 255 - 128), y, y - 0.005 * (b * 255 - 128)].map((part, axis) =>
          Math.fround((cubed(part) * (white[axis] ?? 0)) / largestXyz),
        );
        for (const row of fromXyz) {
          const linear = Math.fround(row.reduce((sum, factor, axis) => sum + factor * (xyz[axis] ?? 0), 0));
          const encoded = Math.fround(srgbCurve(linear));
          colours[to++] = Math.min(Math.max(Math.floor(encoded * 65_535 + 0.5), 0), 65_535);
        }
      }
    }
  }
  return colours;
}

/** From CIE's scale of lightness to light (CIE 15, 8.2.1). */
function cubed(part: number): number {
  return part <= 24 / 116 ? (108 / 841) * (part - 16 / 116) : part ** 3;
}

/** IEC 61966-2-1's curve from light to sRGB; what is out of range goes on as a line. */
function srgbCurve(linear: number): number {
  const [gamma, slope, offset] = [2.4, 1 / 1.055, 0.055 / 1.055];
  const threshold = (slope * 0.04045 + offset) ** gamma;
  return linear >= threshold ? (linear ** (1 / gamma) - offset) / slope : linear * 12.92;
}

type Matrix = [[number, number, number], [number, number, number], [number, number, number]];

/** From XYZ, as it is encoded, to linear sRGB: its primaries, adapted from D65 to D50 as Bradford does. */
function xyzToLinear(): Matrix {
  const day = [0.3127 / 0.329, 1, (1 - 0.3127 - 0.329) / 0.329] as const;
  const primaries: Matrix = [
    [0.64, 0.3, 0.15],
    [0.33, 0.6, 0.06],
    [1 - 0.64 - 0.33, 1 - 0.3 - 0.6, 1 - 0.15 - 0.06],
  ];
  const amounts = applied(inverse(primaries), day);
  const cones: Matrix = [
    [0.8951, 0.2664, -0.1614],
    [-0.7502, 1.7135, 0.0367],
    [0.0389, -0.0685, 1.0296],
  ];
  const [from, into] = [applied(cones, day), applied(cones, white)];
  const adapt = product(inverse(cones), scaledRows(cones, [into[0] / from[0], into[1] / from[1], into[2] / from[2]]));
  const toXyz = product(adapt, scaledColumns(primaries, amounts));
  const factor = [largestXyz, largestXyz, largestXyz] as const;
  return scaledRows(inverse(toXyz), factor);
}

type Triple = readonly [number, number, number];

function applied(matrix: Matrix, [x, y, z]: Triple): [number, number, number] {
  const row = ([a, b, c]: Triple): number => a * x + b * y + c * z;
  return [row(matrix[0]), row(matrix[1]), row(matrix[2])];
}

function product(left: Matrix, right: Matrix): Matrix {
  const column = (i: 0 | 1 | 2): [number, number, number] => applied(left, [right[0][i], right[1][i], right[2][i]]);
  const [a, b, c] = [column(0), column(1), column(2)];
  return [
    [a[0], b[0], c[0]],
    [a[1], b[1], c[1]],
    [a[2], b[2], c[2]],
  ];
}

function scaledRows([a, b, c]: Matrix, [x, y, z]: Triple): Matrix {
  const scaled = (row: Triple, factor: number): [number, number, number] => [
    row[0] * factor,
    row[1] * factor,
    row[2] * factor,
  ];
  return [scaled(a, x), scaled(b, y), scaled(c, z)];
}

function scaledColumns([a, b, c]: Matrix, [x, y, z]: Triple): Matrix {
  const scaled = (row: Triple): [number, number, number] => [row[0] * x, row[1] * y, row[2] * z];
  return [scaled(a), scaled(b), scaled(c)];
}

function inverse([[a, b, c], [d, e, f], [g, h, i]]: Matrix): Matrix {
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  const divided = (...row: [number, number, number]): [number, number, number] => [
    row[0] / determinant,
    row[1] / determinant,
    row[2] / determinant,
  ];
  return [
    divided(e * i - f * h, c * h - b * i, b * f - c * e),
    divided(f * g - d * i, a * i - c * g, c * d - a * f),
    divided(d * h - e * g, b * g - a * h, a * e - b * d),
  ];
}
