import assert from 'node:assert/strict';
import { entriesOfTagger } from '../../../../src/records/edits/entriesOfTagger';
import { originsOf } from '../../../../src/records/originsOf';
import type { RecordEntry } from '../../../../src/records/recordEntry';
import { updatedCaption } from '../../../../src/records/updateCaption';
import { captionWithTags } from '../../../../src/tags/writeTags';
import type { WriteOptions } from '../../../../src/tags/writeMode';
import { tagger, update } from '../writeEntries';

describe('The entries of what a tagger found', () => {
  let entries: RecordEntry[] = [];
  let text = '';

  beforeEach(() => {
    entries = [];
    text = '';
  });

  function job(found: readonly string[], asked: readonly string[] = [], write: WriteOptions = update): void {
    const before = text;
    const tags = [...asked, ...found.filter((tag) => !asked.includes(tag))];
    text =
      write.mode === 'update'
        ? updatedCaption(before, originsOf(entries, before), tags, write)
        : captionWithTags(before, tags, write);
    const scores = tags.map((tag) => (asked.includes(tag) ? -1 : 0.9));
    const made = entriesOfTagger({
      caption: 'a.txt',
      before,
      after: text,
      found: { tags, scores },
      asked,
      author: tagger,
    });
    for (const entry of made) entries.push({ ...entry, when: entries.length + 1, isDone: true });
  }

  const whose = (): string[] => originsOf(entries, text).parts.map((part) => `${part.text}: ${part.by}`);

  it('say that what its user asked for is the user’s, and all else the tagger’s', () => {
    job(['1girl', 'hat'], ['trigger']);
    assert.deepEqual(whose(), ['trigger: hand', '1girl: tagger', 'hat: tagger']);
    job(['1girl', 'cat']);
    assert.deepEqual(whose(), ['trigger: hand', '1girl: tagger', 'cat: tagger']);
  });

  for (const mode of ['replace', 'append', 'prepend', 'update'] as const) {
    it(`say so in mode ${mode}, whatever stood before`, () => {
      job(['1girl', 'hat']);
      text = `mine, ${text}`;
      job(['1girl', 'dog'], ['trigger', 'style'], { ...update, mode });
      const byHand = originsOf(entries, text).parts.filter(({ by }) => by === 'hand');
      const mine = mode === 'replace' ? [] : ['mine'];
      assert.deepEqual(byHand.map((part) => part.text).sort(), [...mine, 'style', 'trigger'].sort());
      assert.deepEqual(originsOf(entries, text).deleted, []);
    });
  }

  it('give the user what the tagger had written and the user then asks for', () => {
    job(['1girl', 'hat']);
    job(['1girl', 'dog'], ['hat']);
    assert.ok(whose().includes('hat: hand'), whose().join());
    job(['1girl']);
    assert.ok(whose().includes('hat: hand'), whose().join());
  });

  it('do not bring back what was asked for once and deleted by hand', () => {
    job(['1girl', 'hat'], ['trigger']);
    text = text.replace('trigger, ', '');
    job(['1girl', 'hat', 'dog'], ['trigger']);
    assert.deepEqual(whose(), ['1girl: tagger', 'hat: tagger', 'dog: tagger']);
  });

  it('are one where nothing was asked for', () => {
    job(['1girl']);
    assert.equal(entries.length, 1);
  });
});
