import * as l10n from '@vscode/l10n';
import { consume } from '@lit/context';
import { html, LitElement, type TemplateResult } from 'lit';
import { customElement, query, queryAll } from 'lit/decorators.js';
import { mostSuggestions, type SuggestAnswer, type TagSuggestion } from '../../protocol/page/suggestProtocol';
import { CaretFinder, type TextField } from '../shared/CaretFinder';
import { displayLanguage, plural } from '../shared/displayLanguage';
import { hostContext, type PageHost } from '../shared/host';
import { KeyHold } from '../heldKeys/KeyHold';
import { Listbox, type ListboxRow } from '../shared/Listbox';
import { TypingRuns } from '../undo/TypingRuns';
import { replacementOf, tagAt, type TagSpot } from './tagAtCaret';

/** How tags are suggested in a field. */
export interface SuggestOptions {
  /** the image whose caption the field holds */
  path?: string;
  /** whether the field is for a single tag, so that no comma is inserted after it */
  alone?: boolean;
  /** called after a suggestion was inserted into the field */
  accepted?: () => void;
}

/** Space between the list and its surroundings, in CSS pixels. */
const margin = 4;
/**
 * Polling while tag lists are being loaded: the delay before the next request, in milliseconds, and the maximum number
 * of retries.
 */
const retryDelay = 400;
const maxRetries = 20;

/** Name of the CSS highlight, see `suggestionStyles`, for the typed part of a suggestion. */
const highlight = 'typed-tag';
const counts = new Intl.NumberFormat(displayLanguage, { notation: 'compact', maximumFractionDigits: 1 });
const origins = { dataset: l10n.t('dataset'), model: l10n.t('tagger'), list: l10n.t('list') };

/**
 * Suggested tags below the caret of the focused field. One popup serves many fields: it stays in the DOM and reuses its
 * rows, because removing a node ends Chromium's undo step of typing. It renders into the root that contains it, which
 * needs `suggestionStyles`: a field's ARIA references may only lead to elements of its own root or an enclosing root.
 *
 * Call {@link attach} when a field gets the focus; it detaches on blur.
 */
@customElement('suggestion-popup')
export class SuggestionPopup extends LitElement {
  @consume({ context: hostContext }) host: PageHost | undefined;

  @query('.suggestions') private readonly popup!: HTMLElement;
  @queryAll('.suggestion') private readonly rows!: NodeListOf<HTMLElement>;

  private readonly list = new Listbox<TagSuggestion>({
    rowCount: mostSuggestions,
    passesField: false,
    element: (index) => this.rows[index],
    accept: (index) => {
      this.accept(index);
    },
    dismiss: () => {
      this.close();
    },
    changed: () => {
      this.requestUpdate();
    },
  });
  private field: TextField | undefined;
  private options: SuggestOptions = {};
  private caret: CaretFinder | undefined;
  private spot: TagSpot | undefined;
  /** the number of the last request: the answers to earlier ones are stale */
  private turn = 0;
  /**
   * whether the user types a tag, or has pressed the key for suggestions, and nothing else since; no answer changes it,
   * so that the same keys mean the same however late the answers come
   */
  private isWanted = false;
  /** whether the suggestions for the text are on their way */
  private isAwaited = false;
  /** Arrow keys that are meant for the list that is on its way, and what was typed behind them. */
  private readonly hold = new KeyHold({
    field: () => this.field,
    mustWait: ({ key, ctrlKey, metaKey, altKey, shiftKey }) =>
      this.isAwaited &&
      !this.isOpen &&
      (key === 'ArrowDown' || key === 'ArrowUp') &&
      !(ctrlKey || metaKey || altKey || shiftKey),
    giveUp: () => {
      this.close();
    },
  });
  /** whether the list opened while typing, not because the user pressed its key */
  private automatic = true;
  private accepting = false;
  private watched: Node | undefined;
  private announcement = '';
  private readonly marks = new Highlight();

  /** Suggests tags in a field until it loses the focus. */
  attach(field: TextField, options: SuggestOptions = {}): void {
    this.detach();
    this.field = field;
    this.options = options;
    field.setAttribute('aria-autocomplete', 'list');
    field.addEventListener('input', this.onInput);
    field.addEventListener('compositionend', this.onInput);
    // Captures before the field's own handlers: Enter and Escape belong to the list while it is open.
    field.addEventListener('keydown', this.onKeydown, { capture: true });
    field.addEventListener('pointerdown', this.onPointerdown);
    field.addEventListener('scroll', this.onFieldScroll);
    // Before the field's own handler, which takes in what was typed.
    field.addEventListener('blur', this.onBlur, { capture: true });
  }

  /** Whether tags are shown. */
  get isOpen(): boolean {
    return this.list.isOpen;
  }

  /** Closes the list until the user types again. */
  close(): void {
    this.turn++;
    this.automatic = true;
    this.isWanted = this.isAwaited = false;
    this.list.close();
    this.describeToField();
    this.hold.release();
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    CSS.highlights.set(highlight, this.marks);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    if (CSS.highlights.get(highlight) === this.marks) CSS.highlights.delete(highlight);
    this.hold.forget();
    this.detach();
  }

  protected override willUpdate(): void {
    if (this.isOpen && this.list.active < 0) {
      const forms = l10n.t('{0} suggestion, arrow down to choose|{0} suggestions, arrow down to choose');
      this.announcement = plural(forms, this.list.options.length);
    }
  }

  protected override firstUpdated(): void {
    const mirror = this.querySelector<HTMLElement>('.caret-mirror');
    if (mirror !== null) this.caret = new CaretFinder(mirror);
  }

  protected override updated(): void {
    this.describeToField();
    if (!this.isOpen) return;
    this.place();
    this.markMatches();
    this.list.scrollToActive();
  }

  protected override render(): TemplateResult {
    return html`<div class="suggestions" role="listbox" aria-label=${l10n.t('Suggested tags')} ?hidden=${!this.isOpen}>
        ${this.list.rows.map((row) => this.renderRow(row))}
      </div>
      <div class="caret-mirror" aria-hidden="true"></div>
      <div class="hidden-text" aria-live="polite">${this.announcement}</div>`;
  }

  private renderRow({ index, option, isActive, isHidden }: ListboxRow<TagSuggestion>): TemplateResult {
    return html`<div
      class="suggestion"
      role="option"
      aria-selected=${isActive}
      data-press=${option?.tag ?? ''}
      ?hidden=${isHidden}
      @pointerdown=${keepFocus}
      @click=${() => {
        this.accept(index);
      }}
    >
      <span class="names">${option === undefined ? '' : shownText(option)}</span
      ><span class="origin">${option === undefined ? '' : originText(option)}</span>
    </div>`;
  }

  private readonly onInput = (event: Event): void => {
    if (this.accepting || (event instanceof InputEvent && event.isComposing)) return;
    const type = event instanceof InputEvent ? event.inputType : 'insertText';
    const isTyping = (type === 'insertText' || type === 'insertCompositionText') && !this.hold.isPasting;
    if (isTyping || (this.isWanted && /^delete(Content|Word)/.test(type))) {
      this.isWanted = true;
      this.narrow();
      void this.ask(true);
    } else this.close();
  };

  private readonly onKeydown = (event: Event): void => {
    if (!(event instanceof KeyboardEvent) || event.isComposing) return;
    if (this.hold.holds(event)) return;
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey;
    if (event.ctrlKey && event.key === ' ') {
      swallow(event);
      this.isWanted = true;
      this.automatic = false;
      void this.ask(false);
      return;
    }
    if (!this.isWanted) return;
    if ((plain || event.key === 'Escape') && this.list.handleKey(event.key)) {
      swallow(event);
      return;
    }
    switch (event.key) {
      case 'Control':
      case 'Shift':
      case 'Alt':
      case 'Meta':
        return;
      default:
        // Letters are handled on input.
        if (event.key.length === 1 && !event.ctrlKey && !event.metaKey) return;
        if (event.key === 'Backspace' || event.key === 'Delete' || event.key === 'Process') return;
    }
    this.close();
  };

  private readonly onPointerdown = (): void => {
    this.close();
  };

  private readonly onFieldScroll = (): void => {
    if (this.isOpen) this.place();
  };

  private readonly onBlur = (): void => {
    if (this.field !== undefined) this.hold.leave(this.field);
    this.detach();
  };

  private readonly onOtherScroll = (event: Event): void => {
    if (this.isOpen && event.target !== this.popup) this.close();
  };

  private readonly onResize = (): void => {
    this.close();
  };

  private detach(): void {
    const { field } = this;
    this.close();
    this.field = undefined;
    if (field === undefined) return;
    field.removeAttribute('aria-autocomplete');
    field.removeEventListener('input', this.onInput);
    field.removeEventListener('compositionend', this.onInput);
    field.removeEventListener('keydown', this.onKeydown, { capture: true });
    field.removeEventListener('pointerdown', this.onPointerdown);
    field.removeEventListener('scroll', this.onFieldScroll);
    field.removeEventListener('blur', this.onBlur, { capture: true });
  }

  private async ask(automatic: boolean, tries = 0): Promise<void> {
    const { field, host, options } = this;
    const turn = ++this.turn;
    this.isAwaited = false;
    if (field === undefined || host === undefined || field.readOnly || field.selectionStart === null) return;
    if (field.selectionStart !== field.selectionEnd) {
      this.close();
      return;
    }
    const spot = tagAt(field.value, field.selectionStart);
    if (automatic && this.automatic && spot.prefix.trim() === '') {
      this.close();
      return;
    }
    const typed = field.value.slice(spot.start, spot.end);
    const path = options.path === undefined ? {} : { path: options.path };
    this.isAwaited = tries === 0;
    let answer: SuggestAnswer;
    try {
      answer = await host.request('suggestTags', { prefix: spot.prefix, typed, automatic: this.automatic, ...path });
    } catch {
      // Suggestions are optional: without them, typing goes on.
      if (turn === this.turn) this.close();
      return;
    }
    if (turn !== this.turn) return;
    this.isAwaited = false;
    const useful = answer.suggestions.some(({ tag }) => tag !== typed);
    const suggestions = useful ? answer.suggestions.slice(0, mostSuggestions) : [];
    const chosen = this.list.options[this.list.active];
    const still = suggestions.findIndex(({ tag, alias }) => tag === chosen?.tag && alias === chosen.alias);
    // The user is already choosing, and the active row would disappear: keep the current list.
    if (chosen !== undefined && still === -1) return;
    this.spot = spot;
    this.list.show(suggestions, still);
    this.hold.release();
    if (!answer.loading || tries === maxRetries) return;
    setTimeout(() => {
      if (turn === this.turn && this.list.active < 0) void this.ask(automatic, tries + 1);
    }, retryDelay);
  }

  /** Until the reply arrives, filters the shown suggestions by what is typed and extends the range they replace. */
  private narrow(): void {
    const { field } = this;
    if (!this.isOpen || field?.selectionStart == null) return;
    const spot = tagAt(field.value, field.selectionStart);
    this.spot = spot;
    this.list.show(this.list.options.filter((each) => matchIn(shownText(each), spot.prefix) !== undefined));
  }

  private accept(index: number): void {
    const { field, spot, options } = this;
    const suggestion = this.list.options[index];
    if (field === undefined || spot === undefined || suggestion === undefined) return;
    const text = replacementOf(field.value, spot, suggestion.tag, options.alone === true);
    this.accepting = true;
    TypingRuns.of(field).replace(spot.start, spot.end, text);
    this.accepting = false;
    this.close();
    options.accepted?.();
  }

  private describeToField(): void {
    const { field } = this;
    if (field === undefined) return;
    field.ariaControlsElements = this.isOpen ? [this.popup] : null;
    this.list.describe(field);
    const root = this.isOpen ? this.getRootNode() : undefined;
    if (root === this.watched) return;
    this.watched?.removeEventListener('scroll', this.onOtherScroll, { capture: true });
    root?.addEventListener('scroll', this.onOtherScroll, { capture: true });
    this.watched = root;
    if (root === undefined) window.removeEventListener('resize', this.onResize);
    else window.addEventListener('resize', this.onResize);
  }

  /**
   * Highlights the typed part by the CSS Highlight API. Elements would have texts that become empty, which ends an undo
   * run.
   */
  private markMatches(): void {
    this.marks.clear();
    // A dialog has its own popup; the highlights belong to whichever is open.
    CSS.highlights.set(highlight, this.marks);
    for (const [index, suggestion] of this.list.options.entries()) {
      const match = matchIn(shownText(suggestion), this.spot?.prefix ?? '');
      const names = this.rows[index]?.querySelector('.names');
      const text = [...(names?.childNodes ?? [])].find((node) => node instanceof Text);
      if (match === undefined || text === undefined || text.length < match[1]) continue;
      this.marks.add(
        new StaticRange({ startContainer: text, startOffset: match[0], endContainer: text, endOffset: match[1] }),
      );
    }
  }

  private place(): void {
    const { field, spot, caret, popup } = this;
    if (field === undefined || spot === undefined || caret === undefined) return;
    const at = caret.find(field, spot.start);
    const { offsetWidth, offsetHeight } = popup;
    const left = Math.max(margin, Math.min(at.left - margin, window.innerWidth - offsetWidth - margin));
    const below = at.bottom + margin;
    const above = at.top - offsetHeight - margin;
    const fits = below + offsetHeight <= window.innerHeight - margin;
    const top = fits || above < margin ? Math.min(below, window.innerHeight - offsetHeight - margin) : above;
    popup.style.setProperty('left', `${left}px`);
    popup.style.setProperty('top', `${Math.max(margin, top)}px`);
  }
}

function shownText({ tag, alias }: TagSuggestion): string {
  return alias === undefined ? tag : `${alias} → ${tag}`;
}

function originText({ count, source }: TagSuggestion): string {
  return count === 0 ? origins[source] : `${counts.format(count)} ${origins[source]}`;
}

/** Range of the typed text in a suggestion; undefined when the suggestion is spelled differently. */
function matchIn(shown: string, typed: string): [start: number, end: number] | undefined {
  const plain = (text: string): string => text.replaceAll('_', ' ').toLowerCase();
  const key = plain(typed).trim();
  const text = plain(shown);
  if (key === '' || text.length !== shown.length) return undefined;
  const word = text.startsWith(key) ? 0 : text.indexOf(` ${key}`) + 1;
  const start = word > 0 || text.startsWith(key) ? word : text.indexOf(key);
  return start === -1 ? undefined : [start, start + key.length];
}

function keepFocus(event: Event): void {
  event.preventDefault();
}

function swallow(event: Event): void {
  event.preventDefault();
  event.stopImmediatePropagation();
}

declare global {
  interface HTMLElementTagNameMap {
    'suggestion-popup': SuggestionPopup;
  }
}
