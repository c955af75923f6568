import * as l10n from '@vscode/l10n';
import { consume } from '@lit/context';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import type {
  ComparedItem,
  ComparedTag,
  ComparisonFilter,
  ComparisonSummary,
  ComparisonView,
} from '../../protocol/page/comparisonProtocol';
import { errorMessage } from '../../protocol/channel/wireError';
import { formatNumber, plural, pluralForm, withElements } from '../shared/displayLanguage';
import { actionsContext, type EditorActions } from '../shared/actions';
import { sharedStyles } from '../shared/shared.css';
import { bulkEditStyles } from './bulkEdit.css';
import { bulkEditPreviewStyles } from './bulkEditPreview.css';
import './BulkEditPreview';
import { comparisonStyles } from './comparison.css';
import './ComparedTags';
import { ContentDialog } from './ContentDialog';
import { PlanRows, type PreviewRow } from './PlanRows';

/** Debounce: the rows are filtered this long after the user last typed, in milliseconds. */
const filterDelay = 150;

const notes: Record<NonNullable<ComparedItem['note']>, string> = {
  new: l10n.t('the image is new'),
  gone: l10n.t('the image is gone'),
  onlyForm: l10n.t('only order, separators, line ends or encoding differ'),
  unreadable: l10n.t('the rest of the caption is not known any more'),
};

/** The dialog that shows what differs between two states of all captions: the preview of bulk edits, without ticks. */
@customElement('comparison-dialog')
export class ComparisonDialog extends ContentDialog<ComparisonSummary> {
  static override styles = [sharedStyles, bulkEditPreviewStyles, bulkEditStyles, comparisonStyles];

  @consume({ context: actionsContext }) actions: EditorActions | undefined;

  @state() private filter: ComparisonFilter = { text: '', isWhole: false };
  @state() private view: ComparisonView | undefined;
  @state() private rows: PlanRows | undefined;

  @query('.rows') private readonly list!: HTMLElement | null;

  private asked = 0;

  protected begin(): void {
    // All of it comes from the host.
  }

  protected async opened(summary: ComparisonSummary): Promise<void> {
    await this.show(summary.filter);
    await this.updateComplete;
    this.list?.focus({ preventScroll: true });
  }

  protected forget(): void {
    this.asked++;
    this.view = undefined;
    this.rows = undefined;
  }

  protected drop(id: number): Promise<unknown> | undefined {
    return this.host?.request('dropComparison', { id });
  }

  protected renderContent(summary: ComparisonSummary): TemplateResult {
    const { view, filter } = this;
    return html`${this.renderHeader(l10n.t('Compare Captions'))}
      <div class="body">
        <div class="facts">
          <dl>
            <dt>${l10n.t('From')}</dt>
            <dd>${summary.before}</dd>
            <dt>${l10n.t('To')}</dt>
            <dd>${summary.after}</dd>
          </dl>
          ${renderTotals(summary)}
          <label class="field"
            ><span>${l10n.t('Only this tag or sentence')}</span
            ><input
              type="text"
              name="filter"
              spellcheck="false"
              autocomplete="off"
              placeholder=${l10n.t('all')}
              .value=${filter.text}
              @input=${this.onTyped}
          /></label>
          <compared-tags
            .tags=${view?.tags ?? []}
            .count=${view?.tagCount ?? 0}
            .chosen=${filter.isWhole ? filter.text : undefined}
            .choose=${this.onChosen}
          ></compared-tags>
        </div>
        <section class="preview" aria-label=${l10n.t('Captions that differ')}>
          <div class="summary" ?hidden=${filter.text === '' || view === undefined}>
            <div class="line">
              <span>${this.renderCount(view?.rows ?? 0)}</span>
              <span class="spring"></span>
              <button class="link" @click=${this.showAll}>${l10n.t('Show All')}</button>
            </div>
          </div>
          <bulk-edit-preview
            ?hidden=${(this.rows?.count ?? 0) === 0}
            .rows=${this.rows}
            .version=${this.version}
            .label=${l10n.t('Captions that differ')}
            .open=${this.openRow}
            .firstActive=${this.firstActive}
            .picture=${this.pictures.of}
          ></bulk-edit-preview>
          <p class="nothing" ?hidden=${(this.rows?.count ?? 0) > 0}>${this.nothingText}</p>
        </section>
      </div>
      ${this.renderFooter(
        html`<button class="button secondary" @click=${this.openText}>${l10n.t('Open as Text')}</button>
          ${
            summary.restore === null
              ? nothing
              : html`<button class="button secondary" @click=${this.restore}>${l10n.t('Restore…')}</button>`
          }
          <button class="button" @click=${this.close}>${l10n.t('Close')}</button>`,
      )}`;
  }

  private renderCount(rows: number): ReturnType<typeof withElements> {
    const count = pluralForm(l10n.t('{0} of {1} caption|{0} of {1} captions'), this.total);
    return withElements(count, html`<b>${formatNumber(rows)}</b>`, formatNumber(this.total));
  }

  protected renderStatus(): TemplateResult | string {
    if (this.view === undefined) return l10n.t('Looking…');
    if (this.filter.text !== '') return plural(l10n.t('{0} caption found|{0} captions found'), this.view.rows);
    return this.total === 0 ? '' : l10n.t('Enter or a click opens both captions of an image side by side.');
  }

  private get nothingText(): string {
    if (this.view === undefined) return this.problem === '' ? l10n.t('Looking…') : '';
    return this.total === 0 ? l10n.t('No caption differs.') : l10n.t('In no caption that differs.');
  }

  private get total(): number {
    const { changed = 0, came = 0, gone = 0 } = this.summary ?? {};
    return changed + came + gone;
  }

  /** The row that the user opened before the page went; with another filter, the first. */
  private get firstActive(): number {
    const { summary, filter, view } = this;
    if (summary?.filter.text !== filter.text || summary.filter.isWhole !== filter.isWhole) return 0;
    return Math.max(0, Math.min(summary.row, (view?.rows ?? 0) - 1));
  }

  private readonly onTyped = (event: Event): void => {
    this.filter = { text: (event.target as HTMLInputElement).value, isWhole: false };
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.show(this.filter), filterDelay);
  };

  private readonly onChosen = (tag: ComparedTag): void => {
    const isChosen = this.filter.isWhole && this.filter.text === tag.tag;
    void this.show(isChosen ? { text: '', isWhole: false } : { text: tag.tag, isWhole: true });
  };

  private readonly showAll = (): void => {
    void this.show({ text: '', isWhole: false });
    this.list?.focus();
  };

  private async show(filter: ComparisonFilter): Promise<void> {
    clearTimeout(this.timer);
    this.filter = filter;
    const { host, summary } = this;
    const asked = ++this.asked;
    if (host === undefined || summary === undefined) return;
    const { id } = summary;
    try {
      const view = await host.request('filterComparison', { id, filter });
      if (asked !== this.asked) return;
      const rows = new PlanRows(
        view.rows,
        async (start, count) =>
          (await host.request('getComparedItems', { id, view: view.view, start, count })).items.map(previewRow),
        this.rowCame,
      );
      // The old rows stay until the new ones are there: the list must not flicker with each key.
      await rows.need(this.firstActive, this.firstActive + 1);
      if (asked !== this.asked) return;
      this.view = view;
      this.rows = rows;
      this.problem = '';
    } catch (error) {
      if (asked === this.asked) this.problem = errorMessage(error);
    }
  }

  private readonly openRow = (row: number): void => {
    const { summary, view } = this;
    if (summary !== undefined && view !== undefined) {
      void this.ask(this.host?.request('openComparedCaption', { id: summary.id, view: view.view, row }));
    }
  };

  private readonly openText = (): void => {
    if (this.summary !== undefined) void this.ask(this.host?.request('openComparisonText', { id: this.summary.id }));
  };

  private async ask(answer: Promise<unknown> | undefined): Promise<void> {
    try {
      await answer;
    } catch (error) {
      this.problem = errorMessage(error);
    }
  }

  /** Goes on with the bulk edit that restores the earlier state, of the chosen tag alone if there is one. */
  private readonly restore = (): void => {
    const wanted = this.summary?.restore;
    if (wanted === undefined || wanted === null) return;
    const { text, isWhole } = this.filter;
    const isTag = isWhole && this.view?.tags.some(({ tag, isTag }) => tag === text && isTag) === true;
    this.close();
    this.actions?.editTags({ ...wanted, form: { ...wanted.form, ...(isTag ? { tags: text } : {}) } });
  };
}

function previewRow({ note, ...item }: ComparedItem): PreviewRow {
  return { ...item, ticked: true, ...(note === undefined ? {} : { note: notes[note] }) };
}

function renderTotals({ changed, onlyForm, came, gone, same, unknown }: ComparisonSummary): TemplateResult {
  const line = (forms: string, count: number): TemplateResult =>
    html`<li>${withElements(pluralForm(forms, count), html`<b>${formatNumber(count)}</b>`)}</li>`;
  return html`<ul class="totals">
    ${line(l10n.t('{0} image with another caption|{0} images with another caption'), changed)}
    ${
      onlyForm === 0
        ? nothing
        : html`<ul>
            ${line(l10n.t('{0} of them only in form|{0} of them only in form'), onlyForm)}
          </ul>`
    }
    ${came === 0 ? nothing : line(l10n.t('{0} new image|{0} new images'), came)}
    ${gone === 0 ? nothing : line(l10n.t('{0} image that is gone|{0} images that are gone'), gone)}
    ${line(l10n.t('{0} image with the same caption|{0} images with the same caption'), same)}
    ${unknown === 0 ? nothing : line(l10n.t('{0} that could not be read|{0} that could not be read'), unknown)}
  </ul>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'comparison-dialog': ComparisonDialog;
  }
}
