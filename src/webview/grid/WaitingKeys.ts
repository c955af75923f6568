import { setHolding } from '../heldKeys/holding';
import { focusedElement, isTextField, keyAgain } from '../heldKeys/keyAgain';
import { tabStopAfter } from '../heldKeys/tabStops';
import { typeKey } from '../heldKeys/typeKey';
import { pressedKey } from '../shared/pressedKey';
import { refused } from '../shared/refused';
import { waitingKey } from './waitingKey';

/** Goes where the key before those that wait leads. Returns false if it leads nowhere: they are dropped. */
type Arrive = () => boolean;

/** What the user is told of keys that wait. */
export interface WaitingWords {
  /** of a key that is refused meanwhile */
  refused: string;
  /** of keys that waited and were dropped because the user did something else, or they led out of the page */
  dropped: string;
}

/**
 * Keys that are pressed in a part of the page while it is not known where the key before them leads. They wait, in
 * order, and act when that is known, on what has the focus then.
 */
export class WaitingKeys {
  private keys: KeyboardEvent[] = [];
  /** those that wait now are of this turn; undefined while none wait */
  private turn: object | undefined;
  private words: WaitingWords = { refused: '', dropped: '' };
  private place: HTMLElement | undefined;
  private ready: Promise<Arrive> | undefined;
  /** whether keys are being pressed again, which may move the focus to where those behind them belong */
  private isPressing = false;

  /**
   * From now on, keys wait.
   * @param place what they are pressed in; a key or a click elsewhere, or a click in it, ends the waiting
   * @param ready resolves when it is known where the key before them leads; what it resolves with is called unless the
   *   user did something else meanwhile
   */
  wait(place: HTMLElement, ready: Promise<Arrive>, words: WaitingWords): void {
    this.ready = ready;
    this.words = words;
    if (this.turn !== undefined) return;
    this.turn = {};
    this.place = place;
    setHolding(this, true);
    window.addEventListener('keydown', this.onKeydown, true);
    window.addEventListener('pointerdown', this.drop, true);
    window.addEventListener('blur', this.drop);
    void this.pressAll(this.turn);
  }

  /** The keys that wait do nothing any more. */
  private stop(): void {
    this.turn = this.ready = undefined;
    this.isPressing = false;
    setHolding(this, false);
    this.keys = [];
    window.removeEventListener('keydown', this.onKeydown, true);
    window.removeEventListener('pointerdown', this.drop, true);
    window.removeEventListener('blur', this.drop);
  }

  private readonly drop = (): void => {
    const areSome = this.keys.length > 0;
    this.stop();
    if (areSome) refused(this.words.dropped);
  };

  private async pressAll(turn: object): Promise<void> {
    for (;;) {
      // One of the keys that were pressed may itself have to wait, and then has put another promise there.
      const arrive = await this.ready;
      if (this.turn !== turn) return;
      this.ready = undefined;
      if (arrive?.() === false) break;
      // Each key moves the focus before the next one acts.
      await new Promise((resolve) => setTimeout(resolve));
      if (this.turn !== turn) return;
      const event = this.keys.shift();
      if (event === undefined) break;
      this.isPressing = true;
      if (press(event)) continue;
      this.stop();
      refused(this.words.dropped);
      return;
    }
    this.stop();
  }

  private readonly onKeydown = (event: KeyboardEvent): void => {
    // Those that are pressed again by this class are not the user's.
    if (!event.isTrusted) return;
    if (!this.isPressing && this.place !== undefined && !event.composedPath().includes(this.place)) {
      this.drop();
      return;
    }
    const what = waitingKey(pressedKey(event));
    if (what === 'pass') return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (what === 'wait') this.keys.push(event);
    else refused(this.words.refused);
  };
}

/**
 * Presses a key again: the page's own listeners act on it, and what the browser would have done is done in its place.
 * @returns false if the key leads out of the page, where nothing can be pressed
 */
function press(event: KeyboardEvent): boolean {
  const { key, shiftKey, ctrlKey, metaKey } = event;
  if (!focusedElement().dispatchEvent(keyAgain(event))) return true;
  const now = focusedElement();
  if (key === 'Tab' && !ctrlKey && !metaKey) {
    const stop = now instanceof HTMLElement ? tabStopAfter(now, shiftKey ? -1 : 1) : undefined;
    stop?.focus();
    return stop !== undefined;
  }
  if (isTextField(now)) typeKey(now, event);
  else if (now instanceof HTMLButtonElement && (key === 'Enter' || key === ' ')) now.click();
  return true;
}
