import assert from 'node:assert/strict';
import fc from 'fast-check';
import { linkCaptions } from './link/linkCaptions';
import { keySequences, printStrokes, seed, sequenceCount, strokesOf } from './link/keySequences';
import { useLinkedPage } from './link/LinkedPage';
import { type Beginning, LinkKeys, type Stroke } from './link/LinkKeys';
import type { LinkState } from './link/page/linkPage';

/** How many random sequences; `npm run soak -- link` takes 2,000. */
const sequences = sequenceCount(25);
/** How many of them are left out at the beginning: a run that was cut off goes on from there. */
const leftOut = Number(process.env.DATASET_CAPTIONS_LINK_FROM ?? 0);
/** One way, in milliseconds, beside none. */
const delays = (process.env.DATASET_CAPTIONS_LINK_DELAYS ?? '150')
  .split(',')
  .map(Number)
  .filter((delay) => delay > 0);

/** The same images with captions in sentences, some of them behind tags. */
const inSentences = Object.fromEntries(
  Object.entries(linkCaptions).map(([image, tags], at): [string, string] => {
    const prose = `An animal, small and brown, stands before a wall. Number ${String(at)} hangs there.`;
    return [image, at % 3 === 0 ? prose : at % 3 === 1 ? `${tags}. ${prose}` : tags];
  }),
);

/** Sequences that went wrong once, with how captions are shown. */
const known: readonly [string, Beginning['captionMode'], string][] = [
  ['letters after Ctrl+F stay out of the caption', 'text', 'F2/60 x/60 Control+f/60 m/60 o/60 n/60 o/60'],
  ['letters after Ctrl+F make no tag', 'tags', 'F2/60 ArrowLeft/60 Control+f/60 m/60 o/60 n/60 o/60'],
  ['letters after Ctrl+H stay out of the caption', 'text', 'F2/60 x/60 Control+h/60 q/60 r/60 Escape'],
  ['an undo right after an edit takes this edit back', 'text', 'F2 x Escape/2000 ArrowRight F2 y Escape/60 Control+z'],
  ['as many undos as edits take all of them back', 'text', strings(6, 'F2 w Control+Enter/20', 'Escape Control+z/40')],
  ['keys after Enter belong to the viewer', 'text', 'Enter/20 PageDown/20 PageDown/20 F2/20 x/20 y/20'],
  [
    'keys after Ctrl+Enter belong to the next image',
    'text',
    'Enter/400 F2/40 Control+Enter/40 Control+Enter/40 x/20 y/20',
  ],
  [
    'letters after the key for the next folder belong to its first image',
    'text',
    'Control+Alt+ArrowDown/60 F2/60 x/20 y',
  ],
  [
    'the key for the next folder twice goes two folders',
    'text',
    'Control+Alt+ArrowDown/60 Control+Alt+ArrowDown/60 F2 x',
  ],
  ['typing goes on from what was pasted', 'text', 'ArrowRight/20 Control+c/2000 ArrowLeft/20 Control+v/200 F2 x/20 y'],
  ['typing after an undo goes on from what it leaves', 'text', 'F2 x/2000 Control+z/200 y/20 z'],
  ...[400, 600, 650].map((pause): [string, Beginning['captionMode'], string] => [
    `a preview of what stood in the form before is not applied (${String(pause)} ms)`,
    'text',
    `Control+h/2000 z/60 e/60 b/${String(pause)} r/60 a${' Control+Enter/100'.repeat(20)}`,
  ]),
  ['one undo takes back all that was typed into the search field', 'text', 'Control+f/60 c/60 a/300 t/1000 Control+z'],
  [
    'an undo too many changes nothing, and typing goes on from what the redo brings back',
    'text',
    'F2 x Escape/2000 Control+z/20 Control+z/20 Control+y/20 F2 y/20 z',
  ],
  [
    'one undo takes back what was pasted, not what was typed before it',
    'text',
    'Control+f x Escape/20 Control+v Control+z',
  ],
  [
    'letters after the search without a tag make no tag of the card that it hides',
    'tags',
    'F2/200 ArrowLeft/200 Alt+Shift+Enter/20 x/20 y/20 z',
  ],
  [
    'the image that is edited after a search for a tag is one that it finds',
    'tags',
    'F2/200 ArrowLeft/200 ArrowLeft/200 Alt+Enter/20 Escape/20 ArrowRight/20 F2/20 x/20 y',
  ],
  ...['Escape/20 Escape/20 F2/20', 'PageDown/20', 'Control+Enter/20', 'Escape/20 PageDown/20 PageDown/20 F2/20'].map(
    (keys): [string, Beginning['captionMode'], string] => [
      `after a search from the viewer, an image that it finds is edited (${keys})`,
      'tags',
      `Enter/400 F2/200 ArrowLeft/200 Alt+Shift+Enter/20 ${keys} x/20 y`,
    ],
  ),
  [
    'Shift+Tab after a search for a tag leads out of the grid, past what is hidden',
    'tags',
    'F2/200 ArrowLeft/200 Alt+Enter/20 Shift+Tab/20 Shift+Tab/20 Shift+Tab/20 Space',
  ],
  [
    'the key for a folder that there is none of leaves the focus where it is',
    'tags',
    'F2/200 ArrowLeft/200 Alt+Enter/20 Alt+Enter/20 Control+Alt+ArrowUp/20 x/20 y',
  ],
  [
    'Escape in the dialog closes it, also while suggestions are on their way',
    'text',
    'Control+h/180 q/180 Escape/2000 Control+Enter/2000 Delete Control+Enter Control+Alt+ArrowDown',
  ],
  [
    'Escape leaves the search field at the same time, whatever was suggested meanwhile',
    'text',
    'Backspace Delete Control+h/60 q/60 Escape/2000 Control+Enter/2000 Control+f t a g : u m b Tab/2000 Escape/60 Escape/2000 Escape/20',
  ],
  ['chips that were deleted come back', 'tags', 'F2/20 ArrowLeft/20 Delete/150 Delete/150 Control+z/150 Control+z/150'],
];

function strings(count: number, edit: string, undo: string): string {
  const [, ...rest] = edit.split(' ');
  const [end = '', ...undos] = undo.split(' ');
  return [
    'F2',
    ...Array.from({ length: count }, () => rest).flat(),
    end,
    ...Array.from({ length: count }, () => undos).flat(),
  ].join(' ');
}

describe('the same keys over a nearer and a farther link', function () {
  this.timeout(60_000);
  const keys = new LinkKeys(useLinkedPage());

  /** Plays keys at each delay; how things stand must be as it is without one. */
  const sameEverywhere = async (strokes: readonly Stroke[], beginning: Beginning): Promise<void> => {
    const near = await keys.play(strokes, 0, beginning);
    assert.deepEqual(near.complaints, [], 'complaints without a delay');
    for (const delay of delays) {
      const far: LinkState = await keys.play(strokes, delay, beginning);
      assert.deepEqual(far, near, `${printStrokes(strokes)} over ${String(delay)} ms, ${beginning.captionMode}`);
    }
  };

  for (const [title, captionMode, text] of known) {
    it(title, () => sameEverywhere(strokesOf(text), { captionMode }));
  }

  const ends = 'captions, selection, search and focus end the same';
  for (const [title, captions] of [
    [`whatever they are, ${ends}`, undefined],
    [`whatever they are, where captions are sentences and tags before sentences, ${ends}`, inSentences],
  ] as const) {
    it(title, async function () {
      this.timeout(120_000 + sequences * 10_000);
      this.retries(0);
      let played = 0;
      await fc.assert(
        fc.asyncProperty(keySequences, async ({ strokes, beginning }) => {
          if (++played <= leftOut) return;
          const { captionMode } = beginning;
          await sameEverywhere(strokes, captions === undefined ? beginning : { captionMode, captions });
        }),
        {
          numRuns: sequences,
          seed,
          reporter: ({ failed, counterexample, errorInstance, numRuns, numShrinks, seed: used }) => {
            if (!failed || counterexample === null) return;
            const [{ strokes, beginning }] = counterexample;
            throw new Error(
              `After ${String(numRuns)} sequences (seed ${String(used)}, ${String(numShrinks)} times shorter): ` +
                `'${printStrokes(strokes)}', ${beginning.captionMode}`,
              { cause: errorInstance },
            );
          },
        },
      );
      console.log(`      ${String(played)} sequences`);
    });
  }
});
