import { insertAsTyped, runEditCommand } from '../shared/TypingRuns';
import { setHolding } from '../heldKeys/holding';
import { waitingKey } from './waitingKey';

/**
 * Keys that are pressed in a part of the page while it is not known where the key before them leads. They wait, in
 * order, and act when that is known, on what has the focus then.
 */
export class WaitingKeys {
  /** Whether keys wait now. */
  isWaiting = false;
  private keys: KeyboardEvent[] = [];
  private ready: Promise<boolean> = Promise.resolve(true);

  /**
   * @param place what the keys are pressed in; a key or a click elsewhere, or a click in it, ends the waiting
   * @param refused called when a key was refused
   */
  constructor(
    private readonly place: HTMLElement,
    private readonly refused: () => void,
  ) {}

  /**
   * From now on, keys wait.
   * @param ready resolves when it is known where the key before them leads, and the focus is on its way there; with
   *   false, the keys that wait are dropped
   */
  wait(ready: Promise<boolean>): void {
    this.ready = ready;
    if (this.isWaiting) return;
    this.isWaiting = true;
    setHolding(this, true);
    window.addEventListener('keydown', this.onKeydown, true);
    window.addEventListener('pointerdown', this.stop, true);
    window.addEventListener('blur', this.stop);
    void this.pressAll();
  }

  /** The keys that wait do nothing any more. */
  private readonly stop = (): void => {
    this.isWaiting = false;
    setHolding(this, false);
    this.keys = [];
    window.removeEventListener('keydown', this.onKeydown, true);
    window.removeEventListener('pointerdown', this.stop, true);
    window.removeEventListener('blur', this.stop);
  };

  private async pressAll(): Promise<void> {
    while (this.isWaiting) {
      // One of the keys that were pressed may itself have to wait, and then has put another promise there.
      const isReady = await this.ready;
      if (!isReady) break;
      // Each key moves the focus before the next one acts.
      await new Promise((resolve) => setTimeout(resolve));
      const event = this.keys.shift();
      if (event === undefined) break;
      press(event);
    }
    this.stop();
  }

  private readonly onKeydown = (event: KeyboardEvent): void => {
    // Those that are pressed again by this class are not the user's.
    if (!event.isTrusted) return;
    if (!event.composedPath().includes(this.place)) {
      this.stop();
      return;
    }
    const what = waitingKey(event);
    if (what === 'pass') return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (what === 'wait') this.keys.push(event);
    else this.refused();
  };
}

/** Presses a key again: the page's own listeners act on it, and a field takes it as typing. */
function press(event: KeyboardEvent): void {
  const target = focusedElement();
  const { key, code, ctrlKey, metaKey, shiftKey, altKey } = event;
  const options = { key, code, ctrlKey, metaKey, shiftKey, altKey, bubbles: true, composed: true, cancelable: true };
  if (!target.dispatchEvent(new KeyboardEvent('keydown', options))) return;
  const now = focusedElement();
  if (!(now instanceof HTMLTextAreaElement || now instanceof HTMLInputElement)) return;
  if (key.length === 1 && !ctrlKey && !metaKey) insertAsTyped(key);
  else if (key === 'Enter' && now instanceof HTMLTextAreaElement) insertAsTyped('\n');
  else if (key === 'Backspace') runEditCommand('delete');
}

/** The element with the focus, in whichever shadow root it is. */
function focusedElement(): Element {
  let focused: Element = document.activeElement ?? document.body;
  while (focused.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
  return focused;
}
