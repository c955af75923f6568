import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { captionOfAnswer, tidyAnswer, type ModelAnswer } from '../../../../src/captioner/answer/captionOfAnswer';
import { usualOpenings } from '../../../../src/protocol/captioning/captionerPresets';
import type { CaptionAnswer, FlagReason, OutputRules } from '../../../../src/protocol/captioning/captionerProfile';
import { ownTime } from '../../shared/ownTime';

/** An answer of the corpus, and what is right, as it was decided by reading. */
interface Example {
  why: string;
  text: string;
  finish?: ModelAnswer['finish'];
  refusal?: string;
  /** what was asked; a plain question where it does not matter */
  prompt?: string;
  /** that is wanted; English where it is not said */
  language?: string;
  openings?: string[];
  /** what is written */
  prose?: string;
  flagged?: FlagReason;
}

const file = path.resolve(__dirname, '../../../test/fixtures/captions/answers.json');
const examples = JSON.parse(readFileSync(file, 'utf8')) as Example[];

const usual: OutputRules = { template: '{prose}', openings: [...usualOpenings], language: 'en' };
const caption = (text: string, others: Partial<Example> = {}): CaptionAnswer => {
  const { finish = 'stop', prompt = 'What is in the picture?', refusal, language = 'en', openings } = others;
  return captionOfAnswer(
    { text, finish, prompt, ...(refusal === undefined ? {} : { refusal }) },
    { ...usual, language, openings: openings ?? usual.openings },
  );
};
/** Honest captions that are written as they came. */
const honest = examples.filter(({ prose, text, openings }) => prose === text && openings === undefined);

describe('The corpus of answers', () => {
  it('has two hundred and more, of each kind', () => {
    assert.ok(examples.length >= 200);
    const kinds = new Set(examples.map(({ flagged }) => flagged));
    assert.deepEqual([...kinds].map(String).sort(), [
      ...['empty', 'language', 'loop', 'odd', 'refused', 'thinking', 'truncated', 'undefined'],
    ]);
    assert.ok(honest.length >= 100);
  });

  for (const [index, example] of examples.entries()) {
    const { why, text, prose, flagged } = example;
    it(`${index + 1}, ${why}: ${flagged === undefined ? 'is written' : `is flagged as ${flagged}`}`, () => {
      const right =
        flagged === undefined ? { prose } : { flagged, text: text.trim() === '' ? (example.refusal ?? '') : text };
      assert.deepEqual(caption(text, example), right);
    });
  }
});

describe('An answer', () => {
  it('that is honest is what it is also behind thinking, in a fence, with a role or an announcement', () => {
    for (const { text, prose = '', language = 'en', why } of honest) {
      const around = [
        `<think>\nThe user wants a caption. I can't say more.\n</think>\n\n${text}`,
        `\`\`\`\n${text}\n\`\`\``,
        `ASSISTANT: ${text}`,
        `Sure! Here is a caption for the image:\n\n${text}`,
        `${text}<|im_end|>`,
        `\n\n${text}  \n`,
      ];
      for (const one of around) {
        const written = caption(one, { language });
        assert.ok('prose' in written, `${why}: ${one}`);
        // Behind an announcement a sentence begins with a capital letter; lines of JSON lose what they are indented by.
        const plain = (a: string): string => a.replace(/\s+/g, ' ');
        const same = (a: string): string => (one.startsWith('Sure') ? plain(a).toLowerCase() : plain(a));
        assert.equal(same(written.prose), same(prose), one);
      }
    }
  });

  it('that is honest is flagged as soon as the server says that it is cut or filtered', () => {
    for (const { text, language = 'en' } of honest) {
      assert.deepEqual(caption(text, { language, finish: 'length' }), { flagged: 'truncated', text });
      assert.deepEqual(caption(text, { language, finish: 'filter' }), { flagged: 'refused', text });
    }
  });

  it('that is a refusal is one whatever language is wanted', () => {
    for (const { text, flagged, refusal, finish } of examples) {
      if (flagged !== 'refused' || refusal !== undefined || finish === 'filter') continue;
      for (const language of ['', 'en', 'de', 'ja']) {
        assert.deepEqual(caption(text, { language }), { flagged: 'refused', text });
      }
    }
  });

  it('is written as it was, once it is tidy', () => {
    for (const { prose, language = 'en', openings } of examples) {
      if (prose === undefined) continue;
      const again = { language, ...(openings === undefined ? {} : { openings }) };
      assert.deepEqual(caption(prose, again), { prose });
    }
  });

  const pieces = [
    ...[
      'A fox sleeps',
      ' in the snow',
      '. ',
      ', ',
      '\n',
      '\n\n',
      '"',
      '“',
      '”',
      '`',
      '```',
      '```json\n',
      '{',
      '}',
      '"a":',
    ],
    ...[
      '<think>',
      '</think>',
      '<answer>',
      'ASSISTANT:',
      '\nUSER:',
      '<|im_end|>',
      "I'm sorry, but ",
      "I can't",
      'The image shows',
    ],
    ...[
      'Sure! ',
      'Here is a caption:',
      '**',
      '…',
      '狐',
      '。',
      '😀',
      '\ud800',
      '\0',
      ' ',
      'very ',
      '[THINK]',
      '◁/think▷',
      '\ufffd',
    ],
  ];
  const text = fc.oneof(
    fc.array(fc.constantFrom(...pieces), { maxLength: 40 }).map((parts) => parts.join('')),
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.constantFrom(...examples.map((example) => example.text)),
  );
  const finish = fc.constantFrom<ModelAnswer['finish'][]>('stop', 'length', 'filter', 'other');

  it('never stops the job, is written or flagged, and whole if it is flagged', () => {
    fc.assert(
      fc.property(
        text,
        finish,
        fc.string(),
        fc.constantFrom('', 'en', 'de', 'ja', 'xx'),
        (one, end, prompt, language) => {
          const became = captionOfAnswer({ text: one, finish: end, prompt }, { ...usual, language });
          if ('flagged' in became) assert.equal(became.text, one.trim() === '' ? '' : one);
          else {
            assert.notEqual(became.prose.trim(), '');
            assert.equal(became.prose, became.prose.trim());
            assert.ok(end === 'stop' || end === 'other');
          }
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('stays what it is when it is made tidy once more', () => {
    fc.assert(
      fc.property(text, (one) => {
        const once = tidyAnswer(one, usual);
        assert.equal(tidyAnswer(once, usual), once);
      }),
      { numRuns: 1000 },
    );
  });

  const noun = fc.constantFrom(
    'fox',
    'woman',
    'red car',
    'man with a hat',
    'lighthouse',
    'child in a yellow coat',
    'cat',
  );
  const verb = fc.constantFrom('stands', 'sleeps', 'cannot be seen', 'is reflected', 'apologizes', 'waits', 'thinks');
  const place = fc.constantFrom(
    'in the snow',
    'beside a sign that says "Sorry"',
    'on a hill',
    'under a tree',
    'at dusk',
  );
  const sentence = fc.tuple(noun, verb, place).map(([who, does, where]) => `A ${who} ${does} ${where}.`);

  it('of honest sentences passes, but for its white space', () => {
    const blank = fc.constantFrom(' ', '  ', '\n', '\t', ' \n');
    fc.assert(
      fc.property(fc.uniqueArray(sentence, { minLength: 1, maxLength: 5 }), blank, (sentences, between) => {
        const became = caption(sentences.join(between));
        assert.ok('prose' in became, JSON.stringify(became));
        assert.equal(became.prose.replace(/\s+/g, ' '), sentences.join(' '));
      }),
    );
  });

  it('of a hundred thousand characters is looked at in a moment', () => {
    const long = [
      'a '.repeat(50_000),
      '<think>'.repeat(14_000),
      '"'.repeat(100_000),
      'I '.repeat(50_000),
      `The image ${'shows '.repeat(16_000)}`,
      '{"a":'.repeat(20_000),
      '\n'.repeat(100_000),
      "sorry, i can't ".repeat(7_000),
      'A fox. '.repeat(14_000),
      ' '.repeat(100_000),
      `</think>${'` '.repeat(50_000)}`,
    ];
    for (const one of long) {
      const start = ownTime();
      caption(one);
      const took = ownTime() - start;
      assert.ok(took < 1000, `${one.slice(0, 20)}: ${took} ms`);
    }
  });
});
