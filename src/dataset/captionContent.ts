/** The content of a caption file. */
export interface CaptionContent {
  /** every character of the file, byte order mark and line ends included */
  raw: string;
  /** set when the file is not valid UTF-8: its bytes, and the encoding that `raw` was guessed with */
  foreign?: { bytes: Uint8Array; encoding: string };
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Decodes a caption file. Valid UTF-8 is kept character by character (its bytes can be made again); anything else is
 * read as UTF-16 when it starts with that byte order mark, else as Windows-1252, which every byte sequence is.
 */
export function decodeCaption(bytes: Uint8Array): CaptionContent {
  try {
    return { raw: utf8.decode(bytes) };
  } catch {
    const encoding =
      bytes[0] === 0xff && bytes[1] === 0xfe
        ? 'utf-16le'
        : bytes[0] === 0xfe && bytes[1] === 0xff
          ? 'utf-16be'
          : 'windows-1252';
    return { raw: new TextDecoder(encoding).decode(bytes), foreign: { bytes: Uint8Array.from(bytes), encoding } };
  }
}

/** The bytes of a caption file. */
export function encodeCaption(content: CaptionContent): Uint8Array {
  return content.foreign?.bytes ?? Buffer.from(content.raw, 'utf8');
}
