import { DecodingError } from './DecodingError';

const marker = {
  fill: 0xff,
  temporary: 0x01,
  baseline: 0xc0,
  extended: 0xc1,
  huffmanTables: 0xc4,
  arithmetic: 0xcc,
  restart0: 0xd0,
  restart7: 0xd7,
  end: 0xd9,
  scan: 0xda,
  quantizationTables: 0xdb,
  lines: 0xdc,
  restartInterval: 0xdd,
  application0: 0xe0,
  application15: 0xef,
  comment: 0xfe,
} as const;

/**
 * Looks at what stands behind the pixels of a JPEG of one scan. A marker within the pixels ends them, and the rest of
 * the picture is grey; libjpeg only warns of that, and says what is wrong when it reads on to the end of the file, as
 * Pillow lets it do (`jpeg_finish_decompress`) and libvips does not. The rules are those of libjpeg's `read_markers`
 * and, where there are restart markers, `jpeg_resync_to_restart`. JPEGs of several scans are read to their end by
 * libvips as well.
 * @param file a JPEG
 * @throws DecodingError for what libjpeg refuses there
 */
export function checkJpegScan(file: Buffer): void {
  const pixels = findPixels(file);
  let at = pixels?.start;
  while (at !== undefined && at < file.length) {
    const found = file.indexOf(marker.fill, at);
    if (found === -1) return;
    at = found + 1;
    while (file[at] === marker.fill) at++;
    const kind = file[at++];
    // A byte FF of the pixels, and markers that stand alone.
    if (kind === 0 || kind === marker.temporary) continue;
    if (kind !== undefined && kind >= marker.restart0 && kind <= marker.restart7) continue;
    if (kind === undefined || kind === marker.end) return;
    if (kind < marker.baseline && pixels?.hasRestarts === true) continue;
    at = behindSegment(file, at, kind);
  }
}

/** Where the pixels begin, if the file has one scan; else undefined. */
function findPixels(file: Buffer): { start: number; hasRestarts: boolean } | undefined {
  let components: number | undefined;
  let hasRestarts = false;
  for (let at = 2; at + 4 <= file.length;) {
    const found = file.indexOf(marker.fill, at);
    if (found === -1) return undefined;
    at = found + 1;
    while (file[at] === marker.fill) at++;
    const kind = file[at++] ?? 0;
    if (kind === 0 || kind === marker.temporary || (kind >= marker.restart0 && kind <= marker.end)) continue;
    if (at + 4 > file.length) return undefined;
    const length = file.readUInt16BE(at);
    if (kind === marker.baseline || kind === marker.extended) components = file[at + 7];
    else if (kind === marker.restartInterval) hasRestarts = file.readUInt16BE(at + 2) !== 0;
    else if (kind === marker.scan) {
      return components === file[at + 2] ? { start: at + length, hasRestarts } : undefined;
    }
    at += length;
  }
  return undefined;
}

/** @returns where the next marker is looked for; undefined where the file ends before */
function behindSegment(file: Buffer, at: number, kind: number): number | undefined {
  if (at + 2 > file.length) return undefined;
  const length = file.readUInt16BE(at);
  // It may be cut short: then libjpeg refuses what it has read of it, if that is wrong.
  const body = file.subarray(at + 2, Math.max(at + 2, at + length));
  const isKnown = kind === marker.lines || kind === marker.comment || isApplication(kind);
  const check = checks.get(kind);
  if (length < 2 || !(check?.(body, length - 2) ?? isKnown)) {
    // Another begin, frame or scan, markers that mean nothing, and segments that hold what they must not.
    throw new DecodingError('damaged', `The marker ${kind.toString(16)} stands within the pixels.`);
  }
  return at + length <= file.length ? at + length : undefined;
}

function isApplication(kind: number): boolean {
  return kind >= marker.application0 && kind <= marker.application15;
}

/** Whether a segment may be what it says, by its bytes, as far as they are there, and its length. */
const checks = new Map<number, (body: Buffer, length: number) => boolean>([
  [marker.huffmanTables, areHuffmanTables],
  [marker.quantizationTables, areQuantizationTables],
  [marker.arithmetic, areArithmeticConditions],
  [marker.restartInterval, (_, length) => length === 2],
]);

/** libjpeg's `get_dht`. */
function areHuffmanTables(body: Buffer, length: number): boolean {
  let at = 0;
  while (length - at > 16) {
    if (at + 17 > body.length) return true;
    const index = body[at] ?? 0;
    let count = 0;
    for (const number of body.subarray(at + 1, at + 17)) count += number;
    at += 17;
    if (count > 256 || count > length - at) return false;
    at += count;
    if (at > body.length) return true;
    if ((index & ~0x10) > 3) return false;
  }
  return at === length;
}

/** libjpeg's `get_dqt`. */
function areQuantizationTables(body: Buffer, length: number): boolean {
  let at = 0;
  while (at < length) {
    const kind = body[at];
    if (kind === undefined) return true;
    if ((kind & 0x0f) > 3) return false;
    at += 1 + 64 * (kind >> 4 === 0 ? 1 : 2);
  }
  return at === length || at > body.length;
}

/** libjpeg's `get_dac`. */
function areArithmeticConditions(body: Buffer, length: number): boolean {
  let at = 0;
  for (; at < length; at += 2) {
    const [index, value] = [body[at], body[at + 1]];
    if (index === undefined || value === undefined) return true;
    if (index >= 32 || (index < 16 && (value & 0x0f) > value >> 4)) return false;
  }
  return at === length;
}
