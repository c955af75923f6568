import { boxesIn, findBox, type Box } from './avifBoxes';
import { partOf, type ByteSource } from './ByteSource';
import type { HeadReader } from './HeadReader';
import { exifOrientation, mostXmp, orientationOf } from './orientation';

const xmpType = 'application/rdf+xml';

/**
 * How an AVIF without irot and imir is turned. EXIF's number does not count, as the format has its own properties for
 * it; that of XMP does, in Pillow, where EXIF has none.
 * @param meta the boxes of a meta box, without its version and flags
 * @param picture the number of the item that the metadata must describe; undefined for that of a track, where all does
 */
export function metadataOrientation(file: HeadReader, meta: Box, picture?: number): number {
  const ids = itemsWithMetadata(file, meta);
  if (ids.xmp === undefined) return 1;
  const describing = picture === undefined ? undefined : itemsDescribing(file, meta, picture);
  const contentOf = (id: number | undefined): ByteSource | undefined =>
    id === undefined || describing?.has(id) === false ? undefined : itemContent(file, meta, id);
  const xmp = contentOf(ids.xmp);
  if (xmp === undefined) return 1;
  const exif = contentOf(ids.exif);
  // The position of EXIF's header comes before it (ISO/IEC 23008-12, A.2.1).
  const hasOwn = exif !== undefined && exifOrientation(partOf(exif, 4, exif.size)) !== undefined;
  return hasOwn ? 1 : orientationOf(undefined, () => xmp.bytes(0, Math.min(xmp.size, mostXmp)));
}

/** The numbers of the items with EXIF and XMP (ISO/IEC 14496-12, 8.11.6: iinf). */
function itemsWithMetadata(file: HeadReader, meta: Box): { exif?: number; xmp?: number } {
  const found: { exif?: number; xmp?: number } = {};
  const box = findBox(file, 'iinf', meta.start, meta.end);
  const version = box && file.byte(box.start);
  if (box === undefined || version === undefined) return found;
  for (const entry of boxesIn(file, box.start + (version === 0 ? 6 : 8), box.end)) {
    const content = file.bytes(entry.start, Math.min(entry.end - entry.start, 256));
    if (content === undefined || content.length < 12) continue;
    const isLong = content.readUInt8(0) >= 3;
    const id = isLong ? content.readUInt32BE(4) : content.readUInt16BE(4);
    // A protection of 2 bytes, the type, then texts that end with a zero: the name, for a mime item its media type.
    const typeAt = isLong ? 10 : 8;
    const type = content.toString('latin1', typeAt, typeAt + 4);
    if (type === 'Exif') found.exif = id;
    else if (type === 'mime' && content.toString('latin1', typeAt + 4).split('\0')[1] === xmpType) found.xmp = id;
  }
  return found;
}

/** The items with a reference "describes" to a picture (ISO/IEC 14496-12, 8.11.12: iref, cdsc). */
function itemsDescribing(file: HeadReader, meta: Box, picture: number): Set<number> {
  const found = new Set<number>();
  const box = findBox(file, 'iref', meta.start, meta.end);
  const version = box && file.byte(box.start);
  if (box === undefined || version === undefined) return found;
  const width = version === 0 ? 2 : 4;
  for (const reference of boxesIn(file, box.start + 4, box.end)) {
    const isDescription = reference.type === 'cdsc';
    const content = isDescription ? file.bytes(reference.start, reference.end - reference.start) : undefined;
    if (content === undefined || content.length < width + 2) continue;
    const end = Math.min(width + 2 + content.readUInt16BE(width) * width, content.length);
    for (let at = width + 2; at + width <= end; at += width) {
      if (content.readUIntBE(at, width) === picture) found.add(content.readUIntBE(0, width));
    }
  }
  return found;
}

/** The content of an item that lies in one piece (ISO/IEC 14496-12, 8.11.3: iloc). */
function itemContent(file: HeadReader, meta: Box, id: number): ByteSource | undefined {
  const box = findBox(file, 'iloc', meta.start, meta.end);
  const content = box && file.bytes(box.start, box.end - box.start);
  if (content === undefined) return undefined;
  try {
    const place = placeOf(content, id);
    if (place === undefined) return undefined;
    const data = place.method === 1 ? findBox(file, 'idat', meta.start, meta.end) : undefined;
    if (place.method !== 0 && data === undefined) return undefined;
    return partOf(file, (data?.start ?? 0) + place.offset, place.length);
  } catch (thrown) {
    // The list ends early.
    if (thrown instanceof RangeError) return undefined;
    throw thrown;
  }
}

/** @throws RangeError where the list ends early */
function placeOf(content: Buffer, id: number): { method: number; offset: number; length: number } | undefined {
  let at = 0;
  const next = (length: number): number => {
    const value =
      length === 8 ? Number(content.readBigUInt64BE(at)) : length === 0 ? 0 : content.readUIntBE(at, length);
    at += length;
    return value;
  };
  const version = next(1);
  next(3);
  const sizes = next(2);
  // In 4 bits each: how long an offset, a length, a base and an index is, in bytes.
  const [offsetSize, lengthSize, baseSize, indexSize] = [sizes >> 12, (sizes >> 8) & 15, (sizes >> 4) & 15, sizes & 15];
  const hasMethod = version === 1 || version === 2;
  const count = next(version < 2 ? 2 : 4);
  for (let item = 0; item < count; item++) {
    const number = next(version < 2 ? 2 : 4);
    const method = hasMethod ? next(2) & 15 : 0;
    next(2);
    const base = next(baseSize);
    const extents = next(2);
    if (number !== id) at += extents * ((hasMethod ? indexSize : 0) + offsetSize + lengthSize);
    else if (extents === 1) {
      if (hasMethod) next(indexSize);
      return { method, offset: base + next(offsetSize), length: next(lengthSize) };
    } else return undefined;
  }
  return undefined;
}
