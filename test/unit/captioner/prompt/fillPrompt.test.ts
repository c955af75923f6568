import assert from 'node:assert/strict';
import { fillPrompt, missingFor, placeholdersOf, type PromptValues } from '../../../../src/captioner/prompt/fillPrompt';
import { PromptError } from '../../../../src/captioner/prompt/PromptError';
import { purposes, usualTraits, withPurpose } from '../../../../src/captioner/prompt/purposes';

const categories = new Map([
  ['hatsune miku', 'character'],
  ['vocaloid', 'copyright'],
  ['smile', 'general'],
]);
const values: PromptValues = {
  tags: ['hatsune miku', 'vocaloid', 'smile', 'my own'],
  categoryOf: (tag) => categories.get(tag),
  caption: 'hatsune miku, vocaloid, smile, my own',
  trigger: 'ohwx',
  folder: 'miku',
  filename: '0001',
  handText: 'my own',
};
const nothing: PromptValues = {
  tags: [],
  categoryOf: () => undefined,
  caption: ' \n',
  trigger: '',
  folder: 'miku',
  filename: '0001',
  handText: '',
};

describe('A prompt', () => {
  const table: [template: string, sent: string][] = [
    ['Describe it. Tags: {tags}.', 'Describe it. Tags: hatsune miku, vocaloid, smile, my own.'],
    ['It shows {tags:character} of {tags:copyright}.', 'It shows hatsune miku of vocaloid.'],
    ['Correct: {caption}', 'Correct: hatsune miku, vocaloid, smile, my own'],
    ['Call her {trigger}.', 'Call her ohwx.'],
    ['{folder}/{filename}', 'miku/0001'],
    ['Keep {origin:hand}.', 'Keep my own.'],
    ['Answer as {"caption": {"text": ""}} with {{tags}}.', 'Answer as {"caption": {"text": ""}} with {tags}.'],
  ];
  for (const [template, sent] of table) {
    it(`is sent as ${sent}`, () => {
      assert.equal(fillPrompt(template, values), sent);
      assert.deepEqual(missingFor(template, values), []);
    });
  }

  it('does not read what is put in for placeholders', () => {
    assert.equal(fillPrompt('{tags}', { ...values, tags: ['{trigger}', '{nobody}'] }), '{trigger}, {nobody}');
  });

  it('is not sent with an empty place, and says which are empty', () => {
    const template = '{tags} {tags:character} {caption} {trigger} {origin:hand} {folder} {tags}';
    const missing = ['{tags}', '{tags:character}', '{caption}', '{trigger}', '{origin:hand}'];
    assert.deepEqual(missingFor(template, nothing), missing);
    assert.throws(
      () => fillPrompt(template, nothing),
      (thrown) =>
        thrown instanceof PromptError &&
        thrown.code === 'PROMPT_VALUE_MISSING' &&
        thrown.message.includes('{tags:character}'),
    );
  });

  it('has nothing for a category that none of the tags is in', () => {
    assert.deepEqual(missingFor('{tags:artist}', values), ['{tags:artist}']);
  });

  it('is not sent with a placeholder that nobody knows, and says which there are', () => {
    assert.throws(
      () => fillPrompt('{tag}', values),
      (thrown) =>
        thrown instanceof PromptError && thrown.code === 'PROMPT_PLACEHOLDER' && thrown.message.includes('{tags}'),
    );
  });

  it('says what has to be known for it', () => {
    assert.deepEqual(placeholdersOf('{tags} {caption} {tags} {{trigger}}'), ['tags', 'caption']);
  });
});

describe('A purpose', () => {
  it('names the traits to leave out and the trigger behind the prompt', () => {
    const prompt = withPurpose('Describe it.', 'character', ['hair color', ' eye color '], true);
    assert.ok(prompt.startsWith('Describe it.\n\n'));
    assert.ok(prompt.includes('Do not mention: hair color, eye color.'));
    assert.ok(fillPrompt(prompt, values).includes('Call the main character ohwx'));
  });

  it('speaks of no trigger where there is none', () => {
    for (const purpose of purposes) {
      assert.deepEqual(placeholdersOf(withPurpose('Describe it.', purpose, usualTraits[purpose], false)), []);
    }
  });

  it('leaves out what everybody has of a character or style', () => {
    assert.ok(usualTraits.character.includes('hair color'));
    assert.ok(usualTraits.style.includes('art style'));
  });

  it('takes traits with braces as they are', () => {
    assert.ok(
      fillPrompt(withPurpose('Describe it.', 'concept', ['the {mark}'], false), nothing).includes('the {mark}'),
    );
  });

  it('keeps the placeholders of the prompt', () => {
    assert.deepEqual(placeholdersOf(withPurpose('Tags: {tags}', 'style', [], true)), ['tags', 'trigger']);
  });
});
