import assert from 'node:assert/strict';
import { decodeCaption, encodeCaption } from '../../../../src/dataset/captions/captionContent';
import { seededRandom } from '../../shared/testFolder';

describe('Decoding a caption file', () => {
  it('keeps every character of valid UTF-8, the byte order mark included', () => {
    const bytes = Buffer.from('\uFEFF1girl, \u521d\u97f3\u30df\u30af, \u{1F600}\r\n');
    const content = decodeCaption(bytes);
    assert.equal(content.raw, '\uFEFF1girl, \u521d\u97f3\u30df\u30af, \u{1F600}\r\n');
    assert.equal(content.foreign, undefined);
    assert.deepEqual(Buffer.from(encodeCaption(content)), bytes);
  });

  it('shows Windows-1252 as what it is and keeps its bytes', () => {
    const bytes = Buffer.from([0x63, 0x61, 0x66, 0xe9, 0x2c, 0x20, 0x93]);
    const content = decodeCaption(bytes);
    assert.equal(content.raw, 'caf\u00e9, \u201c');
    assert.equal(content.foreign?.encoding, 'windows-1252');
    assert.deepEqual(Buffer.from(encodeCaption(content)), bytes);
  });

  it('shows UTF-16 with a byte order mark and keeps its bytes', () => {
    const little = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('a, \u732b', 'utf16le')]);
    const big = Buffer.from(little).swap16();
    for (const [bytes, encoding] of [
      [little, 'utf-16le'],
      [big, 'utf-16be'],
    ] as const) {
      const content = decodeCaption(bytes);
      assert.equal(content.raw, 'a, \u732b');
      assert.equal(content.foreign?.encoding, encoding);
      assert.deepEqual(Buffer.from(encodeCaption(content)), bytes);
    }
  });

  it('keeps the bytes of 5,000 random files', () => {
    const random = seededRandom(7);
    for (let round = 0; round < 5_000; round++) {
      const bytes = Buffer.from(Array.from({ length: random(12) }, () => random(2) * 128 + random(128)));
      assert.deepEqual(Buffer.from(encodeCaption(decodeCaption(bytes))), bytes);
    }
  });

  it('does not change when the buffer that it was read into is used again', () => {
    const bytes = Buffer.from([0x61, 0xe9]);
    const content = decodeCaption(bytes);
    bytes.fill(0);
    assert.deepEqual(Buffer.from(encodeCaption(content)), Buffer.from([0x61, 0xe9]));
  });
});
