import assert from 'node:assert/strict';
import { deflateSync } from 'node:zlib';
import { avifHead } from '../../../../src/base/pictureHead/avifHead';
import { HeadReader } from '../../../../src/base/pictureHead/HeadReader';
import { readPictureHead } from '../../../../src/base/pictureHead/pictureHead';
import { seededRandom } from '../../shared/testFolder';
import * as make from './pictureFiles';

/** Counts what is read of a file, and how often it is looked at. */
class CountingReader extends HeadReader {
  reads = 0;
  bytesRead = 0;
  steps = 0;

  constructor(file: Buffer) {
    super(file.length, (position, length) => {
      const part = file.subarray(position, position + length);
      this.reads++;
      this.bytesRead += part.length;
      return part;
    });
  }

  override bytes(at: number, length: number): Buffer | undefined {
    this.steps++;
    return super.bytes(at, length);
  }

  override byte(at: number): number | undefined {
    this.steps++;
    return super.byte(at);
  }

  override known(at: number): Buffer | undefined {
    this.steps++;
    return super.known(at);
  }
}

function headOf(file: Buffer): { size: string; reads: number; bytesRead: number; steps: number } {
  const reader = new CountingReader(file);
  const head = readPictureHead(reader);
  const { reads, bytesRead, steps } = reader;
  return { size: head === undefined ? 'unknown' : `${head.width}x${head.height}`, reads, bytesRead, steps };
}

const sizeOf = (file: Buffer): string => headOf(file).size;

/** APP1 segments of a JPEG. */
const exifSegment = (exif: Buffer): Buffer => make.segment(0xe1, make.exifPrefix, exif);
const xmpSegment = (xmp: Buffer): Buffer => make.segment(0xe1, make.xmpPrefix, xmp);
/** Entries of a TIFF of 70 x 50. */
const sized = (order: make.Order): make.TiffEntry[] => [
  make.entry(order, 256, 'short', 70),
  make.entry(order, 257, 'long', 50),
];
const tiffSaying = (...others: make.TiffEntry[]): Buffer => make.tiff('big', [...sized('big'), ...others]);
const xmpEntry = (xmp: Buffer): make.TiffEntry => make.entry('big', 700, 'byte', ...xmp);
/** A property of an AVIF: quarters anti-clockwise; the axis at which it is mirrored. */
const irot = (quarters: number): Buffer => make.box('irot', Buffer.from([quarters]));
const imir = (axis: number): Buffer => make.box('imir', Buffer.from([axis]));
const lossy = make.riffChunk('VP8 ', Buffer.from('0000009d012a46003200', 'hex'));
const metadataWebp = (flags: number, ...chunks: Buffer[]): Buffer =>
  make.webp(make.extended(flags, 70, 50), lossy, ...chunks);

describe('The head of an image file', () => {
  it('has the size of every format', () => {
    const lossless = make.riffChunk(
      'VP8L',
      Buffer.concat([Buffer.from([0x2f]), make.uint('little', 4, 69 | (49 << 14)), Buffer.alloc(1)]),
    );
    const files: Record<string, Buffer> = {
      JPEG: make.jpeg(70, 50),
      'JPEG, progressive, with bytes between its segments': Buffer.concat([
        ...[make.jpeg(1, 1).subarray(0, 2), make.segment(0xfe), Buffer.from([0, 1, 0xff, 0, 0xff, 0xff])],
        make.segment(0xc2, Buffer.from([8, 0, 50, 0, 70, 1, 1, 0x11, 0])).subarray(1),
      ]),
      PNG: make.png(70, 50),
      GIF: make.gif([70, 50], [0, 0, 70, 50]),
      'GIF whose first image is a part of the screen': make.gif([70, 50], [10, 10, 20, 20]),
      'GIF whose first image sticks out': make.gif([20, 50], [10, 0, 60, 20]),
      'GIF without a screen, behind extensions': make.gif(
        [0, 0],
        [0, 0, 70, 50],
        [Buffer.from([0x21, 0xfe, 2, 0x2c, 0x2c, 1, 0x3b, 0]), Buffer.from([0x21, 0xf9, 4, 1, 0, 0, 3, 0])],
      ),
      'BMP of OS/2': make.bmp(12, 70, 50),
      'BMP from the top': make.bmp(40, 70, -50),
      'BMP of version 5': make.bmp(124, 70, 50),
      'WebP, lossy': make.webp(lossy),
      'WebP, lossless': make.webp(lossless),
      'WebP, extended': metadataWebp(0),
      TIFF: make.tiff('little', sized('little')),
      'TIFF, big-endian, its directory at the end': make.tiff('big', sized('big'), { before: 3_000_000 }),
      BigTIFF: make.tiff('little', [make.entry('little', 256, 'long8', 70), make.entry('little', 257, 'short', 50)], {
        before: 3_000_000,
        big: true,
      }),
      'BigTIFF, big-endian': make.tiff('big', sized('big'), { big: true }),
      AVIF: make.avif([make.ispe(70, 50)]),
      'AVIF, a sequence': make.avifSequence(70, 50, []),
    };
    for (const [name, file] of Object.entries(files)) assert.equal(sizeOf(file), '70x50', name);
  });

  it('is asked of nothing that is not shown, whatever it looks like', () => {
    const files: Record<string, Buffer> = {
      nothing: Buffer.alloc(0),
      text: Buffer.from('version https://git-lfs.github.com/spec/v1\n'),
      SVG: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="70" height="50"></svg>'),
      'BMP with a header that there is not': make.bmp(41, 70, 50),
      'BMP of no width': make.bmp(40, 0, 50),
      'PNG of no width': make.png(0, 50),
      'TIFF without a height': make.tiff('big', sized('big').slice(0, 1)),
      'TIFF with a text for its width': make.tiff('big', [
        make.entry('big', 256, 'ascii', 70),
        ...sized('big').slice(1),
      ]),
      'AVIF without a size': make.avif([irot(1)]),
    };
    for (const [name, file] of Object.entries(files)) assert.equal(sizeOf(file), 'unknown', name);
  });

  it('turns the size by a quarter for orientations 5 to 8, and for no other number', () => {
    for (let orientation = 0; orientation <= 10; orientation++) {
      const expected = orientation >= 5 && orientation <= 8 ? '50x70' : '70x50';
      const files: Record<string, Buffer> = {
        JPEG: make.jpeg(70, 50, exifSegment(make.exif(orientation))),
        PNG: make.png(70, 50, [make.chunk('eXIf', make.exif(orientation))]),
        WebP: metadataWebp(8, make.riffChunk('EXIF', make.exif(orientation))),
        TIFF: tiffSaying(make.entry('big', 274, 'short', orientation)),
      };
      for (const [name, file] of Object.entries(files)) assert.equal(sizeOf(file), expected, `${name} ${orientation}`);
    }
  });

  it('turns an AVIF as its properties say, and not as its EXIF does', () => {
    // As Pillow makes EXIF's number of them: 8, 3, 6 for quarters alone, 5 or 7 with a mirror.
    const turned = [irot(1), irot(3)].flatMap((quarter) => [[quarter], [quarter, imir(0)], [quarter, imir(1)]]);
    const level = [[irot(0)], [irot(2)], [imir(0)], [irot(2), imir(1)]];
    for (const [all, expected] of [
      [turned, '50x70'],
      [level, '70x50'],
    ] as const) {
      for (const properties of all) {
        assert.equal(sizeOf(make.avif([make.ispe(70, 50), ...properties])), expected);
        assert.equal(sizeOf(make.avifSequence(70, 50, properties)), expected);
      }
    }
    const exif = Buffer.concat([Buffer.alloc(4), make.exif(6)]);
    assert.equal(sizeOf(make.avif([make.ispe(70, 50)], [{ type: 'Exif', content: exif }])), '70x50');
  });

  it('finds the orientation of a JPEG wherever Pillow does', () => {
    const other = make.segment(0xe2, Buffer.from('ICC_PROFILE\0'), Buffer.alloc(60_000));
    const behind = (values: Buffer, count: number): Buffer =>
      make.tiff('big', [{ tag: 272, type: make.tiffTypes.ascii, count, values }, make.entry('big', 274, 'short', 6)]);
    const files: [name: string, turned: boolean, ...segments: Buffer[]][] = [
      ['a directory that is not at 8', true, exifSegment(make.exif(6, 'short', 12))],
      ['a number of 32 bits', true, exifSegment(make.exif(6, 'long'))],
      ['a fraction', true, exifSegment(make.exif(6, 'rational'))],
      ['a number with a point', true, exifSegment(make.exif(6, 'float'))],
      ['a byte, which is none', false, exifSegment(make.exif(6, 'byte')), xmpSegment(make.xmp(6))],
      ['little-endian', true, exifSegment(make.tiff('little', [make.entry('little', 274, 'short', 8)]))],
      ['behind other segments', true, other, other, exifSegment(make.exif(6))],
      ['before others', true, exifSegment(make.exif(6)), other, other, other],
      ['the first of two', true, exifSegment(make.exif(6)), exifSegment(make.exif(1))],
      ['not the second of two', false, exifSegment(make.exif(1)), exifSegment(make.exif(6))],
      ['EXIF in two parts', true, ...[make.exif(6).subarray(0, 11), make.exif(6).subarray(11)].map(exifSegment)],
      ['an empty segment before', true, exifSegment(Buffer.alloc(0)), exifSegment(make.exif(6))],
      ['XMP alone', true, xmpSegment(make.xmp(6))],
      ['XMP, as an element', true, xmpSegment(make.xmp(8, true))],
      ['XMP beside EXIF that says otherwise', false, exifSegment(make.exif(1)), xmpSegment(make.xmp(6))],
      ['XMP beside EXIF that says nothing', true, exifSegment(make.tiff('big', [])), xmpSegment(make.xmp(6))],
      ['the last XMP of two', true, xmpSegment(make.xmp(1)), xmpSegment(make.xmp(6))],
      ['damaged EXIF', false, exifSegment(Buffer.from('no TIFF at all'))],
      ['an entry whose values lie outside ends the directory', false, exifSegment(behind(make.uint('big', 4, 30), 20))],
      [
        'an entry that is longer than all of EXIF is passed over',
        true,
        exifSegment(behind(make.uint('big', 4, 30), 40)),
      ],
    ];
    for (const [name, turned, ...segments] of files) {
      assert.equal(sizeOf(make.jpeg(70, 50, ...segments)), turned ? '50x70' : '70x50', name);
    }
    const scan = 10;
    const plain = make.jpeg(70, 50);
    const late = Buffer.concat([plain.subarray(0, -scan), exifSegment(make.exif(6)), plain.subarray(-scan)]);
    assert.equal(sizeOf(late), '50x70', 'between the frame and the pixels');
    assert.equal(sizeOf(Buffer.concat([plain, exifSegment(make.exif(6))])), '70x50', 'behind the pixels');
  });

  it('finds the orientation of a PNG before its pixels', () => {
    const keyword = 'XML:com.adobe.xmp';
    const raw = Buffer.concat([make.exifPrefix, make.exif(6)]);
    const packedXmp = make.chunk('zTXt', Buffer.from(`${keyword}\0\0`), deflateSync(make.xmp(6)));
    const files: [name: string, turned: boolean, before: Buffer[], behind?: Buffer[]][] = [
      [
        'eXIf behind a long text',
        true,
        [make.chunk('tEXt', Buffer.alloc(90_000, 'a')), make.chunk('eXIf', make.exif(6))],
      ],
      ['the last of two', true, [make.chunk('eXIf', make.exif(1)), make.chunk('eXIf', make.exif(6))]],
      ['XMP', true, [make.internationalText(keyword, make.xmp(6))]],
      ['XMP, packed', true, [make.internationalText(keyword, make.xmp(6), true)]],
      ['XMP in a text of another kind', true, [packedXmp]],
      ['XMP beside eXIf', false, [make.internationalText(keyword, make.xmp(6)), make.chunk('eXIf', make.exif(1))]],
      ['a raw profile', true, [make.rawProfile('zTXt', raw)]],
      ['a raw profile, not packed', true, [make.rawProfile('tEXt', raw)]],
      ['a raw profile beside eXIf', false, [make.rawProfile('tEXt', raw), make.chunk('eXIf', make.exif(1))]],
      ['a text that Pillow takes for EXIF', true, [make.chunk('tEXt', Buffer.from('exif\0'), make.exif(6))]],
      ['another text', false, [make.internationalText('Comment', make.xmp(6))]],
      ['a text that is damaged', false, [make.chunk('zTXt', Buffer.from(`${keyword}\0\0no deflate`))]],
      ['eXIf behind the pixels', false, [], [make.chunk('eXIf', make.exif(6))]],
    ];
    for (const [name, turned, before, behind] of files) {
      assert.equal(sizeOf(make.png(70, 50, before, behind)), turned ? '50x70' : '70x50', name);
    }
  });

  it('finds the orientation of WebP, TIFF and AVIF wherever Pillow does', () => {
    const exif = (orientation: number): Buffer => make.riffChunk('EXIF', make.exif(orientation));
    const prefixed = make.riffChunk('EXIF', Buffer.concat([make.exifPrefix, make.exif(6)]));
    const xmpChunk = make.riffChunk('XMP ', make.xmp(6));
    const avifExif = (tiff: Buffer): make.AvifMetadata => ({
      type: 'Exif',
      content: Buffer.concat([Buffer.alloc(4), tiff]),
    });
    const avifXmp: make.AvifMetadata = { type: 'mime', content: make.xmp(6) };
    const size = make.ispe(70, 50);
    const files: [name: string, turned: boolean, file: Buffer][] = [
      ['WebP: with the prefix of JPEG', true, metadataWebp(8, prefixed)],
      ['WebP: behind many pixels', true, metadataWebp(8, make.riffChunk('ALPH', Buffer.alloc(700_001)), exif(6))],
      ['WebP: the first of two', true, metadataWebp(8, exif(6), exif(1))],
      ['WebP: without the flag', false, metadataWebp(4, exif(6))],
      ['WebP: XMP', true, metadataWebp(4, xmpChunk)],
      ['WebP: XMP beside EXIF', false, metadataWebp(12, exif(1), xmpChunk)],
      ['TIFF: a number of 32 bits', true, tiffSaying(make.entry('big', 274, 'long', 6))],
      ['TIFF: XMP', true, tiffSaying(xmpEntry(make.xmp(6)))],
      ['TIFF: XMP beside its own', false, tiffSaying(make.entry('big', 274, 'short', 1), xmpEntry(make.xmp(6)))],
      ['AVIF: XMP', true, make.avif([size], [avifXmp])],
      ['AVIF: XMP beside EXIF that says something', false, make.avif([size], [avifExif(make.exif(6)), avifXmp])],
      ['AVIF: XMP beside EXIF that says nothing', true, make.avif([size], [avifExif(make.tiff('big', [])), avifXmp])],
      ['AVIF: XMP beside properties', false, make.avif([size, irot(2)], [avifXmp])],
    ];
    for (const [name, turned, file] of files) assert.equal(sizeOf(file), turned ? '50x70' : '70x50', name);
  });

  it('is that of the primary item of an AVIF, of its track if it is a sequence', () => {
    assert.equal(sizeOf(make.avif([make.ispe(70, 50), make.ispe(700, 500)])), '70x50');
    assert.equal(sizeOf(make.avif([make.ispe(5, 3)])), '5x3');
    const both = (major: string): Buffer => {
      const moov = make.avifSequence(70, 50, []).subarray(make.brands('avis').length);
      return Buffer.concat([make.avif([make.ispe(40, 30)], [], major), moov]);
    };
    assert.equal(sizeOf(both('avif')), '40x30');
    assert.equal(sizeOf(both('avis')), '70x50');
    assert.equal(avifHead(new CountingReader(both('mif1')))?.width, 70);
    assert.equal(avifHead(new CountingReader(make.avif([make.ispe(40, 30)], [], 'mif1')))?.width, 40);
  });

  it('takes one read where it is short, and a few where a part of it lies elsewhere', () => {
    const pixels = Buffer.alloc(5_000_000);
    const files: [name: string, most: number, file: Buffer][] = [
      ['JPEG', 1, Buffer.concat([make.jpeg(70, 50, exifSegment(make.exif(6))), pixels])],
      ['JPEG with a thumbnail and a profile', 3, make.jpeg(70, 50, exifSegment(make.exif(6, 'short', 30_000)))],
      [
        'JPEG of a telephone, with depths of 12 MB',
        7,
        make.jpeg(
          70,
          50,
          exifSegment(make.exif(6)),
          ...Array<Buffer>(190).fill(make.segment(0xe1, Buffer.alloc(65_000, 'http://ns.adobe.com/xmp/extension/'))),
        ),
      ],
      ['PNG', 1, Buffer.concat([make.png(70, 50, [make.chunk('eXIf', make.exif(6))]), pixels])],
      [
        'PNG behind a text of 5 MB',
        2,
        make.png(70, 50, [make.chunk('tEXt', pixels), make.chunk('eXIf', make.exif(6))]),
      ],
      ['WebP', 2, metadataWebp(8, make.riffChunk('ALPH', pixels), make.riffChunk('EXIF', make.exif(6)))],
      ['TIFF', 2, make.tiff('big', [...sized('big'), make.entry('big', 274, 'short', 6)], { before: 5_000_000 })],
      ['GIF', 1, Buffer.concat([make.gif([50, 70], [0, 0, 1, 1]), pixels])],
      ['AVIF', 1, Buffer.concat([make.avif([make.ispe(70, 50), irot(1)]), pixels])],
    ];
    for (const [name, most, file] of files) {
      const { size, reads } = headOf(file);
      assert.equal(size, '50x70', name);
      assert.ok(reads <= most, `${name}: ${reads} reads`);
    }
  });

  it('costs a bounded number of reads and steps, whatever the file claims', () => {
    const much = (part: Buffer, length = 100_000): Buffer => Buffer.alloc(length, part);
    const u16 = (value: number): Buffer => make.uint('big', 2, value);
    const meta = (...boxes: Buffer[]): Buffer =>
      Buffer.concat([make.brands('avif'), make.fullBox('meta', 0, make.fullBox('pitm', 0, u16(5)), ...boxes)]);
    const item = make.fullBox('infe', 2, u16(3), u16(0), Buffer.from('mime\0application/rdf+xml\0'));
    const files: Record<string, Buffer> = {
      'JPEG of segments without content': Buffer.concat([make.jpeg(1, 1).subarray(0, 2), much(make.segment(0xe1))]),
      'JPEG of EXIF': Buffer.concat([make.jpeg(1, 1).subarray(0, 2), much(make.segment(0xe1, make.exifPrefix))]),
      'JPEG of markers': Buffer.concat([make.jpeg(1, 1).subarray(0, 2), much(Buffer.from([0xff, 0xd0]))]),
      'JPEG of nothing': Buffer.concat([make.jpeg(1, 1).subarray(0, 3), much(Buffer.from([0xff]), 10_000_000)]),
      'PNG of chunks without content': Buffer.concat([make.png(70, 50).subarray(0, 33), much(make.chunk('tEXt'))]),
      'PNG of texts that unpack to much': make.png(
        70,
        50,
        Array<Buffer>(300).fill(
          make.chunk('zTXt', Buffer.from('Raw profile type exif\0\0'), deflateSync(Buffer.alloc(2 ** 21))),
        ),
      ),
      'GIF of extensions': Buffer.concat([
        make.gif([70, 50], [0, 0, 1, 1]).subarray(0, 25),
        much(Buffer.from([0x21, 1, 0])),
      ]),
      'GIF of nothing': Buffer.concat([make.gif([70, 50], [0, 0, 1, 1]).subarray(0, 25), much(Buffer.from([7]))]),
      'WebP of chunks without content': make.webp(
        make.extended(12, 70, 50),
        much(make.riffChunk('ANMF', Buffer.alloc(0))),
      ),
      'TIFF of entries': Buffer.concat([
        ...[
          Buffer.from('II+\0'),
          make.uint('little', 4, 8),
          make.uint('little', 8, 16),
          make.uint('little', 8, 2 ** 40),
        ],
        much(Buffer.alloc(20, 1)),
      ]),
      'AVIF of boxes without content': Buffer.concat([make.brands('avif'), much(make.box('free'))]),
      'AVIF of properties': meta(make.box('iprp', make.box('ipco', much(make.ispe(3, 2))))),
      'AVIF of associations': meta(
        make.box(
          'iprp',
          make.box('ipco', make.ispe(3, 2)),
          make.fullBox('ipma', 0, make.uint('big', 4, 2 ** 32 - 1), Buffer.alloc(200_000)),
        ),
      ),
      'AVIF of places and references': meta(
        make.fullBox('iinf', 0, u16(1), item),
        make.fullBox(
          'iref',
          0,
          make.box('cdsc', u16(3), u16(1), u16(5)),
          Buffer.alloc(200_000, make.box('cdsc', u16(4), u16(65_535))),
        ),
        make.fullBox('iloc', 1, u16(0), u16(65_535), Buffer.alloc(200_000, Buffer.from([0, 1, 0, 0, 0, 0, 255, 255]))),
        make.box('iprp', make.box('ipco', make.ispe(3, 2))),
      ),
    };
    for (const [name, file] of Object.entries(files)) {
      const { reads, bytesRead, steps } = headOf(file);
      assert.ok(reads <= 8, `${name}: ${reads} reads`);
      assert.ok(bytesRead <= 39_200_000, `${name}: ${bytesRead} bytes`);
      assert.ok(steps <= 2 * bytesRead, `${name}: ${steps} steps for ${bytesRead} bytes`);
    }
  });

  it('is unknown, and no error, where a file is cut or damaged anywhere', () => {
    const random = seededRandom(7);
    const xmpItem: make.AvifMetadata = { type: 'mime', content: make.xmp(6) };
    const whole = [
      make.jpeg(70, 50, exifSegment(make.exif(6)), xmpSegment(make.xmp(6))),
      make.png(70, 50, [
        make.internationalText('XML:com.adobe.xmp', make.xmp(6), true),
        make.rawProfile('zTXt', make.exif(6)),
      ]),
      make.gif([70, 50], [0, 0, 70, 50], [Buffer.from([0x21, 0xfe, 1, 1, 0])]),
      make.bmp(40, 70, 50),
      metadataWebp(12, make.riffChunk('EXIF', make.exif(6)), make.riffChunk('XMP ', make.xmp(6))),
      tiffSaying(make.entry('big', 274, 'long', 6, 6), xmpEntry(make.xmp(6))),
      make.tiff('little', sized('little'), { big: true }),
      make.avif([make.ispe(70, 50)], [xmpItem]),
      make.avifSequence(70, 50, [irot(1)]),
    ];
    for (const file of whole) {
      for (let length = 0; length < file.length; length++) headOf(file.subarray(0, length));
      for (let round = 0; round < 300; round++) {
        const damaged = Buffer.from(file);
        for (let byte = 0; byte < 3; byte++) damaged[random(damaged.length)] = [0, 1, 255, random(256)][random(4)] ?? 0;
        const { size } = headOf(damaged);
        assert.match(size, /^(unknown|[1-9]\d*x[1-9]\d*)$/);
      }
    }
  });
});
