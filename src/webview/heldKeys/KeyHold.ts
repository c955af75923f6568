import type { TextField } from '../shared/CaretFinder';
import { HeldKeys } from './HeldKeys';
import { setHolding } from './holding';
import { focusedElement, isTextField, keyAgain } from './keyAgain';
import { insertAsTyped } from '../undo/editCommand';
import { historyKey } from '../undo/historyKey';
import { TypingRuns } from '../undo/TypingRuns';
import { textOfKey, typeKey } from './typeKey';

/** What is held: a key, or a text that was pasted. */
type Held = KeyboardEvent | ClipboardEvent;

/** What holds keys, and when. */
interface KeyHoldOwner {
  /** The field that has the focus; undefined for none. */
  field: () => TextField | undefined;
  /** Whether a key has no meaning before the answer that is on its way. */
  mustWait: (event: KeyboardEvent) => boolean;
  /** The answer did not come in time, or the focus left the field: from now on, no key has to wait for it. */
  giveUp: () => void;
}

/** A key waits for an answer at most this long, in milliseconds: the link may be gone. */
const patience = 2500;

/**
 * Holds keys of a field back until the answer is there that they need, such as an arrow key for a list that is on its
 * way, and everything typed behind them. Then each is dispatched to the field as if it were pressed only now; what the
 * browser would have done with it is done in its place.
 */
export class KeyHold {
  private readonly keys = new HeldKeys<Held>((event) => event instanceof KeyboardEvent && this.owner.mustWait(event));
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isListening = false;
  /** whether keys are being applied, which may move the focus to where those behind them belong */
  private isApplying = false;
  /** the event that is being dispatched again */
  private again: Event | undefined;

  constructor(private readonly owner: KeyHoldOwner) {}

  /** The keys that wait, the oldest first. */
  get waiting(): readonly Event[] {
    return this.keys.waiting;
  }

  /** Whether the text that comes into the field now was pasted while keys waited: it comes as if it were typed. */
  get isPasting(): boolean {
    return this.again instanceof ClipboardEvent;
  }

  /** Whether a key of the field waits now; if so, nobody else gets it. To be called before anything else is done. */
  holds(event: KeyboardEvent): boolean {
    if (event === this.again || event.isComposing || isModifier(event.key)) return false;
    // Its text comes with the event that follows.
    if (this.waiting.length > 0 && isPaste(event)) return false;
    if (!this.keys.take(event)) return false;
    swallow(event);
    if (this.timer === undefined) this.waitOn();
    return true;
  }

  /** The answer is there: applies the keys that waited for it, up to one that has to wait again. */
  release(): void {
    // A key that is applied may end what others wait for.
    if (this.isApplying) return;
    this.isApplying = true;
    for (let event = this.keys.next(); event !== undefined; event = this.keys.next()) {
      this.apply(event);
      if (this.waiting.length === 0 || isText(event)) continue;
      // It may move the focus, which happens after this turn; those behind it are for the new place.
      setTimeout(() => {
        this.isApplying = false;
        this.release();
      });
      return;
    }
    this.isApplying = false;
    this.waitOn();
  }

  /** Forgets the keys that wait. */
  forget(): void {
    this.keys.drop();
    this.release();
  }

  /**
   * The focus leaves the field before the answer came: what was typed into it is not lost, and undo, redo and
   * saving are for where the focus goes. Keys that would have chosen are forgotten.
   */
  leave(field: TextField): void {
    // It was one of the keys that moved the focus: the others follow it.
    if (this.isApplying) return;
    const keys = this.keys.drop();
    const text = keys.map(textOf).join('');
    this.release();
    const commands = keys.filter((held) => held instanceof KeyboardEvent && historyKey(held) !== undefined);
    // The focus is nowhere yet.
    if (commands.length > 0) {
      setTimeout(() => {
        for (const command of commands) this.apply(command);
      });
    }
    if (text === '' || field.readOnly) return;
    field.setRangeText(text, field.selectionStart ?? 0, field.selectionEnd ?? 0, 'end');
    field.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true, inputType: 'insertText' }));
  }

  /** Waits for the next answer if a key still needs one. */
  private waitOn(): void {
    const isWaiting = this.waiting.length > 0;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.listen(isWaiting);
    if (!isWaiting) return;
    this.timer = setTimeout(() => {
      this.owner.giveUp();
      this.release();
    }, patience);
  }

  private apply(held: Held): void {
    const target = focusedElement();
    if (held instanceof ClipboardEvent) {
      this.dispatch(target, copyOf(held), () => {
        if (isTextField(target)) pasteInto(target, textOf(held));
      });
      return;
    }
    const event = keyAgain(held);
    this.dispatch(target, event, () => {
      if (isTextField(target)) typeKey(target, event);
    });
  }

  private dispatch(target: Element, event: Event, byDefault: () => void): void {
    this.again = event;
    if (target.dispatchEvent(event)) byDefault();
    this.again = undefined;
  }

  /** While keys wait, those behind them must not go elsewhere either. */
  private listen(on: boolean): void {
    if (on === this.isListening) return;
    this.isListening = on;
    setHolding(this, on);
    if (on) {
      window.addEventListener('keydown', this.onLaterKey, { capture: true });
      window.addEventListener('paste', this.onPaste, { capture: true });
    } else {
      window.removeEventListener('keydown', this.onLaterKey, { capture: true });
      window.removeEventListener('paste', this.onPaste, { capture: true });
    }
  }

  private readonly onLaterKey = (event: KeyboardEvent): void => {
    if (this.isApplying) this.holds(event);
  };

  private readonly onPaste = (event: ClipboardEvent): void => {
    if (event === this.again || (!this.isApplying && event.composedPath()[0] !== this.owner.field())) return;
    if (this.keys.take(copyOf(event))) swallow(event);
  };
}

/** Pastes a text as the browser does: one undo takes back just that, whatever was typed before and after it. */
function pasteInto(field: TextField, text: string): void {
  const { selectionStart, selectionEnd } = field;
  if (selectionStart === null || selectionEnd === null) insertAsTyped(text);
  else if (text !== '') TypingRuns.of(field).replace(selectionStart, selectionEnd, text);
}

/** The data of an event is gone after it. */
function copyOf(event: ClipboardEvent): ClipboardEvent {
  const clipboardData = new DataTransfer();
  clipboardData.setData('text/plain', event.clipboardData?.getData('text/plain') ?? '');
  return new ClipboardEvent('paste', { clipboardData, bubbles: true, composed: true, cancelable: true });
}

/** Whether a key or a paste only adds to the text. */
function isText(held: Held): boolean {
  return held instanceof ClipboardEvent || textOfKey(held) !== undefined;
}

function textOf(held: Held): string {
  return held instanceof ClipboardEvent ? (held.clipboardData?.getData('text/plain') ?? '') : (textOfKey(held) ?? '');
}

function isModifier(key: string): boolean {
  return ['Control', 'Shift', 'Alt', 'Meta', 'AltGraph', 'CapsLock', 'Dead', 'Process'].includes(key);
}

function isPaste({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  return (ctrlKey || metaKey) && !altKey && key.toLowerCase() === 'v';
}

function swallow(event: Event): void {
  event.preventDefault();
  event.stopImmediatePropagation();
}
