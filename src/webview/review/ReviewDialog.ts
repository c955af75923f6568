import * as l10n from '@vscode/l10n';
import { consume } from '@lit/context';
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import { keyed } from 'lit/directives/keyed.js';
import { live } from 'lit/directives/live.js';
import { errorMessage } from '../../protocol/channel/wireError';
import { previewSizeFor } from '../../protocol/page/pictureProtocol';
import type {
  AnswerState,
  Reviewed,
  ReviewedAnswer,
  ReviewRow,
  ReviewSummary,
} from '../../protocol/page/reviewProtocol';
import { inOneLine } from '../../protocol/text/escapeControls';
import { bulkEditStyles } from '../bulkEdit/bulkEdit.css';
import type { BulkEditPreview } from '../bulkEdit/BulkEditPreview';
import '../bulkEdit/BulkEditPreview';
import { bulkEditPreviewStyles } from '../bulkEdit/bulkEditPreview.css';
import { keepTabInside } from '../bulkEdit/keepTabInside';
import { PlanRows, type PreviewRow } from '../bulkEdit/PlanRows';
import { RowPictures } from '../bulkEdit/RowPictures';
import { clamp } from '../shared/clamp';
import { formatNumber, plural, pluralForm } from '../shared/displayLanguage';
import { hostContext, type PageHost } from '../shared/host';
import { closeIcon, errorIcon, warningIcon } from '../shared/icons';
import { quotedStyles, quotedText } from '../shared/quotedText';
import { sharedStyles } from '../shared/shared.css';
import { reviewStyles } from './review.css';

/** Debounce: what the caption becomes is asked for this long after a key, in milliseconds. */
const previewDelay = 200;
/** The longer side of the picture, in CSS pixels. */
const pictureSide = 720;

/** What can be done with the keyboard where the list or the answer has the focus. */
type Action = 'take' | 'edit' | 'again' | 'discard';
const actionOfKey: Readonly<Record<string, Action>> = { t: 'take', e: 'edit', r: 'again', d: 'discard' };

/** The dialog in which the flagged answers of a job are gone through, one after the other. */
@customElement('review-dialog')
export class ReviewDialog extends LitElement {
  static override styles = [sharedStyles, bulkEditPreviewStyles, bulkEditStyles, quotedStyles, reviewStyles];

  @consume({ context: hostContext }) host: PageHost | undefined;

  @state() private summary: ReviewSummary | undefined;
  @state() private rows: PlanRows | undefined;
  @state() private version = 0;
  @state() private at = 0;
  @state() private waiting = 0;
  @state() private shown: ReviewedAnswer | undefined;
  /** the address of the picture; undefined while it is made */
  @state() private picture: string | undefined;
  @state() private becomes: string | undefined;
  @state() private isEditing = false;
  @state() private isAsking = false;
  @state() private isBusy = false;
  @state() private problem = '';
  @state() private note = '';
  @state() private captioner = '';
  /** as it is typed; empty for the server's own */
  @state() private temperature = '';

  @query('dialog') private readonly dialog!: HTMLDialogElement | null;
  @query('bulk-edit-preview') private readonly list!: BulkEditPreview | null;
  @query('textarea') private readonly field!: HTMLTextAreaElement | null;

  /** texts that were changed and not taken yet, by the position of the answer */
  private readonly drafts = new Map<number, string>();
  private readonly states = new Map<number, AnswerState>();
  private asked = 0;
  private asking: AbortController | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly pictures = new RowPictures(
    () => this.host,
    () => {
      this.version++;
    },
  );

  /** Whether the dialog is shown. */
  get isShown(): boolean {
    return this.summary !== undefined;
  }

  /** Shows a review, also in place of another one. */
  async open(summary: ReviewSummary): Promise<void> {
    this.forget();
    this.summary = summary;
    this.waiting = summary.waiting;
    const [first] = summary.captioners;
    this.captioner = first?.name ?? '';
    this.temperature = temperatureText(first?.temperature);
    const { id, count } = summary;
    const { host } = this;
    if (host === undefined) return;
    this.rows = new PlanRows(
      count,
      async (start, some) => {
        const { rows } = await host.request('getReviewRows', { id, start, count: some });
        for (const { index, state: known } of rows) this.states.set(index, known);
        return rows.map(previewRow);
      },
      () => {
        this.version++;
      },
    );
    await this.updateComplete;
    if (this.dialog?.open === false) this.dialog.showModal();
    await this.goTo(clamp(summary.at, 0, Math.max(0, count - 1)));
    await this.list?.updateComplete;
    this.focusList();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
    this.asking?.abort();
  }

  protected override render(): TemplateResult {
    const { summary } = this;
    return html`<dialog aria-labelledby="title" @close=${this.onClose} @keydown=${this.onKeydown}>
      ${summary === undefined ? nothing : this.renderContent(summary)}
    </dialog>`;
  }

  private renderContent(summary: ReviewSummary): TemplateResult {
    return html`<header role="presentation">
        <h2 id="title">${l10n.t('Flagged Answers of {0}', summary.label)}</h2>
        <span class="left">${this.leftText}</span>
        <button class="close" aria-label=${l10n.t('Close')} title=${l10n.t('Close (Escape)')} @click=${this.close}>
          ${closeIcon}
        </button>
      </header>
      <div class="body">
        <section class="preview answers" aria-label=${l10n.t('Answers')}>
          <bulk-edit-preview
            .rows=${this.rows}
            .version=${this.version}
            .label=${l10n.t('Answers')}
            .open=${this.openRow}
            .moved=${this.openRow}
            .firstActive=${summary.at}
            .picture=${this.pictures.of}
          ></bulk-edit-preview>
        </section>
        ${keyed(this.at, this.renderAnswer())}
      </div>
      <footer role="presentation">
        <span class="status" role="status">${this.renderStatus()}</span>
        ${this.renderButtons()}
      </footer>`;
  }

  private renderAnswer(): TemplateResult {
    const { shown } = this;
    if (shown === undefined) return html`<div class="answer-side"></div>`;
    const image = inOneLine(shown.image);
    return html`<div class="answer-side">
      <div class="picture">
        ${
          this.picture === undefined
            ? html`<span class="nothing">${l10n.t('Loading the picture…')}</span>`
            : html`<img src=${this.picture} alt=${image} />`
        }
      </div>
      <div class="words">
        <p class="where">${image} ${this.renderState(shown)}</p>
        ${
          shown.isGood
            ? html`<p class="good-reason">${l10n.t('{0} answered with a caption.', shown.askedAgain ?? '')}</p>`
            : html`<p class="reason"><span class="warning">${warningIcon}</span> ${shown.reason}</p>`
        }
        ${this.renderText(shown)}
        <h3 id="now">${l10n.t('The caption as it stands')}</h3>
        ${quotedText(shown.caption, { labelledBy: 'now' }, l10n.t('No caption'))}
        ${
          shown.problem === undefined || shown.state !== 'waiting'
            ? nothing
            : html`<p class="reason"><span class="warning">${warningIcon}</span> ${shown.problem}</p>`
        }
        ${this.renderBecomes(shown)} ${this.renderAskAgain()}
      </div>
    </div>`;
  }

  private renderState({ state: now }: ReviewRow): TemplateResult | typeof nothing {
    return now === 'waiting' ? nothing : html`<span class="decided">${stateName(now)}</span>`;
  }

  private renderText(shown: ReviewedAnswer): TemplateResult {
    const label =
      shown.askedAgain === undefined ? l10n.t('What the model said') : l10n.t('What {0} said', shown.askedAgain);
    if (this.isEditing) {
      return html`<label class="field"
          ><span>${l10n.t('The text to take')}</span
          ><textarea rows="7" .value=${live(this.drafts.get(this.at) ?? shown.text)} @input=${this.onTyped}></textarea>
          <span class="line">
            <button class="link" ?hidden=${!this.drafts.has(this.at)} @click=${this.resetDraft}>
              ${l10n.t('As the Model Said It')}
            </button>
          </span></label
        >
        ${this.renderSaid(shown)}`;
    }
    const text = shown.isCut ? l10n.t('{0} … (The rest is not shown.)', shown.text) : shown.text;
    return html`<h3 id="said">${label}</h3>
      ${quotedText(text, { labelledBy: 'said' }, l10n.t('Nothing'))} ${this.renderSaid(shown)}`;
  }

  /** All of an answer of which only a part is taken. */
  private renderSaid({ said, text }: ReviewedAnswer): TemplateResult | typeof nothing {
    if (said === undefined) return nothing;
    return html`<details class="said" ?open=${text === ''}>
      <summary id="all">${l10n.t('The whole answer')}</summary>
      ${quotedText(said, { labelledBy: 'all' }, l10n.t('Nothing'))}
    </details>`;
  }

  private renderBecomes({ caption }: ReviewedAnswer): TemplateResult | typeof nothing {
    const { becomes } = this;
    if (becomes === undefined || becomes === caption || caption === '') return nothing;
    return html`<h3 id="becomes">${l10n.t('The caption when the text is taken')}</h3>
      ${quotedText(becomes, { labelledBy: 'becomes' }, l10n.t('No caption'))}`;
  }

  private renderAskAgain(): TemplateResult {
    const { summary, isAsking } = this;
    return html`<fieldset class="again">
      <legend>${l10n.t('Ask again')}</legend>
      <label class="field"
        ><span>${l10n.t('Captioner')}</span
        ><select ?disabled=${isAsking} @change=${this.onCaptioner}>
          ${summary?.captioners.map(
            ({ name }) => html`<option value=${name} ?selected=${name === this.captioner}>${name}</option>`,
          )}
        </select></label
      >
      <label class="field"
        ><span>${l10n.t('Temperature')}</span
        ><input
          type="number"
          min="0"
          max="2"
          step="0.1"
          placeholder=${l10n.t('server’s own')}
          ?disabled=${isAsking}
          .value=${live(this.temperature)}
          @input=${(event: Event) => {
            this.temperature = (event.target as HTMLInputElement).value;
          }}
      /></label>
      <button
        class="button secondary"
        aria-keyshortcuts="r"
        title=${isAsking ? l10n.t('Cancel') : l10n.t('Ask again (R)')}
        @click=${this.toggleAsking}
      >
        ${isAsking ? l10n.t('Cancel') : l10n.t('Try Again')}
      </button>
    </fieldset>`;
  }

  private renderButtons(): TemplateResult {
    const { shown, at, summary, isBusy } = this;
    const last = (summary?.count ?? 0) - 1;
    const adds = shown?.problem !== undefined && shown.mayAdd && shown.state !== 'taken' && shown.state !== 'edited';
    return html`<button
        class="button secondary"
        ?disabled=${at <= 0}
        title=${l10n.t('Previous answer (arrow up in the list)')}
        @click=${() => void this.goTo(at - 1)}
      >
        ${l10n.t('Previous')}
      </button>
      <button
        class="button secondary"
        ?disabled=${at >= last}
        title=${l10n.t('Next answer (arrow down in the list)')}
        @click=${() => void this.goTo(at + 1)}
      >
        ${l10n.t('Next')}
      </button>
      <button
        class="button secondary"
        data-press=${at}
        aria-keyshortcuts="d"
        title=${l10n.t('Discard (D)')}
        ?disabled=${isBusy || shown === undefined}
        @click=${() => void this.discard()}
      >
        ${l10n.t('Discard')}
      </button>
      <button
        class="button secondary"
        aria-keyshortcuts="e"
        title=${l10n.t('Edit (E)')}
        ?disabled=${isBusy || this.isEditing || shown === undefined || shown.isCut}
        @click=${this.edit}
      >
        ${l10n.t('Edit')}
      </button>
      <button
        class="button"
        data-press=${at}
        aria-keyshortcuts="t Control+Enter"
        title=${l10n.t('Take (T or Ctrl+Enter)')}
        ?disabled=${isBusy || shown === undefined || (shown.problem !== undefined && !shown.mayAdd)}
        @click=${() => void this.take()}
      >
        ${adds ? l10n.t('Add to Caption') : l10n.t('Take')}
      </button>`;
  }

  private renderStatus(): TemplateResult | string {
    if (this.problem !== '') return html`<span class="error">${errorIcon} ${this.problem}</span>`;
    if (this.isAsking) return l10n.t('Asking {0}…', this.captioner);
    if (this.note !== '') return this.note;
    return this.waiting === 0 ? l10n.t('All answers are decided on.') : '';
  }

  private get leftText(): string {
    const { summary, waiting } = this;
    if (summary === undefined) return '';
    const forms = pluralForm(l10n.t('{0} of {1} answer left|{0} of {1} answers left'), summary.count);
    return forms.replace('{0}', formatNumber(waiting)).replace('{1}', formatNumber(summary.count));
  }

  private focusList(): void {
    this.list?.querySelector<HTMLElement>('.rows')?.focus({ preventScroll: true });
  }

  private readonly openRow = (index: number): void => {
    if (index !== this.at) void this.goTo(index);
  };

  /** Shows an answer. */
  private async goTo(index: number): Promise<void> {
    const { host, summary } = this;
    if (host === undefined || summary === undefined || index < 0 || index >= summary.count) return;
    this.asking?.abort();
    const asked = ++this.asked;
    this.at = index;
    this.problem = '';
    this.list?.goTo(index);
    this.isEditing = this.drafts.has(index);
    this.picture = undefined;
    this.becomes = undefined;
    try {
      const { answer } = await host.request('getAnswer', { id: summary.id, index });
      if (asked !== this.asked) return;
      this.show(answer);
      const { image: path, imageVersion } = answer;
      const size = previewSizeFor(pictureSide * window.devicePixelRatio);
      const { uri } = await host.request('getPreview', { path, imageVersion, size, urgent: true });
      if (asked === this.asked) this.picture = uri;
    } catch (error) {
      if (asked === this.asked) this.problem = errorMessage(error);
    }
  }

  private show(answer: ReviewedAnswer): void {
    this.shown = answer;
    this.states.set(answer.index, answer.state);
    this.rows?.change(answer.index, previewRow(answer));
    this.version++;
    this.previewSoon(0);
  }

  private previewSoon(delay = previewDelay): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.makePreview(), delay);
  }

  private async makePreview(): Promise<void> {
    const { host, summary, shown, asked } = this;
    if (host === undefined || summary === undefined || shown === undefined) return;
    try {
      const { caption } = await host.request('previewAnswer', this.wanted(summary, shown));
      if (asked === this.asked) this.becomes = caption;
    } catch {
      // It is said when the answer is taken.
      if (asked === this.asked) this.becomes = undefined;
    }
  }

  private wanted({ id }: ReviewSummary, { index, caption, problem, mayAdd }: ReviewedAnswer) {
    const text = this.drafts.get(index) ?? null;
    return { id, index, text, caption, add: problem !== undefined && mayAdd };
  }

  private readonly onTyped = (event: Event): void => {
    const { value } = event.target as HTMLTextAreaElement;
    if (value === this.shown?.text) this.drafts.delete(this.at);
    else this.drafts.set(this.at, value);
    this.requestUpdate();
    this.previewSoon();
  };

  private readonly resetDraft = (): void => {
    this.drafts.delete(this.at);
    this.requestUpdate();
    this.previewSoon(0);
    this.field?.focus();
  };

  private readonly edit = (): void => {
    if (this.shown === undefined || this.shown.isCut) return;
    this.isEditing = true;
    void this.updateComplete.then(() => {
      this.field?.focus();
    });
  };

  private async take(): Promise<void> {
    const { host, summary, shown } = this;
    if (host === undefined || summary === undefined || shown === undefined) return;
    await this.decide(() => host.request('takeAnswer', this.wanted(summary, shown)), l10n.t('Taken.'));
  }

  private async discard(): Promise<void> {
    const { host, summary, at: index } = this;
    if (host === undefined || summary === undefined || this.shown === undefined) return;
    await this.decide(() => host.request('discardAnswer', { id: summary.id, index }), l10n.t('Discarded.'));
  }

  /** Does something with the answer that is shown, and goes on with the next one that waits. */
  private async decide(act: () => Promise<Reviewed>, done: string): Promise<void> {
    if (this.isBusy) return;
    const { at: index } = this;
    this.isBusy = true;
    this.asking?.abort();
    this.problem = '';
    this.note = '';
    try {
      const { answer, waiting, refusal } = await act();
      this.waiting = waiting;
      if (this.at === index) this.show(answer);
      if (refusal !== undefined) {
        this.problem = refusal;
        return;
      }
      this.drafts.delete(index);
      this.isEditing = this.at !== index && this.isEditing;
      this.note = `${done} ${plural(l10n.t('{0} answer left|{0} answers left'), waiting)}`;
      const next = this.nextWaiting(index);
      if (next === undefined) this.focusList();
      else {
        await this.goTo(next);
        this.focusList();
      }
    } catch (error) {
      this.problem = errorMessage(error);
    } finally {
      this.isBusy = false;
    }
  }

  /** The next answer that waits, or the first one; undefined if none is known to wait. */
  private nextWaiting(index: number): number | undefined {
    const count = this.summary?.count ?? 0;
    if (this.waiting === 0) return undefined;
    for (let step = 1; step < count; step++) {
      const next = (index + step) % count;
      if ((this.states.get(next) ?? 'waiting') === 'waiting') return next;
    }
    return undefined;
  }

  private readonly onCaptioner = (event: Event): void => {
    const { value } = event.target as HTMLSelectElement;
    this.captioner = value;
    const known = this.summary?.captioners.find(({ name }) => name === value);
    this.temperature = temperatureText(known?.temperature);
  };

  private readonly toggleAsking = (): void => {
    if (this.isAsking) this.asking?.abort();
    else void this.askAgain();
  };

  private async askAgain(): Promise<void> {
    const { host, summary, at: index, captioner } = this;
    if (host === undefined || summary === undefined || this.isAsking) return;
    const temperature = this.temperature.trim() === '' ? null : Number(this.temperature);
    if (temperature !== null && !(temperature >= 0 && temperature <= 2)) {
      this.problem = l10n.t('A temperature is a number from 0 to 2.');
      return;
    }
    const asking = new AbortController();
    this.asking = asking;
    this.isAsking = true;
    this.problem = '';
    this.note = '';
    try {
      const { answer, refusal } = await host.request(
        'askAgain',
        { id: summary.id, index, captioner, temperature },
        asking.signal,
      );
      if (this.at !== index) return;
      if (refusal === undefined) {
        this.drafts.delete(index);
        this.isEditing = false;
      }
      this.show(answer);
      this.problem = refusal ?? '';
      if (refusal === undefined) this.note = answer.isGood ? l10n.t('There is a caption now.') : answer.reason;
    } catch (error) {
      if (!asking.signal.aborted) this.problem = errorMessage(error);
    } finally {
      if (this.asking === asking) this.isAsking = false;
    }
  }

  private readonly close = (): void => {
    this.dialog?.close();
  };

  private forget(): void {
    this.asking?.abort();
    this.asked++;
    clearTimeout(this.timer);
    this.drafts.clear();
    this.states.clear();
    this.rows = undefined;
    this.shown = undefined;
    this.picture = undefined;
    this.becomes = undefined;
    this.isEditing = false;
    this.isAsking = false;
    this.problem = '';
    this.note = '';
  }

  private readonly onClose = (): void => {
    const { summary } = this;
    this.forget();
    this.summary = undefined;
    this.dispatchEvent(new CustomEvent('closed'));
    if (summary !== undefined) this.host?.request('dropReview', { id: summary.id }).catch(() => undefined);
  };

  private readonly onKeydown = (event: KeyboardEvent): void => {
    // The keys of the grid must not act while the dialog is open.
    event.stopPropagation();
    const [target] = event.composedPath();
    const isField = target instanceof HTMLElement && target.matches('input, textarea, select');
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      if (!event.repeat) void this.take();
    } else if (event.key === 'Escape' && target === this.field) {
      // What was typed stays; the next one closes the dialog.
      event.preventDefault();
      if (!this.drafts.has(this.at)) this.isEditing = false;
      this.focusList();
    } else if (!isField && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const action = isForText(target) ? actionOfKey[event.key.toLowerCase()] : undefined;
      if (action !== undefined) {
        event.preventDefault();
        // A key that is held must not decide on one answer after the other.
        if (!event.repeat) this.act(action);
      }
    }
    if (this.dialog !== null) keepTabInside(this.dialog, event);
  };

  private act(action: Action): void {
    switch (action) {
      case 'take':
        if (this.shown !== undefined && (this.shown.problem === undefined || this.shown.mayAdd)) void this.take();
        break;
      case 'discard':
        void this.discard();
        break;
      case 'edit':
        this.edit();
        break;
      case 'again':
        void this.askAgain();
    }
  }
}

/** Whether single letters are keys at an element: the list, or a text that is only read. */
function isForText(target: EventTarget | undefined): boolean {
  return target instanceof HTMLElement && target.matches('.rows, .quoted, dialog');
}

function temperatureText(temperature: number | null | undefined): string {
  return temperature === null || temperature === undefined ? '' : String(temperature);
}

function stateName(now: Exclude<AnswerState, 'waiting'>): string {
  const names: Record<Exclude<AnswerState, 'waiting'>, string> = {
    taken: l10n.t('taken'),
    edited: l10n.t('taken after changes'),
    discarded: l10n.t('discarded'),
  };
  return names[now];
}

function previewRow({ index, image, imageVersion, state: now, reason }: ReviewRow): PreviewRow {
  const text = reason === '' ? l10n.t('There is a caption now.') : reason;
  return {
    index,
    images: [image],
    imageVersion,
    ticked: now === 'waiting',
    unit: 'text',
    pieces: [{ kind: 'kept', text }],
    ...(now === 'waiting' ? {} : { note: stateName(now) }),
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'review-dialog': ReviewDialog;
  }
}
