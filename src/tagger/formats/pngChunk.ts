import { crc32 } from 'node:zlib';

/** In bytes. */
export const pngSignatureLength = 8;

/** Length, name and checksum of a chunk, in bytes. */
export const pngChunkFrame = 12;

/** A chunk of a PNG with its length, name and checksum (PNG third edition, 5.3). */
export function pngChunk(name: string, data: Buffer): Buffer {
  const bytes = Buffer.alloc(pngChunkFrame + data.length);
  bytes.writeUInt32BE(data.length, 0);
  bytes.write(name, 4, 'latin1');
  data.copy(bytes, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + data.length)), 8 + data.length);
  return bytes;
}
