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

  it('that something else than its end stopped is flagged, whatever it looks like', () => {
    for (const { text, language = 'en' } of honest) {
      assert.deepEqual(caption(text, { language, finish: 'other' }), { flagged: 'truncated', text });
    }
  });

  it('of a server that never says why it stopped passes where it has an end', () => {
    const whole = 'A red barn stands in a snowy field.';
    assert.deepEqual(caption(whole, { finish: 'none' }), { prose: whole });
    for (const text of ['A red barn stands and the', 'A red barn and a', 'A red barn stands in a field', '1girl, so']) {
      assert.deepEqual(caption(text, { finish: 'none' }), { flagged: 'truncated', text });
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

  it('never loses what stands in the midst of its sentences', () => {
    const answers = [
      'A T-shirt that says <s>cheap</s> expensive.',
      'A mug with [INST] printed on it stands on a desk.',
      'A slide titled <|im_end|> is projected in a hall.',
      'A chat window. USER: hello. ASSISTANT: hi. A cursor blinks below.',
      'A form with two fields:\nUser: bob\nPassword: ****',
      'A login form.\nUser: bob\nPassword: ****',
      'A slide with lines:\nModel: T-800\nYear: 1984',
      'A toy robot in its box.\nModel: T-800\nYear: 1984',
      'A board with </think> written on it stands by a door.',
      'A screenshot of HTML code with <think>hello</think> tags in a text editor.',
      'A postcard. If you want to visit, come in summer, says the text on it.',
      'Assistant: a woman in a lab coat hands a test tube to a scientist.',
    ];
    for (const text of answers) {
      const became = caption(text);
      if ('prose' in became) assert.equal(became.prose, text);
      else assert.equal(became.text, text);
    }
  });

  it('loses the next turn of a talk only where it is one', () => {
    const whole = 'A red barn stands in a snowy field.';
    for (const tail of ['<|im_end|>', '</s>', ' [INST] And now?', '\nUSER: What else?\nASSISTANT: Snow.']) {
      assert.deepEqual(caption(whole + tail), { prose: whole });
    }
    assert.deepEqual(caption('A red barn<|im_end|>'), { prose: 'A red barn' });
    const open = 'A red barn in a\nUSER: What else?\nASSISTANT: Snow.';
    assert.deepEqual(caption(open), { flagged: 'odd', text: open });
  });

  it('brings no control character into a file', () => {
    assert.deepEqual(caption('A \u001b[31mred\u001b[0m barn.'), { prose: 'A red barn.' });
    assert.deepEqual(caption('A red \u202ebarn\u202c.'), { prose: 'A red barn.' });
    assert.deepEqual(caption('\u0007A red barn.\u0000'), { prose: 'A red barn.' });
    for (const text of ['A red\0 barn.', 'A r\bed barn.', 'A red \ud800 barn.', 'A red \ufffd barn.']) {
      assert.deepEqual(caption(text), { flagged: 'odd', text });
      // eslint-disable-next-line no-control-regex -- none of them may reach a file
      assert.doesNotMatch(tidyAnswer(text, usual), /[\0\u0008\ud800]/);
    }
  });

  it('that breaks off in the midst of a sentence is flagged, whatever the server says of its end', () => {
    for (const text of ['A red barn stands in a snowy field with a', 'A barn, surrounded by tall pine trees and the']) {
      assert.deepEqual(caption(text), { flagged: 'truncated', text });
    }
  });

  it('that describes nothing is flagged', () => {
    const nothing = [
      ...['Sure!', 'Sure, here is a caption:', 'Here is the caption you asked for:', 'The image shows', 'The image'],
      ...[
        'Caption:',
        'Error',
        '[ERROR]',
        'Timeout',
        'undefined',
        'null',
        'None',
        'N/A',
        'NaN',
        'true',
        '[object Object]',
      ],
      ...['{"caption":""}', '{"caption":null}', '{"caption":"A red barn', '```json\n{"caption":"A red barn'],
      ...['USER: Describe this image ASSISTANT:', '![image](https://x/y.png)', 'data:image/jpeg;base64,/9j/4AAQ'],
      ...[
        'Rate limit exceeded',
        'CUDA out of memory. Tried to allocate',
        'Incorrect API key provided: sk-abc123xyz456.',
      ],
      ...['Invalid API key', 'Your credit balance is too low.', 'Model is loading, please wait.', 'Server is busy.'],
      ...[
        'Please try again later.',
        'An error occurred.',
        'Something went wrong. Please try again.',
        "I'm",
        'No.',
        'Sorry.',
      ],
      'You exceeded your current quota, please check your plan and billing details.',
    ];
    for (const text of nothing) assert.ok('flagged' in caption(text, { language: '' }), text);
  });

  it('that is a draft or thinks is flagged, also without the marks of its model', () => {
    const thoughts = [
      ...[
        '<analysis>barn is red',
        '<scratchpad>barn red snow',
        '<reason>barn is red</reason>',
        '[Thinking] The barn is red.',
      ],
      'Thought: I need to look at the barn.\nCaption: A red barn.',
      'Reasoning: the image has a barn and snow, so the caption should be short.',
      '**Thinking:** The barn is red.',
      "analysisWe need to describe the image. There's a barn.",
      "The image has a barn. Wait, is it a barn? Maybe it's a house. Let me reconsider.",
      'Draft 1: A red barn.\nDraft 2: A barn.\nFinal: A red barn.',
      'Let me draft: A red barn. That works.',
      'To write this caption, I will focus on the barn.',
      "To describe this image, I'll start with the main subject, which is a barn.",
      'We are told to describe the image in one paragraph. The barn is red.',
      '好的，我现在需要描述这张图片。图片里有一个谷仓。',
    ];
    for (const text of thoughts) {
      assert.deepEqual(caption(text, { language: '' }), { flagged: 'thinking', text });
    }
    const whole = 'A red barn stands in a snowy field.';
    for (const mark of ['analysis', 'scratchpad', 'reason']) {
      assert.deepEqual(caption(`<${mark}>x</${mark}>${whole}`), { prose: whole });
    }
    assert.deepEqual(caption(`<think >x</think >${whole}`), { prose: whole });
  });

  it('that goes round in circles is flagged, also in one word, in numbers, or between quotation marks', () => {
    const loops = [
      'red'.repeat(22),
      Array.from({ length: 9 }, (_, at) => `a man with a hat${at + 1}`).join(', '),
      ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh']
        .map((which) => `The ${which} man wears a red hat.`)
        .join(' '),
      `A barn "${'snow '.repeat(16)}"`,
    ];
    for (const text of loops) assert.deepEqual(caption(text), { flagged: 'loop', text });
    const dashes = `A barn\n${'---\n'.repeat(60)}x`;
    assert.deepEqual(caption(dashes), { flagged: 'loop', text: dashes });
    const board = 'A chessboard of black, white, black, white, black, white, black, white, black, white squares.';
    assert.deepEqual(caption(board), { prose: board });
    const sound = 'A page of manga with the sound effect ドドドドドドドド and a shouting boy.';
    assert.deepEqual(caption(sound), { prose: sound });
  });

  describe('that talks of the task in other words', () => {
    const { refusals, honest: others } = JSON.parse(readFileSync(path.resolve(file, '../talk.json'), 'utf8')) as {
      refusals: string[];
      honest: string[];
    };

    it('is flagged in each of many wordings and languages', () => {
      assert.ok(refusals.length >= 150);
      const written = refusals.filter((text) => 'prose' in caption(text, { language: '' }));
      assert.deepEqual(written, []);
    });

    it('is told from a caption that only sounds so', () => {
      assert.ok(others.length >= 100);
      for (const text of others) assert.deepEqual(caption(text, { language: '' }), { prose: text });
    });
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
  const finish = fc.constantFrom<ModelAnswer['finish'][]>('stop', 'length', 'filter', 'none', 'other');

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
            assert.ok(end === 'stop' || end === 'none');
            // eslint-disable-next-line no-control-regex -- none of them may reach a file
            assert.doesNotMatch(became.prose, /[\u0000-\u0008\u000e-\u001f\u007f\u202a-\u202e\u2066-\u2069]/);
            assert.equal(Buffer.from(became.prose).toString(), became.prose);
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

  it('that is longer than any caption is flagged, and holds up nobody', () => {
    const text = 'A fox sleeps in the snow. '.repeat(400_000);
    const start = ownTime();
    assert.deepEqual(caption(text), { flagged: 'odd', text });
    assert.ok(ownTime() - start < 1000);
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
      `A barn\n${'---\n'.repeat(24_000)}x`,
      '"</think>" '.repeat(9_000),
      'x</s>'.repeat(20_000),
      'A. USER: '.repeat(11_000),
    ];
    for (const one of long) {
      const start = ownTime();
      caption(one);
      const took = ownTime() - start;
      assert.ok(took < 1000, `${one.slice(0, 20)}: ${took} ms`);
    }
  });
});
