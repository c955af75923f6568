import fc from 'fast-check';
import type { Beginning, Stroke } from './LinkKeys';

/** How many random sequences of keys a test plays: the soak asks for more. */
export function sequenceCount(usual: number): number {
  return Number(process.env.DATASET_CAPTIONS_LINK_SEQUENCES ?? usual);
}

/** Which random sequences: another seed finds others. */
export const seed = Number(process.env.DATASET_CAPTIONS_LINK_SEED ?? 20_261_128);

/** The keys that type a text. */
export function keysOf(text: string): string[] {
  return Array.from(text);
}

/** Pauses between keys: of fingers, of somebody who looks, and longer than a caption waits to be saved. */
const pauses = [0, 20, 20, 60, 60, 150, 400, 1200];

/** Long enough to see what a search or a preview has found: nobody acts on what is not there yet. */
const look = 2000;

const pause = fc.constantFrom(...pauses);

const key = fc.oneof(
  { weight: 10, arbitrary: fc.constantFrom('x', 'y', 'z', 'm', 'o') },
  { weight: 2, arbitrary: fc.constantFrom(',', ' ', 'Backspace') },
  { weight: 6, arbitrary: fc.constantFrom('ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown') },
  { weight: 3, arbitrary: fc.constantFrom('PageDown', 'PageUp', 'Home', 'End', 'Control+Home', 'Control+End') },
  { weight: 8, arbitrary: fc.constantFrom('F2', 'Enter', 'Escape') },
  { weight: 4, arbitrary: fc.constantFrom('Control+Enter', 'Control+Shift+Enter') },
  { weight: 6, arbitrary: fc.constantFrom('Control+z', 'Control+z', 'Control+y') },
  { weight: 3, arbitrary: fc.constantFrom('Control+c', 'Control+v') },
  { weight: 2, arbitrary: fc.constantFrom('Control+Alt+ArrowDown', 'Control+Alt+ArrowUp') },
  { weight: 2, arbitrary: fc.constantFrom('Shift+ArrowRight', 'Control+a', 'Tab', 'Shift+Tab') },
  { weight: 2, arbitrary: fc.constantFrom('Delete', 'Alt+ArrowRight') },
);

const oneKey = fc.record({ key, pause }).map((stroke): Stroke[] => [stroke]);

/** A text typed at the speed of fingers. */
function typed(text: string, speed: number): Stroke[] {
  return keysOf(text).map((letter) => ({ key: letter, pause: speed }));
}

const speed = fc.constantFrom(0, 20, 60, 180);

/** Ctrl+F and typing at once, and what ends it. */
const search = fc
  .tuple(speed, fc.constantFrom('mono', 'tag:umb', 'zzz'), fc.constantFrom('Enter', 'Escape', 'Tab'))
  .map(([each, text, end]): Stroke[] => [
    { key: 'Control+f', pause: each },
    ...typed(text, each),
    { key: end, pause: look },
    { key: 'Escape', pause: 60 },
    { key: 'Escape', pause: look },
  ]);

/** Ctrl+H and typing at once; applied when the preview has been looked at, or not at all. */
const bulkEdit = fc
  .tuple(speed, fc.constantFrom('q', 'qrs'), fc.constantFrom('Control+Enter', 'Escape'))
  .map(([each, text, end]): Stroke[] => [
    { key: 'Control+h', pause: each },
    ...typed(text, each),
    { key: 'Escape', pause: look },
    { key: end, pause: look },
  ]);

/** Edits one after another, each finished by a key, and the same number of undos. */
const edits = fc
  .tuple(fc.integer({ min: 1, max: 4 }), speed, fc.constantFrom('Control+Enter', 'Control+Shift+Enter'))
  .map(([count, each, next]): Stroke[] => [
    { key: 'F2', pause: each },
    ...Array.from({ length: count }, () => [...typed('w', each), { key: next, pause: each }]).flat(),
    { key: 'Escape', pause: each },
    ...Array.from({ length: count }, () => ({ key: 'Control+z', pause: each })),
  ]);

/** Of a paste into several captions a preview comes first, too: after a key that may have selected some, it is awaited. */
function lookAtPastes(strokes: Stroke[]): Stroke[] {
  const selected = strokes.findIndex(({ key: name }) => [' ', 'Shift+ArrowRight', 'Control+a'].includes(name));
  if (selected < 0) return strokes;
  return strokes.map((stroke, at) =>
    at > selected && stroke.key === 'Control+v' ? { ...stroke, pause: look } : stroke,
  );
}

/** What somebody may press, as chance wants it. */
export const keySequences: fc.Arbitrary<{ strokes: Stroke[]; beginning: Beginning }> = fc.record({
  strokes: fc
    .array(
      fc.oneof(
        { weight: 30, arbitrary: oneKey },
        { weight: 1, arbitrary: search },
        { weight: 1, arbitrary: bulkEdit },
        { weight: 1, arbitrary: edits },
      ),
      { minLength: 3, maxLength: 16 },
    )
    .map((parts) => lookAtPastes(parts.flat())),
  beginning: fc.record({ captionMode: fc.constantFrom('text' as const, 'text' as const, 'tags' as const) }),
});

/** A sequence as a test prints it and as {@link strokesOf} reads it: `F2 x/60 Escape/400`. */
export function printStrokes(strokes: readonly Stroke[]): string {
  return strokes
    .map(({ key: name, pause: after }) => `${name === ' ' ? 'Space' : name}${after > 0 ? `/${String(after)}` : ''}`)
    .join(' ');
}

/** Keys with blanks between them, each with its pause behind a slash if there is one. */
export function strokesOf(text: string): Stroke[] {
  return text.split(' ').map((part) => {
    const [, name = '', after = '0'] = /^(.+?)(?:\/(\d+))?$/.exec(part) ?? [];
    return { key: name, pause: Number(after) };
  });
}
