import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { GridSnapshot } from '../protocol/gridProtocol';
import { formatNumber, plural } from './captionText';
import type { EditorActions } from './editorTypes';
import type { CardSize } from './gridLayout';
import { chevronIcon, closeIcon, searchIcon } from './icons';
import { sharedStyles } from './shared.css';
import { toolbarStyles } from './toolbar.css';

/** The pause after the last key before the search is made. */
const searchDelay = 150;
/** Saves of so many captions take long enough to say how far they are. */
const longSave = 200;

const sizes: readonly [CardSize, string][] = [
  ['small', 'Small'],
  ['medium', 'Medium'],
  ['large', 'Large'],
];

/** Search, counts, and what can be done with the whole dataset. */
@customElement('dataset-toolbar')
export class DatasetToolbar extends LitElement {
  static override styles = [sharedStyles, toolbarStyles];

  @property({ attribute: false }) snapshot: GridSnapshot | undefined;
  @property({ attribute: false }) cardSize: CardSize = 'medium';
  @property({ attribute: false }) actions: EditorActions | undefined;
  @state() private text = '';

  @query('vscode-text-field') private readonly field!: HTMLElement | null;

  private knownQuery = '';
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** Puts the keyboard focus into the search box. */
  focusSearch(): void {
    this.field?.focus();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
  }

  protected override willUpdate(): void {
    const query = this.snapshot?.query ?? '';
    if (query === this.knownQuery) return;
    this.knownQuery = query;
    // The host may set the search too, as when a tag is clicked elsewhere; but not over what is being typed.
    if (this.timer === undefined && query.trim() !== this.text.trim()) this.text = query;
  }

  protected override updated(): void {
    // The toolkit's field takes its label from its content, which it also shows: the attribute has to come after that.
    if (this.field?.ariaLabel !== searchLabel) this.field?.setAttribute('aria-label', searchLabel);
  }

  protected override render(): TemplateResult {
    const { snapshot, actions } = this;
    if (snapshot === undefined || actions === undefined) return html``;
    return html`<div class="line">
        <vscode-text-field
          class="search"
          type="search"
          placeholder="Search captions and file names"
          .value=${this.text}
          @input=${this.onInput}
          @keydown=${this.onKeydown}
          ><span slot="start" class="search-icon">${searchIcon}</span> ${
            this.text === ''
              ? nothing
              : html`<button
                  slot="end"
                  class="clear"
                  aria-label="Clear search"
                  title="Clear (Escape)"
                  @click=${this.clear}
                >
                  ${closeIcon}
                </button>`
          }</vscode-text-field
        >
        <vscode-dropdown
          class="size"
          aria-label="Card size"
          title="Card size"
          .value=${this.cardSize}
          @change=${this.onSize}
        >
          ${sizes.map(
            ([value, label]) =>
              html`<vscode-option value=${value} ?selected=${value === this.cardSize}>${label}</vscode-option>`,
          )}
        </vscode-dropdown>
      </div>
      <div class="line">
        <div class="summary">${this.renderSummary(snapshot)}</div>
        <div class="buttons">
          ${
            snapshot.unsavedFailures === 0
              ? nothing
              : html`<vscode-button appearance="secondary" @click=${actions.save}>Retry Saving</vscode-button>`
          }
          <vscode-button
            class="tagger"
            appearance="secondary"
            title="Choose the tagger (${snapshot.tagger})"
            aria-label="Tagger: ${snapshot.tagger}"
            @click=${actions.selectTagger}
            ><span class="tagger-name">${snapshot.tagger}</span><span slot="end">${chevronIcon}</span></vscode-button
          >
          <vscode-button appearance="primary" ?disabled=${snapshot.empty === 0} @click=${actions.captionEmpty}
            >Caption Empty (${formatNumber(snapshot.empty)})</vscode-button
          >
          <vscode-button appearance="secondary" @click=${actions.captionAll}>Caption All…</vscode-button>
        </div>
      </div>`;
  }

  private renderSummary(snapshot: GridSnapshot): TemplateResult {
    const { matching, total, empty, unsaved, conflicts, unsavedFailures, saving } = snapshot;
    const parts: TemplateResult[] = [
      matching === total && snapshot.query === ''
        ? html`<b>${formatNumber(total)}</b> ${total === 1 ? 'image' : 'images'}`
        : html`<b>${formatNumber(matching)}</b> of ${plural(total, 'image')}`,
    ];
    if (empty > 0) parts.push(html`<b>${formatNumber(empty)}</b> empty`);
    if (conflicts > 0) {
      parts.push(html`<b class="warning">${formatNumber(conflicts)}</b> ${conflicts === 1 ? 'conflict' : 'conflicts'}`);
    }
    if (unsavedFailures > 0) parts.push(html`<span class="error">${formatNumber(unsavedFailures)} not saved</span>`);
    // A caption that could not be written is unsaved too, and counted already.
    const waiting = Math.max(0, unsaved - unsavedFailures - conflicts);
    // One part with another text, not another part: removing a node would cut the typing that one undo takes back.
    // A short save comes and goes too fast to be read.
    if (saving !== undefined && saving.total >= longSave) {
      parts.push(html`saving ${formatNumber(saving.done)} of ${formatNumber(saving.total)}`);
    } else if (waiting > 0 || (unsavedFailures === 0 && conflicts === 0)) {
      parts.push(html`${waiting > 0 ? `${formatNumber(waiting)} unsaved` : 'all saved'}`);
    }
    if (snapshot.state === 'scanning') parts.push(html`${snapshot.message}`);
    return html`${parts.map((part, index) => html`${index === 0 ? nothing : ' · '}<span>${part}</span>`)}`;
  }

  private readonly onInput = (event: Event): void => {
    this.text = (event.target as HTMLInputElement).value;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.search();
    }, searchDelay);
  };

  private readonly onKeydown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && this.text !== '') {
      event.preventDefault();
      this.clear();
    } else if (event.key === 'Enter' && this.timer !== undefined) {
      this.search();
    }
  };

  private readonly onSize = (event: Event): void => {
    const { value } = event.target as HTMLSelectElement;
    const size = sizes.find(([name]) => name === value);
    if (size !== undefined) this.actions?.setCardSize(size[0]);
  };

  private readonly clear = (): void => {
    this.text = '';
    this.search();
    this.focusSearch();
  };

  private search(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.actions?.search(this.text.trim());
  }
}

const searchLabel = 'Search captions and file names';

declare global {
  interface HTMLElementTagNameMap {
    'dataset-toolbar': DatasetToolbar;
  }
}
