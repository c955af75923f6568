import * as l10n from '@vscode/l10n';
import { consume } from '@lit/context';
import { html, LitElement, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, queryAll, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import type { GridSnapshot } from '../../protocol/page/gridProtocol';
import type { SearchMistake, SearchSuggestion } from '../../protocol/page/searchProtocol';
import { plural } from '../shared/displayLanguage';
import { actionsContext, type EditorActions } from '../shared/actions';
import { closeIcon, searchIcon, starIcon } from '../shared/icons';
import { KeyHold } from '../heldKeys/KeyHold';
import { Listbox, type ListboxRow } from '../shared/Listbox';
import { showText } from '../undo/LocalUndo';
import { searchFieldStyles } from './searchField.css';
import { sharedStyles } from '../shared/shared.css';
import { TypingRuns } from '../undo/TypingRuns';
import { textOfKey } from '../heldKeys/typeKey';

/** Debounce of the search after the last key, in milliseconds. */
const searchDelay = 150;
/** Pause after the last key before an incomplete term is reported as a mistake, in milliseconds. */
const mistakeDelay = 1200;
/** Maximum number of suggestions in the list. */
const rowCount = 12;

const label = l10n.t('Search captions and file names');
const fullHelp = l10n.t(
  'Words, tag:"long hair", caption:, name:, path:, tags:<5, chars:>200, width:>=1024, ratio:16:9, size:>2MB, is:empty; AND OR NOT ( ), - for not, * and ? for any text',
);

/**
 * The search box: suggests what to type next and underlines mistakes. Its text is the user's: only a search that was
 * set elsewhere replaces it, never an answer to what was typed here.
 */
@customElement('search-field')
export class SearchField extends LitElement {
  static override styles = [sharedStyles, searchFieldStyles];

  @property({ attribute: false }) snapshot: GridSnapshot | undefined;
  /** The search that the page asked for last: it may be newer than the snapshot. */
  @property({ attribute: false }) query = '';
  @consume({ context: actionsContext }) actions: EditorActions | undefined;
  @state() private text = '';
  /** whether the user has paused, so that an incomplete term is reported as a mistake */
  @state() private hasPaused = true;

  @query('input', true) private readonly input!: HTMLInputElement | null;
  @query('.mirror') private readonly mirror!: HTMLElement | null;
  @queryAll('li') private readonly rows!: NodeListOf<HTMLElement>;

  private readonly list = new Listbox<SearchSuggestion>({
    rowCount,
    passesField: true,
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
  /** Keys that mean something only once the suggestions for the text are there, such as Down and Enter. */
  private readonly hold = new KeyHold({
    field: () => this.input ?? undefined,
    mustWait: (event) => this.mustWait(event),
    giveUp: () => {
      this.close();
    },
  });
  /** the text for which the suggestions were requested */
  private suggestedFor = '';
  /** whether the suggestions for the text are on their way */
  private isAwaited = false;
  /** whether the text is being replaced by a suggestion or cleared */
  private isReplacing = false;
  /** the search of the page that the field knows */
  private knownQuery = '';
  private searchTimer: ReturnType<typeof setTimeout> | undefined;
  private mistakeTimer: ReturnType<typeof setTimeout> | undefined;
  /** the number of the latest request for suggestions; replies to earlier ones are stale */
  private requests = 0;

  override focus(): void {
    // The focus command may arrive late. Text typed by then must not be selected, or the next key would replace it.
    if (this.renderRoot instanceof ShadowRoot && this.renderRoot.activeElement === this.input) return;
    this.input?.focus();
    this.input?.select();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener('pointerdown', this.searchTyped, { capture: true });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener('pointerdown', this.searchTyped, { capture: true });
    this.hold.forget();
    clearTimeout(this.searchTimer);
    clearTimeout(this.mistakeTimer);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const { query: found } = this;
    // After a search of its own, the field may be rendered before the page passes it on.
    if (!changed.has('query') || found === this.knownQuery) return;
    this.knownQuery = found;
    // The search was set elsewhere, for example by a click on a tag; but what is typed after that is newer.
    if (this.searchTimer !== undefined || found.trim() === this.text.trim()) return;
    this.text = found;
    if (this.input !== null) showText(this.input, found);
  }

  protected override updated(): void {
    this.alignMirror();
    if (this.input !== null) this.list.describe(this.input);
    this.list.scrollToActive();
  }

  protected override render(): TemplateResult {
    const mistake = this.shownMistake();
    const [start, end] = mistake === undefined ? [0, 0] : [mistake.start, mistake.end];
    const { isOpen } = this.list;
    return html`<div class="field ${mistake === undefined ? '' : 'wrong'}">
        <span class="icon-slot">${searchIcon}</span>
        <div class="text">
          <div class="mirror" aria-hidden="true" ?hidden=${mistake === undefined}>
            <span>${this.text.slice(0, start)}</span><span class="mark">${this.text.slice(start, end)}</span
            ><span>${this.text.slice(end)}</span>
          </div>
          <input
            type="text"
            role="combobox"
            aria-label=${label}
            aria-autocomplete="list"
            aria-controls="suggestions"
            aria-expanded=${isOpen}
            aria-invalid=${mistake !== undefined}
            aria-describedby="mistake"
            placeholder=${label}
            title=${this.text === '' ? fullHelp : ''}
            autocomplete="off"
            autocapitalize="off"
            spellcheck="false"
            .value=${live(this.text)}
            @input=${this.onInput}
            @keydown=${this.onKeydown}
            @blur=${this.onBlur}
            @click=${this.onClick}
            @scroll=${this.alignMirror}
          />
        </div>
        <button
          class="tool star ${this.snapshot?.search.savedAs == null ? '' : 'on'}"
          aria-pressed=${this.snapshot?.search.savedAs != null}
          aria-label=${l10n.t('Save this search')}
          title=${this.starTitle()}
          ?hidden=${this.text.trim() === ''}
          @click=${() => this.actions?.toggleSavedSearch()}
        >
          ${starIcon}
        </button>
        <button
          class="tool"
          aria-label=${l10n.t('Clear search')}
          title=${l10n.t('Clear (Escape)')}
          ?hidden=${this.text === ''}
          @click=${this.clear}
        >
          ${closeIcon}
        </button>
      </div>
      <div class="popup" ?hidden=${!isOpen && mistake === undefined}>
        <div id="mistake" class="mistake" role="status" ?hidden=${mistake === undefined}>${mistake?.message ?? ''}</div>
        <ul id="suggestions" role="listbox" aria-label=${l10n.t('Suggestions')} ?hidden=${!isOpen}>
          ${this.list.rows.map((row) => this.renderRow(row))}
        </ul>
      </div>
      <div class="hidden-text" role="status">${this.announcement}</div>`;
  }

  private renderRow({ index, option, isActive, isHidden }: ListboxRow<SearchSuggestion>): TemplateResult {
    return html`<li
      id="suggestion-${index}"
      role="option"
      aria-selected=${isActive}
      class=${isActive ? 'active' : ''}
      data-kind=${option?.kind ?? ''}
      data-press=${option?.label ?? ''}
      ?hidden=${isHidden}
      @mousedown=${keepFocus}
      @click=${() => {
        if (this.isCurrent) this.accept(index);
      }}
    >
      <span class="label">${option?.label ?? ''}</span><span class="detail">${option?.detail ?? ''}</span>
    </li>`;
  }

  /** The mistake to display now, if any, with its range adjusted to the text as typed. */
  private shownMistake(): SearchMistake | undefined {
    const { snapshot, text } = this;
    const mistake = snapshot?.search.mistake;
    if (snapshot === undefined || mistake == null || snapshot.query !== text.trim()) return undefined;
    if (mistake.incomplete && !this.hasPaused) return undefined;
    const shift = text.length - text.trimStart().length;
    return { ...mistake, start: mistake.start + shift, end: mistake.end + shift };
  }

  private get announcement(): string {
    if (!this.list.isOpen) return '';
    return plural(l10n.t('{0} suggestion|{0} suggestions'), this.list.options.length);
  }

  private starTitle(): string {
    const name = this.snapshot?.search.savedAs;
    return name == null ? l10n.t('Save this search') : l10n.t('Saved as “{0}”. Click to forget it', name);
  }

  private readonly onInput = (): void => {
    if (this.isReplacing) return;
    this.setText(this.input?.value ?? '');
    this.list.activate(-1);
    // After a space any term may follow; a list of everything would only be in the way.
    if (/[^\s)]$/.test(this.beforeCaret)) void this.suggest();
    else this.close();
  };

  private get beforeCaret(): string {
    return this.text.slice(0, this.input?.selectionStart ?? this.text.length);
  }

  private setText(text: string): void {
    this.text = text;
    this.hasPaused = false;
    clearTimeout(this.searchTimer);
    clearTimeout(this.mistakeTimer);
    this.searchTimer = setTimeout(() => {
      this.search();
    }, searchDelay);
    this.mistakeTimer = setTimeout(() => {
      this.hasPaused = true;
    }, mistakeDelay);
  }

  private readonly onKeydown = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    // A letter ends the choice that the arrow keys before it began: there is nothing that it has to wait for.
    if (textOfKey(event) !== undefined && this.hold.waiting.every(isArrow)) this.hold.forget();
    if (this.hold.holds(event)) {
      // Whether Escape clears the text, too, depends on whether there is anything else to close.
      if (event.key === 'Escape') this.list.close();
      return;
    }
    if (!this.handleKey(event)) return;
    event.preventDefault();
    event.stopPropagation();
  };

  /** Whether a key depends on suggestions that are on their way. */
  private mustWait({ key, ctrlKey, metaKey, shiftKey }: KeyboardEvent): boolean {
    if (!this.isAwaited || ctrlKey || metaKey) return false;
    return isArrowKey(key) || key === 'Escape' || (key === 'Tab' && !shiftKey && this.isInTerm);
  }

  /** @returns whether the key was handled */
  private handleKey({ key, altKey, ctrlKey, metaKey, shiftKey }: KeyboardEvent): boolean {
    if (ctrlKey || metaKey) return false;
    switch (key) {
      case 'ArrowDown':
      case 'ArrowUp':
        if (!this.list.isOpen) void this.suggest();
        else if (altKey) this.close();
        else this.list.handleKey(key);
        return true;
      case 'Enter':
        if (!this.list.handleKey(key)) this.commit();
        return true;
      case 'Tab': {
        const { active, isOpen } = this.list;
        const accepted = active >= 0 ? active : this.isInTerm ? 0 : undefined;
        if (!isOpen || shiftKey || accepted === undefined) return false;
        this.accept(accepted);
        return true;
      }
      case 'Escape':
        if (this.list.handleKey(key)) return true;
        if (this.text !== '') this.clear();
        else return false;
        return true;
      default:
        return false;
    }
  }

  /** Whether the suggestions are for the current text: accepting a stale one would overwrite later typing. */
  private get isCurrent(): boolean {
    return this.suggestedFor === this.text;
  }

  /**
   * Whether Tab accepts the first suggestion: only while a `tag:` or `is:` term is typed. Otherwise Tab leaves the box.
   */
  private get isInTerm(): boolean {
    return /(^|[\s(-])(tag|is):[^\s]*$/i.test(this.beforeCaret);
  }

  private accept(index: number): void {
    const suggestion = this.list.options[index];
    if (suggestion === undefined) return;
    const { text, caret, kind } = suggestion;
    this.replaceText(text, caret);
    this.close();
    if (kind === 'field') void this.suggest();
    if (kind === 'saved' || kind === 'recent') this.search();
  }

  /** Replaces the text as if it were typed: one undo brings back what was there before. */
  private replaceText(text: string, caret: number): void {
    const { input } = this;
    if (input === null) return;
    const before = input.value;
    const [start, end] = [commonStart(before, text), commonEnd(before, text)];
    this.isReplacing = true;
    input.focus();
    TypingRuns.of(input).replace(start, before.length - end, text.slice(start, text.length - end));
    this.isReplacing = false;
    input.setSelectionRange(caret, caret);
    this.setText(text);
  }

  private commit(): void {
    this.close();
    this.hasPaused = true;
    this.search();
    this.actions?.refreshResults();
    this.actions?.rememberSearch();
  }

  private readonly clear = (): void => {
    this.replaceText('', 0);
    this.close();
    this.search();
  };

  private readonly onClick = (): void => {
    if (this.list.isOpen) void this.suggest();
  };

  private readonly onBlur = (): void => {
    if (this.input !== null) this.hold.leave(this.input);
    this.close();
    // Later actions elsewhere, such as a click on an image, must come after the search.
    this.searchTyped();
    this.hasPaused = true;
    const { snapshot } = this;
    if (snapshot !== undefined && snapshot.matching > 0 && snapshot.query === this.text.trim()) {
      this.actions?.rememberSearch();
    }
  };

  private close(): void {
    this.requests++;
    this.isAwaited = false;
    this.list.close();
    this.hold.release();
  }

  private async suggest(): Promise<void> {
    const request = ++this.requests;
    const { text } = this;
    this.isAwaited = true;
    const suggestions = (await this.actions?.suggest(text, this.input?.selectionStart ?? text.length)) ?? [];
    // Stale: another key was pressed, or the list was closed.
    if (request !== this.requests) return;
    this.isAwaited = false;
    this.suggestedFor = text;
    this.list.show(suggestions);
    this.hold.release();
  }

  /** Searches for what is typed without waiting for a pause. */
  private readonly searchTyped = (): void => {
    if (this.searchTimer !== undefined) this.search();
  };

  private search(): void {
    clearTimeout(this.searchTimer);
    this.searchTimer = undefined;
    const text = this.text.trim();
    if (text === this.knownQuery.trim()) return;
    this.knownQuery = text;
    this.actions?.search(text);
  }

  private readonly alignMirror = (): void => {
    if (this.mirror !== null && this.input !== null) this.mirror.scrollLeft = this.input.scrollLeft;
  };
}

function isArrowKey(key: string): boolean {
  return key === 'ArrowDown' || key === 'ArrowUp';
}

function isArrow(event: Event): boolean {
  return event instanceof KeyboardEvent && isArrowKey(event.key);
}

/** Number of characters at the start that two texts have in common. */
function commonStart(a: string, b: string): number {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  return start;
}

/** Number of characters at the end that two texts have in common, behind those at their start. */
function commonEnd(a: string, b: string): number {
  const most = Math.min(a.length, b.length) - commonStart(a, b);
  let end = 0;
  while (end < most && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  return end;
}

function keepFocus(event: Event): void {
  event.preventDefault();
}

declare global {
  interface HTMLElementTagNameMap {
    'search-field': SearchField;
  }
}
