import { asciiBits, languageModel, type Language, type LanguageModel } from './languageModels';
import { withoutControls } from './strayControls';

/**
 * The encodings that a caption file is taken for when it is not clean UTF-8, by their names in the Encoding Standard
 * (and `utf-32le`, `utf-32be`). `utf-8` is UTF-8 that is damaged: it has invalid bytes, or control characters.
 */
export type GuessedEncoding =
  | 'utf-8'
  | 'utf-16le'
  | 'utf-16be'
  | 'utf-32le'
  | 'utf-32be'
  | 'windows-1252'
  | 'windows-1251'
  | 'gbk'
  | 'gb18030'
  | 'big5'
  | 'shift_jis'
  | 'euc-jp'
  | 'iso-2022-jp'
  | 'euc-kr';

/** How many bytes are read to guess, from a little before the first that is not ASCII. */
const sampleLength = 2000;
const sampleLead = 100;
/** So many bits speak against a reading for each place where it would be damaged. */
const damageBits = 18;
/** The same for an end in the middle of a character, which is more usual: a program that keeps to a number of bytes. */
const cutBits = 12;
/** The best encoding has to be likelier than the next one by so many bits: 1000 times. */
const margin = 10;
/** The same for one that is strange for itself: 128 times. */
const marginToStrange = 7;

/** An encoding that may be the one, and the language that is written in it. */
interface Candidate {
  encoding: GuessedEncoding;
  language: Language;
  /** a text with more bits than this per non-ASCII character is not in that language */
  strangeFrom: number;
  /** how many characters beyond ASCII a text has at least; 1 if nothing is said */
  atLeast?: number;
}

const eightBit: readonly Candidate[] = [
  { encoding: 'windows-1252', language: 'western', strangeFrom: 10 },
  { encoding: 'windows-1251', language: 'russian', strangeFrom: 5.7, atLeast: 3 },
  { encoding: 'gb18030', language: 'simplified', strangeFrom: 12.7 },
  { encoding: 'big5', language: 'traditional', strangeFrom: 12.7 },
  { encoding: 'shift_jis', language: 'japanese', strangeFrom: 13, atLeast: 2 },
  { encoding: 'euc-jp', language: 'japanese', strangeFrom: 13 },
  { encoding: 'euc-kr', language: 'korean', strangeFrom: 11 },
];
const damaged: Candidate = { encoding: 'utf-8', language: 'any', strangeFrom: 15 };
const withNul: readonly Candidate[] = [
  damaged,
  { encoding: 'utf-16le', language: 'any', strangeFrom: 13 },
  { encoding: 'utf-16be', language: 'any', strangeFrom: 13 },
  { encoding: 'utf-32le', language: 'any', strangeFrom: 13 },
  { encoding: 'utf-32be', language: 'any', strangeFrom: 13 },
];
const ofAscii: readonly Candidate[] = [
  damaged,
  { encoding: 'utf-16le', language: 'any', strangeFrom: 13, atLeast: 2 },
  { encoding: 'utf-16be', language: 'any', strangeFrom: 13, atLeast: 2 },
];
const withoutNul: readonly Candidate[] = [...ofAscii, ...eightBit];

/** Byte order marks. That of UTF-32LE begins with that of UTF-16LE, so it comes first. */
const marks: readonly (readonly [GuessedEncoding, readonly number[]])[] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-32le', [0xff, 0xfe, 0, 0]],
  ['utf-32be', [0, 0, 0xfe, 0xff]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
  ['gb18030', [0x84, 0x31, 0x95, 0x33]],
];

/**
 * Guesses the encoding of a caption that is not clean UTF-8: the one in which its bytes are the likeliest text.
 * @returns undefined where two readings are about as likely, or none is a text: no guess is better than a wrong one
 */
export function guessEncoding(bytes: Uint8Array): GuessedEncoding | undefined {
  const marked = marks.find(([, mark]) => mark.every((byte, index) => bytes[index] === byte));
  if (marked !== undefined) return marked[0];
  if (isIso2022(bytes)) return 'iso-2022-jp';
  if (isNearlyUtf8(bytes)) return 'utf-8';
  const [best, ...others] = readings(bytes);
  const isAsLikely = ({ text, bits, isStrange }: Reading): boolean =>
    text !== best?.text && bits - (best?.bits ?? 0) < (isStrange ? marginToStrange : margin);
  if (best === undefined || best.isStrange || others.some(isAsLikely)) return undefined;
  // GB 18030 is GBK with more characters, of four bytes each.
  return best.encoding === 'gb18030' && !hasFourByteCharacters(bytes) ? 'gbk' : best.encoding;
}

/**
 * Decodes a file. Bytes that are no text in this encoding become U+FFFD each; so does a run of control characters that
 * no text has. Byte order marks at the start are left out.
 */
export function decodeAs(bytes: Uint8Array, encoding: GuessedEncoding): string {
  const { text, rest } = decode(bytes, encoding);
  return withoutControls(text + rest).replace(/^\ufeff+/, '');
}

/**
 * Whether all but a few characters beyond ASCII are UTF-8, whatever the language: in no other encoding do the bytes of
 * several characters in a row happen to be its sequences.
 */
function isNearlyUtf8(bytes: Uint8Array): boolean {
  const { whole, damages } = countUtf8(sampleOf(bytes));
  return whole >= 4 * Math.max(1, damages);
}

/**
 * Counts the sequences of UTF-8, and the places where it is damaged: runs of bytes that are none, and of NULs. A
 * surrogate that was encoded for itself, as by programs that write CESU-8, is one with its other half.
 */
function countUtf8(bytes: Uint8Array): { whole: number; damages: number; long: number } {
  const found = { whole: 0, damages: 0, long: 0 };
  // As many characters as bytes: each byte is a character of its own.
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  for (const [run] of text.matchAll(/[\0\x80-\xff]+/g)) {
    const rest = run.replace(utf8Sequence, (sequence) => {
      found.whole++;
      if (sequence.length > 2) found.long++;
      return '\n';
    });
    found.damages += rest.split('\n').filter((piece) => piece !== '').length;
  }
  return found;
}

/** One character beyond ASCII, each byte being a character of Latin-1 here. */
const utf8Sequence = new RegExp(
  [
    '[\\xc2-\\xdf][\\x80-\\xbf]',
    '\\xe0[\\xa0-\\xbf][\\x80-\\xbf]',
    '[\\xe1-\\xec\\xee\\xef][\\x80-\\xbf]{2}',
    '\\xed[\\x80-\\x9f][\\x80-\\xbf]',
    '\\xf0[\\x90-\\xbf][\\x80-\\xbf]{2}',
    '[\\xf1-\\xf3][\\x80-\\xbf]{3}',
    '\\xf4[\\x80-\\x8f][\\x80-\\xbf]{2}',
  ].join('|'),
  'g',
);

/** ISO-2022-JP is ASCII to the eye of a program: escapes say where pairs of letters are characters. */
function isIso2022(bytes: Uint8Array): boolean {
  const at = bytes.indexOf(escape);
  if (at < 0 || bytes[at + 1] !== 0x24 || (bytes[at + 2] !== 0x40 && bytes[at + 2] !== 0x42)) return false;
  const read = decodeOrNot(bytes, 'iso-2022-jp');
  return read?.rest === '' && !read.text.includes('\ufffd');
}

/** The ways to read a file that has no byte order mark, the likeliest first. */
function readings(bytes: Uint8Array): Reading[] {
  const isAscii = bytes.every((byte) => byte > 0 && byte < 0x80);
  const candidates = isAscii ? ofAscii : bytes.includes(0) ? withNul : withoutNul;
  return candidates.flatMap((candidate) => readAs(bytes, candidate) ?? []).sort((a, b) => a.bits - b.bits);
}

/** A file read in one encoding. */
interface Reading {
  encoding: GuessedEncoding;
  /** of a sample, where the file is long */
  text: string;
  /** how unlikely the text is, in bits */
  bits: number;
  /** it is a text that nobody would write */
  isStrange: boolean;
}

/** Reads a file in an encoding. @returns undefined where that cannot be */
function readAs(bytes: Uint8Array, { encoding, language, strangeFrom, atLeast = 1 }: Candidate): Reading | undefined {
  const isDamaged = encoding === 'utf-8';
  // A sequence of three bytes would be text such as "â€™" in Windows-1252, which nobody writes.
  if (encoding === 'windows-1252' && countUtf8(sampleOf(bytes)).long > 0) return undefined;
  const sample = decodeOrNot(sampleOf(bytes), encoding);
  const whole = bytes.length <= sampleLength || sample === undefined ? sample : decodeOrNot(bytes, encoding);
  if (sample === undefined || whole === undefined) return undefined;
  if (!isDamaged && (sample.text.includes('\ufffd') || whole.text.includes('\ufffd'))) return undefined;
  const text = withoutNuls(sample.text);
  const found = surprise(text, languageModel(language));
  const isCut = whole.rest !== '';
  // A few whole characters among many damaged ones speak for no encoding, nor does ASCII with damages, unless it is
  // UTF-8 that was cut off: then a part of its last character is there.
  const most = isDamaged ? Math.max(1, found.beyond / 3) : found.beyond / 8;
  if (found.damages + (isCut ? 1 : 0) > most) return undefined;
  const endsInUtf8 = isDamaged && isCut && (bytes.at(-1) ?? 0) < 0xc0 && !whole.text.includes('\ufffd');
  if (found.beyond === 0 && !endsInUtf8 && bytes.some((byte) => byte > 0x7f)) return undefined;
  const bits = found.bits + found.damages * damageBits + (isCut ? cutBits : 0);
  const { beyond, bitsBeyond } = found;
  const isStrange =
    (beyond > 0 && (beyond < atLeast || bitsBeyond / beyond > strangeFrom)) ||
    (encoding === 'windows-1252' && /^[^\u201c\u201e]*\u201d/.test(text));
  return { encoding, text, bits, isStrange };
}

/** What is before the first byte that is not ASCII has one byte a character in all encodings, or two or four. */
function sampleOf(bytes: Uint8Array): Uint8Array {
  if (bytes.length <= sampleLength) return bytes;
  const first = bytes.findIndex((byte) => byte === 0 || byte > 0x7f);
  const start = Math.max(0, first - sampleLead) & ~3;
  return bytes.subarray(start, start + sampleLength);
}

function decodeOrNot(bytes: Uint8Array, encoding: GuessedEncoding): ReturnType<typeof decode> | undefined {
  try {
    return decode(bytes, encoding);
  } catch {
    return undefined;
  }
}

/** How unlikely a text is in a language, in bits: the fewer, the better it fits. */
interface Surprise {
  /** of the whole text */
  bits: number;
  /** of the characters beyond ASCII, and their number */
  bitsBeyond: number;
  beyond: number;
  damages: number;
}

function surprise(text: string, model: LanguageModel): Surprise {
  const found: Surprise = { bits: 0, bitsBeyond: 0, beyond: 0, damages: 0 };
  let before = 0;
  let damaged = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.codePointAt(at) ?? 0;
    if (code > 0xffff) at++;
    if (code === replacement) damaged++;
    else if (code < 0x80) found.bits += asciiBits(code);
    else {
      const bits = model(code, before, text.charCodeAt(at + 1) || 0);
      found.bits += bits;
      found.bitsBeyond += bits;
      found.beyond++;
    }
    // One wrong byte makes up to three invalid ones; a character in CESU-8 makes six.
    if (code !== replacement || at + 1 >= text.length) {
      found.damages += damaged % 6 === 0 ? damaged / 6 : Math.ceil(damaged / 3);
      damaged = 0;
    }
    before = code;
  }
  return found;
}

const replacement = 0xfffd;
const escape = 0x1b;

/** Whether a text in GB 18030 has characters of four bytes: the second is a digit, which it is in none of GBK. */
function hasFourByteCharacters(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at++) {
    if ((bytes[at] ?? 0) < 0x80) continue;
    const second = bytes[++at] ?? 0;
    if (second >= 0x30 && second <= 0x39) return true;
  }
  return false;
}

function withoutNuls(text: string): string {
  return text.includes('\0') ? text.replace(/\0+/g, '\ufffd') : text;
}

/** Decodes; what is no text becomes U+FFFD. `rest` is what an end in the middle of a character leaves. */
function decode(bytes: Uint8Array, encoding: GuessedEncoding): { text: string; rest: string } {
  if (encoding === 'windows-1252') return { text: decodeWindows1252(bytes), rest: '' };
  if (encoding === 'utf-32le' || encoding === 'utf-32be') {
    return { text: decodeUtf32(bytes, encoding === 'utf-32le'), rest: bytes.length % 4 === 0 ? '' : '\ufffd' };
  }
  const decoder = decoderOf(encoding);
  return { text: decoder.decode(bytes, { stream: true }), rest: decoder.decode() };
}

type Decoder = InstanceType<typeof TextDecoder>;
const decoders = new Map<GuessedEncoding, Decoder>();

/** @throws RangeError for an encoding that the platform does not know */
function decoderOf(encoding: GuessedEncoding): Decoder {
  let decoder = decoders.get(encoding);
  // Not a fatal decoder, which throws at an invalid byte: that costs more than all the rest.
  if (decoder === undefined) decoders.set(encoding, (decoder = new TextDecoder(encoding, { ignoreBOM: true })));
  return decoder;
}

function decodeUtf32(bytes: Uint8Array, isLittleEndian: boolean): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let text = '';
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    const code = view.getUint32(at, isLittleEndian);
    const isCharacter = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
    text += String.fromCodePoint(isCharacter ? code : replacement);
  }
  return text;
}

/** The characters that Windows-1252 has in place of Latin-1's control characters 0x80 to 0x9F. */
const windows1252 =
  '\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f' +
  '\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178';

/** Decodes without TextDecoder, because that of Node 20 treats Windows-1252 as Latin-1. */
function decodeWindows1252(bytes: Uint8Array): string {
  const latin1 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  return latin1.replace(/[\u0080-\u009f]/g, (character) => windows1252.charAt(character.charCodeAt(0) - 0x80));
}
