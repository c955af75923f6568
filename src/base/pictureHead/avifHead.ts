import { boxAt, boxesIn, findBox, type Box } from './avifBoxes';
import { metadataOrientation } from './avifMetadata';
import type { ByteSource } from './ByteSource';
import type { HeadReader } from './HeadReader';
import type { StoredPicture } from './StoredPicture';

/** What stands in the entry of a track before its boxes, in bytes (ISO/IEC 14496-12, 12.1.3: VisualSampleEntry). */
const sampleEntryLength = 78;

/**
 * The size of an AVIF, and how it is turned, by the rules of libavif, which Pillow reads with: of a sequence the track
 * is shown, of anything else the primary item; a file of neither brand is a sequence where it has a track.
 */
export function avifHead(file: HeadReader): StoredPicture | undefined {
  let brand = '';
  let meta: Box | undefined;
  let moov: Box | undefined;
  for (const box of boxesIn(file, 0, file.size)) {
    if (box.type === 'ftyp') brand = file.bytes(box.start, 4)?.toString('latin1') ?? '';
    else if (box.type === 'meta') meta ??= box;
    else if (box.type === 'moov') moov ??= box;
    const isEnough = brand === 'avif' ? meta : brand === 'avis' ? moov : meta && moov;
    if (isEnough !== undefined) break;
  }
  const track = moov && brand !== 'avif' ? firstTrack(file, moov) : undefined;
  return track ?? (meta && primaryItem(file, meta));
}

function primaryItem(file: HeadReader, meta: Box): StoredPicture | undefined {
  // A version and flags come before the boxes.
  const inside = { ...meta, start: meta.start + 4 };
  const list = boxAt(file, inside, ['iprp', 'ipco']);
  if (list === undefined) return undefined;
  const properties = [...boxesIn(file, list.start, list.end)];
  const primary = primaryId(file, inside);
  const own = associationsOf(file, inside, primary).map((number) => properties[number - 1]);
  const picture = own.length > 0 ? pictureOf(file, own) : largestOf(file, properties);
  if (picture?.orientation !== 1) return picture && { ...picture, isOwnTurn: true };
  return { ...picture, orientation: metadataOrientation(file, inside, primary) };
}

/** Whether the colours of the primary item are multiplied with its alpha (ISO/IEC 23008-12, 6.6.2.1: prem). */
export function isPremultipliedAvif(file: ByteSource): boolean {
  const meta = findBox(file, 'meta', 0, file.size);
  if (meta === undefined) return false;
  // A version and flags come before the boxes, here as well.
  const inside = { ...meta, start: meta.start + 4 };
  const references = findBox(file, 'iref', inside.start, inside.end);
  const version = references && file.bytes(references.start, 1);
  const box = references && findBox(file, 'prem', references.start + 4, references.end);
  const from = version && box && file.bytes(box.start, version[0] === 0 ? 2 : 4);
  return from?.readUIntBE(0, from.length) === primaryId(file, inside);
}

function primaryId(file: ByteSource, meta: Box): number {
  const box = findBox(file, 'pitm', meta.start, meta.end);
  const content = box && file.bytes(box.start, Math.min(8, box.end - box.start));
  if (content === undefined || content.length < 6) return 0;
  return content.readUInt8(0) === 0 || content.length < 8 ? content.readUInt16BE(4) : content.readUInt32BE(4);
}

/** The numbers of an item's properties, in their order (ISO/IEC 23008-12, 9.3: ipma). */
function associationsOf(file: HeadReader, meta: Box, id: number): number[] {
  const box = boxAt(file, meta, ['iprp', 'ipma']);
  const content = box && file.bytes(box.start, box.end - box.start);
  if (content === undefined || content.length < 8) return [];
  const [idLength, numberLength] = [content.readUInt8(0) < 1 ? 2 : 4, (content.readUInt8(3) & 1) === 1 ? 2 : 1];
  const count = content.readUInt32BE(4);
  let at = 8;
  for (let entry = 0; entry < count && at + idLength + 1 <= content.length; entry++) {
    const item = content.readUIntBE(at, idLength);
    const numbers = content.readUInt8(at + idLength);
    at += idLength + 1;
    const end = at + numbers * numberLength;
    if (item === id) {
      const own = content.subarray(at, end);
      // The highest bit says that a reader must know the property.
      const isEssential = numberLength === 2 ? 0x8000 : 0x80;
      return Array.from(
        { length: Math.floor(own.length / numberLength) },
        (_, index) => own.readUIntBE(index * numberLength, numberLength) & ~isEssential,
      );
    }
    at = end;
  }
  return [];
}

/** The first of several properties of a kind counts. */
function pictureOf(file: HeadReader, properties: readonly (Box | undefined)[]): StoredPicture | undefined {
  const first = (type: string): Box | undefined => properties.find((box) => box?.type === type);
  const size = sizeOf(file, first('ispe'));
  return size && { ...size, orientation: transformation(file, first('irot'), first('imir')) };
}

/** For a file that does not say which of its pictures is to be shown. */
function largestOf(file: HeadReader, properties: readonly Box[]): StoredPicture | undefined {
  let largest: { width: number; height: number } | undefined;
  for (const box of properties) {
    const size = box.type === 'ispe' ? sizeOf(file, box) : undefined;
    if (size === undefined) continue;
    if (largest === undefined || size.width * size.height > largest.width * largest.height) largest = size;
  }
  return largest && { ...largest, orientation: 1 };
}

/** ispe: a version and flags, width and height (ISO/IEC 23008-12, 6.5.3). */
function sizeOf(file: HeadReader, ispe: Box | undefined): { width: number; height: number } | undefined {
  const content = ispe && file.bytes(ispe.start, 12);
  return content && { width: content.readUInt32BE(4), height: content.readUInt32BE(8) };
}

/** EXIF's number for each quarter that a picture is turned anti-clockwise: alone, then mirrored at each of two axes. */
const orientations = [
  [1, 4, 2],
  [8, 5, 7],
  [3, 2, 4],
  [6, 7, 5],
] as const;

/** irot: quarters; imir: 0 swaps top and bottom, 1 left and right (ISO/IEC 23008-12, 6.5.10 and 6.5.12). */
function transformation(file: HeadReader, irot: Box | undefined, imir: Box | undefined): number {
  const quarters = ((irot && file.byte(irot.start)) ?? 0) & 3;
  const axis = imir && file.byte(imir.start);
  return orientations[quarters]?.[axis === undefined ? 0 : 1 + (axis & 1)] ?? 1;
}

/** The first track of pictures that is no other track's alpha. */
function firstTrack(file: HeadReader, moov: Box): StoredPicture | undefined {
  for (const trak of boxesIn(file, moov.start, moov.end)) {
    if (trak.type !== 'trak' || boxAt(file, trak, ['tref', 'auxl']) !== undefined) continue;
    const tkhd = findBox(file, 'tkhd', trak.start, trak.end);
    const stsd = boxAt(file, trak, ['mdia', 'minf', 'stbl', 'stsd']);
    // A version, flags and a count come before the entries.
    const entry = stsd && findBox(file, 'av01', stsd.start + 8, stsd.end);
    if (tkhd === undefined || entry === undefined) continue;
    // The last two numbers, with 16 bits of fraction (ISO/IEC 14496-12, 8.3.2).
    const size = file.bytes(tkhd.end - 8, 8);
    if (size === undefined) continue;
    const properties = [...boxesIn(file, entry.start + sampleEntryLength, entry.end)];
    const [irot, imir] = ['irot', 'imir'].map((type) => properties.find((box) => box.type === type));
    const meta = findBox(file, 'meta', trak.start, trak.end);
    const turned = transformation(file, irot, imir);
    const orientation = turned === 1 && meta ? metadataOrientation(file, { ...meta, start: meta.start + 4 }) : turned;
    return { width: size.readUInt16BE(0), height: size.readUInt16BE(4), orientation, isOwnTurn: turned !== 1 };
  }
  return undefined;
}
