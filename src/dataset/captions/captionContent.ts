/** The content of a caption file. */
export interface CaptionContent {
  /** every character of the file, byte order mark and line ends included */
  raw: string;
  /** set when the file is not valid UTF-8: its bytes, and the guessed encoding with which `raw` was decoded */
  foreign?: { bytes: Uint8Array; encoding: string };
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Decodes a caption file. Valid UTF-8 is decoded without loss (encoding it again gives the same bytes); anything else
 * is decoded as UTF-16 if it starts with a byte order mark of that, otherwise as Windows-1252, in which all bytes are
 * valid.
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
    const raw = encoding === 'windows-1252' ? decodeWindows1252(bytes) : new TextDecoder(encoding).decode(bytes);
    return { raw, foreign: { bytes: Uint8Array.from(bytes), encoding } };
  }
}

/** The bytes of a caption file. */
export function encodeCaption(content: CaptionContent): Uint8Array {
  return content.foreign?.bytes ?? Buffer.from(content.raw, 'utf8');
}

/** The characters that Windows-1252 has in place of Latin-1's control characters 0x80 to 0x9F. */
const windows1252 =
  '\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f' +
  '\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178';

/** Decodes without TextDecoder, because that of Node 20 treats Windows-1252 as Latin-1. */
function decodeWindows1252(bytes: Uint8Array): string {
  const latin1 = Buffer.from(bytes).toString('latin1');
  return latin1.replace(/[\u0080-\u009f]/g, (character) => windows1252.charAt(character.charCodeAt(0) - 0x80));
}
