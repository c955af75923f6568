import assert from 'node:assert/strict';
import { originsByHand, originsOf } from '../../../src/records/originsOf';
import { movedParts } from '../../../src/records/movedParts';
import { RecordedCaption, tagger } from './writeEntries';

const hand = { by: 'hand' } as const;
const longSentence = `A girl ${'very '.repeat(120)}tall stands in a field.`;

describe('Who wrote what of a caption', () => {
  it('is a person where there is no record', () => {
    assert.deepEqual(originsByHand('hat, a cat'), {
      parts: [
        { text: 'hat', by: 'hand' },
        { text: 'a cat', by: 'hand' },
      ],
      deleted: [],
    });
  });

  it('is the tagger with its score and time, for what it found', () => {
    const { entries } = new RecordedCaption().replace('1girl', 'hat');
    assert.deepEqual(originsOf(entries, '1girl, hat').parts[1], {
      text: 'hat',
      by: 'tagger',
      name: 'wd',
      score: 0.89,
      when: 1000,
    });
  });

  const table: [what: string, caption: RecordedCaption, writers: string[], deleted: string[]][] = [
    [
      'a tag that was added by hand',
      new RecordedCaption().replace('1girl', 'hat').hand('1girl, hat, cat'),
      ['1girl: tagger', 'hat: tagger', 'cat: hand'],
      [],
    ],
    [
      'a tag that was deleted by hand',
      new RecordedCaption().replace('1girl', 'hat').hand('1girl'),
      ['1girl: tagger'],
      ['hat'],
    ],
    [
      'a tag that was deleted and added again by hand',
      new RecordedCaption().replace('1girl', 'hat').hand('1girl').update(['1girl', 'solo']).hand('hat, 1girl, solo'),
      ['hat: hand', '1girl: tagger', 'solo: tagger'],
      [],
    ],
    [
      'a tag that was corrected by hand',
      new RecordedCaption().replace('1girl', 'red hair').hand('1girl, crimson hair'),
      ['1girl: tagger', 'crimson hair: hand'],
      ['red hair'],
    ],
    [
      'a tag with other letters',
      new RecordedCaption().replace('1girl', 'Miku').hand('1girl, miku'),
      ['1girl: tagger', 'miku: hand'],
      [],
    ],
    [
      'a tag that was moved to the front',
      new RecordedCaption().replace('1girl', 'solo', 'hat').hand('hat, 1girl, solo'),
      ['hat: hand', '1girl: tagger', 'solo: tagger'],
      [],
    ],
    [
      'two tags that were swapped: nobody knows which was moved',
      new RecordedCaption().replace('1girl', 'solo', 'hat').hand('solo, 1girl, hat'),
      ['solo: hand', '1girl: hand', 'hat: tagger'],
      [],
    ],
    [
      'what a person had written before a tagger appended',
      new RecordedCaption('cat').write('cat, 1girl', tagger, { tags: ['1girl', 'cat'] }),
      ['cat: hand', '1girl: tagger'],
      [],
    ],
    [
      'what was deleted by hand between two jobs',
      new RecordedCaption().replace('1girl', 'hat', 'solo').hand('1girl, solo').update(['1girl', 'cat']),
      ['1girl: tagger', 'cat: tagger'],
      ['hat'],
    ],
    [
      'what a job took away: that is not deleted by hand',
      new RecordedCaption().replace('1girl', 'hat').update(['1girl', 'cat']),
      ['1girl: tagger', 'cat: tagger'],
      [],
    ],
    [
      'what a bulk edit added and took away',
      new RecordedCaption().replace('1girl', 'hat').write('1girl, ohwx', { by: 'bulk', name: 'Rename' }),
      ['1girl: tagger', 'ohwx: bulkRename'],
      ['hat'],
    ],
    ['a caption that was emptied: it begins anew', new RecordedCaption().replace('1girl', 'hat').hand(''), [], []],
    [
      'a caption that was written and never came to the disk',
      new RecordedCaption('cat').write('cat, 1girl', tagger, { tags: ['1girl'], crashed: true }),
      ['cat: hand'],
      [],
    ],
    [
      'a caption that was edited after a write that never came to the disk',
      new RecordedCaption('cat').write('cat, 1girl', tagger, { tags: ['1girl'], crashed: true }).hand('cat, dog'),
      ['cat: hand', 'dog: hand'],
      [],
    ],
    [
      'a word that was typed, of those that a job was about to write when its process died',
      new RecordedCaption('mine')
        .write('mine, 1girl, hat, cat', tagger, { tags: ['1girl', 'hat', 'cat'], crashed: true })
        .hand('mine, hat'),
      ['mine: hand', 'hat: hand'],
      [],
    ],
    [
      'a tag that was deleted after a job had written it and died before it said so',
      new RecordedCaption('mine')
        .write('mine, 1girl, hat, cat', tagger, { tags: ['1girl', 'hat', 'cat'], crashed: true })
        .hand('mine, 1girl, cat'),
      ['mine: hand', '1girl: tagger', 'cat: tagger'],
      ['hat'],
    ],
    [
      'an undo that never came to the disk, behind writes of which nobody knows whether they did',
      new RecordedCaption('mine')
        .write('mine, 1girl', { by: 'bulk', name: 'Edit' }, { crashed: true })
        .hand('mine, 1girl')
        .write('mine, 1girl, hat', { by: 'bulk', name: 'Edit' }, { crashed: true })
        .write('mine, 1girl, cat', { by: 'bulk', name: 'Edit' })
        .write('mine, 1girl', { by: 'hand' }, { kind: 'undone', crashed: true }),
      ['mine: hand', '1girl: bulkEdit', 'cat: bulkEdit'],
      [],
    ],
    [
      'a job that was reverted',
      new RecordedCaption()
        .replace('1girl', 'hat')
        .write('1girl, hat, cat', tagger, { tags: ['cat'] })
        .write('1girl, hat', tagger, { kind: 'undone' }),
      ['1girl: tagger', 'hat: tagger'],
      [],
    ],
    [
      'a job that was undone without a record of that',
      new RecordedCaption().replace('1girl', 'hat', 'solo').replace('1boy', 'cat').hand('1girl, hat, solo'),
      ['1girl: hand', 'hat: hand', 'solo: hand'],
      [],
    ],
    [
      'tags that a job took away, and a person typed again',
      new RecordedCaption().replace('1girl', 'hat', 'cat').replace('1girl').hand('1girl, hat, cat'),
      ['1girl: tagger', 'hat: hand', 'cat: hand'],
      [],
    ],
    [
      'words of a person in another line that are the tags of a tagger, too',
      new RecordedCaption().replace('1girl', 'hat', 'cat').hand('1girl\nBefore dawn, hat, cat, all quiet'),
      ['1girl: tagger', 'Before dawn: hand', 'hat: hand', 'cat: hand', 'all quiet: hand'],
      [],
    ],
    [
      'tags of a job that were deleted one by one: that is no undo',
      new RecordedCaption().replace('1girl').update(['1girl', 'cat', 'dog']).hand('1girl'),
      ['1girl: tagger'],
      ['cat', 'dog'],
    ],
    [
      'deletions that were forgotten',
      new RecordedCaption().replace('1girl', 'hat').hand('1girl').write('1girl', hand, { kind: 'forgotten' }),
      ['1girl: tagger'],
      [],
    ],
    [
      'what a person wrote with a record',
      new RecordedCaption().replace('1girl', 'hat').write('1girl, cat', hand),
      ['1girl: tagger', 'cat: hand'],
      ['hat'],
    ],
    [
      'a tag that was deleted by hand after a job, when the job is taken back later',
      new RecordedCaption('own')
        .write('own, 1girl, hat', tagger, { tags: ['1girl', 'hat'] })
        .hand('own, 1girl')
        .write('own', hand, { kind: 'undone' }),
      ['own: hand'],
      ['hat'],
    ],
    [
      'a tag that was deleted by hand, when a snapshot of before the job and then one of after the deletion is restored',
      new RecordedCaption('own')
        .write('own, 1girl, hat', tagger, { tags: ['1girl', 'hat'] })
        .hand('own, 1girl')
        .update(['1girl', 'hat', 'cat'])
        .write('own', hand, { kind: 'undone' })
        .write('own, 1girl', hand, { kind: 'undone' }),
      ['own: hand', '1girl: hand'],
      ['hat'],
    ],
    [
      'a tag that was deleted by hand with a record, when that is undone: it stands again',
      new RecordedCaption().replace('1girl', 'hat').write('1girl', hand).write('1girl, hat', hand, { kind: 'undone' }),
      ['1girl: tagger', 'hat: tagger'],
      [],
    ],
    [
      'a tag that was deleted by hand, when that is undone and done again',
      new RecordedCaption()
        .replace('1girl', 'hat')
        .write('1girl', hand)
        .write('1girl, hat', hand, { kind: 'undone' })
        .write('1girl', hand, { kind: 'undone' }),
      ['1girl: tagger'],
      ['hat'],
    ],
    [
      'tags that only a job had added, when it is taken back: nobody deleted them',
      new RecordedCaption('own')
        .write('own, 1girl, hat', tagger, { tags: ['1girl', 'hat'] })
        .write('own', hand, { kind: 'undone' }),
      ['own: hand'],
      [],
    ],
    [
      'a sentence of many words that was deleted by hand',
      new RecordedCaption().write(`${longSentence} Short one.`, { by: 'captioner', name: 'wd' }).hand('Short one.'),
      ['Short one.: captioner'],
      [longSentence],
    ],
    [
      'a caption in words, of which one sentence was changed',
      new RecordedCaption()
        .write('A girl stands by a tree. She holds a cat.', { by: 'captioner', name: 'wd' })
        .hand('A girl stands by a tree. She holds a dog.'),
      ['A girl stands by a tree.: captioner', 'She holds a dog.: hand'],
      ['She holds a cat.'],
    ],
    [
      'a caption that is JSON',
      new RecordedCaption().write(`{"tags": "${'long, '.repeat(200)}"}`, { by: 'import' }).hand('{"tags": "hat"}'),
      ['{"tags": "hat"}: hand'],
      [],
    ],
  ];
  for (const [what, caption, writers, deleted] of table) {
    it(`is known of ${what}`, () => {
      assert.deepEqual(caption.writers, writers);
      assert.deepEqual(caption.deleted, deleted);
    });
  }

  it('stays known after a crash when the job goes on, also behind an edit by hand', () => {
    const caption = new RecordedCaption().replace('1girl', 'hat').hand('1girl, hat, mine');
    caption.update(['1girl', 'cat'], { crashed: true });
    assert.equal(caption.text, '1girl, hat, mine');
    caption.update(['1girl', 'cat']);
    assert.equal(caption.text, '1girl, cat, mine');
    assert.deepEqual(caption.deleted, []);
  });

  it('takes tags such as `?` and `...` for no end of a sentence', () => {
    const tags = ['monochrome', 'hair over one eye', 'green background', '?', '...', '!?'];
    const caption = new RecordedCaption().replace(...tags);
    assert.deepEqual(
      caption.writers,
      tags.map((tag) => `${tag}: tagger`),
    );
    assert.equal(caption.update(tags).text, tags.join(', '));
    caption.hand(tags.filter((tag) => tag !== 'green background').join(', '));
    assert.deepEqual(caption.deleted, ['green background']);
    assert.equal(caption.update(['1girl', ...tags]).text, '1girl, monochrome, hair over one eye, ?, ..., !?');
  });

  it('takes no tag that every caption of a tool was given in lower case for the machine’s', () => {
    const caption = new RecordedCaption().replace('1girl', 'Hatsune Miku', 'Hat').hand('1girl, hatsune miku, hat');
    assert.deepEqual(caption.writers, ['1girl: tagger', 'hatsune miku: hand', 'hat: hand']);
    assert.equal(caption.update(['1boy']).text, 'hatsune miku, hat, 1boy');
  });
});

describe('Which parts were moved', () => {
  it('is told by those that kept their order', () => {
    assert.deepEqual([...movedParts([0, 1, 2])], []);
    assert.deepEqual([...movedParts([3, 0, 1, 2])], [0]);
    assert.deepEqual([...movedParts([1, 2, 3, 0])], [3]);
    assert.deepEqual([...movedParts([0, 2, 1, 3])], [1, 2]);
    assert.deepEqual([...movedParts([])], []);
  });
});
