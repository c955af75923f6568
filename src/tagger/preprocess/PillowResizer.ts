import { bicubicKernel, clipToPicture, type Kernel, type Span } from './bicubicKernel';
import type { DecodedImage } from '../formats/DecodedImage';
import { bytes } from '../wasm/resample.wasm';

/** The exports of `wasm/resample.ts`. */
interface ResampleExports {
  scaleRows: (
    source: number,
    sourceStride: number,
    rows: number,
    target: number,
    targetStride: number,
    table: number,
    size: number,
  ) => void;
  scaleColumns: (source: number, stride: number, entry: number, target: number, length: number) => void;
  blendOnWhite: (source: number, target: number, count: number) => void;
  toChannelsLast: (source: number, target: number, count: number) => void;
  toChannelsFirst: (source: number, target: number, stride: number, count: number) => void;
}

/** Byte offsets of the areas in the module's memory. */
interface Layout {
  columns: number;
  rows: number;
  strip: number;
  stripRows: number;
  /** the picture after the horizontal pass: rows of `stride` bytes each */
  scaled: number;
  stride: number;
  capacity: number;
  result: number;
  end: number;
}

/** The data of one pass, in the form that the module reads. */
interface Pass {
  spans: Span[];
  table: Int32Array;
  /** for each pair of inputs, the high halves of the weights, then the low halves */
  weights: Int16Array;
}

const pageSize = 65_536;
/** Bytes of the source that are in the module's memory at a time: small enough for the processor's cache. */
const stripBytes = 192 * 1024;
/** Bytes per piece when converting to floats, small for the same reason. */
const floatBytes = 256 * 1024;
/** Bytes of memory that are kept for the next picture: enough for an ordinary one. */
const keptBytes = 8 * 1024 * 1024;
/** Bytes past the end of an area that vector loads and stores may access. */
const margin = 64;
const lowBits = 11;

const module = new WebAssembly.Module(bytes);

/**
 * Composites pictures on white, pads them to a square with white and scales them, bit for bit like Pillow on 8-bit RGB
 * with `resize((size, size), BICUBIC)` (src/libImaging/Resample.c): antialiased, a = -0.5, 22-bit weights, the
 * horizontal pass first, rounded and clipped to 0..255 after each pass. The work is done in WebAssembly, strip by
 * strip, so that memory stays small for pictures of any size. An odd pixel of padding goes right or below.
 */
export class PillowResizer {
  private memory = new WebAssembly.Memory({ initial: 1 });
  private exports = instantiate(this.memory);

  /**
   * @param size side of the result, in pixels
   * @returns RGB, `size` x `size` x 3 bytes, row by row
   */
  resize(image: DecodedImage, size: number): Uint8Array<ArrayBuffer> {
    const { result } = this.scale(image, size);
    const pixels = new Uint8Array(this.memory.buffer, result, size * size * 3).slice();
    this.releaseMemory();
    return pixels;
  }

  /**
   * @param size side of the result, in pixels
   * @param channelsLast whether the result has the shape [size, size, 3], pixel by pixel; otherwise [3, size, size], in
   *   three planes
   * @param floats receives the result: `size` x `size` x 3 whole numbers, BGR, 0..255
   */
  resizeToFloats(image: DecodedImage, size: number, channelsLast: boolean, floats: Float32Array): void {
    const { result, strip } = this.scale(image, size);
    this.toFloats(result, strip, size, channelsLast, floats);
    this.releaseMemory();
  }

  private scale(image: DecodedImage, size: number): Layout {
    const { width, height, pixels, channels } = image;
    const side = Math.max(width, height);
    const left = Math.floor((side - width) / 2);
    const top = Math.floor((side - height) / 2);
    const kernel = bicubicKernel(side, size);
    const columns = pass(kernel, size, left, width, 3, 4);
    const rows = pass(kernel, size, top, height, 1, 2);
    const layout = this.reserve(columns, rows, width, size, channels);
    if (side === size) {
      this.copyUnscaled(image, layout, size, left, top);
      return layout;
    }
    this.writePass(columns, layout.columns);
    this.writePass(rows, layout.rows);

    const { scaleRows, scaleColumns, blendOnWhite } = this.exports;
    const memory = new Uint8Array(this.memory.buffer);
    const keep = stillNeeded(rows.spans);
    let firstKept = 0;
    let out = 0;
    for (let y = 0; y < height; y += layout.stripRows) {
      const count = Math.min(layout.stripRows, height - y);
      if (y - firstKept + layout.stripRows > layout.capacity) {
        const from = Math.min(keep[out] ?? y, y);
        const kept = layout.scaled + (from - firstKept) * layout.stride;
        memory.copyWithin(layout.scaled, kept, kept + (y - from) * layout.stride);
        firstKept = from;
      }
      memory.set(pixels.subarray(y * width * channels, (y + count) * width * channels), layout.strip);
      if (channels === 4) blendOnWhite(layout.strip, layout.strip, count * width);
      const target = layout.scaled + (y - firstKept) * layout.stride;
      scaleRows(layout.strip, width * 3, Math.ceil(count / 4) * 4, target, layout.stride, layout.columns, size);
      const origin = layout.scaled - firstKept * layout.stride;
      for (; out < size && (rows.spans[out]?.to ?? 0) <= y + count; out++) {
        scaleColumns(origin, layout.stride, layout.rows + out * 16, layout.result + out * size * 3, size * 3);
      }
    }
    return layout;
  }

  private copyUnscaled(
    { pixels, width, height, channels }: DecodedImage,
    layout: Layout,
    size: number,
    left: number,
    top: number,
  ): void {
    const memory = new Uint8Array(this.memory.buffer);
    memory.fill(255, layout.result, layout.result + size * size * 3);
    for (let y = 0; y < height; y++) {
      memory.set(pixels.subarray(y * width * channels, (y + 1) * width * channels), layout.strip);
      if (channels === 4) this.exports.blendOnWhite(layout.strip, layout.strip, width);
      memory.copyWithin(layout.result + ((top + y) * size + left) * 3, layout.strip, layout.strip + width * 3);
    }
  }

  private toFloats(result: number, scratch: number, size: number, channelsLast: boolean, floats: Float32Array): void {
    const area = size * size;
    const step = piecePixels;
    for (let done = 0; done < area; done += step) {
      const count = Math.min(step, area - done);
      const source = result + done * 3;
      if (channelsLast) {
        this.exports.toChannelsLast(source, scratch, count);
        floats.set(new Float32Array(this.memory.buffer, scratch, count * 3), done * 3);
        continue;
      }
      this.exports.toChannelsFirst(source, scratch, step * 4, count);
      for (let plane = 0; plane < 3; plane++) {
        floats.set(new Float32Array(this.memory.buffer, scratch + plane * step * 4, count), plane * area + done);
      }
    }
  }

  /** Lays out the memory for one picture and grows it as needed. */
  private reserve(columns: Pass, rows: Pass, width: number, size: number, channels: number): Layout {
    let end = 0;
    const area = (length: number): number => {
      const start = end;
      end = align(start + length + margin);
      return start;
    };
    const stripRows = Math.max(4, Math.floor(stripBytes / (width * channels) / 4) * 4);
    // Writing a row may overrun by one byte into the next row, or from the last row into the margin.
    const stride = align(size * 3 + 1);
    const longest = Math.max(...rows.spans.map(({ from, to }) => to - from));
    const capacity = 2 * longest + 2 * stripRows;
    const layout = {
      columns: area(columns.table.byteLength + columns.weights.byteLength),
      rows: area(rows.table.byteLength + rows.weights.byteLength),
      strip: area(Math.max(stripRows * width * channels, piecePixels * 12)),
      stripRows,
      // One extra row: rows are read in pairs, and their number may be odd.
      scaled: area((capacity + 1) * stride),
      stride,
      capacity,
      result: area(size * size * 3),
      end,
    };
    layout.end = end;
    const missing = end - this.memory.buffer.byteLength;
    if (missing > 0) this.memory.grow(Math.ceil(missing / pageSize));
    return layout;
  }

  private writePass({ table, weights }: Pass, address: number): void {
    const weightsAt = address + table.byteLength;
    const target = new Int32Array(this.memory.buffer, address, table.length);
    target.set(table);
    for (let i = 3; i < target.length; i += 4) target[i] = (target[i] ?? 0) + weightsAt;
    new Int16Array(this.memory.buffer, weightsAt, weights.length).set(weights);
  }

  /** WebAssembly memory cannot shrink, so a module with too much memory is replaced by a new one. */
  private releaseMemory(): void {
    if (this.memory.buffer.byteLength <= keptBytes) return;
    this.memory = new WebAssembly.Memory({ initial: 1 });
    this.exports = instantiate(this.memory);
  }
}

/** A multiple of 4, because the conversion handles four pixels at a time. */
const piecePixels = Math.floor(floatBytes / 12 / 4) * 4;

function instantiate(memory: WebAssembly.Memory): ResampleExports {
  // WebAssembly exports have no static type; `wasm/resample.ts` defines these.
  return new WebAssembly.Instance(module, { env: { memory } }).exports as ResampleExports;
}

/**
 * Builds the table and weights of one pass. Addresses of weights in the table are relative to the first weight.
 * @param unit bytes between adjacent inputs, the unit of the table's `first`
 * @param groupSize number of inputs in a group
 */
function pass(kernel: Kernel, size: number, start: number, length: number, unit: number, groupSize: 2 | 4): Pass {
  const spans = Array.from({ length: size }, (_, out) => clipToPicture(kernel, out, start, length));
  const groups = spans.map(({ from, to }) => Math.ceil((to - from) / groupSize));
  const table = new Int32Array(size * 4);
  const weights = new Int16Array(2 * groupSize * groups.reduce((sum, count) => sum + count, 0));
  let next = 0;
  for (const [out, span] of spans.entries()) {
    table.set([span.from * unit, groups[out] ?? 0, span.white, next * 2], out * 4);
    for (let i = 0; i < span.to - span.from; i++) {
      const weight = kernel.weights[span.firstWeight + i] ?? 0;
      const at = next + Math.floor(i / 2) * 4 + (i % 2);
      weights[at] = weight >> lowBits;
      weights[at + 2] = weight & ((1 << lowBits) - 1);
    }
    next += (groups[out] ?? 0) * groupSize * 2;
  }
  return { spans, table, weights };
}

/** For each output row, the first picture row that this or a later output row needs; undefined when none is needed. */
function stillNeeded(spans: readonly Span[]): (number | undefined)[] {
  let first: number | undefined;
  return spans
    .toReversed()
    .map(({ from, to }) => {
      if (to > from) first = Math.min(first ?? from, from);
      return first;
    })
    .reverse();
}

function align(address: number): number {
  return Math.ceil(address / 16) * 16;
}
