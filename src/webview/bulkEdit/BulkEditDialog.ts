import * as l10n from '@vscode/l10n';
import { consume } from '@lit/context';
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { blankEditForm, type EditForm, type EditScope, type WantedEdit } from '../../protocol/page/bulkEditProtocol';
import type { GridSnapshot } from '../../protocol/page/gridProtocol';
import { errorMessage } from '../../protocol/channel/wireError';
import { bulkEditStyles } from './bulkEdit.css';
import { bulkEditPreviewStyles } from './bulkEditPreview.css';
import type { BulkEditForm } from './BulkEditForm';
import './BulkEditForm';
import type { BulkEditPreview } from './BulkEditPreview';
import './BulkEditPreview';
import { formatNumber, plural, pluralForm, withElements } from '../shared/displayLanguage';
import { actionsContext, type EditorActions } from '../shared/actions';
import { hostContext, type PageHost } from '../shared/host';
import { closeIcon, errorIcon } from '../shared/icons';
import { refusedTone } from '../shared/refused';
import { keepTabInside } from './keepTabInside';
import { PlanRows } from './PlanRows';
import { type ApplyRefusal, PreviewState } from './PreviewState';
import { RowPictures } from './RowPictures';
import { sharedStyles } from '../shared/shared.css';
import { suggestionStyles } from '../suggestions/suggestions.css';
import type { SuggestionPopup } from '../suggestions/SuggestionPopup';
import '../suggestions/SuggestionPopup';

/** Debounce: an edit is planned this long after the user last changed the form, in milliseconds. */
const planDelay = 150;
/** How long the reason why an edit was not applied is shown, in milliseconds. */
const refusalShownFor = 4000;
/** Maximum number of tags that are named above the list. */
const maxNamedTags = 12;

/** The dialog for bulk edits: a form for the edit, a preview of the changes, and the button that applies them. */
@customElement('bulk-edit-dialog')
export class BulkEditDialog extends LitElement {
  static override styles = [sharedStyles, suggestionStyles, bulkEditPreviewStyles, bulkEditStyles];

  @property({ attribute: false }) snapshot: GridSnapshot | undefined;
  /** How many images the page shows as selected; undefined as long as that is as in the snapshot. */
  @property({ attribute: false }) selected: (() => number | undefined) | undefined;
  @consume({ context: hostContext }) host: PageHost | undefined;
  @consume({ context: actionsContext }) actions: EditorActions | undefined;

  @state() private isOpen = false;
  @state() private form: EditForm = { ...blankEditForm };
  @state() private scope: EditScope = 'all';
  @state() private rows: PlanRows | undefined;
  @state() private version = 0;
  /** what still has to be filled in, as a sentence; empty if nothing */
  @state() private missing = '';
  /** why the edit could not be planned or applied; empty if it could */
  @state() private problem = '';
  /** why the last attempt to apply was refused; empty once that has been read, or has changed */
  @state() private refusal = '';

  @query('dialog') private readonly dialog!: HTMLDialogElement | null;
  @query('suggestion-popup') private readonly suggestions!: SuggestionPopup | null;
  @query('bulk-edit-form') private readonly fields!: BulkEditForm | null;
  @query('bulk-edit-preview') private readonly list!: BulkEditPreview | null;

  /** the operation that was chosen before what a job would do was shown */
  private lastOperation = blankEditForm.operation;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private refusing: ReturnType<typeof setTimeout> | undefined;
  private planning: AbortController | undefined;
  private readonly preview = new PreviewState();
  private readonly pictures = new RowPictures(
    () => this.host,
    () => {
      this.version++;
    },
  );

  /** Whether the dialog is shown. */
  get isShown(): boolean {
    return this.isOpen;
  }

  /**
   * Opens the dialog with the fields that `wanted` fills in, and plans the edit. While it is open already, only those
   * fields change: what was typed into the others stays, and so does the focus if there are none.
   */
  async open(wanted: WantedEdit): Promise<void> {
    if (this.snapshot === undefined || this.snapshot.total === 0) return;
    const fillsIn = Object.keys(wanted.form).length > 0 || wanted.scope !== undefined;
    if (this.isOpen && (!fillsIn || this.preview.isApplying)) return;
    if (!this.isPreview) this.lastOperation = this.form.operation;
    this.form = { ...this.form, ...wanted.form };
    const { counts } = this;
    const best = (counts.selection ?? 0) > 0 ? 'selection' : (counts.filtered ?? 0) > 0 ? 'filtered' : 'all';
    this.scope = wanted.scope !== undefined && (counts[wanted.scope] ?? 0) > 0 ? wanted.scope : best;
    this.forget();
    this.isOpen = true;
    await this.updateComplete;
    if (this.dialog?.open === false) this.dialog.showModal();
    await this.fields?.updateComplete;
    if (this.isPreview) await this.openPreview();
    else {
      this.fields?.focusFirst(wanted.form);
      void this.makePlan();
    }
  }

  /** Without a field to type into, the keyboard is for the list: a key must not close what took long to make. */
  private async openPreview(): Promise<void> {
    this.dialog?.focus();
    await this.makePlan();
    await this.updateComplete;
    await this.list?.updateComplete;
    if (this.isPreview) this.list?.querySelector<HTMLElement>('.rows[tabindex="0"]')?.focus();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
    this.planning?.abort();
  }

  protected override render(): TemplateResult {
    return html`<dialog
      aria-labelledby="title"
      tabindex="-1"
      @close=${this.onClose}
      @keydown=${this.onKeydown}
      @cancel=${(event: Event) => {
        if (this.preview.isApplying) event.preventDefault();
      }}
    >
      ${this.isOpen ? this.renderContent() : nothing}
    </dialog>`;
  }

  private renderContent(): TemplateResult {
    return html`<header role="presentation">
        <h2 id="title">${this.heading}</h2>
        <button class="close" aria-label=${l10n.t('Close')} title=${l10n.t('Close (Escape)')} @click=${this.close}>
          ${closeIcon}
        </button>
      </header>
      <div class="body">
        <bulk-edit-form
          .form=${this.form}
          .scope=${this.scope}
          .counts=${this.counts}
          .facts=${this.preview.plan?.captioning?.facts ?? []}
          .change=${this.onChange}
          .suggestIn=${this.suggestIn}
        ></bulk-edit-form>
        <section class="preview ${this.busy}" aria-label=${l10n.t('Preview')}>
          ${this.renderSummary()}
          <bulk-edit-preview
            ?hidden=${(this.preview.plan?.changed ?? 0) === 0}
            .rows=${this.rows}
            .version=${this.version}
            .tick=${this.onTick}
            .picture=${this.pictures.of}
          ></bulk-edit-preview>
          <p class="nothing" ?hidden=${(this.preview.plan?.changed ?? 0) > 0}>${this.nothingText}</p>
          ${this.renderProse()} ${this.renderLeftOut()}
        </section>
      </div>
      <footer role="presentation">
        <span class="status" role="status">${this.renderStatus()}</span>
        <button class="button secondary" @click=${this.close}>${l10n.t('Cancel')}</button>
        <button
          class="button"
          title=${l10n.t('Apply (Ctrl+Enter)')}
          ?disabled=${this.preview.refusal !== undefined}
          @click=${this.apply}
        >
          ${
            this.preview.plan === undefined
              ? l10n.t('Apply')
              : plural(l10n.t('Apply to {0} Caption|Apply to {0} Captions'), this.preview.plan.ticked)
          }
        </button>
      </footer>
      <suggestion-popup></suggestion-popup>`;
  }

  private renderSummary(): TemplateResult {
    const { plan } = this.preview;
    const tags = (plan?.tags ?? []).slice(0, maxNamedTags);
    const more = (plan?.tagCount ?? 0) - tags.length;
    const ticked = plan?.ticked ?? 0;
    const changed = plan?.changed ?? 0;
    const count = pluralForm(l10n.t('{0} of {1} caption ticked|{0} of {1} captions ticked'), changed);
    return html`<div class="summary" ?hidden=${changed === 0}>
      <div class="line">
        <span>${withElements(count, html`<b>${formatNumber(ticked)}</b>`, formatNumber(changed))}</span>
        <span class="spring"></span>
        <button class="link" aria-disabled=${ticked === changed} @click=${() => void this.onTick('all', true)}>
          ${l10n.t('Tick All')}
        </button>
        <button class="link" aria-disabled=${ticked === 0} @click=${() => void this.onTick('all', false)}>
          ${l10n.t('Tick None')}
        </button>
      </div>
      <div class="tags" ?hidden=${tags.length === 0}>
        ${tags.map(({ tag, removed, added }) => [
          removed === 0 ? nothing : html`<span class="tag"><del>${tag}</del> ${formatNumber(removed)}</span>`,
          added === 0 ? nothing : html`<span class="tag"><ins>${tag}</ins> ${formatNumber(added)}</span>`,
        ])}
        ${
          more > 0
            ? html`<span class="tag">${plural(l10n.t('and {0} tag more|and {0} tags more'), more)}</span>`
            : nothing
        }
      </div>
    </div>`;
  }

  /** How many captions this edit is not about, as it is about tags. */
  private renderProse(): TemplateResult | typeof nothing {
    const prose = this.preview.plan?.prose ?? 0;
    if (prose === 0) return nothing;
    return html`<p class="prose">
      ${plural(
        l10n.t(
          '{0} caption in sentences has no tags and stays as it is|{0} captions in sentences have no tags and stay as they are',
        ),
        prose,
      )}
    </p>`;
  }

  private renderLeftOut(): TemplateResult | typeof nothing {
    const { plan } = this.preview;
    if (plan === undefined || plan.leftOutCount === 0) return nothing;
    return html`<details class="left-out">
      <summary>
        ${plural(
          this.isPreview
            ? l10n.t('{0} image is left out, with the reason|{0} images are left out, with the reasons')
            : l10n.t('{0} caption cannot be edited|{0} captions cannot be edited'),
          plan.leftOutCount,
        )}
      </summary>
      <ul
        tabindex="0"
        aria-label=${this.isPreview ? l10n.t('Images that are left out') : l10n.t('Captions that cannot be edited')}
      >
        ${plan.leftOut.map(({ path, reason }) => html`<li><b>${path}</b>: ${reason}</li>`)}
        ${
          plan.leftOutCount > plan.leftOut.length
            ? html`<li>${l10n.t('and {0} more', formatNumber(plan.leftOutCount - plan.leftOut.length))}</li>`
            : nothing
        }
      </ul>
    </details>`;
  }

  private renderStatus(): TemplateResult {
    if (this.problem !== '') return html`<span class="error">${errorIcon} ${this.problem}</span>`;
    const { plan, isApplying, isStale } = this.preview;
    if (isApplying) return html`${l10n.t('Applying…')}`;
    if (this.refusal !== '') return html`${this.refusal}`;
    if (plan === undefined) return html`${isStale ? l10n.t('Looking…') : ''}`;
    const { changed, unchanged } = plan;
    return html`${plural(
      l10n.t('{0} caption would change, {1} would not|{0} captions would change, {1} would not'),
      changed,
      formatNumber(changed),
      formatNumber(unchanged),
    )}`;
  }

  /** Whether what a job would do is shown, and not an edit of the user. */
  private get isPreview(): boolean {
    return this.form.operation === 'captionPreview';
  }

  private get heading(): string {
    if (!this.isPreview) return l10n.t('Edit Captions');
    const { plan } = this.preview;
    if (plan?.captioning === undefined) return l10n.t('Preview');
    const { label, totals } = plan.captioning;
    return plural(
      l10n.t(
        'Preview of {0}: adds {1}, removes {2}, keeps {3} tags in {4} caption|Preview of {0}: adds {1}, removes {2}, keeps {3} tags in {4} captions',
      ),
      plan.ticked,
      label,
      ...[totals.adds, totals.removes, totals.keeps, plan.ticked].map(formatNumber),
    );
  }

  /** What the preview waits for, as a class of its element. */
  private get busy(): 'applying' | 'planning' | '' {
    if (this.preview.isApplying) return 'applying';
    return this.preview.isStale ? 'planning' : '';
  }

  private get nothingText(): string {
    if (this.missing !== '') return this.missing;
    if (this.problem !== '') return l10n.t('No preview.');
    return this.preview.plan === undefined
      ? l10n.t('Looking for what would change…')
      : l10n.t('No caption would change.');
  }

  private get counts(): Partial<Record<EditScope, number>> {
    const { snapshot } = this;
    if (snapshot === undefined) return {};
    // A selection of a moment ago may not be in the snapshot yet.
    const selected = this.selected?.() ?? snapshot.selected.count;
    return {
      ...(selected > 0 ? { selection: selected } : {}),
      ...(snapshot.query === '' ? {} : { filtered: snapshot.matching }),
      all: snapshot.total,
    };
  }

  private readonly suggestIn = (field: HTMLInputElement): void => {
    this.suggestions?.attach(field);
  };

  private readonly onChange = (form: EditForm, scope: EditScope): void => {
    this.form = form;
    this.scope = scope;
    // From now on the preview is stale: it must not be applied, and one that is on its way is dropped.
    this.preview.formChanged();
    this.refusal = '';
    this.planning?.abort();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      void this.makePlan();
    }, planDelay);
  };

  private async makePlan(): Promise<void> {
    clearTimeout(this.timer);
    this.planning?.abort();
    const planning = new AbortController();
    this.planning = planning;
    const { signal } = planning;
    const { host, scope, form, preview } = this;
    const version = preview.formChanged();
    this.requestUpdate();
    if (host === undefined) return;
    try {
      const answer = await host.request('planEdit', { scope, form }, signal);
      if (!preview.isCurrent(version)) return;
      let rows: PlanRows | undefined;
      if (answer.state === 'planned') {
        const { planId, changed } = answer.plan;
        rows = new PlanRows(
          changed,
          async (start, count) => (await host.request('getPlanItems', { planId, start, count })).items,
          () => {
            this.version++;
          },
        );
        // The old rows stay until the new ones are there: the list must not flicker with each key.
        await rows.need(0, 1);
      }
      if (!preview.answered(version, answer.state === 'planned' ? answer.plan : undefined)) return;
      this.rows = rows;
      this.missing = answer.state === 'incomplete' ? answer.message : '';
      this.problem = answer.state === 'invalid' ? answer.message : '';
    } catch (error) {
      if (!preview.answered(version, undefined)) return;
      this.rows = undefined;
      this.missing = '';
      this.problem = errorMessage(error);
    }
    this.requestUpdate();
  }

  private readonly onTick = async (index: number | 'all', ticked: boolean): Promise<void> => {
    const { rows, host, preview } = this;
    const { plan, refusal } = preview;
    if (plan === undefined || host === undefined) return;
    if (refusal === 'stale' || refusal === 'applying') {
      this.refuse(refusal);
      return;
    }
    rows?.tick(index, ticked);
    this.version++;
    try {
      const answer = await host.request('tickPlan', { planId: plan.planId, index, ticked });
      preview.ticked(plan.planId, answer.ticked, answer.totals);
      this.refusal = '';
      this.requestUpdate();
    } catch (error) {
      this.problem = errorMessage(error);
    }
  };

  private readonly apply = async (): Promise<void> => {
    const { preview, host } = this;
    if (host === undefined) return;
    const { refusal } = preview;
    if (refusal !== undefined) {
      this.refuse(refusal);
      return;
    }
    const planId = preview.apply();
    if (planId === undefined) return;
    this.requestUpdate();
    try {
      const { changed } = await host.request('applyPlan', { planId });
      this.actions?.announce(plural(l10n.t('{0} caption changed|{0} captions changed'), changed));
      preview.applied();
      this.dialog?.close();
    } catch (error) {
      // A plan can be applied only once: the changes that were not made have to be planned again.
      preview.applied();
      this.problem = errorMessage(error);
      this.requestUpdate();
    }
  };

  /**
   * Says why something cannot be done now, long enough to be read. The words stand in the dialog, where screen readers
   * hear them: the notice of the page would only say them twice.
   */
  private refuse(refusal: ApplyRefusal): void {
    const texts: Record<ApplyRefusal, string> = {
      stale: l10n.t('The preview was not ready yet. Press again.'),
      noPlan: this.missing === '' ? this.problem : this.missing,
      nothing: (this.preview.plan?.changed ?? 0) > 0 ? l10n.t('No caption is ticked') : this.nothingText,
      applying: l10n.t('Applying…'),
    };
    this.refusal = texts[refusal];
    refusedTone();
    clearTimeout(this.refusing);
    this.refusing = setTimeout(() => {
      this.refusal = '';
    }, refusalShownFor);
  }

  private readonly close = (): void => {
    if (!this.preview.isApplying) this.dialog?.close();
  };

  private readonly onClose = (): void => {
    this.isOpen = false;
    clearTimeout(this.timer);
    this.planning?.abort();
    // It is shown once; the next edit begins where the last one of the user ended.
    if (this.isPreview) this.form = { ...this.form, operation: this.lastOperation };
    this.forget();
    this.dispatchEvent(new CustomEvent('closed'));
    this.host?.request('dropPlan', {}).catch(() => undefined);
  };

  /** Keeps the focus in the dialog: Tab would move it out of the iframe, into the workbench of VS Code. */
  private readonly onKeydown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      if (!event.repeat) void this.apply();
    } else if (this.preview.isApplying && (event.key.length === 1 || changesText.has(event.key))) {
      // The dialog is about to close: what is typed would be lost.
      event.preventDefault();
      this.refuse('applying');
    }
    // The keys of the grid must not act while the dialog is open.
    event.stopPropagation();
    if (this.dialog !== null) keepTabInside(this.dialog, event);
  };

  private forget(): void {
    this.preview.forget();
    this.rows = undefined;
    this.missing = '';
    this.problem = '';
    this.refusal = '';
  }
}

/** Keys without a letter that change what stands in a form. */
const changesText = new Set(['Enter', 'Backspace', 'Delete']);

declare global {
  interface HTMLElementTagNameMap {
    'bulk-edit-dialog': BulkEditDialog;
  }
}
