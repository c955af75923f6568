import type { ByteSource } from './ByteSource';

/** A box of an ISO base media file (ISO/IEC 14496-12, 4.2): four letters, and where its content lies. */
export interface Box {
  type: string;
  start: number;
  end: number;
}

/** The boxes between two positions, in their order. Each is stepped over by its length: what it holds is not read. */
export function* boxesIn(file: ByteSource, start: number, end: number): Generator<Box> {
  let at = start;
  while (at + 8 <= end) {
    const head = file.bytes(at, 8);
    if (head === undefined) return;
    const size = head.readUInt32BE(0);
    // 1: a longer size follows; 0: it goes on to the end of what it stands in.
    const header = size === 1 ? 16 : 8;
    const length = size === 1 ? longSize(file, at + 8) : size === 0 ? end - at : size;
    if (length < header || at + header > end) return;
    yield { type: head.toString('latin1', 4), start: at + header, end: Math.min(at + length, end) };
    at += length;
  }
}

/** The first box of a type between two positions. */
export function findBox(file: ByteSource, type: string, start: number, end: number): Box | undefined {
  for (const box of boxesIn(file, start, end)) if (box.type === type) return box;
  return undefined;
}

/** The box that a way leads to: the first of each type in the one before. */
export function boxAt(file: ByteSource, from: Box, way: readonly string[]): Box | undefined {
  let box: Box | undefined = from;
  for (const type of way) box = box && findBox(file, type, box.start, box.end);
  return box;
}

function longSize(file: ByteSource, at: number): number {
  return Number(file.bytes(at, 8)?.readBigUInt64BE() ?? 0n);
}
