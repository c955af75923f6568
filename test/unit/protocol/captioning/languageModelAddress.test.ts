import assert from 'node:assert/strict';
import fc from 'fast-check';
import { languageModelEndpoint, languageModelOf } from '../../../../src/protocol/captioning/languageModelAddress';

describe('A model of VS Code as an endpoint', () => {
  it('reads as what people can copy', () => {
    assert.equal(languageModelEndpoint({ vendor: 'copilot', id: 'gpt-4o' }), 'vscode-lm://copilot/gpt-4o');
    assert.deepEqual(languageModelOf('vscode-lm://copilot/gpt-4o'), { vendor: 'copilot', id: 'gpt-4o' });
  });

  it('comes back whatever the extension calls it', () => {
    const name = fc.string({ minLength: 1, unit: 'grapheme' });
    fc.assert(
      fc.property(name, name, (vendor, id) => {
        assert.deepEqual(languageModelOf(languageModelEndpoint({ vendor, id })), { vendor, id });
      }),
    );
  });

  it('is told from servers and from what is no address', () => {
    for (const other of [
      'http://localhost:8000/v1',
      'vscode-lm://copilot',
      'vscode-lm://copilot/',
      'vscode-lm:///gpt-4o',
      'vscode-lm://a/b/c',
      'vscode-lm://a/%',
      '',
    ]) {
      assert.equal(languageModelOf(other), undefined, other);
    }
  });
});
