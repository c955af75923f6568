import assert from 'node:assert/strict';
import fc from 'fast-check';
import { captionParts } from '../../../src/records/captionParts';
import { originsByHand } from '../../../src/records/originsOf';
import { updatedCaption } from '../../../src/records/updateCaption';
import { comparableTag } from '../../../src/tags/comparableTag';
import { RecordedCaption, update } from './writeEntries';

/** What a tagger wrote, what a person made of it, what the next tagger finds, and what stands then. */
type Example = [what: string, written: string, edited: string, found: string, updated: string];

describe('A caption that is updated', () => {
  const table: Example[] = [
    ['has what is new, without what is gone', '1girl, hat', '1girl, hat', '1girl, cat', '1girl, cat'],
    ['stays the same where nothing is new', '1girl,hat', '1girl,hat', 'hat, 1girl', '1girl,hat'],
    ['keeps a tag that was added', '1girl, hat', '1girl, mine, hat', '1girl', '1girl, mine'],
    [
      'keeps a tag that was corrected',
      '1girl, red hair',
      '1girl, crimson hair',
      'red hair, 1girl',
      '1girl, crimson hair',
    ],
    ['does not get back a tag that was deleted', '1girl, hat', '1girl', 'hat, 1girl, cat', '1girl, cat'],
    ['nor one in another spelling', '1girl, long hair', '1girl', 'Long_Hair, 1girl, cat', '1girl, cat'],
    ['keeps a tag that was moved', '1girl, solo, hat', 'hat, 1girl, solo', '1girl', 'hat, 1girl'],
    [
      'takes the new spelling of a machine’s tag',
      '1girl, long hair',
      '1girl, long hair',
      'long_hair, 1girl',
      '1girl, long_hair',
    ],
    [
      'keeps the spelling of a person’s',
      '1girl, long hair',
      '1girl, Long Hair',
      'long_hair, 1girl',
      '1girl, Long Hair',
    ],
    [
      'gets new tags where they stand in the result',
      '1girl, hat',
      '1girl, mine, hat',
      '1girl, solo, cat, hat',
      '1girl, solo, cat, mine, hat',
    ],
    ['gets a new first tag in front', '1girl, hat', 'ohwx, 1girl, hat', 'solo, 1girl, hat', 'ohwx, solo, 1girl, hat'],
    ['gets new tags at the end where nothing is left', '1girl', '1girl, mine', 'cat, dog', 'mine, cat, dog'],
    [
      'keeps the separators of trainers',
      'ohwx ||| 1girl, hat',
      'ohwx ||| 1girl, hat',
      'ohwx, cat, hat',
      'ohwx, cat ||| hat',
    ],
    [
      'keeps its lines',
      '1girl, hat',
      '1girl, hat\nA girl stands by a tree.',
      '1girl',
      '1girl\nA girl stands by a tree.',
    ],
    ['keeps the blanks of a person', '1girl, hat', '1girl ,  mine,hat', '1girl', '1girl ,  mine'],
    ['is left if it is JSON', '1girl', '{"a": "1girl"}', 'cat', '{"a": "1girl"}'],
    ['is left if nothing was found', '1girl, hat', '1girl, hat', '', '1girl, hat'],
    ['is written anew if it was emptied', '1girl, hat', '', '1girl, cat', '1girl, cat'],
  ];
  for (const [what, written, edited, found, updated] of table) {
    it(`${what}: ${JSON.stringify(edited)} with ${JSON.stringify(found)}`, () => {
      const tags = written.split(/, | \|\|\| |,/);
      const caption = new RecordedCaption().write(written, undefined, { tags }).hand(edited);
      caption.update(found.split(', '));
      assert.equal(caption.text, updated);
    });
  }

  it('only gets tags where there is no record', () => {
    assert.equal(
      updatedCaption('1girl, hat', originsByHand('1girl, hat'), ['cat', '1girl'], update),
      '1girl, hat, cat',
    );
  });

  it('keeps its first tags where that is asked for, also those of a machine', () => {
    const caption = new RecordedCaption().replace('1girl', 'hat');
    caption.update(['cat'], { options: { ...update, keepFirst: 1 } });
    assert.equal(caption.text, '1girl, cat');
  });

  it('keeps the sentences of a captioner when a tagger writes', () => {
    const caption = new RecordedCaption('').write('A girl stands by a tree.', { by: 'captioner' });
    assert.equal(caption.update(['1girl']).text, 'A girl stands by a tree., 1girl');
    assert.equal(caption.update(['1boy']).text, 'A girl stands by a tree., 1boy');
  });

  it('has what the tagger no longer finds taken out of the midst of sentences at once, and is the same the second time', () => {
    const caption = new RecordedCaption('This is my friend Anna at the lake.')
      .write(
        'This is my friend Anna at the lake. cat, dog, sky. She is looking at me with a slight smile.',
        undefined,
        {
          tags: ['cat', 'dog', 'sky'],
        },
      )
      .update(['1girl']);
    const once = caption.text;
    for (const gone of ['cat', 'dog', 'sky']) assert.ok(!once.includes(gone), once);
    for (const kept of ['This is my friend Anna at the lake.', 'She is looking at me with a slight smile.', '1girl'])
      assert.ok(once.includes(kept), once);
    assert.equal(caption.update(['1girl']).text, once);
  });

  it('is not spoilt by a tag that replaces another with several', () => {
    const caption = new RecordedCaption().update(['girl, alone', 'hat']);
    assert.equal(caption.text, 'girl, alone, hat');
  });
});

const words = [
  'hat',
  'cat',
  'Dog',
  'long hair',
  'long_hair',
  'a',
  'b',
  'c',
  'd',
  ':)',
  '(smile:1.2)',
  'saber \\(fate\\)',
];
const tag = fc.constantFrom(...words);
const result = fc.uniqueArray(tag, { selector: comparableTag, minLength: 1, maxLength: 8 });
const oddities = fc.constantFrom(
  '(',
  ')',
  '{x, y',
  '}',
  '[',
  ']',
  '|||',
  'A girl stands by the old tree.',
  '',
  '  ',
  '\n',
);
/** What a person makes of a caption: tags added, removed, moved, and things of which nobody knows what they are. */
const edit = fc.record({
  removed: fc.array(fc.nat(9), { maxLength: 3 }),
  moved: fc.option(fc.tuple(fc.nat(9), fc.nat(9))),
  added: fc.array(fc.tuple(fc.nat(9), fc.oneof(tag, oddities, fc.constantFrom('mine', 'ours'))), { maxLength: 3 }),
});
type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;

function edited(text: string, { removed, moved, added }: Edit): string {
  const tags = text === '' ? [] : text.split(', ');
  for (const index of removed) tags.splice(index, 1);
  if (moved !== null) {
    const [taken] = tags.splice(moved[0], 1);
    if (taken !== undefined) tags.splice(moved[1], 0, taken);
  }
  for (const [index, one] of added) tags.splice(index, 0, one);
  return tags.join(', ');
}

const texts = (caption: string): string[] => captionParts(caption).map((part) => part.text);

function isWithin(some: readonly string[], all: readonly string[]): boolean {
  let from = 0;
  return some.every((one) => (from = all.indexOf(one, from) + 1) > 0);
}

function byHand(caption: RecordedCaption): string[] {
  return caption.origins.parts.filter(({ by }) => by === 'hand').map(({ text }) => text);
}

/** Jobs and persons in turn. */
const history = fc.array(fc.oneof(result, edit), { maxLength: 8 });

function lived(steps: readonly (string[] | Edit)[]): RecordedCaption {
  const caption = new RecordedCaption();
  for (const step of steps) {
    if (Array.isArray(step)) caption.update(step);
    else caption.hand(edited(caption.text, step));
  }
  return caption;
}

describe('Whatever jobs and persons do in turn, an update', () => {
  const runs = { numRuns: 1000 };

  it('never removes, changes or moves what a person wrote', () => {
    fc.assert(
      fc.property(history, result, (steps, found) => {
        const caption = lived(steps);
        const mine = byHand(caption);
        caption.update(found);
        assert.ok(isWithin(mine, texts(caption.text)), caption.text);
        assert.ok(isWithin(mine, byHand(caption)), 'it counts as the machine’s now');
      }),
      runs,
    );
  });

  it('never adds what a person deleted, and still knows it as deleted', () => {
    fc.assert(
      fc.property(history, result, (steps, found) => {
        const caption = lived(steps);
        if (caption.text.trim() === '') return;
        const { deleted } = caption;
        caption.update(found);
        const now = new Set(texts(caption.text).map(comparableTag));
        for (const text of deleted) assert.ok(!now.has(comparableTag(text)), `${text} is in ${caption.text}`);
        if (caption.text !== '') assert.deepEqual(caption.deleted.toSorted(), deleted.toSorted());
      }),
      runs,
    );
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(history, result, (steps, found) => {
        const caption = lived(steps).update(found);
        const { text } = caption;
        assert.equal(caption.update(found).text, text);
      }),
      runs,
    );
  });

  it('leaves the same text of persons, whichever of two jobs comes first', () => {
    fc.assert(
      fc.property(history, result, result, (steps, first, second) => {
        const one = lived(steps);
        const other = lived(steps);
        const mine = byHand(one);
        one.update(first).update(second);
        other.update(second).update(first);
        const kept = (caption: RecordedCaption): string[] => texts(caption.text).filter((text) => mine.includes(text));
        assert.ok(isWithin(mine, kept(one)) && isWithin(mine, kept(other)));
      }),
      runs,
    );
  });

  it('adds nothing to a caption by hand but the result, where there is no record', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(tag, oddities), { maxLength: 8 }), result, (mine, found) => {
        const text = mine.join(', ');
        const updated = updatedCaption(text, originsByHand(text), found, update);
        assert.ok(isWithin(texts(text), texts(updated)), updated);
      }),
      runs,
    );
  });
});
