import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fileText, type OutputValues } from '../../../../src/captioner/output/fileText';

const all: OutputValues = { prose: 'A girl sits by a lake.', tags: ['1girl', 'solo'], trigger: 'ohwx' };
const bare: OutputValues = { ...all, tags: [], trigger: '' };

describe('The text of a caption file', () => {
  const table: [why: string, template: string, values: OutputValues, text: string][] = [
    ['is the prose', '{prose}', all, 'A girl sits by a lake.'],
    ['has tags and prose on one line', '{tags}. {prose}', all, '1girl, solo. A girl sits by a lake.'],
    ['has tags above the prose', '{tags}\n{prose}', all, '1girl, solo\nA girl sits by a lake.'],
    ['has a line end that is written out', String.raw`{tags}\n{prose}`, all, '1girl, solo\nA girl sits by a lake.'],
    ['has the trigger in front', '{trigger}, {prose}', all, 'ohwx, A girl sits by a lake.'],
    ['has all three', '{trigger}, {tags}. {prose}', all, 'ohwx, 1girl, solo. A girl sits by a lake.'],
    ['has tags behind the prose', '{prose} {tags}', all, 'A girl sits by a lake. 1girl, solo'],
    ['has words of the template', 'photo of {trigger}. {prose}', all, 'photo of ohwx. A girl sits by a lake.'],
    ['has no full stop for tags that are not there', '{tags}. {prose}', bare, 'A girl sits by a lake.'],
    ['has no comma for a trigger that is not there', '{trigger}, {prose}', bare, 'A girl sits by a lake.'],
    ['has no empty line for tags that are not there', '{tags}\n{prose}', bare, 'A girl sits by a lake.'],
    [
      'has one sign where the middle is empty',
      '{trigger}, {tags}. {prose}',
      { ...all, tags: [] },
      'ohwx. A girl sits by a lake.',
    ],
    ['ends without what leads to nothing', '{prose}, {tags}', bare, 'A girl sits by a lake.'],
    ['has no empty brackets', '{prose} ({tags})', bare, 'A girl sits by a lake.'],
    ['has brackets around what is there', '{prose} ({tags})', all, 'A girl sits by a lake. (1girl, solo)'],
    ['has one full stop behind prose that ends with one', '{prose}. {tags}', all, 'A girl sits by a lake. 1girl, solo'],
    [
      'has one full stop behind a tag that ends with one',
      '{tags}. {prose}',
      { ...all, tags: ['no.'] },
      'no. A girl sits by a lake.',
    ],
    ['has the full stop of prose that has none', '{prose}. {tags}', { ...all, prose: 'A lake' }, 'A lake. 1girl, solo'],
    ['has no comma twice', '{trigger}, {prose}', { ...all, trigger: 'ohwx,' }, 'ohwx, A girl sits by a lake.'],
    [
      'has one line where the prose has several',
      '{prose}',
      { ...all, prose: 'One.\n\nTwo.\r\nThree.' },
      'One. Two. Three.',
    ],
    ['has braces that are doubled', '{{x}} {prose}', all, '{x} A girl sits by a lake.'],
    [
      'is only the prose where that is JSON',
      '{trigger}, {tags}. {prose}',
      { ...all, prose: '{"compositional_deconstruction":\n{"background":"a lake"}}' },
      '{"compositional_deconstruction": {"background":"a lake"}}',
    ],
    [
      'stays JSON where the template is',
      '{"c":"{prose}"}',
      { ...all, prose: 'A sign says "stop" \\ go.' },
      String.raw`{"c":"A sign says \"stop\" \\ go."}`,
    ],
    [
      'keeps all of a template that is JSON where a piece is empty',
      '{"t": "{trigger}", "tags": ["{tags}"], "c": "{prose}"}',
      bare,
      '{"t": "", "tags": [""], "c": "A girl sits by a lake."}',
    ],
    [
      'has no quoted signs where no template is JSON',
      '[{trigger}] {prose}',
      { ...all, prose: 'A "lake".' },
      '[ohwx] A "lake".',
    ],
  ];
  for (const [why, template, values, text] of table) {
    it(`${why}: ${JSON.stringify(template)}`, () => {
      assert.equal(fileText(template, values), text);
    });
  }

  const pieces = fc.constantFrom('{prose}', '{tags}', '{trigger}', '. ', ', ', ' ', 'photo of ', '(', ')', '. ');
  const line = fc.array(pieces, { maxLength: 7 }).map((parts) => parts.join(''));
  const word = fc.constantFrom('a', 'lake', 'b.', 'c,', 'd\ne', 'f\u2028g', ' ', '', '…');
  const anyValues = fc.record({
    prose: fc.array(word, { minLength: 1 }).map((words) => `A ${words.join(' ')}`),
    tags: fc.array(word, { maxLength: 3 }),
    trigger: word,
  });

  it('has one line unless the template has more', () => {
    fc.assert(
      fc.property(line, anyValues, (template, values) => {
        assert.doesNotMatch(fileText(template, values), /[\r\n\v\f\u0085\u2028\u2029]/);
      }),
    );
  });

  it('has all of the prose, whatever else there is', () => {
    fc.assert(
      fc.property(line, line, anyValues, (before, behind, values) => {
        const words = values.prose.replace(/\s+/g, ' ').trim();
        assert.ok(fileText(`${before}{prose}${behind}`, values).includes(words));
      }),
    );
  });

  it('neither begins nor ends with a separator of a piece that is not there', () => {
    for (const template of ['{trigger}, {tags}. {prose}', '{tags}, {trigger}, {prose}', '{prose}, {tags}, {trigger}']) {
      for (const values of [bare, { ...bare, trigger: 'ohwx' }, { ...bare, tags: ['1girl'] }]) {
        const text = fileText(template, values);
        assert.doesNotMatch(text, /^[\s.,]|,$|\.\s*\.|,\s*,/, `${template}: ${text}`);
      }
    }
  });
});
