import assert from 'node:assert/strict';
import fc from 'fast-check';
import { captionParts } from '../../../src/records/captionParts';

const texts = (caption: string, separator?: string): string[] =>
  captionParts(caption, separator).map(({ text }) => text);

describe('The parts of a caption', () => {
  const table: [caption: string, parts: string[]][] = [
    ['1girl, solo,, red hair ,', ['1girl', 'solo', 'red hair']],
    ['{red hair, long hair|short}, (smile, hat:1.2)', ['{red hair, long hair|short}', '(smile, hat:1.2)']],
    ['ohwx ||| 1girl, solo ;;; hat', ['ohwx', '1girl', 'solo', 'hat']],
    ['A girl in a red dress, smiling. She holds a cat!', ['A girl in a red dress, smiling.', 'She holds a cat!']],
    ['1girl, solo, A girl stands by a tree.', ['1girl', 'solo', 'A girl stands by a tree.']],
    ['1girl, solo. A girl stands by a tree.', ['1girl', 'solo', 'A girl stands by a tree.']],
    ['A girl stands by a tree., 1girl, solo', ['A girl stands by a tree.', '1girl', 'solo']],
    ['1girl, dr. pepper, :3, !?', ['1girl', 'dr. pepper', ':3', '!?']],
    [
      '赤い服を着た女の子が立っている。猫を抱いている少女。',
      ['赤い服を着た女の子が立っている。', '猫を抱いている少女。'],
    ],
    ['1girl\n\nA girl stands by a tree.\nsolo', ['1girl', 'A girl stands by a tree.', 'solo']],
    [' {"tags": ["a, b"], "text": "One. Two."}\n', ['{"tags": ["a, b"], "text": "One. Two."}']],
    ['', []],
  ];
  for (const [caption, parts] of table) {
    it(`are ${JSON.stringify(parts)} in ${JSON.stringify(caption)}`, () => {
      assert.deepEqual(texts(caption), parts);
    });
  }

  it('are divided by the separator of the setting, too', () => {
    assert.deepEqual(texts('1girl long_hair', ' '), ['1girl', 'long_hair']);
  });

  it('stand where they say, in their order, and only blanks, separators and full stops behind tags lie between', () => {
    const piece = fc.constantFrom(
      'a',
      'hat',
      ', ',
      '. ',
      '!',
      ' ',
      '\n',
      '|||',
      '(',
      ')',
      '{',
      '}',
      'A girl stands by',
      '。',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const text = pieces.join('');
        let end = 0;
        for (const part of captionParts(text)) {
          assert.equal(text.slice(part.start, part.end), part.text);
          assert.match(text.slice(end, part.start), /^(?:[\s,]|\|\|\||;;;)*$|^\.\s+$/);
          end = part.end;
        }
        assert.match(text.slice(end), /^(?:[\s,]|\|\|\||;;;)*$/);
      }),
    );
  });
});
