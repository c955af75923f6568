import assert from 'node:assert/strict';
import { languageModelProblem } from '../../../../src/extension/captioners/languageModelProblem';

function failure(code: string, message: string, cause?: unknown): Error {
  return Object.assign(new Error(message, { cause }), { code });
}

describe('What a model of VS Code fails with, in words', () => {
  it('says what to do where it was not allowed, is gone, or has no quota left', () => {
    assert.match(languageModelProblem(failure('NoPermissions', 'cannot be used'), 'GPT'), /allow it/);
    assert.match(languageModelProblem(failure('NotFound', 'unknown'), 'GPT'), /no model "GPT" any more/);
    assert.match(languageModelProblem(failure('Blocked', 'Quota exceeded.'), 'GPT'), /quota.*Quota exceeded\./s);
  });

  it('says that it takes no pictures where providers say so in whatever words', () => {
    for (const said of [
      'model does not support image inputs',
      'This model is not capable of vision',
      "The model can't process images",
      'image_url is not supported by this model',
      'Images are not allowed for this model',
      'No endpoints found that support image input',
    ]) {
      assert.match(languageModelProblem(failure('Unknown', said), 'GPT'), /takes no pictures/, said);
      assert.match(languageModelProblem(failure('Unknown', '', new Error(said)), 'GPT'), /takes no pictures/, said);
    }
  });

  it('repeats what was said otherwise', () => {
    assert.match(languageModelProblem(new Error('Connection reset'), 'GPT'), /gave no answer: Connection reset/);
    assert.match(languageModelProblem(failure('Unknown', 'Not enough memory for the image'), 'G'), /gave no answer/);
  });
});
