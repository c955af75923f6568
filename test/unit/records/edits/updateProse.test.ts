import assert from 'node:assert/strict';
import fc from 'fast-check';
import { captionChange } from '../../../../src/records/captionChange';
import { captionParts } from '../../../../src/records/captionParts';
import { originsByHand, originsOf } from '../../../../src/records/originsOf';
import type { Author, RecordEntry } from '../../../../src/records/recordEntry';
import { captionerAnswers } from '../../../../src/records/edits/captionerAnswers';
import { captionWithProse } from '../../../../src/records/edits/updateProse';
import type { WriteMode } from '../../../../src/tags/writeMode';

const tagger: Author = { by: 'tagger', name: 'wd', job: 'j1' };
const captioner: Author = { by: 'captioner', name: 'Qwen', job: 'j2' };

/** A caption with its record, as jobs and persons change it. */
class History {
  private readonly entries: RecordEntry[] = [];
  text = '';

  /** A machine writes a text, all of which it wants. */
  by(author: Author, text: string): this {
    const given = new Map(captionParts(text).map((part) => [part.text, undefined]));
    const change = captionChange(this.text, text, given);
    const when = 1000 * (this.entries.length + 1);
    this.entries.push({ kind: 'written', caption: 'a.txt', when, author, isDone: true, ...change });
    this.text = text;
    return this;
  }

  /** A person writes, of which there is no record. */
  edited(text: string): this {
    this.text = text;
    return this;
  }

  /** @param prose what of the text the model wrote */
  updated(output: string, prose = output): string {
    const answers = captionerAnswers(this.entries);
    const options = { mode: 'update', separator: ', ', prose, answers } as const;
    return captionWithProse(this.text, output, originsOf(this.entries, this.text), options);
  }

  deletedOrMoved(): readonly string[] {
    return originsOf(this.entries, this.text).deleted.map(({ text }) => text);
  }
}

function written(text: string, output: string, mode: WriteMode, prose = output, tags: string[] = []): string {
  return captionWithProse(text, output, originsByHand(text), { mode, separator: ', ', prose, tags });
}

describe('Prose that a captioner writes into a caption', () => {
  const modes: [mode: WriteMode, text: string, output: string, expected: string][] = [
    ['replace', '1girl, solo', 'A girl stands there, smiling.', 'A girl stands there, smiling.'],
    ['onlyEmpty', '1girl', 'A girl stands there, smiling.', '1girl'],
    ['onlyEmpty', '', 'A girl stands there, smiling.', 'A girl stands there, smiling.'],
    ['append', '1girl, solo', 'A girl stands there, smiling.', '1girl, solo. A girl stands there, smiling.'],
    ['append', 'It rains all day.', 'A girl stands there.', 'It rains all day. A girl stands there.'],
    ['append', '1girl, solo', '1girl, solo. A girl stands there.', '1girl, solo. A girl stands there.'],
    ['append', '1girl, solo', '1girl, solo\nA girl stands there.', '1girl, solo\nA girl stands there.'],
    ['append', '1girl, solo\nmy notes', 'A girl stands there.', '1girl, solo. A girl stands there.\nmy notes'],
    ['append', 'A girl stands there.', 'A girl stands there.', 'A girl stands there.'],
    ['prepend', '1girl, solo', 'A girl stands there, smiling.', 'A girl stands there, smiling. 1girl, solo'],
    ['append', '{"a": 1}', 'A girl stands there.', '{"a": 1}'],
  ];
  for (const [mode, text, output, expected] of modes) {
    it(`${mode}: ${JSON.stringify(text)} and ${JSON.stringify(output)}`, () => {
      assert.equal(written(text, output, mode, output.replace(/^1girl, solo[.\n]\s*/, '')), expected);
    });
  }

  it('takes the place of sentences of a captioner that nobody touched', () => {
    const history = new History().by(captioner, 'A girl stands there. She wears a red hat.');
    assert.equal(
      history.updated('A woman waits for a bus. It rains on her.'),
      'A woman waits for a bus. It rains on her.',
    );
  });

  it('keeps what a person added, corrected and wrote around them', () => {
    const history = new History()
      .by(captioner, 'A girl stands there. She wears a red hat.')
      .edited('A girl stands there. She wears a crimson hat. Her name is Mia.');
    assert.equal(
      history.updated('A woman waits for a bus.'),
      'A woman waits for a bus. She wears a crimson hat. Her name is Mia.',
    );
  });

  it('keeps what a tagger wrote, in front of it as it stood', () => {
    const history = new History()
      .by(tagger, '1girl, hand on own hip, solo')
      .by(captioner, '1girl, hand on own hip, solo. A girl stands there, smiling.');
    assert.equal(
      history.updated('1girl, hand on own hip, solo. A woman waits at home, bored.', 'A woman waits at home, bored.'),
      '1girl, hand on own hip, solo. A woman waits at home, bored.',
    );
    assert.equal(
      history.updated('A woman waits at home, bored.'),
      '1girl, hand on own hip, solo. A woman waits at home, bored.',
    );
  });

  it('never brings back a sentence that a person deleted', () => {
    const history = new History()
      .by(captioner, 'A girl stands there. She wears a red hat.')
      .edited('A girl stands there.');
    assert.deepEqual(history.deletedOrMoved(), ['She wears a red hat.']);
    assert.equal(
      history.updated('A girl stands there. She wears a red hat. The sky is blue.'),
      'A girl stands there. The sky is blue.',
    );
  });

  it('leaves the caption alone where all that comes was deleted by a person', () => {
    const history = new History()
      .by(captioner, 'A girl stands there. She wears a red hat.')
      .edited('A girl stands there.');
    assert.equal(history.updated('She wears a red hat.'), 'A girl stands there.');
  });

  it('puts a trigger in front of the tags that it names', () => {
    const history = new History().by(tagger, '1girl, solo');
    assert.equal(
      history.updated('ohwx, 1girl, solo. A girl stands there.', 'A girl stands there.'),
      'ohwx, 1girl, solo. A girl stands there.',
    );
  });

  it('keeps lines below the first, and a trainer’s separators', () => {
    const history = new History()
      .by(tagger, 'ohwx ||| 1girl, solo')
      .by(captioner, 'ohwx ||| 1girl, solo. A girl stands there.')
      .edited('ohwx ||| 1girl, solo. A girl stands there.\nmy notes');
    assert.equal(
      history.updated('A woman waits for a bus.'),
      'ohwx ||| 1girl, solo. A woman waits for a bus.\nmy notes',
    );
  });

  it('never loses what others wrote, whatever stands there, and is the same the second time', () => {
    const sentence = fc.constantFrom(
      'A girl stands there.',
      'She wears a hat, red and big.',
      'It rains (as always), but she smiles.',
      'Is that a cat?',
      'no capital and no stop',
    );
    const tag = fc.constantFrom('1girl', 'solo', 'hand on own hip', '(smile, hat:1.2)', ':)', 'dr. stone');
    const line = fc
      .tuple(fc.array(tag, { maxLength: 3 }), fc.array(sentence, { maxLength: 3 }))
      .map(([tags, sentences]) => [tags.join(', '), sentences.join(' ')].filter((one) => one !== '').join('. '));
    const modes = fc.constantFrom<WriteMode>('append', 'prepend', 'update');
    fc.assert(
      fc.property(line, line, modes, (text, output, mode) => {
        const result = written(text, output, mode);
        const left = captionParts(result).map((part) => part.text);
        for (const { text: part } of captionParts(text)) assert.ok(left.includes(part), `${part} in ${result}`);
        // Sentences alone: nobody can tell tags behind one from what stands beside them, nor what is no clear sentence.
        const isClear = /^[A-Z]/.test(output) && !/no capital|dr\./.test(`${text} ${output}`);
        if (isClear) assert.equal(written(result, output, mode), result);
      }),
      { numRuns: 2000 },
    );
  });
});
