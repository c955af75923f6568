import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import fc from 'fast-check';
import { captionChange } from '../../../src/records/captionChange';
import { keptText, textOfKept } from '../../../src/records/captionTexts';
import { textHash, type Author } from '../../../src/records/recordEntry';
import { recordFiles } from '../../../src/records/recordFolder';
import { RecordHistory } from '../../../src/records/RecordHistory';
import { RecordWriter } from '../../../src/records/RecordWriter';
import { testFolder } from '../shared/testFolder';
import { RecordedCaption, tagger } from './writeEntries';
import { captionStates } from '../../../src/records/captionStates';

const hand: Author = { by: 'hand' };

describe('The states of a caption', () => {
  const root = testFolder();

  /** Records that a caption held these texts one after the other. @returns the states that are read again */
  async function statesOf(texts: readonly string[], writers = 1): Promise<(string | undefined)[]> {
    const all = Array.from({ length: writers }, () => new RecordWriter(root(), undefined, clock()));
    for (const [index, after] of texts.slice(1).entries()) {
      const writer = all[index % writers];
      const change = captionChange(texts[index] ?? '', after, 'all');
      const finish = await writer?.write({ kind: 'written', caption: 'a.txt', author: hand, ...change });
      finish?.();
    }
    for (const writer of all) await writer.close();
    const history = await RecordHistory.read(root());
    return history.statesOf('a.txt', texts.at(-1)).map(({ text }) => text);
  }

  it('have the text that each held, to the letter, whatever divides its tags', async () => {
    const texts = [
      'hat,cat ;dog,,  bird',
      'hat, cat, dog',
      'dog, hat, cat',
      'A girl stands on a hill. She smiles at us., 1girl, hat',
      'A girl stands on a hill. She smiles at us.',
      '1girl ||| hat\nsecond line, \n\nthird',
      '  1girl\t, hat ,\u3000',
      `{"caption": "${'long '.repeat(200)}"}`,
      `{"caption": "${'long '.repeat(200)} and short"}`,
      '🎩, \ud83c odd, ねこ、犬',
    ];
    assert.deepEqual(await statesOf(texts), texts);
  });

  it('are given back of any texts, by one writer or two', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc
        .array(fc.constantFrom('hat', 'cat', 'A girl stands on it.', ', ', ',', '\n', ' ', '|||', '(', ')'))
        .map((all) => all.join('')),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(text, { minLength: 2, maxLength: 6 }),
        fc.integer({ min: 1, max: 2 }),
        async (given, count) => {
          const folder = root();
          for (const file of await recordFiles(folder)) await rm(file);
          const states = given
            .map((one) => one.replaceAll('\r', ''))
            .map((one) => (one.trim() === '' ? '' : one))
            .filter((one, index, all) => index === 0 || textHash(one) !== textHash(all[index - 1] ?? ''));
          if (states.length < 2) return;
          // A caption that began empty has no state before its first.
          assert.deepEqual(await statesOf(states, count), states[0] === '' ? states.slice(1) : states);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('say when each came and who made it so; of what no record explains only that it stood there', () => {
    const caption = new RecordedCaption('mine')
      .write('mine, hat', tagger, { tags: ['hat'] })
      .hand('mine, hat, edited')
      .write('mine', tagger, { kind: 'undone' })
      .write('lost', tagger, { crashed: true })
      .write('', hand);
    const said = captionStates(caption.entries, 'new').map(
      ({ text, kind, when, author }) => `${text ?? '?'} | ${kind} | ${when ?? '-'} | ${author?.by ?? '-'}`,
    );
    assert.deepEqual(said, [
      'mine | found | - | -',
      'mine, hat | written | 1000 | tagger',
      'mine, hat, edited | found | - | -',
      'mine | undone | 2000 | tagger',
      ' | written | 4000 | hand',
      'new | found | - | -',
    ]);
  });

  it('keep a long text once: what is typed into it after that is kept as a difference', async () => {
    const json = (words: string): string => `{"caption": "${'Long words. '.repeat(300)}${words}"}`;
    const texts = Array.from({ length: 40 }, (_, index) => json('typed'.repeat(index)));
    assert.deepEqual(await statesOf(texts), texts);
    const [file = ''] = await recordFiles(root());
    const bytes = (await readFile(file)).length;
    assert.ok(bytes < 2 * (texts[0]?.length ?? 0) + 40 * 350, `${bytes} bytes`);
  });

  it('keep no text of captions with usual separators, also where tags went and came', () => {
    for (const [before, after] of [
      ['1girl, hat', '1girl, cat, hat'],
      ['1girl, hat', ''],
      ['', 'A girl stands there. She smiles at us.'],
      ['A girl stands there. She smiles at us., hat', 'A girl stands there. She smiles at us.'],
      ['1girl,hat,cat', '1girl,cat'],
    ] as const) {
      const { textBefore, textAfter } = captionChange(before, after, 'all');
      assert.deepEqual([textBefore, textAfter], [undefined, undefined], before);
    }
  });

  it('are as they were where only a difference was kept, and unknown where that is of another text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (before, after) => {
        assert.equal(textOfKept(before, keptText(before, after), textHash(after)), after);
      }),
    );
    const kept = keptText('a long caption of many words', 'a long caption of many more words');
    assert.equal(textOfKept('something else', kept, textHash('a long caption of many more words')), undefined);
  });
});

/** A clock on which a millisecond passes with each look. */
let tick = 0;
function clock(): () => number {
  return () => ++tick;
}
