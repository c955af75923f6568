import assert from 'node:assert/strict';
import { languageOfWords, usualLanguage } from '../../../../src/protocol/captioning/answerLanguage';
import { captionerPresets } from '../../../../src/protocol/captioning/captionerPresets';
import { readCaptioners } from '../../../../src/protocol/captioning/readCaptioners';

const usual = (prompt: string, system = ''): string => usualLanguage({ prompt, system });
const languageOf = (entry: object): string | undefined =>
  readCaptioners([{ name: 'One', endpoints: ['http://localhost:1/v1'], ...entry }]).profiles[0]?.output.language;

describe('The language that answers must have', () => {
  it('is English for every preset, as their prompts are', () => {
    for (const [name, preset] of Object.entries(captionerPresets)) {
      assert.equal(preset.output.language, 'en', name);
      assert.equal(languageOf({ preset: name }), 'en', name);
      assert.equal(usualLanguage(preset), 'en', name);
    }
  });

  it('is English for a prompt of the user in English', () => {
    assert.equal(usual('Describe this image in two sentences. Known tags: {tags}'), 'en');
    assert.equal(languageOf({ prompt: 'Write a short caption for this picture.' }), 'en');
  });

  it('is any for a prompt in another language, or one that names a language', () => {
    for (const prompt of [
      'Beschreibe dieses Bild in zwei Sätzen.',
      'この画像を日本語で説明してください。',
      'Describe this image in German.',
      'Describe this image, and translate what is written on signs.',
      'Décris cette image en deux phrases.',
      'この画像を説明して。 Describe this image.',
    ]) {
      assert.equal(usual(prompt), '', prompt);
      assert.equal(languageOf({ prompt }), '', prompt);
    }
    assert.equal(usual('Describe this image.', 'Always answer in Japanese.'), '');
  });

  it('is what the user says, whatever the prompt is', () => {
    assert.equal(languageOf({ output: { language: '' } }), '');
    assert.equal(languageOf({ prompt: 'この画像を説明して。', output: { language: 'ja' } }), 'ja');
  });

  it('follows the words where it followed from them before', () => {
    const [english, german] = [
      { system: '', prompt: 'Describe this image.' },
      { system: '', prompt: 'Beschreibe dieses Bild.' },
    ];
    assert.equal(languageOfWords('en', english, german), '');
    assert.equal(languageOfWords('', german, english), 'en');
    assert.equal(languageOfWords('', english, { ...english, prompt: 'Describe the picture.' }), '', 'any was chosen');
    assert.equal(languageOfWords('ja', english, german), 'ja');
  });
});
