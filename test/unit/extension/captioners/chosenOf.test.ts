import assert from 'node:assert/strict';
import { chosenOf } from '../../../../src/extension/captioners/chosenOf';
import { destinationOf, firstSentence, whereOf } from '../../../../src/extension/captioners/profileText';
import { captionerPresets } from '../../../../src/protocol/captioning/captionerPresets';
import type { CaptionerProfile } from '../../../../src/protocol/captioning/captionerProfile';

function profile(name: string, more: Partial<CaptionerProfile>): CaptionerProfile {
  return { ...captionerPresets.general, name, endpoints: ['http://localhost:8000/v1'], ...more };
}

const pod = profile('Pod', { model: 'qwen', endpoints: ['https://a.example/v1', 'https://b.example:8443/v1'] });
const window = profile('Copilot', { endpoints: ['vscode-lm://copilot/gpt-4o'] });

describe('What captions', () => {
  it('is the taggers without a name, and the captioner of a name', () => {
    assert.deepEqual(chosenOf('', [pod]), { by: 'taggers' });
    assert.deepEqual(chosenOf('Pod', [window, pod]), { by: 'captioner', profile: pod });
  });

  it('is a model of VS Code where the captioner is one', () => {
    const model = { vendor: 'copilot', id: 'gpt-4o' };
    assert.deepEqual(chosenOf('Copilot', [pod, window]), { by: 'languageModel', profile: window, model });
  });

  it('is nobody, and not the taggers, where the captioner was removed: tags would come where sentences were', () => {
    assert.deepEqual(chosenOf('Gone', [pod]), { by: 'nobody', name: 'Gone' });
  });
});

describe('A captioner in words', () => {
  it('says which model it is and where', () => {
    assert.equal(whereOf(pod), 'qwen · a.example, b.example:8443');
    assert.equal(whereOf(profile('Local', { model: '' })), 'first model · localhost:8000');
    assert.equal(whereOf(window), 'VS Code · copilot gpt-4o');
  });

  it('says where pictures are sent, with http or https', () => {
    assert.equal(destinationOf(pod), 'https://a.example, https://b.example:8443, to the model qwen');
    assert.equal(destinationOf(profile('Local', { model: '' })), 'http://localhost:8000');
  });

  it('shows the beginning of its prompt in one line', () => {
    assert.equal(firstSentence('Describe\nit. Be short.'), 'Describe it.');
    assert.equal(firstSentence('word '.repeat(100)).length, 121);
  });
});
