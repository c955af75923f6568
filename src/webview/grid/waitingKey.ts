import { gridAction, type Keys } from './gridKeys';

/** Keys that would act on what is left or has yet to be reached: they are refused while keys wait. */
const refusedKeys = new Set(['c', 'x', 'v', 'z', 'y']);
/** Ctrl+F and Ctrl+H come after the keys before them. */
const pageKeys = new Set(['f', 'h']);
const modifiers = new Set(['Shift', 'Control', 'Alt', 'AltGraph', 'Meta', 'CapsLock']);

/** What to do with a key that is pressed while keys wait. */
export type WaitingKey = 'wait' | 'refuse' | 'pass';

/** Whether a key waits with those before it, is refused, or is none of the grid's. */
export function waitingKey(event: Keys): WaitingKey {
  const { key } = event;
  if (modifiers.has(key)) return 'pass';
  if (
    !(event.ctrlKey || event.metaKey) ||
    key === 'Enter' ||
    pageKeys.has(key.toLowerCase()) ||
    gridAction(event) !== undefined
  )
    return 'wait';
  return refusedKeys.has(key.toLowerCase()) ? 'refuse' : 'pass';
}
