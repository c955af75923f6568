/** Bytes that are found by their position: a file, a part of one, or a buffer. */
export interface ByteSource {
  /** in bytes */
  readonly size: number;
  /** `length` bytes from `at` on; undefined where there are not as many, or reading them would cost too much */
  bytes(at: number, length: number): Buffer | undefined;
}

/** A part of other bytes; what sticks out of them is not there. */
export function partOf(whole: ByteSource, start: number, length: number): ByteSource {
  const size = Math.max(0, Math.min(length, whole.size - start));
  return { size, bytes: (at, count) => (at >= 0 && at + count <= size ? whole.bytes(start + at, count) : undefined) };
}

/** A buffer as bytes that are found by their position. */
export function inMemory(buffer: Buffer): ByteSource {
  return {
    size: buffer.length,
    bytes: (at, length) => (at >= 0 && at + length <= buffer.length ? buffer.subarray(at, at + length) : undefined),
  };
}
