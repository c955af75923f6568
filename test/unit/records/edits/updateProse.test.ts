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

  const pier = 'This image, taken at 5 p.m., shows a pier';
  const fountain = 'Woman in red dress, standing, smiling, in front of a fountain';

  for (const mode of ['update', 'append', 'prepend'] as const) {
    it(`${mode}: keeps an answer without a full stop whole, and adds it once`, () => {
      for (const text of ['my own words here', 'A black and white photograph, grainy.', '1girl, solo', pier]) {
        for (const answer of [pier, fountain, 'a cat, resting', 'A red barn']) {
          const once = written(text, answer, mode);
          assert.equal(once.split(answer).length, 2, once);
          assert.ok(once.includes(text), once);
          assert.equal(written(once, answer, mode), once);
        }
      }
    });

    it(`${mode}: does not weave a sentence into tags by hand that it has words of, too`, () => {
      const text = written('1girl, smiling, solo', fountain, mode);
      assert.ok(text.includes(fountain) && text.includes('1girl, smiling, solo'), text);
    });

    it(`${mode}: writes no sentence that the caption has, also where short ones count as one`, () => {
      const text = written('A red barn. The sky is blue.', 'The sky is blue. A white barn.', mode);
      assert.equal(text.split('The sky is blue.').length, 2, text);
      assert.ok(text.includes('A red barn. The sky is blue.') && text.includes('A white barn.'), text);
    });

    it(`${mode}: writes no tag of a template again, and moves nothing of other lines`, () => {
      const answer = 'no full stop here, "quoted"';
      const text = '1girl, by hand\n\nthird line by hand';
      const result = written(text, `1girl, by hand. ${answer}`, mode, answer, ['1girl', 'by hand']);
      const [first = '', ...others] = result.split('\n');
      assert.deepEqual(others, ['', 'third line by hand']);
      assert.ok(first.includes('1girl, by hand') && first.includes(answer), first);
      assert.equal(first.split('by hand').length, 2, first);
    });
  }

  it('keeps what a person wrote behind a sentence on its line, where a template has two', () => {
    assert.equal(
      written('1girl, solo. A girl waves at us.', '1girl, solo\nShe runs.', 'append', 'She runs.', ['1girl', 'solo']),
      '1girl, solo. A girl waves at us.\nShe runs.',
    );
  });

  it('has prose on the one line of the template where a full stop ends the tags', () => {
    const output = '1girl, hatsune miku, smile. Line one. Line two, with tags.';
    const tags = ['1girl', 'hatsune miku', 'smile.'];
    assert.equal(
      written('1girl, hatsune miku, smile.', output, 'append', 'Line one. Line two, with tags.', tags),
      output,
    );
  });

  it('replaces an answer without a full stop as a whole', () => {
    const history = new History().by(captioner, pier);
    assert.equal(history.updated('A girl waits for a bus'), 'A girl waits for a bus');
    assert.equal(new History().by(captioner, pier).updated(pier), pier);
  });

  it('keeps what a person corrected in an answer without a full stop, with the rest of that sentence', () => {
    for (const corrected of [pier.replace('5', '6'), pier.replace('This', 'That'), pier.replace('pier', 'boat')]) {
      const text = new History().by(captioner, pier).edited(corrected).updated('A girl waits for a bus.');
      assert.ok(text.includes(corrected), text);
    }
  });

  it('does not bring a part back that a person deleted from an answer without a full stop', () => {
    const edited = 'This image, shows a pier';
    assert.equal(new History().by(captioner, pier).edited(edited).updated(pier), edited);
  });

  it('never brings back a long sentence, nor a short one that stood beside it, which a person deleted', () => {
    const long = `A girl ${'very '.repeat(120)}tall stands in a field.`;
    const history = new History().by(captioner, `${long} Short one. Another one is here.`);
    history.edited('Another one is here.');
    assert.equal(history.updated(`${long} Short one. Another one is here.`), 'Another one is here.');
    assert.equal(history.updated(`${long} It rains on her.`).includes(long), false);
  });

  it('replaces tags of a captioner one by one, as a tagger’s', () => {
    const history = new History().by(captioner, '1girl, solo, hat').edited('1girl, hat, mine');
    assert.equal(history.updated('1girl, solo, dress'), '1girl, dress, mine');
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
