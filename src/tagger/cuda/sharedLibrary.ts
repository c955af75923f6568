import { open, type FileHandle } from 'node:fs/promises';
import * as l10n from '@vscode/l10n';
import { errorCode, errorMessage } from '../../protocol/channel/wireError';
import { CudaError } from './CudaError';

// Reads what the dynamic loader reads of a 64-bit ELF file, without loading it: the header (magic, class, machine); the
// program headers, in them the dynamic segment with the DT_NEEDED entries, whose names are in its string table; the
// section headers, among them `.rodata` with the constants. Names and offsets: elf(5), System V ABI, gABI 4.1, chapters
// 4 and 5.
const elfMagic = 0x7f454c46;
const class64 = 2;
const littleEndian = 1;
const typeShared = 3;
const machineX64 = 62;
const headerSize = 64;
const programHeaderSize = 56;
const sectionHeaderSize = 64;
const segmentLoad = 1;
const segmentDynamic = 2;
const sectionNoBits = 8;
const tagNeeded = 1;
const tagStringTable = 5;
const tagStringTableSize = 10;
/** The maximum size of a table that is read as a whole, in bytes: in sound files they are smaller. */
const largestTable = 64 << 20;
/** Bytes that a scan reads at a time. */
const scanChunk = 4 << 20;

/** What the dynamic loader sees in a shared library, and where its constants are. */
export interface SharedLibrary {
  /** names of the libraries that it is linked with (DT_NEEDED), in its order */
  needed: string[];
  /** where its constants lie (`.rodata`), in bytes; the whole file where it has no section of that name */
  constants: { offset: number; size: number };
}

/** A program header: a piece of the file and where it lies in memory. */
interface Segment {
  type: number;
  offset: number;
  address: number;
  size: number;
}

/** Whether a file begins as a shared library for x64 does. Links that lead nowhere and 0-byte placeholders do not. */
export async function looksLikeSharedLibrary(libraryPath: string): Promise<boolean> {
  const file = await open(libraryPath).catch(() => undefined);
  if (file === undefined) return false;
  try {
    return isSharedX64(await readPart(file, 0, headerSize));
  } catch {
    return false;
  } finally {
    await file.close();
  }
}

/**
 * Reads the headers of a shared library for Linux x64, after `elf(5)`.
 * @throws CudaError CUDA_LIBRARY_DAMAGED: not such a library, or cut off
 */
export async function readSharedLibrary(libraryPath: string): Promise<SharedLibrary> {
  try {
    return await withFile(libraryPath, async (file, fileSize) => {
      const header = await readPart(file, 0, headerSize);
      if (!isSharedX64(header)) throw new Error(l10n.t('it is not a shared library for Linux x64'));
      const segments = await readSegments(file, header, fileSize);
      return { needed: await readNeeded(file, segments), constants: await findConstants(file, header, fileSize) };
    });
  } catch (error) {
    const why = errorCode(error) === 'ENOENT' ? l10n.t('it is missing') : errorMessage(error);
    const message = l10n.t('{0} cannot be used: {1}.', libraryPath, why);
    throw new CudaError('CUDA_LIBRARY_DAMAGED', libraryPath, message, error);
  }
}

/**
 * Looks for a constant text of the form `1.2.3` in a library: how ONNX Runtime's CUDA library holds its version (seen
 * in the published 1.29.0 and 1.30.0, once each).
 * @param wanted the version that is expected
 * @returns `wanted` where the library holds it, else the first version that it holds, undefined where it holds none
 * @throws CudaError CUDA_LIBRARY_DAMAGED when it cannot be read
 */
export async function findVersion(
  libraryPath: string,
  { offset, size }: SharedLibrary['constants'],
  wanted: string,
): Promise<string | undefined> {
  const exact = Buffer.from(`\0${wanted}\0`, 'latin1');
  let other: string | undefined;
  try {
    await withFile(libraryPath, async (file) => {
      // A text that lies across two chunks is whole in the second.
      const overlap = 64;
      for (let start = offset; start < offset + size; start += scanChunk) {
        const from = Math.max(offset, start - overlap);
        const chunk = await readPart(file, from, Math.min(start + scanChunk, offset + size) - from);
        if (chunk.includes(exact)) {
          other = wanted;
          return;
        }
        other ??= /\0(\d{1,2}\.\d{1,3}\.\d{1,3})\0/.exec(chunk.toString('latin1'))?.[1];
      }
    });
  } catch (error) {
    const message = l10n.t('{0} cannot be read: {1}.', libraryPath, errorMessage(error));
    throw new CudaError('CUDA_LIBRARY_DAMAGED', libraryPath, message, error);
  }
  return other;
}

async function withFile<T>(path: string, work: (file: FileHandle, size: number) => Promise<T>): Promise<T> {
  const file = await open(path);
  try {
    return await work(file, (await file.stat()).size);
  } finally {
    await file.close();
  }
}

async function readPart(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  if (bytesRead < length) throw new Error(l10n.t('it is cut off'));
  return buffer;
}

function isSharedX64(header: Buffer): boolean {
  return (
    header.readUInt32BE(0) === elfMagic &&
    header[4] === class64 &&
    header[5] === littleEndian &&
    header.readUInt16LE(16) === typeShared &&
    header.readUInt16LE(18) === machineX64
  );
}

async function readSegments(file: FileHandle, header: Buffer, fileSize: number): Promise<Segment[]> {
  const count = header.readUInt16LE(56);
  const table = await readPart(file, uint64(header, 32), count * programHeaderSize);
  return Array.from({ length: count }, (_, index) => {
    const at = index * programHeaderSize;
    const segment = {
      type: table.readUInt32LE(at),
      offset: uint64(table, at + 8),
      address: uint64(table, at + 16),
      size: uint64(table, at + 32),
    };
    if (segment.offset + segment.size > fileSize) throw new Error(l10n.t('it is cut off'));
    return segment;
  });
}

async function readNeeded(file: FileHandle, segments: Segment[]): Promise<string[]> {
  const dynamic = segments.find(({ type }) => type === segmentDynamic);
  if (dynamic === undefined) return [];
  const entries = await readTable(file, dynamic.offset, dynamic.size);
  const neededAt: number[] = [];
  let stringsAddress = 0;
  let stringsSize = 0;
  for (let at = 0; at + 16 <= entries.length; at += 16) {
    const tag = uint64(entries, at);
    const value = uint64(entries, at + 8);
    if (tag === tagNeeded) neededAt.push(value);
    else if (tag === tagStringTable) stringsAddress = value;
    else if (tag === tagStringTableSize) stringsSize = value;
    else if (tag === 0) break;
  }
  const home = segments.find(
    ({ type, address, size }) => type === segmentLoad && stringsAddress >= address && stringsAddress < address + size,
  );
  if (home === undefined) throw new Error(l10n.t('its table of names is missing'));
  const strings = await readTable(file, home.offset + stringsAddress - home.address, stringsSize);
  return neededAt.map((at) => textAt(strings, at));
}

async function findConstants(file: FileHandle, header: Buffer, fileSize: number): Promise<SharedLibrary['constants']> {
  const tableOffset = uint64(header, 40);
  const count = header.readUInt16LE(60);
  if (tableOffset !== 0 && count !== 0) {
    const table = await readPart(file, tableOffset, count * sectionHeaderSize);
    const sections = Array.from({ length: count }, (_, index) => {
      const at = index * sectionHeaderSize;
      return {
        name: table.readUInt32LE(at),
        type: table.readUInt32LE(at + 4),
        offset: uint64(table, at + 24),
        size: uint64(table, at + 32),
      };
    });
    const names = sections[header.readUInt16LE(62)];
    if (names !== undefined) {
      const texts = await readTable(file, names.offset, names.size);
      const found = sections.find(({ name, type }) => type !== sectionNoBits && textAt(texts, name) === '.rodata');
      if (found !== undefined && found.offset + found.size <= fileSize)
        return { offset: found.offset, size: found.size };
    }
  }
  return { offset: 0, size: fileSize };
}

function readTable(file: FileHandle, offset: number, size: number): Promise<Buffer> {
  if (size > largestTable) throw new Error(l10n.t('its headers are damaged'));
  return readPart(file, offset, size);
}

function textAt(strings: Buffer, at: number): string {
  const end = strings.indexOf(0, at);
  if (at >= strings.length || end < 0) throw new Error(l10n.t('its headers are damaged'));
  return strings.toString('latin1', at, end);
}

function uint64(buffer: Buffer, at: number): number {
  const value = buffer.readBigUInt64LE(at);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new Error(l10n.t('its headers are damaged'));
  return Number(value);
}
