import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { decodeCaption } from '../../../../src/dataset/captions/captionContent';
import { decodeAs, guessEncoding } from '../../../../src/dataset/captions/guessEncoding';
import { seededRandom } from '../../shared/testFolder';

/** Captions in old encodings, written by Python's codecs: see makeEncodings.py beside them. */
interface Row {
  encoding: string;
  caption: string;
  bytes: string;
}

describe('The encoding of a caption that is not clean UTF-8', () => {
  const file = path.resolve(__dirname, '../../../test/fixtures/encodings/captions.json');
  const rows = JSON.parse(readFileSync(file, 'utf8')) as Row[];

  for (const encoding of new Set(rows.map((row) => row.encoding))) {
    if (encoding === 'unknown') continue;
    it(`is found for short captions in ${encoding}, and their text is right`, () => {
      const captions = rows.filter((row) => row.encoding === encoding);
      assert.ok(captions.length >= 5);
      const read = captions.map(({ bytes }) => {
        const { raw, foreign } = decodeCaption(Buffer.from(bytes, 'hex'));
        return [foreign?.encoding, raw];
      });
      assert.deepEqual(
        read,
        captions.map(({ caption }) => [encoding, caption]),
      );
    });
  }

  it('is found by each byte order mark, which is no part of the text', () => {
    const text = 'a, \u732b';
    const little = Buffer.from(text, 'utf16le');
    const marked: [string, Buffer][] = [
      ['utf-16le', Buffer.concat([Buffer.from([0xff, 0xfe]), little])],
      ['utf-16be', Buffer.concat([Buffer.from([0xff, 0xfe]), little]).swap16()],
      ['utf-32le', utf32(`\ufeff${text}`)],
      ['utf-32be', utf32(`\ufeff${text}`).swap32()],
    ];
    for (const [encoding, bytes] of marked) {
      const { raw, foreign } = decodeCaption(bytes);
      assert.deepEqual([foreign?.encoding, raw], [encoding, text]);
    }
  });

  it('stays UTF-8 where one byte of it is wrong, and only that place cannot be read', () => {
    const text = '\u5973\u306e\u5b50, \u7b11\u9854, caf\u00e9, \u9752\u3044\u7a7a';
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at++) {
      const damaged = Buffer.from(bytes);
      damaged[at] = 0xff;
      const { raw, foreign } = decodeCaption(damaged);
      assert.equal(foreign?.encoding, 'utf-8', `byte ${at}`);
      const kept = Array.from(text).filter((character) => raw.includes(character)).length;
      assert.ok(kept >= text.length - 1, raw);
    }
    const cut = decodeCaption(bytes.subarray(0, -1));
    assert.deepEqual([cut.foreign?.encoding, cut.raw], ['utf-8', `${text.slice(0, -1)}\ufffd`]);
  });

  it('is UTF-8 with a damage where a text has NULs, of which each run is shown', () => {
    for (const [bytes, shown] of [
      ['one\0two, three', 'one\ufffdtwo, three'],
      [`1girl, solo${'\0'.repeat(500)}`, '1girl, solo\ufffd'],
      ['\u5973\u306e\u5b50\0, \u7b11\u9854\r\n', '\u5973\u306e\u5b50\ufffd, \u7b11\u9854\r\n'],
    ] as const) {
      const { raw, foreign } = decodeCaption(Buffer.from(bytes));
      assert.deepEqual([foreign?.encoding, raw], ['utf-8', shown]);
    }
  });

  it('is that of a text that was cut off in the middle of a character', () => {
    const japanese = rows.find((row) => row.encoding === 'shift_jis' && row.caption.endsWith('\u3002'));
    const { raw, foreign } = decodeCaption(Buffer.from(japanese?.bytes ?? '', 'hex').subarray(0, -1));
    assert.equal(foreign?.encoding, 'shift_jis');
    assert.equal(raw, `${japanese?.caption.slice(0, -1) ?? ''}\ufffd`);
  });

  it('is unknown for bytes that are no text', () => {
    const random = seededRandom(3);
    for (let round = 0; round < 300; round++) {
      const bytes = Buffer.from(Array.from({ length: 40 + random(100) }, () => random(256)));
      assert.equal(guessEncoding(bytes), undefined, bytes.toString('hex'));
    }
    const jpeg = Buffer.from('ffd8ffe000104a46494600010100000100010000ffdb004300080606070605080707', 'hex');
    assert.equal(decodeCaption(jpeg).foreign?.encoding, 'unknown');
  });

  it('is unknown rather than wrong for languages whose encodings are not known', () => {
    for (const { caption, bytes } of rows.filter(({ encoding }) => encoding === 'unknown')) {
      assert.equal(guessEncoding(Buffer.from(bytes, 'hex')), undefined, caption);
    }
  });

  it('is damaged UTF-8 where all but a few places are UTF-8, in any language', () => {
    // An emoji as CESU-8 has it, two surrogates of three bytes each; and a NUL.
    const emoji = Buffer.from('eda0bdedb880', 'hex');
    const apostrophes = Buffer.from('it\u2019s a girl\u2019s dress ');
    const polish = Buffer.from('dziewczyna, za\u017c\u00f3\u0142\u0107');
    const hebrew = Buffer.from('\u05d9\u05dc\u05d3\u05d4, ');
    for (const bytes of [
      Buffer.concat([apostrophes, emoji]),
      Buffer.concat([polish, emoji, polish, Buffer.from([0])]),
      Buffer.concat([hebrew, Buffer.from([0])]),
      Buffer.concat([hebrew, hebrew, Buffer.from([0xe9]), hebrew, Buffer.from([0xe9])]),
    ]) {
      assert.equal(decodeCaption(bytes).foreign?.encoding, 'utf-8', bytes.toString('latin1'));
    }
  });

  it('is unknown rather than wrong for a few characters, of which another encoding would make an odd word', () => {
    // Each by Python's codec.
    for (const [bytes, meant] of [
      ['316769726c2c20e94cf38c', '1girl, \u9577\u9aee in GBK'],
      ['636883746561752c20736b79', 'ch\u00e2teau, sky in cp850'],
      ['5374726161652c20626c6f6e64'.replace('6161', '61e1'), 'Stra\u00dfe, blond in cp850'],
      ['636f65757220bd696c', 'coeur \u0153il in ISO 8859-15'],
      ['806670656c', '\u00c4pfel in Mac OS Roman'],
      ['736a942c20666c69636b61', 'sj\u00f6, flicka in cp850'],
      ['67fc6e65fe2c20e769e7656b', 'g\u00fcne\u015f, \u00e7i\u00e7ek in Windows-1254'],
      ['657264f5', 'erd\u0151 in Windows-1250'],
    ] as const) {
      assert.equal(decodeCaption(Buffer.from(bytes, 'hex')).foreign?.encoding, 'unknown', meant);
    }
  });

  it('is seen in bytes that are valid UTF-8 by chance, which are then not written', () => {
    for (const [bytes, encoding, text] of [
      ['3d04350431043e04', 'utf-16le', '\u043d\u0435\u0431\u043e'],
      ['043d04350431043e', 'utf-16be', '\u043d\u0435\u0431\u043e'],
      ['73596e30505b', 'utf-16le', '\u5973\u306e\u5b50'],
      // By Python's codecs iso2022_jp and gbk.
      ['1b2442473d1b2842'.replace('473d', '472d'), 'iso-2022-jp', '\u732b'],
      ['316769726c2c20cea2d0a6', 'gbk', '1girl, \u5fae\u7b11'],
    ] as const) {
      const { raw, foreign } = decodeCaption(Buffer.from(bytes, 'hex'));
      assert.deepEqual([foreign?.encoding, raw], [encoding, text], bytes);
    }
    // Korean that changes its characters with shift out and in, Thai and Greek: no conversion is offered for these.
    for (const bytes of ['1b2429430e306d3e67404c0f', '400e140e470e010e', 'bf03c503c103b103bd03cc03c203']) {
      assert.equal(decodeCaption(Buffer.from(bytes, 'hex')).foreign?.encoding, 'unknown', bytes);
    }
  });

  it('is UTF-8 with a damage where it has control characters that no text has, and clean with those that some have', () => {
    const damaged = decodeCaption(Buffer.from('1girl, solo\u0007\u0008, standing'));
    assert.deepEqual([damaged.foreign?.encoding, damaged.raw], ['utf-8', '1girl, solo\ufffd, standing']);
    for (const text of [
      'tab\tstop, form\ffeed\r\n',
      'one line\u000bof a word processor',
      'red\u001b[2J\u001b[31m dog',
      'title\u001b]0;owned\u0007',
      'caf\u00e9\u001b[0m, \u0444',
    ]) {
      assert.deepEqual(decodeCaption(Buffer.from(text)), { raw: text });
    }
  });

  it('is not doubted in what people write', () => {
    for (const text of [
      '1girl,solo',
      'masterpiece,best_quality,(1girl:1.2)',
      'MJ_v6-style',
      'score_9_up,score_8',
      '(\u00b4\u0414`)',
      '\u03b1\u03b2\u03b3 \u0436',
      'na\u00efve \u0142\u00f3d\u017a',
    ]) {
      assert.deepEqual(decodeCaption(Buffer.from(text)), { raw: text });
    }
  });

  it('is guessed in a moment, whatever the file holds', () => {
    const random = seededRandom(5);
    const million = Buffer.from(Array.from({ length: 1_000_000 }, () => 0x81 + random(0x7e)));
    const start = process.cpuUsage();
    decodeCaption(million);
    const { user, system } = process.cpuUsage(start);
    assert.ok((user + system) / 1000 < 500, `${(user + system) / 1000} ms`);
  });

  it('is decoded without throwing, in any encoding', () => {
    const bytes = Buffer.from([0x61, 0xff, 0x00, 0xd8, 0x80]);
    for (const encoding of ['utf-8', 'utf-16le', 'utf-32be', 'gb18030', 'windows-1252'] as const) {
      assert.equal(typeof decodeAs(bytes, encoding), 'string');
    }
  });
});

function utf32(text: string): Buffer {
  const characters = Array.from(text);
  const bytes = Buffer.alloc(characters.length * 4);
  for (const [index, character] of characters.entries()) bytes.writeUInt32LE(character.codePointAt(0) ?? 0, index * 4);
  return bytes;
}
