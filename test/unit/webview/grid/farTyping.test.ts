import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FarPage } from './FarPage';

const count = 400;
const names = Array.from({ length: count }, (_, index) => `i${index}`);

/** What happens: keys, messages that arrive, and changes of the list of images. */
type Step =
  | { kind: 'move'; by: number }
  | { kind: 'type' }
  | { kind: 'deliver'; to: 'host' | 'page' }
  | { kind: 'add' | 'remove'; at: number }
  | { kind: 'reverse' };

const keys: fc.Arbitrary<Step>[] = [
  fc.record({
    kind: fc.constant('move' as const),
    by: fc.oneof(fc.constantFrom(1, -1), fc.constantFrom(Infinity, -Infinity), fc.integer({ min: -60, max: 60 })),
  }),
  fc.constant<Step>({ kind: 'type' }),
  fc.constant<Step>({ kind: 'type' }),
  fc.record({ kind: fc.constant('deliver' as const), to: fc.constantFrom('host' as const, 'page' as const) }),
  fc.record({ kind: fc.constant('deliver' as const), to: fc.constantFrom('host' as const, 'page' as const) }),
];
const added = fc.record({ kind: fc.constant('add' as const), at: fc.nat(count) });
const removed = fc.record({ kind: fc.constant('remove' as const), at: fc.nat(count) });
const reversed = fc.constant<Step>({ kind: 'reverse' });

describe('Typing at the end of a long line', () => {
  /** The host's list of images changes. */
  const change = (page: FarPage, step: Step, number: number): void => {
    const images = [...page.host.images];
    if (step.kind === 'add') images.splice(step.at, 0, `new${number}`);
    else if (step.kind === 'remove') images.splice(step.at % images.length, 1);
    else images.reverse();
    page.host.become(images);
    page.snapshot();
  };
  /** The letters that each image has, in captions and in what was shown as lost. */
  const lettersOf = (page: FarPage): Map<string, string> => {
    const letters = new Map(page.texts);
    for (const { path, text } of page.lost) letters.set(path ?? '', (letters.get(path ?? '') ?? '') + text);
    return letters;
  };
  const sorted = (letters: ReadonlyMap<string, string>): [string, string][] => [...letters].sort();

  it('in the viewer goes to the image that was shown when it was typed, whatever arrives when', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(...keys, added, removed, reversed), { maxLength: 60 }), async (steps) => {
        const page = new FarPage(names);
        await page.arrive();
        page.viewer.open(0, names[0]);
        page.items.usesChanged();
        /** the image that the user went to: what stood at the position when the key was pressed */
        let current = names[0] ?? '';
        const expected = new Map<string, string>();
        for (const [number, step] of steps.entries()) {
          const letter = String.fromCharCode(97 + (number % 26));
          if (step.kind === 'move') {
            const { order } = page.items;
            if (page.viewer.move(step.by)) {
              current = page.host.former.get(order)?.[page.viewer.index] ?? '';
              page.items.usesChanged();
            }
          } else if (step.kind === 'type') {
            // The card of an image that went from the list before it came cannot be typed into.
            if (page.viewer.item !== undefined || page.viewer.isPlaced) {
              expected.set(current, (expected.get(current) ?? '') + letter);
            }
            page.typeInViewer(letter);
          } else if (step.kind === 'deliver') page.host.deliver(step.to);
          else change(page, step, number);
          await page.settle();
          if (page.viewer.item !== undefined) assert.equal(page.viewer.item.path, current);
        }
        await page.arrive();
        assert.deepEqual(sorted(lettersOf(page)), sorted(expected));
        assert.deepEqual(page.held.places(), [], 'nothing waits for ever');
      }),
      { numRuns: 400 },
    );
  });

  it('in the grid goes to the image that was active when it was typed, whatever comes or moves meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(...keys, added, reversed), { maxLength: 60 }), async (steps) => {
        const page = new FarPage(names);
        await page.arrive();
        page.grid.moveTo(0, 'caption');
        let current = names[0] ?? '';
        const expected = new Map<string, string>();
        for (const [number, step] of steps.entries()) {
          const letter = String.fromCharCode(97 + (number % 26));
          if (step.kind === 'move') {
            const { count: shown, order } = page.items;
            const index = Math.max(0, Math.min(shown - 1, page.grid.active + step.by));
            page.grid.moveTo(index, 'caption');
            current = page.host.former.get(order)?.[index] ?? '';
          } else if (step.kind === 'type') {
            page.typeInGrid(letter);
            expected.set(current, (expected.get(current) ?? '') + letter);
          } else if (step.kind === 'deliver') page.host.deliver(step.to);
          else change(page, step, number);
          await page.settle();
          if (page.grid.activePath !== undefined) assert.equal(page.grid.activePath, current);
        }
        await page.arrive();
        assert.equal(page.grid.activePath, current);
        assert.deepEqual(sorted(lettersOf(page)), sorted(expected));
        assert.deepEqual(page.lost, []);
      }),
      { numRuns: 400 },
    );
  });
});
