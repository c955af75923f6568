import assert from 'node:assert/strict';
import { nameFor, presetFor } from '../../../../src/extension/captioners/newCaptioner';

describe('A captioner that is added', () => {
  it('begins with the preset that fits its model, however the server spells it', () => {
    for (const [model, preset] of [
      ['qwen3-vl:8b-instruct', 'qwen3-vl'],
      ['Qwen/Qwen3-VL-30B-A3B-Instruct-FP8', 'qwen3-vl'],
      ['qwen3vl-4b-instruct-q4_k_m.gguf', 'qwen3-vl'],
      ['fancyfeast/llama-joycaption-beta-one-hf-llava', 'joycaption'],
      ['Joy_Caption beta', 'joycaption'],
      ['Minthy/ToriiGate-0.5', 'toriigate'],
      ['gpt-5-mini', 'general'],
      ['qwen2.5vl:7b', 'general'],
      ['', 'general'],
    ] as const) {
      assert.equal(presetFor(model), preset, model);
    }
  });

  it('is offered a short name that no other captioner has', () => {
    assert.equal(nameFor('Qwen/Qwen3-VL-8B-Instruct', []), 'Qwen3-VL-8B-Instruct');
    assert.equal(nameFor('llava:latest', []), 'llava');
    assert.equal(nameFor('C:\\models\\vision.gguf', []), 'vision');
    assert.equal(nameFor('llava:latest', ['llava', 'llava 2']), 'llava 3');
    assert.equal(nameFor('', []), 'Captioner');
  });
});
