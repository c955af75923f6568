import assert from 'node:assert/strict';
import { eachTag, parseTags } from '../../../src/tags/captionGrammar';
import { addTag, captionFacts, chipsOf } from '../../../src/tags/captionTags';
import { isJsonCaption } from '../../../src/tags/jsonCaption';
import { countTags, mergeTags } from '../../../src/tags/tagCounts';
import { writeModes } from '../../../src/tags/writeMode';
import { captionWithTags } from '../../../src/tags/writeTags';

const object = '{\n  "scene": "a portrait, studio light",\n  "mood": "calm"\n}';
const line = '{"scene": "a portrait, studio light", "mood": "calm"}';
const list = '["1girl", "solo, smile"]';

describe('A caption that is JSON', () => {
  it('is an object, also one with a mistake, or a list of texts', () => {
    for (const text of [
      object,
      line,
      list,
      '{}',
      '[]',
      ' {"a":1}\n',
      '{"a": "b",}',
      `${line}\n${line}`,
      '[\n{"a": 1}\n]',
    ])
      assert.equal(isJsonCaption(text), true, text);
  });

  it('is no wildcard, no weight, no smiley and no quotation', () => {
    for (const text of [
      '{red hair, long hair|short hair}, 1girl',
      '{"hello"|"bye"} sign, 1girl',
      '["open" sign], 1girl',
      '[a, b], c',
      '[1girl]',
      '[2024]',
      '"quoted", solo',
      '1girl, {"a": 1}',
      ':[, :{',
      '',
      '1990',
      'null',
    ])
      assert.equal(isJsonCaption(text), false, text);
  });

  it('has no tags, in no line of it', () => {
    for (const text of [object, line, list, `${line}\n${line}`]) {
      assert.deepEqual([parseTags(text), chipsOf(text), captionFacts(text).tags], [[], [], 0], text);
      eachTag(text, (tag) => assert.fail(tag));
    }
    assert.deepEqual([...countTags([object, 'solo', list])], [['solo', 1]]);
  });

  it('is kept where tags would be added, and replaced as a whole', () => {
    for (const text of [object, line, list]) {
      for (const mode of writeModes) {
        const written = captionWithTags(text, ['smile', 'hat'], { mode, keepFirst: 2, separator: ', ' });
        assert.equal(written, mode === 'replace' ? 'smile, hat' : text, mode);
      }
    }
  });

  it('stays whole when it is merged with another text, or something was typed behind it', () => {
    assert.equal(mergeTags(line, '1girl, solo'), `${line}\n1girl, solo`);
    assert.equal(mergeTags('1girl, solo', object), `1girl, solo\n${object}`);
    assert.equal(mergeTags(object, object), object);
    assert.equal(addTag(object, 'smile'), `${object}\nsmile`);
  });
});
