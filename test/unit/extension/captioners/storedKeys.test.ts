// First: what is imported after it finds a stand-in for `vscode`.
import { shown, typing } from './typingVscode';
import assert from 'node:assert/strict';
import type { SecretStorage } from 'vscode';
import { EndpointKeys } from '../../../../src/extension/captioners/EndpointKeys';

describe('The keys of servers', () => {
  let stored: Map<string, string>;
  let keys: EndpointKeys;

  beforeEach(() => {
    stored = new Map();
    Object.assign(shown, { boxes: [], errors: [] });
    keys = new EndpointKeys({
      get: (name: string) => Promise.resolve(stored.get(name)),
      store: (name: string, value: string) => Promise.resolve(void stored.set(name, value)),
      delete: (name: string) => Promise.resolve(void stored.delete(name)),
    } as unknown as SecretStorage);
  });

  it('are asked for without showing them, and belong to the origin of a server, whatever its path', async () => {
    typing.next = ' sk-1 ';
    assert.equal(await keys.ask('https://openrouter.ai/api/v1'), true);
    assert.deepEqual(shown.boxes, [{ title: 'Key for https://openrouter.ai', password: true }]);
    assert.equal(await keys.get('https://openrouter.ai/elsewhere'), 'sk-1');
    assert.equal(await keys.get('https://openrouter.ai:8443/api/v1'), undefined);
  });

  it('go to no other server of the same captioner', async () => {
    typing.next = 'sk-1';
    await keys.ask('https://a.example/v1');
    assert.deepEqual(await keys.of(['https://a.example/v1', 'https://b.example/v1', 'vscode-lm://copilot/gpt-4o']), {
      'https://a.example': 'sk-1',
    });
  });

  it('are forgotten where nothing is typed, and kept where the box is left', async () => {
    typing.next = 'sk-1';
    await keys.ask('http://localhost:8000');
    typing.next = undefined;
    assert.equal(await keys.ask('http://localhost:8000'), false);
    assert.equal(await keys.get('http://localhost:8000'), 'sk-1');
    typing.next = '';
    assert.equal(await keys.ask('http://localhost:8000'), true);
    assert.equal(await keys.get('http://localhost:8000'), undefined);
    assert.equal(stored.size, 0);
  });

  it('are not even asked for where they would go to another machine in plain sight', async () => {
    typing.next = 'sk-1';
    assert.equal(await keys.ask('http://10.0.0.4:8000/v1'), false);
    assert.deepEqual(shown.boxes, []);
    assert.match(shown.errors.join(' '), /anybody on the way could read it.*https:\/\//);
    assert.equal(stored.size, 0);
  });
});
