import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Caption } from '../../../src/dataset/captions/Caption';
import { captionEditor, type CaptionEdit } from '../../../src/dataset/edits/captionEdit';
import { parseQuery } from '../../../src/dataset/query/parseQuery';
import { tagTerm } from '../../../src/dataset/query/printQuery';
import { queryMatcher } from '../../../src/dataset/query/queryMatcher';
import { captionParts } from '../../../src/records/captionParts';
import { isProseAlone, parseTags } from '../../../src/tags/captionGrammar';
import { readCaptionsAs } from '../../../src/tags/captionKind';
import {
  addTag,
  captionFacts,
  chipsOf,
  moveTag,
  piecesOf,
  removeTag,
  replaceProse,
  replaceTag,
} from '../../../src/tags/captionTags';
import { countTags, mergeTags } from '../../../src/tags/tagCounts';
import { lineText, parseTagLine, proseOf } from '../../../src/tags/tagLine';
import { writeModes } from '../../../src/tags/writeMode';
import { captionWithTags } from '../../../src/tags/writeTags';
import { ownTime } from '../shared/ownTime';
import { honestCaptions, prose, tagLists, tags } from './proseCaptions';

const runs = { numRuns: 1000 };

const edit = (text: string, how: CaptionEdit): string =>
  captionEditor(how, { separator: ', ', countOf: (tag) => tag.length })(text);

const matches = (query: string, text: string): boolean => {
  const caption = new Caption('a.txt', ['a.png']);
  caption.readFromDisk({ raw: text });
  const context = { fact: () => undefined, isSelected: () => false, hasFailed: () => false, hasOrigin: () => false };
  return queryMatcher(parseQuery(query).tree, context)({ path: 'a.png', caption });
};

/** What a person reads: tags in brackets, prose as it is. */
const shown = (text: string): string =>
  piecesOf(text)
    .map((piece) => (piece.kind === 'tag' ? `[${piece.chip.tag}]` : piece.text))
    .join(' ');

describe('What a caption is, as a person reads it:', () => {
  const table: [caption: string, pieces: string][] = [
    ['1girl, solo, red hair', '[1girl] [solo] [red hair]'],
    ['A cat sits on a mat, asleep.', 'A cat sits on a mat, asleep.'],
    ['1girl, solo. A girl stands by a tree, smiling.', '[1girl] [solo] A girl stands by a tree, smiling.'],
    ['1girl, solo, A girl stands by a tree, smiling.', '[1girl] [solo] A girl stands by a tree, smiling.'],
    ['ohwx woman, A woman, tall, stands by a tree.', '[ohwx woman] A woman, tall, stands by a tree.'],
    ['Hatsune Miku, solo. A girl sings on a stage.', '[Hatsune Miku] [solo] A girl sings on a stage.'],
    [
      '1girl, hair over one eye. A girl sings, loudly, on a stage.',
      '[1girl] [hair over one eye] A girl sings, loudly, on a stage.',
    ],
    [
      '1girl, from behind, solo. A girl sings, loudly, on a stage.',
      '[1girl] [from behind] [solo] A girl sings, loudly, on a stage.',
    ],
    ['ohwx ||| 1girl, A girl sings, loudly, on a stage.', '[ohwx] [1girl] A girl sings, loudly, on a stage.'],
    ['A cat sits on a mat, asleep., 1girl, solo', 'A cat sits on a mat, asleep. [1girl] [solo]'],
    ['A cat sits on a mat, asleep. smile, hat', 'A cat sits on a mat, asleep. [smile] [hat]'],
    ['A cat sits on a mat. It sleeps, deeply. A dog, too.', 'A cat sits on a mat. It sleeps, deeply. A dog, too.'],
    ['A cat sits on a mat. It dreams of a big, red', 'A cat sits on a mat. It dreams of a big, red'],
    ['1girl, dr. stone, no. 6, mr. popo, 3.5mm', '[1girl] [dr. stone] [no. 6] [mr. popo] [3.5mm]'],
    ['1girl, love live! school idol project, :., !?', '[1girl] [love live! school idol project] [:.] [!?]'],
    [
      'a photo of a woman with red hair in front of a wall, wearing a black hat, 1girl, solo',
      'a photo of a woman with red hair in front of a wall, wearing a black hat [1girl] [solo]',
    ],
    ['{"caption": "A cat sits on a mat, asleep."}', ''],
    ['A girl, sitting.', '[A girl] [sitting.]'],
    // Sentences that no part of them tells, but the whole of them does.
    ...[
      'Close-up, shallow depth of field: a bee lands on a purple flower, pollen on its legs.',
      'Night, rain, neon: a lone figure walks home.',
      'Rain, thunder, and lightning fill the sky.',
      'Quietly, the river flows, past willows, to the sea.',
      'Its wings, spread wide, cast a shadow.',
      'Smiling, she waves.',
      '"Hello, world," says the robot.',
      "'Open, closed, open,' reads the sign.",
      'This image, taken at 5 p.m., shows a pier',
      'A cat... a dog... and, finally, a bird.',
      'El hombre, alto, camina. La mujer, baja, corre.',
      '한 여자가 바닷가에 서서, 머리를 날리며, 웃고 있다.',
      'Мужчина в чёрном пальто, с зонтом, идёт по улице.',
      'See https://example.com/a,b,c for details, says the poster.',
      '1. A man, tall. 2. A woman, short.',
      'Medium shot. Woman. Red coat, black boots, umbrella.',
      'A red barn.',
      'A quiet street, at night.',
    ].map((text): [string, string] => [text, text]),
    [
      '1girl, hatsune miku, solo. A girl waves, happily, at us.',
      '[1girl] [hatsune miku] [solo] A girl waves, happily, at us.',
    ],
    ['1girl, solo, A girl waves, happily, at us.', '[1girl] [solo] A girl waves, happily, at us.'],
    [
      '1girl, solo. Night, rain, neon: a lone figure walks home.',
      '[1girl] [solo] Night, rain, neon: a lone figure walks home.',
    ],
    [
      'This is Anna at the lake. cat, dog, sky. She smiles at us all.',
      'This is Anna at the lake. [cat] [dog] [sky] She smiles at us all.',
    ],
    ['1girl, solo. Snow falls.', '[1girl] [solo] Snow falls.'],
    // Lists of tags that end like a sentence.
    ['Hatsune Miku, twintails, smile.', '[Hatsune Miku] [twintails] [smile.]'],
    ['Sks woman, red hair, smile, hat.', '[Sks woman] [red hair] [smile] [hat.]'],
    ['Portrait, blue eyes, looking at viewer, in water.', '[Portrait] [blue eyes] [looking at viewer] [in water.]'],
    ['Miku, solo.', '[Miku] [solo.]'],
  ];
  for (const [caption, pieces] of table) {
    it(`${caption} is ${pieces}`, () => {
      assert.equal(shown(caption), pieces);
    });
  }

  for (const caption of honestCaptions) {
    it(`prose alone is: ${caption}`, () => {
      assert.equal(shown(caption), caption);
      assert.ok(isProseAlone(caption));
    });
  }

  for (const list of tagLists) {
    it(`tags alone are: ${list.join(', ')}`, () => {
      assert.deepEqual(parseTags(list.join(', ')), list);
      assert.equal(shown(list.join(', ')), list.map((tag) => `[${tag}]`).join(' '));
    });
  }

  it('what the user says it is, where that is set', () => {
    const caption = 'A cat sits on a mat, asleep.';
    try {
      readCaptionsAs('tags');
      assert.deepEqual(parseTags(caption), ['A cat sits on a mat', 'asleep.']);
      readCaptionsAs('prose');
      assert.deepEqual(parseTags('red, blue'), []);
      assert.equal(shown('red, blue'), 'red, blue');
    } finally {
      readCaptionsAs('auto');
    }
    assert.deepEqual(parseTags(caption), []);
  });
});

/** Tags and prose as captions have them together. */
const mixed = fc
  .tuple(tags, prose, fc.constantFrom('. ', ', ', '\n'))
  .map(([list, text, joint]) => ({ list, text, caption: `${list.join(', ')}${joint}${text}` }));

/** Each edit of tags, by what it is called here. */
const edits: [name: string, edit: (tag: string) => CaptionEdit][] = [
  ['added in front', (tag) => ({ kind: 'addTags', tags: [tag, 'new'], position: 'first', keepFirst: 0 })],
  ['added behind the first', (tag) => ({ kind: 'addTags', tags: [tag, 'new'], position: 'first', keepFirst: 1 })],
  ['added at the end', (tag) => ({ kind: 'addTags', tags: [tag, 'new'], position: 'last', keepFirst: 0 })],
  ['removed', (tag) => ({ kind: 'removeTags', match: { kind: 'exact', patterns: [tag] } })],
  ['removed by a pattern', () => ({ kind: 'removeTags', match: { kind: 'wildcard', patterns: ['*a*'] } })],
  ['removed, all of them', () => ({ kind: 'removeTags', match: { kind: 'wildcard', patterns: ['*'] } })],
  ['renamed', (tag) => ({ kind: 'replaceTags', match: { kind: 'exact', patterns: [tag] }, replacement: 'x, y' })],
  [
    'renamed by a pattern',
    () => ({ kind: 'replaceTags', match: { kind: 'wildcard', patterns: ['*a*'] }, replacement: '*' }),
  ],
  ['moved', (tag) => ({ kind: 'moveTags', tags: [tag, 'smiling', 'sunlit'], keepFirst: 0 })],
  ['deduplicated', () => ({ kind: 'deduplicate' })],
  ['sorted by name', () => ({ kind: 'sortTags', by: 'alphabet', keepFirst: 0 })],
  ['sorted by count', () => ({ kind: 'sortTags', by: 'frequency', keepFirst: 1 })],
  ['divided evenly', () => ({ kind: 'separators' })],
  ['set behind', (tag) => ({ kind: 'setCaption', text: `${tag}, new`, how: 'append' })],
  ['set in front', (tag) => ({ kind: 'setCaption', text: `${tag}, new`, how: 'prepend' })],
];

describe('Prose stays as it is, to the letter,', () => {
  const fragments = ['smiling', 'sunlit', 'a scarf', 'hat', 'smile'];

  it('where it is counted, searched and shown: none of it is a tag', () => {
    fc.assert(
      fc.property(prose, (text) => {
        assert.deepEqual(parseTags(text), []);
        assert.deepEqual(chipsOf(text), []);
        assert.deepEqual([...countTags([text])], []);
        assert.deepEqual([captionFacts(text).tags, captionFacts(text).duplicates], [0, []]);
        for (const part of text.split(',')) {
          if (part.trim() !== '') assert.ok(!matches(tagTerm(part.trim()), text), part);
        }
        assert.ok(matches('tags:0', text));
        assert.equal(lineText(parseTagLine(text)), text);
        assert.deepEqual(proseOf(parseTagLine(text)), [text]);
      }),
      runs,
    );
  });

  for (const [name, editOf] of edits) {
    it(`where tags are ${name}`, () => {
      fc.assert(
        fc.property(prose, fc.constantFrom(...fragments), (text, tag) => {
          const after = edit(text, editOf(tag));
          assert.ok(after.includes(text), after);
          if (!/added|set/.test(name)) assert.equal(after, text);
        }),
        runs,
      );
      fc.assert(
        fc.property(mixed, fc.nat(), ({ list, text, caption }, which) => {
          const tag = list[which % list.length]!;
          const after = edit(caption, editOf(tag));
          assert.ok(after.includes(text), `${caption}\n${after}`);
          assert.deepEqual(
            after.split('\n').flatMap((line) => proseOf(parseTagLine(line))),
            [text],
            after,
          );
          if (!/removed|renamed/.test(name)) {
            const kept = new Set(parseTags(after));
            assert.ok(
              list.every((one) => kept.has(one)),
              `${caption}\n${after}`,
            );
          }
        }),
        runs,
      );
    });
  }

  it('beside tags, which are counted, found and shown as tags', () => {
    fc.assert(
      fc.property(mixed, ({ list, text, caption }) => {
        assert.deepEqual(parseTags(caption), list, caption);
        assert.equal(captionFacts(caption).tags, list.length);
        for (const tag of list) assert.ok(matches(tagTerm(tag), caption), `${tag} in ${caption}`);
        assert.equal(lineText(parseTagLine(caption)), caption);
        assert.deepEqual(
          captionParts(caption)
            .filter(({ kind }) => kind === 'tag')
            .map((part) => part.text),
          list,
          'the records have the same tags',
        );
        assert.ok(caption.includes(text));
      }),
      runs,
    );
  });

  it('where a tagger writes into the caption, in every mode that keeps what is there', () => {
    fc.assert(
      fc.property(
        mixed,
        prose,
        tags,
        fc.constantFrom(', ', ',', ' | '),
        ({ caption, text, list }, alone, found, separator) => {
          for (const mode of writeModes) {
            if (mode === 'replace') continue;
            const options = { mode, keepFirst: 0, separator };
            const written = captionWithTags(caption, found, options);
            assert.ok(written.includes(text), written);
            assert.ok(
              list.every((tag) => written.includes(tag)),
              written,
            );
            assert.equal(captionWithTags(written, found, options), written, 'nothing is added twice');
            const behind = captionWithTags(alone, found, options);
            assert.ok(behind.includes(alone), behind);
            assert.equal(captionWithTags(behind, found, options), behind, 'nothing is added twice');
          }
        },
      ),
      runs,
    );
  });

  it('where two captions become one', () => {
    fc.assert(
      fc.property(mixed, mixed, prose, (mine, theirs, alone) => {
        for (const [a, b] of [
          [mine.caption, theirs.caption],
          [mine.caption, alone],
          [alone, mine.caption],
          [alone, theirs.text],
        ] as const) {
          const merged = mergeTags(a, b);
          const all = [a, b].flatMap((caption) => caption.split('\n').flatMap((line) => proseOf(parseTagLine(line))));
          for (const one of all) assert.ok(merged.includes(one), `${a}\n+ ${b}\n= ${merged}`);
        }
        assert.equal(mergeTags(alone, alone), alone);
      }),
      runs,
    );
  });

  it('where chips are added, removed, changed and moved', () => {
    fc.assert(
      fc.property(mixed, fc.nat(), fc.nat(), ({ caption, text }, one, other) => {
        const count = chipsOf(caption).length;
        const [from, to] = [one % count, other % count];
        for (const after of [
          addTag(caption, 'new'),
          removeTag(caption, from),
          replaceTag(caption, from, 'x, y'),
          moveTag(caption, from, to),
        ]) {
          assert.ok(after.includes(text), after);
        }
        let left = caption;
        for (let index = 0; index < count; index++) left = removeTag(left, 0);
        assert.equal(left.trim(), text, 'nothing of the tags is left');
      }),
      runs,
    );
    assert.equal(addTag('1girl, solo. A girl stands by a tree.', 'hat'), '1girl, solo, hat. A girl stands by a tree.');
    assert.equal(addTag('A girl stands by a tree.', 'hat'), 'hat, A girl stands by a tree.');
  });
});

describe('The prose of a caption with tags', () => {
  const caption = '1girl, solo. A girl stands by a tree, smiling.';

  it('is edited as a text, in place', () => {
    assert.equal(replaceProse(caption, 0, 'A boy runs, fast.'), '1girl, solo. A boy runs, fast.');
    assert.equal(replaceProse(caption, 0, 'A boy runs\nfast.'), '1girl, solo. A boy runs fast.');
    assert.equal(replaceProse(caption, 1, 'x'), caption);
    assert.equal(replaceProse(caption, 0, ' '), '1girl, solo');
    assert.equal(replaceProse('A girl stands by a tree., 1girl', 0, ''), '1girl');
  });

  it('gets the tags of a tagger in front of it, where the other tags are, and more prose behind it', () => {
    const append = (text: string, ...found: string[]): string =>
      captionWithTags(text, found, { mode: 'append', keepFirst: 0, separator: ', ' });
    assert.equal(append(caption, 'solo', 'hat'), '1girl, solo, hat. A girl stands by a tree, smiling.');
    assert.equal(append(caption, 'A girl stands by a tree, smiling.'), caption);
    assert.equal(append(caption, 'She waves at us.'), `${caption} She waves at us.`);
    assert.equal(
      append('', 'A girl stands by a tree.', 'She waves at us.'),
      'A girl stands by a tree. She waves at us.',
    );
  });
});

describe('Finding prose', () => {
  it('takes twice the time for twice the text, whatever the signs', () => {
    const many = 50_000;
    for (const text of [
      'a. ',
      'a.',
      'a, b. ',
      'A b. ',
      'the a, b. C, ',
      '。',
      'a。',
      '! ',
      'dr. ',
      'A girl stands there, ',
      'one two three, ',
    ]) {
      const long = text.repeat(many);
      const start = ownTime();
      parseTags(long);
      parseTagLine(long, ', ');
      assert.ok(ownTime() - start < 3000, JSON.stringify(text));
    }
  });
});
