/** A box of an ISO base media file (ISO/IEC 14496-12, 4.2): four letters, and where its content lies. */
interface Box {
  type: string;
  start: number;
  end: number;
}

/**
 * The size in pixels of an AVIF, of its largest picture if there are several (alpha, thumbnails, tiles). Reads each box
 * once: the time that it takes is bounded by the number of bytes, whatever they claim.
 * @param head the beginning of the file
 * @returns undefined where it has no size, or its size comes later
 */
export function avifSize(head: Buffer): { width: number; height: number } | undefined {
  const meta = find(head, { type: '', start: 0, end: head.length }, 'meta');
  // A version and flags come before the boxes in it.
  const properties = meta && find(head, { ...meta, start: meta.start + 4 }, 'iprp');
  const list = properties && find(head, properties, 'ipco');
  if (list === undefined) return undefined;
  let largest: { width: number; height: number } | undefined;
  for (const { type, start, end } of boxesIn(head, list)) {
    // ispe: a version and flags, width and height (ISO/IEC 23008-12, 6.5.3).
    if (type !== 'ispe' || end - start < 12) continue;
    const [width, height] = [head.readUInt32BE(start + 4), head.readUInt32BE(start + 8)];
    if (largest === undefined || width * height > largest.width * largest.height) largest = { width, height };
  }
  return largest;
}

function find(head: Buffer, parent: Box, type: string): Box | undefined {
  for (const box of boxesIn(head, parent)) if (box.type === type) return box;
  return undefined;
}

/** The boxes in a box, as far as the beginning of the file has them whole. */
function* boxesIn(head: Buffer, parent: Box): Generator<Box> {
  const limit = Math.min(parent.end, head.length);
  let at = parent.start;
  while (at + 8 <= limit) {
    const size = head.readUInt32BE(at);
    const type = head.toString('latin1', at + 4, at + 8);
    // 1: a longer size follows; 0: it goes on to the end of the file.
    const header = size === 1 ? 16 : 8;
    if (at + header > limit) return;
    const length = size === 1 ? Number(head.readBigUInt64BE(at + 8)) : size === 0 ? limit - at : size;
    if (length < header) return;
    const end = at + length;
    if (end > limit && type !== 'meta') return;
    yield { type, start: at + header, end: Math.min(end, limit) };
    at = end;
  }
}
