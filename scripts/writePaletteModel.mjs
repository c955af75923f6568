// Writes the built-in "palette" tagger: a model with the contract of the WD taggers that knows colour and brightness only.
// Nothing in it is trained: each score is a rule over fractions of the picture, written as standard ONNX operators.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { OnnxGraph } from './OnnxGraph.mjs';

const side = 448;
/** The rules look at means of `cell` x `cell` pixels: noise, dithering and JPEG blocks disappear. */
const cell = 4;
const cells = side / cell;

const ratings = ['general', 'sensitive', 'questionable', 'explicit'];

/** Colours that share out all pixels, and the tags they have on Danbooru as `<colour>_theme`, `<colour>_background`. */
const colors = [
  'red',
  'orange',
  'yellow',
  'green',
  'aqua',
  'blue',
  'purple',
  'pink',
  'brown',
  'white',
  'grey',
  'black',
];
const hues = colors.slice(0, 9);

/** Operators with the arithmetic on scores spelled out. A score is a number in 0..1. */
class Rules extends OnnxGraph {
  #scalar(value) {
    return typeof value === 'number' ? this.float(value) : value;
  }
  sum(a, b) {
    return this.add('Add', [this.#scalar(a), this.#scalar(b)]);
  }
  minus(a, b) {
    return this.add('Sub', [this.#scalar(a), this.#scalar(b)]);
  }
  times(a, b) {
    return this.add('Mul', [this.#scalar(a), this.#scalar(b)]);
  }
  /** The same values with other dimensions; 0 keeps the one of the input. */
  reshape(a, dims) {
    return this.add('Reshape', [a, this.int64(dims)]);
  }
  /** a / b, with b kept away from 0. */
  ratio(a, b) {
    return this.add('Div', [a, this.add('Max', [b, this.float(1e-6)])]);
  }
  /** 1 where a >= b, else 0. */
  atLeast(a, b) {
    return this.add('Cast', [this.add('GreaterOrEqual', [this.#scalar(a), this.#scalar(b)])], { to: 1 });
  }
  /**
   * 1 where a reaches b, else 0, for what pictures often have exactly, such as a chroma of 0.1: how a GPU rounds must not
   * decide. `margin` is less than the next value can be away.
   */
  reaches(a, b, margin = 1e-4) {
    return this.atLeast(a, b - margin);
  }
  not(a) {
    return this.minus(1, a);
  }
  all(...scores) {
    return scores.length === 1 ? scores[0] : this.add('Min', scores);
  }
  any(...scores) {
    return this.add('Max', scores);
  }
  /** 0 up to `low`, 1 from `high` on, straight between them; falls where `low` is the greater one. */
  ramp(a, low, high) {
    const line = this.times(this.minus(a, low), 1 / (high - low));
    return this.add('Clip', [line, this.float(0), this.float(1)]);
  }
  between(a, low, high) {
    return this.times(this.reaches(a, low), this.not(this.reaches(a, high)));
  }
}

/**
 * The part of the picture that the rules look at. Preprocessing pads a picture to a square with pure white, which says
 * nothing about it: the content box is what remains without the white rows and columns around it.
 */
function contentBox(g, cellRows) {
  // A pixel that is not pure white pulls the mean of its `cell` rows below 255, by 1 / `cell` at least: no need to look
  // at every pixel again. Rows are known by their cells then, which the margin for blur covers.
  const nearlyWhite = 255 - 0.5 / cell;
  const lowest = (values, axis) => g.add('ReduceMin', [values], { axes: [axis], keepdims: 0 });
  // In two steps: ONNX Runtime is fast along an axis in the middle only.
  const lanes = 64;
  const rowMinimum = lowest(lowest(g.reshape(cellRows, [0, cells, (side * 3) / lanes, lanes]), 2), 2);
  const columnMinimum = lowest(g.reshape(lowest(cellRows, 1), [0, side, 3]), 2);
  const extent = (minimum, step) => {
    const content = g.not(g.atLeast(minimum, nearlyWhite));
    const index = (selectLast) =>
      g.add('Cast', [g.add('ArgMax', [content], { axis: 1, keepdims: 1, select_last_index: selectLast })], { to: 1 });
    return { first: g.times(index(0), step), last: g.sum(g.times(index(1), step), step - 1) };
  };
  return { rows: extent(rowMinimum, cell), columns: extent(columnMinimum, 1) };
}

/** The cells inside the content box and those of its border ring, each [batch, 1, cells, cells] of 0 or 1. */
function masks(g, { rows, columns }) {
  // At the edge to the padding the resampler mixes white into the picture, and a cell's neighbours are white.
  const blurred = 6;
  const ringDepth = 20;
  const starts = g.float(
    Array.from({ length: cells }, (_, index) => index * cell),
    [1, cells],
  );
  const ends = g.float(
    Array.from({ length: cells }, (_, index) => index * cell + cell - 1),
    [1, cells],
  );
  const along = ({ first, last }) => {
    const low = g.sum(first, g.times(g.atLeast(first, 1), blurred));
    const high = g.minus(last, g.times(g.not(g.atLeast(last, side - 1)), blurred));
    const inside = g.times(g.atLeast(starts, low), g.atLeast(high, ends));
    const core = g.times(g.atLeast(starts, g.sum(low, ringDepth)), g.atLeast(g.minus(high, ringDepth), ends));
    return { inside, core };
  };
  const down = along(rows);
  const across = along(columns);
  const plane = (row, column) =>
    g.times(g.add('Unsqueeze', [row, g.int64([1, 3])]), g.add('Unsqueeze', [column, g.int64([1, 2])]));
  const box = plane(down.inside, across.inside);
  const ring = g.times(box, g.not(plane(down.core, across.core)));
  return { box, ring };
}

/** What is known of each cell, each [batch, 1, cells, cells]. */
function cellFeatures(g, cellRows) {
  // Means of `cell` rows, then of `cell` columns: the picture as a whole is never rearranged. A product is the fastest way
  // to take means over so few neighbours: a block of 4 cells is a row of pixels, and each column of the matrix picks out
  // one channel of one cell.
  const blockCells = 4;
  const width = blockCells * 3;
  const pick = Array.from({ length: cell * width * width }, (_, index) => {
    const [pixel, into] = [Math.floor(index / width), index % width];
    const same = Math.floor(pixel / (cell * 3)) === Math.floor(into / 3) && pixel % 3 === into % 3;
    return same ? 1 / cell / 255 : 0;
  });
  const blocks = g.reshape(cellRows, [0, (cells * cells) / blockCells, cell * width]);
  const across = g.add('MatMul', [blocks, g.float(pick, [cell * width, width])]);
  const rgb = g.add('Transpose', [g.reshape(across, [0, cells, cells, 3])], { perm: [0, 3, 1, 2] });
  const [blue, green, red] = g.add('Split', [rgb], { axis: 1 }, 3);
  const value = g.add('ReduceMax', [rgb], { axes: [1], keepdims: 1 });
  const least = g.add('ReduceMin', [rgb], { axes: [1], keepdims: 1 });
  const chroma = g.minus(value, least);
  const saturation = g.ratio(chroma, value);
  const luma = g.sum(g.sum(g.times(red, 0.299), g.times(green, 0.587)), g.times(blue, 0.114));

  // HSV hue in degrees, shifted by 15 so that red, which lies around 0, is one interval.
  const sector = (a, b, offset) => g.sum(g.times(g.ratio(g.minus(a, b), chroma), 60), offset);
  const isRed = g.add('GreaterOrEqual', [red, value]);
  const isGreen = g.add('GreaterOrEqual', [green, value]);
  const other = g.add('Where', [isGreen, sector(blue, red, 120 + 15), sector(red, green, 240 + 15)]);
  const raw = g.add('Where', [isRed, sector(green, blue, 15), other]);
  const hue = g.sum(raw, g.times(g.not(g.reaches(raw, 0)), 360));

  // Hue as a vector as long as the chroma: vectors of one hue add up, those of many cancel out.
  const hueX = g.minus(red, g.times(g.sum(green, blue), 0.5));
  const hueY = g.times(g.minus(green, blue), Math.sqrt(3) / 2);

  const hueLength = g.add('Sqrt', [g.sum(g.times(hueX, hueX), g.times(hueY, hueY))]);

  // Flat: no channel varies by more than 15 of 255 within 3 x 3 cells.
  const window = { kernel_shape: [3, 3], pads: [1, 1, 1, 1] };
  const range = g.sum(g.add('MaxPool', [rgb], window), g.add('MaxPool', [g.times(rgb, -1)], window));
  const flat = g.not(g.reaches(g.add('ReduceMax', [range], { axes: [1], keepdims: 1 }), 0.06));

  return { value, chroma, saturation, luma, hue, hueX, hueY, hueLength, flat };
}

/** Shares the cells out among {@link colors}: [batch, 12, cells, cells] of 0 or 1. */
function colorPlanes(g, { value, chroma, saturation, hue }) {
  const black = g.not(g.reaches(value, 0.16));
  const colorful = g.times(g.not(black), g.reaches(chroma, 0.1));
  const plain = g.times(g.not(black), g.not(g.reaches(chroma, 0.1)));
  const white = g.times(plain, g.reaches(value, 0.92));
  const grey = g.times(plain, g.not(g.reaches(value, 0.92)));

  // Hue bounds in degrees, shifted by 15 as the hue is.
  const bounds = [
    ['red', 0, 30],
    ['orange', 30, 60],
    ['yellow', 60, 83],
    ['green', 83, 175],
    ['aqua', 175, 210],
    ['blue', 210, 270],
    ['purple', 270, 310],
    ['pink', 310, 360],
  ];
  const plane = {};
  for (const [name, low, high] of bounds) plane[name] = g.times(colorful, g.between(hue, low, high));
  // Brown is orange, or a red near it, that is dark and not glowing; pink is also a light, pale red.
  const dull = g.times(g.not(g.reaches(value, 0.66)), g.not(g.reaches(saturation, 0.75)));
  const brown = g.times(g.times(colorful, g.between(hue, 23, 62)), dull);
  const paleRed = g.times(plane.red, g.times(g.reaches(value, 0.8), g.not(g.reaches(saturation, 0.5))));
  plane.orange = g.times(plane.orange, g.not(brown));
  plane.red = g.times(g.times(plane.red, g.not(brown)), g.not(paleRed));
  plane.yellow = g.times(plane.yellow, g.not(brown));
  plane.pink = g.sum(plane.pink, paleRed);
  Object.assign(plane, { brown, white, grey, black });
  return g.add(
    'Concat',
    colors.map((name) => plane[name]),
    { axis: 1 },
  );
}

/** The scores of all tags by name, each [batch, 1], and of the ratings. */
function tagScores(g, rows) {
  const cellRows = g.add('ReduceMean', [g.reshape(rows, [0, cells, cell, side * 3])], { axes: [2], keepdims: 0 });
  const content = contentBox(g, cellRows);
  const { box, ring } = masks(g, content);
  const cellOf = cellFeatures(g, cellRows);
  const planes = colorPlanes(g, cellOf);

  const spatial = { axes: [2, 3], keepdims: 0 };
  const area = (mask) => g.times(g.add('ReduceMean', [mask], spatial), 1);
  const asPlane = (score) => g.add('Unsqueeze', [score, g.int64([2, 3])]);
  const meanIn = (mask, feature) => g.ratio(area(g.times(feature, mask)), area(mask));
  const shares = (mask, features) => {
    // In two steps: a GPU gives a step of WebGPU few buffers at a time, 8 at least, and each part takes one.
    const parts = g.add('Split', [meanIn(mask, features)], { axis: 1 }, 3);
    const names = parts.flatMap((part) => g.add('Split', [part], { axis: 1 }, colors.length / 3));
    return Object.fromEntries(colors.map((color, index) => [color, names[index]]));
  };

  const share = shares(box, planes);
  const backdrop = shares(ring, g.times(planes, cellOf.flat));
  const luma = meanIn(box, cellOf.luma);
  const lumaSquared = meanIn(box, g.times(cellOf.luma, cellOf.luma));
  const deviation = g.add('Sqrt', [g.any(g.minus(lumaSquared, g.times(luma, luma)), g.float(0))]);
  const chroma = meanIn(box, cellOf.chroma);
  const colorless = meanIn(box, g.not(g.reaches(cellOf.chroma, 0.05)));
  const vivid = meanIn(box, g.reaches(cellOf.chroma, 0.35));
  const chromatic = meanIn(box, g.reaches(cellOf.chroma, 0.1));
  const hueX = meanIn(box, cellOf.hueX);
  const hueY = meanIn(box, cellOf.hueY);
  const hueLength = meanIn(box, cellOf.hueLength);
  const resultant = g.add('Sqrt', [g.sum(g.times(hueX, hueX), g.times(hueY, hueY))]);
  /** 1 when all colour has one hue, 0 when the hues are spread evenly. */
  const oneHue = g.ratio(resultant, hueLength);

  const scores = {};

  // Colour as such.
  scores.greyscale = g.ramp(colorless, 0.96, 0.995);
  // A cell strays when its hue is more than 18 degrees from the mean one: eyes in a brown cat's picture.
  const along = g.sum(g.times(cellOf.hueX, asPlane(hueX)), g.times(cellOf.hueY, asPlane(hueY)));
  const limit = g.times(g.times(cellOf.hueLength, asPlane(resultant)), Math.cos((18 * Math.PI) / 180));
  const straying = meanIn(box, g.times(g.reaches(cellOf.chroma, 0.08), g.not(g.atLeast(along, limit))));
  const tinted = g.all(g.ramp(oneHue, 0.96, 0.985), g.ramp(straying, 0.02, 0.005), g.ramp(chroma, 0.02, 0.05));
  // A mostly grey picture with a little strong colour has two colours, though one hue.
  scores.spot_color = g.all(g.ramp(colorless, 0.78, 0.88), g.ramp(vivid, 0.005, 0.015), g.not(scores.greyscale));
  scores.monochrome = g.any(scores.greyscale, g.all(tinted, g.not(scores.spot_color)));
  // The hue of old photographs, 20 to 50 degrees, as a direction: hueY / hueX between tan 20 and tan 50.
  const warm = g.all(
    g.ramp(hueX, 0.01, 0.03),
    g.ramp(g.ratio(hueY, hueX), 0.3, 0.4),
    g.ramp(g.ratio(hueY, hueX), 1.3, 1.1),
  );
  scores.sepia = g.all(tinted, warm, g.ramp(chroma, 0.5, 0.4));
  scores.colorful = g.all(g.ramp(chroma, 0.2, 0.3), g.ramp(oneHue, 0.75, 0.6));
  scores.muted_color = g.all(
    g.ramp(chroma, 0.03, 0.06),
    g.ramp(chroma, 0.26, 0.18),
    g.ramp(vivid, 0.2, 0.12),
    g.ramp(luma, 0.2, 0.3),
    g.ramp(luma, 0.8, 0.72),
    g.not(scores.monochrome),
  );
  scores.pale_color = g.all(g.ramp(luma, 0.72, 0.82), g.ramp(chroma, 0.02, 0.05), g.ramp(vivid, 0.08, 0.03));
  const largestHue = g.any(...hues.map((color) => share[color]));
  scores.limited_palette = g.all(
    g.ramp(g.ratio(largestHue, chromatic), 0.86, 0.96),
    g.ramp(chromatic, 0.2, 0.35),
    g.not(scores.monochrome),
  );

  // Brightness.
  scores.dark = g.all(g.ramp(luma, 0.26, 0.16), g.ramp(deviation, 0.3, 0.24));
  scores.high_contrast = g.ramp(deviation, 0.31, 0.37);

  // Themes: one colour covers most of the picture, or makes up nearly all of what colour there is.
  for (const color of hues) {
    const dominant = g.all(g.ramp(g.ratio(share[color], chromatic), 0.6, 0.8), g.ramp(share[color], 0.25, 0.4));
    scores[`${color}_theme`] = g.any(dominant, g.ramp(share[color], 0.5, 0.65));
  }
  for (const color of ['white', 'grey', 'black']) {
    scores[`${color}_theme`] = g.ramp(share[color], color === 'grey' ? 0.75 : 0.6, color === 'grey' ? 0.9 : 0.75);
  }

  // Backgrounds: a flat colour along most of the border. On pure white the content box is the object itself; then the
  // white space on all four sides tells, because padding never adds to more than two of them.
  for (const color of colors) scores[`${color}_background`] = g.ramp(backdrop[color], 0.55, 0.8);
  const margin = ({ first, last }) => g.all(first, g.minus(side - 1, last));
  const margins = g.all(margin(content.rows), margin(content.columns));
  scores.white_background = g.any(scores.white_background, g.ramp(margins, 8, 30));
  scores.simple_background = g.any(...colors.map((color) => scores[`${color}_background`]));

  // A picture of which nothing else can be said still has more or less colour: no picture stays without a tag.
  const nothingElse = g.times(g.not(g.atLeast(g.any(...Object.values(scores)), 0.36)), 0.5);
  const muchColor = g.atLeast(chroma, 0.2);
  scores.colorful = g.any(scores.colorful, g.times(nothingElse, muchColor));
  scores.muted_color = g.any(scores.muted_color, g.times(nothingElse, g.not(muchColor)));

  return scores;
}

/**
 * Writes `model.onnx` and `selected_tags.csv` into a folder, always with the same bytes. Input `input` float32
 * [batch, 448, 448, 3], BGR, 0..255; output `output` [batch, tags], 0..1.
 * @param {string} folder is made if it is missing
 */
export async function writePaletteModel(folder) {
  const g = new Rules();
  const scores = tagScores(g, g.reshape('input', [0, side, side * 3]));
  // Colours say nothing about the rating: the same chance for all four.
  const anyScore = Object.values(scores)[0];
  const rating = g.sum(g.times(anyScore, 0), 1 / ratings.length);
  const columns = [...ratings.map(() => rating), ...Object.values(scores)];
  const output = g.add('Concat', columns, { axis: 1 });
  const model = g.toBytes({ name: 'input', dims: ['batch_size', side, side, 3] }, [
    { name: 'output', dims: ['batch_size', columns.length], from: output },
  ]);

  const rows = [
    ...ratings.map((name, index) => `${9999999 - index},${name},9,0`),
    ...Object.keys(scores).map((name, index) => `${index + 1},${name},0,0`),
  ];
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'model.onnx'), model);
  await writeFile(path.join(folder, 'selected_tags.csv'), `tag_id,name,category,count\n${rows.join('\n')}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = process.argv[2];
  if (folder === undefined) {
    console.error('Usage: node scripts/writePaletteModel.mjs <folder>');
    process.exitCode = 1;
  } else {
    await writePaletteModel(folder);
  }
}
