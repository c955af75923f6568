import * as l10n from '@vscode/l10n';
import { consume } from '@lit/context';
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import type { GridSnapshot } from '../../protocol/page/gridProtocol';
import type { ImageSort } from '../../protocol/page/imageSort';
import { formatNumber, pluralForm, withElements } from '../shared/displayLanguage';
import { actionsContext, type EditorActions } from '../shared/actions';
import '../search/FilterChips';
import { chevronIcon } from '../shared/icons';
import type { SearchField } from '../search/SearchField';
import '../search/SearchField';
import '../search/SearchStatus';
import { sharedStyles } from '../shared/shared.css';
import '../search/SortControl';
import { toolbarStyles } from './toolbar.css';
import './ViewOptions';

/** Minimum number of captions in a save for its progress to be shown. */
const minShownSave = 200;

/**
 * Search, counts, and the actions on the whole dataset. What comes and goes in it has its place from the beginning:
 * its height changes with its width only.
 */
@customElement('dataset-toolbar')
export class DatasetToolbar extends LitElement {
  static override styles = [sharedStyles, toolbarStyles];

  @property({ attribute: false }) snapshot: GridSnapshot | undefined;
  /** The search and the order that the page asked for last: they may be newer than the snapshot. */
  @property({ attribute: false }) query = '';
  @property({ attribute: false }) sort: ImageSort = { key: 'name', descending: false };
  /** Number of captions with typing that the host has not heard of for so long that it counts as gone. */
  @property({ type: Number }) unheard = 0;
  @consume({ context: actionsContext }) actions: EditorActions | undefined;

  @query('search-field') private readonly field!: SearchField | null;

  /** Focuses the search box. */
  focusSearch(): void {
    this.field?.focus();
  }

  protected override render(): TemplateResult {
    const { snapshot, actions } = this;
    if (snapshot === undefined || actions === undefined) return html``;
    return html`<div class="line">
        <search-field .snapshot=${snapshot} .query=${this.query}></search-field>
        <sort-control .sort=${this.sort}></sort-control>
        <view-options></view-options>
      </div>
      <div class="line">
        <div class="facts">
          ${this.renderSummary(snapshot)}
          <div class="filters">
            <filter-chips .snapshot=${snapshot} .query=${this.query}></filter-chips>
            <search-status .search=${snapshot.search}></search-status>
          </div>
        </div>
        <div class="buttons">
          <vscode-button
            appearance="secondary"
            title=${l10n.t('Edit many captions at once (Ctrl+H)')}
            @click=${() => {
              actions.editTags({ form: {} });
            }}
            >${l10n.t('Edit…')}</vscode-button
          >
          <vscode-button
            class="tagger"
            appearance="secondary"
            title=${l10n.t('Choose what captions ({0})', snapshot.tagger)}
            aria-label=${
              snapshot.isCaptioner === true
                ? l10n.t('Captioner: {0}', snapshot.tagger)
                : l10n.t('Tagger: {0}', snapshot.tagger)
            }
            @click=${actions.selectTagger}
            ><span class="tagger-name">${snapshot.tagger}</span><span slot="end">${chevronIcon}</span></vscode-button
          >
          <vscode-button appearance="primary" ?disabled=${snapshot.empty === 0} @click=${actions.captionEmpty}
            ><div class="sized" data-widest=${l10n.t('Caption Empty ({0})', formatNumber(snapshot.total))}>
              ${l10n.t('Caption Empty ({0})', formatNumber(snapshot.empty))}
            </div></vscode-button
          >
          <vscode-button appearance="secondary" @click=${actions.captionAll}>${l10n.t('Caption All…')}</vscode-button>
        </div>
      </div>`;
  }

  private renderSummary(snapshot: GridSnapshot): TemplateResult {
    const { matching, total, empty, unsaved, conflicts, unsavedFailures, saving } = snapshot;
    const bold = (count: number, kind = ''): TemplateResult => html`<b class=${kind}>${formatNumber(count)}</b>`;
    const parts: (TemplateResult | string | (TemplateResult | string)[])[] = [
      matching === total && snapshot.query === ''
        ? withElements(pluralForm(l10n.t('{0} image|{0} images'), total), bold(total))
        : withElements(
            pluralForm(l10n.t('{0} of {1} image|{0} of {1} images'), total),
            bold(matching),
            formatNumber(total),
          ),
    ];
    if (empty > 0) parts.push(withElements(l10n.t('{0} empty'), bold(empty)));
    if (conflicts > 0) {
      parts.push(withElements(pluralForm(l10n.t('{0} conflict|{0} conflicts'), conflicts), bold(conflicts, 'warning')));
    }
    if (unsavedFailures > 0)
      parts.push(html`<span class="error">${l10n.t('{0} not saved', formatNumber(unsavedFailures))}</span>`);
    // Captions that failed to save or are in conflict count as unsaved too, but have their own texts.
    const waiting = Math.max(this.unheard, unsaved - unsavedFailures - conflicts);
    // One part with a changing text instead of alternating parts: removing a node ends Chromium's undo step of typing.
    // The progress of a short save would disappear before it could be read.
    if (saving !== undefined && saving.total >= minShownSave) {
      parts.push(l10n.t('saving {0} of {1}', formatNumber(saving.done), formatNumber(saving.total)));
    } else if (waiting > 0 || (unsavedFailures === 0 && conflicts === 0)) {
      parts.push(waiting > 0 ? l10n.t('{0} unsaved', formatNumber(waiting)) : l10n.t('all saved'));
    }
    if (snapshot.state === 'scanning') parts.push(snapshot.message);
    return html`<div class="summary">
      <div class="numbers">
        ${parts.map((part, index) => html`${index === 0 ? nothing : ' · '}<span>${part}</span>`)}
      </div>
      ${snapshot.leftOut > 0 ? this.renderLeftOut(snapshot.leftOut) : nothing}
    </div>`;
  }

  /** Stays where the numbers before it are cut off: nothing else leads to what is left out. */
  private renderLeftOut(count: number): TemplateResult {
    const title = l10n.t('Files and folders that are no part of the dataset, and why');
    return html`<span class="left-out">
      ·
      <button class="link" title=${title} @click=${() => this.actions?.showLeftOut()}>
        ${l10n.t('{0} left out', formatNumber(count))}
      </button></span
    >`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'dataset-toolbar': DatasetToolbar;
  }
}
