import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import type { GridSnapshot } from '../protocol/gridProtocol';
import { formatNumber, plural } from './captionText';
import type { EditorActions, ViewChoices } from './editorTypes';
import './FilterChips';
import { chevronIcon } from './icons';
import type { SearchField } from './SearchField';
import './SearchField';
import './SearchStatus';
import { sharedStyles } from './shared.css';
import './SortControl';
import { toolbarStyles } from './toolbar.css';
import './ViewOptions';

/** Saves of so many captions take long enough to say how far they are. */
const longSave = 200;

/** Search, counts, and what can be done with the whole dataset. */
@customElement('dataset-toolbar')
export class DatasetToolbar extends LitElement {
  static override styles = [sharedStyles, toolbarStyles];

  @property({ attribute: false }) snapshot: GridSnapshot | undefined;
  @property({ attribute: false }) choices: ViewChoices | undefined;
  @property({ attribute: false }) actions: EditorActions | undefined;

  @query('search-field') private readonly field!: SearchField | null;

  /** Puts the keyboard focus into the search box. */
  focusSearch(): void {
    this.field?.focus();
  }

  protected override render(): TemplateResult {
    const { snapshot, actions } = this;
    if (snapshot === undefined || actions === undefined) return html``;
    return html`<div class="line">
        <search-field .snapshot=${snapshot} .actions=${actions}></search-field>
        <sort-control .sort=${snapshot.sort} .actions=${actions}></sort-control>
        <view-options .choices=${this.choices} .show=${actions.show}></view-options>
      </div>
      <filter-chips .snapshot=${snapshot} .actions=${actions}></filter-chips>
      <div class="line">
        <div class="summary">
          ${this.renderSummary(snapshot)}
          <search-status .search=${snapshot.search} .actions=${actions}></search-status>
        </div>
        <div class="buttons">
          ${
            snapshot.unsavedFailures === 0
              ? nothing
              : html`<vscode-button appearance="secondary" @click=${actions.save}>Retry Saving</vscode-button>`
          }
          <vscode-button
            appearance="secondary"
            title="Edit many captions at once (Ctrl+H)"
            @click=${() => {
              actions.editTags({ form: {} });
            }}
            >Edit…</vscode-button
          >
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
}

declare global {
  interface HTMLElementTagNameMap {
    'dataset-toolbar': DatasetToolbar;
  }
}
