import { runEditCommand } from '../undo/editCommand';
import type { CardItem } from '../../protocol/page/cardProtocol';

/** A card on which a key was pressed. */
export interface TargetCard {
  item: CardItem;
  /** whether the page shows it as selected */
  isSelected: boolean;
}

/** Copying and pasting captions. */
export interface ClipboardActions {
  /** the caption as the page shows it, with what was typed and not confirmed yet */
  textOf(item: CardItem): string;
  /** The caption of an image has been put on the clipboard; nothing has been if it is empty. */
  copied(item: CardItem, text: string): void;
  /** Puts a text from the clipboard into the caption of the card, or of all selected images if the card is one. */
  paste(card: TargetCard, text: string): void;
}

/** How long after a key its clipboard event is awaited, in milliseconds. */
const awaitedFor = 1000;

/** A key whose clipboard event has not come yet. */
interface Awaited {
  kind: 'copy' | 'paste';
  card: TargetCard;
  since: number;
}

/**
 * Copies and pastes captions with the clipboard events of the browser: the event carries the text, so that it is there
 * with the key, and not a round trip later. What a key means is decided when it is pressed. In the desktop VS Code the
 * event comes a moment after the key, when the focus may have moved on.
 */
export class CardClipboard {
  private awaited: Awaited | undefined;

  constructor(private readonly actions: ClipboardActions) {
    // Before everything in the page, as the focus may be in a field by then.
    window.addEventListener('beforecopy', this.onBeforeCopy, { capture: true });
    window.addEventListener('copy', this.onCopy, { capture: true });
    window.addEventListener('paste', this.onPaste, { capture: true });
  }

  /** Copies the caption of a card. Returns false where its event is still to come. */
  copy(card: TargetCard): boolean {
    return this.run('copy', card);
  }

  /** Pastes into the caption of a card. Returns false where its event is still to come, as in a browser. */
  paste(card: TargetCard): boolean {
    return this.run('paste', card);
  }

  private run(kind: Awaited['kind'], card: TargetCard): boolean {
    const awaited = { kind, card, since: performance.now() };
    this.awaited = awaited;
    // Where this is allowed, the event comes before it returns.
    runEditCommand(kind);
    return this.awaited !== awaited;
  }

  private take(kind: Awaited['kind']): TargetCard | undefined {
    const { awaited } = this;
    if (awaited?.kind !== kind) return undefined;
    this.awaited = undefined;
    return performance.now() - awaited.since < awaitedFor ? awaited.card : undefined;
  }

  /** Without a selected text the browser copies nothing, unless the page says here that it has something. */
  private readonly onBeforeCopy = (event: Event): void => {
    if (this.awaited?.kind === 'copy') event.preventDefault();
  };

  private readonly onCopy = (event: ClipboardEvent): void => {
    const card = this.take('copy');
    if (card === undefined) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const text = this.actions.textOf(card.item);
    if (text.trim() !== '') event.clipboardData?.setData('text/plain', text);
    this.actions.copied(card.item, text);
  };

  private readonly onPaste = (event: ClipboardEvent): void => {
    const card = this.take('paste');
    if (card === undefined) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const text = event.clipboardData?.getData('text/plain') ?? '';
    this.actions.paste(card, text.replaceAll(/\r\n?/g, '\n').trim());
  };
}
