import * as l10n from '@vscode/l10n';
import { consume } from '@lit/context';
import { html, LitElement, type TemplateResult } from 'lit';
import { customElement, property, query, queryAll, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import type { GridSnapshot } from '../../protocol/page/gridProtocol';
import type { SearchMistake, SearchSuggestion } from '../../protocol/page/searchProtocol';
import { plural } from '../shared/displayLanguage';
import { actionsContext, type EditorActions } from '../shared/actions';
import { closeIcon, searchIcon, starIcon } from '../shared/icons';
import { Listbox, type ListboxRow } from '../shared/Listbox';
import { searchFieldStyles } from './searchField.css';
import { sharedStyles } from '../shared/shared.css';

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

/** The search box: suggests what to type next and underlines mistakes. */
@customElement('search-field')
export class SearchField extends LitElement {
  static override styles = [sharedStyles, searchFieldStyles];

  @property({ attribute: false }) snapshot: GridSnapshot | undefined;
  @consume({ context: actionsContext }) actions: EditorActions | undefined;
  @state() private text = '';
  /** whether the user has paused, so that an incomplete term is reported as a mistake */
  @state() private hasPaused = true;

  @query('input') private readonly input!: HTMLInputElement | null;
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
  /** the text for which the suggestions were requested */
  private suggestedFor = '';
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

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.searchTimer);
    clearTimeout(this.mistakeTimer);
  }

  protected override willUpdate(): void {
    const found = this.snapshot?.query ?? '';
    if (found === this.knownQuery) return;
    this.knownQuery = found;
    // The host may change the search too, for example when a tag is clicked; but it must not overwrite what is being
    // typed.
    if (this.searchTimer === undefined && found.trim() !== this.text.trim()) this.text = found;
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
    if (!this.handleKey(event)) return;
    event.preventDefault();
    event.stopPropagation();
  };

  /** @returns whether the key was handled */
  private handleKey({ key, altKey, ctrlKey, metaKey, shiftKey }: KeyboardEvent): boolean {
    if (ctrlKey || metaKey) return false;
    switch (key) {
      case 'ArrowDown':
      case 'ArrowUp':
        if (!this.list.isOpen) void this.suggest();
        else if (altKey) this.close();
        else {
          this.onceSuggested(() => {
            this.list.handleKey(key);
          });
        }
        return true;
      case 'Enter':
        if (!this.list.handleKey(key)) this.commit();
        return true;
      case 'Tab': {
        const { active, isOpen } = this.list;
        const accepted = active >= 0 ? active : this.completesTerm() ? 0 : undefined;
        if (!isOpen || shiftKey || accepted === undefined) return false;
        this.onceSuggested(() => {
          this.accept(accepted);
        });
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

  /** Calls back once suggestions for the current text have arrived; they may still be in flight. */
  private onceSuggested(act: () => void): void {
    if (this.isCurrent) act();
    else {
      void this.suggest().then(() => {
        if (this.list.isOpen && this.isCurrent) act();
      });
    }
  }

  /**
   * Whether Tab accepts the first suggestion: only while a `tag:` or `is:` term is typed. Otherwise Tab leaves the box.
   */
  private completesTerm(): boolean {
    return this.list.isOpen && /(^|[\s(-])(tag|is):[^\s]*$/i.test(this.beforeCaret);
  }

  private accept(index: number): void {
    const suggestion = this.list.options[index];
    if (suggestion === undefined) return;
    const { text, caret, kind } = suggestion;
    this.setText(text);
    this.close();
    void this.updateComplete.then(() => {
      this.input?.focus();
      this.input?.setSelectionRange(caret, caret);
      if (kind === 'field') void this.suggest();
    });
    if (kind === 'saved' || kind === 'recent') this.search();
  }

  private commit(): void {
    this.close();
    this.hasPaused = true;
    this.search();
    this.actions?.refreshResults();
    this.actions?.rememberSearch();
  }

  private readonly clear = (): void => {
    this.setText('');
    this.close();
    this.search();
    this.input?.focus();
  };

  private readonly onClick = (): void => {
    if (this.list.isOpen) void this.suggest();
  };

  private readonly onBlur = (): void => {
    this.close();
    this.hasPaused = true;
    const { snapshot } = this;
    if (snapshot !== undefined && snapshot.matching > 0 && snapshot.query === this.text.trim()) {
      this.actions?.rememberSearch();
    }
  };

  private close(): void {
    this.requests++;
    this.list.close();
  }

  private async suggest(): Promise<void> {
    const request = ++this.requests;
    const { text } = this;
    const suggestions = await this.actions?.suggest(text, this.input?.selectionStart ?? text.length);
    // Stale: another key was pressed, or the list was closed.
    if (request !== this.requests || suggestions === undefined) return;
    this.suggestedFor = text;
    this.list.show(suggestions);
  }

  private search(): void {
    clearTimeout(this.searchTimer);
    this.searchTimer = undefined;
    if (this.text.trim() !== this.knownQuery.trim()) this.actions?.search(this.text.trim());
  }

  private readonly alignMirror = (): void => {
    if (this.mirror !== null && this.input !== null) this.mirror.scrollLeft = this.input.scrollLeft;
  };
}

function keepFocus(event: Event): void {
  event.preventDefault();
}

declare global {
  interface HTMLElementTagNameMap {
    'search-field': SearchField;
  }
}
