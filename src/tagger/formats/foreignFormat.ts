import { isUtf8 } from 'node:buffer';
import { brandsIn, sniffFormat, type ImageFormat } from '../../base/sniffFormat';

/** What a file is that is none of the supported images. */
export type ForeignContent =
  | { kind: 'lfsPointer' }
  | { kind: 'annexPointer' }
  | { kind: 'webPage' }
  | { kind: 'text' }
  | { kind: 'zeros' }
  /** an image that was read or sent as a text, which changes its bytes */
  | { kind: 'changedAsText' }
  /** an image behind some bytes that are none of it */
  | { kind: 'late'; format: ImageFormat; bytes: number }
  /** another format, by the name that people know it by */
  | { kind: 'format'; name: string };

/** How formats begin, as Latin-1 text at an offset; the first one that fits counts. */
const signatures: readonly { name: string; at?: number; start: string }[] = [
  { name: 'JPEG XL', start: '\xff\x0a' },
  { name: 'JPEG XL', start: '\0\0\0\x0cJXL \r\n\x87\n' },
  { name: 'JPEG 2000', start: '\0\0\0\x0cjP  \r\n\x87\n' },
  { name: 'JPEG 2000', start: '\xff\x4f\xff\x51' },
  { name: 'PSD', start: '8BPS' },
  { name: 'ICO', start: '\0\0\x01\0' },
  { name: 'OpenEXR', start: '\x76\x2f\x31\x01' },
  { name: 'Radiance HDR', start: '#?RADIANCE' },
  { name: 'DDS', start: 'DDS ' },
  { name: 'QOI', start: 'qoif' },
  { name: 'Krita, OpenRaster', at: 30, start: 'mimetype' },
  { name: 'JNG', start: '\x8bJNG\r\n\x1a\n' },
  { name: 'MNG', start: '\x8aMNG\r\n\x1a\n' },
  { name: 'RAW (RAF)', start: 'FUJIFILMCCD-RAW' },
  { name: 'RAW (RW2)', start: 'IIU\0' },
  { name: 'RAW (ORF)', start: 'IIRO' },
  { name: 'Portable Anymap (PNM)', start: 'P4' },
  { name: 'Portable Anymap (PNM)', start: 'P5' },
  { name: 'Portable Anymap (PNM)', start: 'P6' },
  { name: 'PDF', start: '%PDF' },
  { name: 'ZIP', start: 'PK\x03\x04' },
  { name: 'gzip', start: '\x1f\x8b' },
  { name: 'RAR', start: 'Rar!' },
  { name: '7z', start: '7z\xbc\xaf\x27\x1c' },
  { name: 'WebM, Matroska', start: '\x1aE\xdf\xa3' },
  { name: 'AVI', at: 8, start: 'AVI ' },
  { name: 'WAV', at: 8, start: 'WAVE' },
];

/** Brands of HEIF files (ISO/IEC 23008-12, annex B) whose pictures are compressed with HEVC. */
const heicBrands = ['heic', 'heix', 'hevc', 'hevx', 'heim', 'heis', 'hevm', 'hevs'];

/** How a PNG begins without its line ends, and what a decoder of UTF-8 makes of the first bytes of PNG and JPEG. */
const changedByText = ['\x89PNG', '\xef\xbf\xbdPNG', '\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd'];

/** A line end or a mark of UTF-8 may stand before an image by mistake, in bytes. */
const mostBefore = 16;

/** How much of a file is looked at, in bytes. */
const headLength = 4096;

/** What a file is that is no supported image; undefined where that cannot be told. */
export function foreignContent(file: Buffer): ForeignContent | undefined {
  const head = file.subarray(0, headLength);
  const text = head.toString('latin1');
  if (text.startsWith('version https://git-lfs.github.com/spec/')) return { kind: 'lfsPointer' };
  if (text.startsWith('/annex/objects/')) return { kind: 'annexPointer' };
  if (changedByText.some((start) => text.startsWith(start))) return { kind: 'changedAsText' };
  if (text.startsWith('ftyp', 4)) return { kind: 'format', name: containerName(head) };
  const known = signatures.find(({ at = 0, start }) => text.startsWith(start, at));
  if (known !== undefined) return { kind: 'format', name: known.name };
  for (let at = 1; at <= mostBefore; at++) {
    const format = sniffFormat(head.subarray(at));
    if (format !== undefined && format !== 'BMP') return { kind: 'late', format, bytes: at };
  }
  const start = text
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart()
    .slice(0, 1000)
    .toLowerCase();
  if (/^(<\?xml[^>]*>\s*)?(<!--[^]*?-->\s*|<!doctype svg[^>]*>\s*)*<svg[\s>]/.test(start)) {
    return { kind: 'format', name: 'SVG' };
  }
  if (/^(<!doctype html|<html|<head|<body)/.test(start)) return { kind: 'webPage' };
  if (head.every((byte) => byte === 0)) return { kind: 'zeros' };
  // A letter at the end of the head may be cut in two.
  const whole = file.length > headLength ? head.subarray(0, head.length - 3) : head;
  return isText(whole) ? { kind: 'text' } : undefined;
}

/** The name of what is in a file of boxes, by its brands. */
function containerName(head: Buffer): string {
  const brands = brandsIn(head);
  if (brands.some((brand) => heicBrands.includes(brand))) return 'HEIC';
  if (brands.includes('crx ')) return 'RAW (CR3)';
  if (brands.includes('mif1') || brands.includes('msf1')) return 'HEIF';
  if (brands.some((brand) => brand.startsWith('qt'))) return 'QuickTime';
  return 'MP4';
}

function isText(bytes: Buffer): boolean {
  // eslint-disable-next-line no-control-regex -- that there are none is the point
  return isUtf8(bytes) && !/[\0-\x08\x0e-\x1a\x1c-\x1f]/.test(bytes.toString('utf8'));
}
