import assert from 'node:assert/strict';
import fc from 'fast-check';
import { outputProblems, promptProblems } from '../../../../src/protocol/captioning/placeholders';
import { templateParts } from '../../../../src/protocol/captioning/templateParts';

/** The parts of a template, placeholders in angle brackets. */
const shown = (template: string): string =>
  templateParts(template)
    .map(({ kind, text }) => (kind === 'text' ? text : `<${text}>`))
    .join('');

describe('A template', () => {
  const table: [why: string, template: string, parts: string][] = [
    ['has placeholders in text', 'Tags: {tags}. Name: {trigger}', 'Tags: <tags>. Name: <trigger>'],
    ['has placeholders with an argument', '{tags:character}', '<tags:character>'],
    ['forgives blanks and capitals', '{ Tags : Character }', '<tags:character>'],
    ['has braces where they are doubled', 'Write {{tags}}', 'Write {tags}'],
    ['has a placeholder in doubled braces', '{{{tags}}}', '{<tags>}'],
    ['has doubled braces twice', '{{{{tags}}}}', '{{tags}}'],
    ['keeps JSON', 'Answer as {"a": {"b": 1}} or {"c": [{}]}', 'Answer as {"a": {"b": 1}} or {"c": [{}]}'],
    ['keeps JSON in one line', '{"a":{"b":{"c":1}}}', '{"a":{"b":{"c":1}}}'],
    [
      'has placeholders in JSON',
      '{"tags": "{tags}", "x": {"y": "{caption}"}}',
      '{"tags": "<tags>", "x": {"y": "<caption>"}}',
    ],
    ['takes JSON with doubled braces', '{{"a": {{"b": "{tags}"}}}}', '{"a": {"b": "<tags>"}}'],
    ['keeps choices of words', '{red hair|long hair}', '{red hair|long hair}'],
    ['keeps braces without a partner', 'a } b { c {{ d', 'a } b { c {{ d'],
    ['has a placeholder behind a brace too many', '{{tags}', '{<tags>'],
    ['is empty', '', ''],
  ];
  for (const [why, template, parts] of table) {
    it(`${why}: ${template}`, () => {
      assert.equal(shown(template), parts);
    });
  }

  it('without words in braces and without doubled ones is what it is', () => {
    const piece = fc.constantFrom('1', ' ', '{"', '"}', '{ ', ' }', '[', ']', ':', '1', '\n');
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join('');
        fc.pre(!text.includes('{{'));
        assert.equal(shown(text), text);
      }),
    );
  });
});

describe('The problems of a prompt', () => {
  it('are none with placeholders that are known', () => {
    const prompt = '{tags} {tags:character} {caption} {trigger} {folder} {filename} {origin:hand} {"json": {"a": 1}}';
    assert.deepEqual(promptProblems(prompt), []);
  });

  it('name each unknown placeholder once, those that are known, and how to write it as text', () => {
    const [problem = '', ...others] = promptProblems('{tag} and {tag} and {tags:colour}');
    assert.equal(others.length, 1);
    for (const said of ['{tag}', '{tags:character}', '{origin:hand}', '{{tag}}'])
      assert.ok(problem.includes(said), said);
    assert.ok(others[0]?.includes('{tags:colour}'));
  });

  it('are said of an empty prompt', () => {
    assert.equal(promptProblems(' \n').length, 1);
  });
});

describe('The problems of a template of a file', () => {
  it('are none with each of the pieces', () => {
    for (const template of ['{prose}', '{tags}. {prose}', '{tags}\n{prose}', '{trigger}, {prose}']) {
      assert.deepEqual(outputProblems(template), []);
    }
  });

  it('are that nothing of the answer would be kept, or twice', () => {
    assert.match(outputProblems('{tags}').join(), /\{prose\}/);
    assert.match(outputProblems('{{prose}}').join(), /\{prose\}/);
    assert.match(outputProblems('{prose} {prose}').join(), /more than once/);
  });

  it('are placeholders that only prompts have', () => {
    assert.match(outputProblems('{filename}: {prose}').join(), /\{filename\}/);
  });
});
