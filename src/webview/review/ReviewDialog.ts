import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
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
import { ContentDialog } from '../bulkEdit/ContentDialog';
import { PlanRows, type PreviewRow } from '../bulkEdit/PlanRows';
import { clamp } from '../shared/clamp';
import { formatNumber, plural, pluralForm } from '../shared/displayLanguage';
import { warningIcon } from '../shared/icons';
import { quotedStyles, quotedText } from '../shared/quotedText';
import { say } from '../shared/say';
import { sharedStyles } from '../shared/shared.css';
import { historyKey } from '../undo/historyKey';
import { reviewStyles } from './review.css';

/** Debounce: the preview of the caption is requested this long after a key, in milliseconds. */
const previewDelay = 200;
/** The longer side of the picture, in CSS pixels. */
const pictureSide = 720;

/** Answers that are farther away in the list than so many are forgotten. */
const keptAround = 20;

/** What can be done with the keyboard where the list or the answer has the focus. */
type Action = 'take' | 'edit' | 'again' | 'discard';
const actionOfKey: Readonly<Record<string, Action>> = { t: 'take', e: 'edit', r: 'again', d: 'discard' };

/** A decision that can be taken back. */
interface Decided {
  index: number;
  /** the answer as it was shown then; undefined for a decision before the page was there */
  before?: ReviewedAnswer;
}

/** A decision that the host has not answered yet. */
interface Underway {
  index: number;
  /** by how many it changes what waits */
  waiting: -1 | 0 | 1;
  /** whether a decision is taken back */
  isBack?: true;
}

/**
 * The dialog in which the flagged answers of a job are reviewed, one after the other. It goes on at once, however
 * far away the host is: a key is for the answer that is shown.
 */
@customElement('review-dialog')
export class ReviewDialog extends ContentDialog<ReviewSummary> {
  static override styles = [sharedStyles, bulkEditPreviewStyles, bulkEditStyles, quotedStyles, reviewStyles];

  @state() private rows: PlanRows | undefined;
  @state() private at = 0;
  /** how many answers wait, as the host last said */
  @state() private waiting = 0;
  /** the answer at {@link at}; undefined until it has come */
  @state() private shown: ReviewedAnswer | undefined;
  /** the address of the picture; undefined while it is made */
  @state() private picture: string | undefined;
  @state() private becomes: string | undefined;
  @state() private isEditing = false;
  @state() private isAsking = false;
  @state() private note = '';
  @state() private captioner = '';
  /** the temperature as typed; empty for the default of the server */
  @state() private temperature = '';

  @query('bulk-edit-preview') private readonly list!: BulkEditPreview | null;
  @query('textarea') private readonly field!: HTMLTextAreaElement | null;

  /** edited texts that are not taken yet, by the position of the answer */
  private readonly drafts = new Map<number, string>();
  /** texts that were taken after changes, for when that is taken back */
  private readonly takenTexts = new Map<number, string>();
  private readonly states = new Map<number, AnswerState>();
  /** the answers that have come, as they were then */
  private readonly answers = new Map<number, ReviewedAnswer>();
  /** those of {@link answers} that are on their way */
  private readonly coming = new Set<number>();
  /** what was decided, in this order */
  private decided: Decided[] = [];
  private readonly underway = new Set<Underway>();
  private asked = 0;
  private asking: AbortController | undefined;

  protected begin(summary: ReviewSummary): void {
    const { id, count, waiting, decided, captioners } = summary;
    const { host } = this;
    const [first] = captioners;
    this.waiting = waiting;
    this.decided = decided.map((index) => ({ index }));
    this.captioner = first?.name ?? '';
    this.temperature = temperatureText(first?.temperature);
    if (host === undefined) return;
    this.rows = new PlanRows(
      count,
      async (start, some) => {
        const { rows } = await host.request('getReviewRows', { id, start, count: some });
        return rows.map((row) => {
          const now = this.stateOf(row);
          this.states.set(row.index, now);
          return previewRow({ ...row, state: now });
        });
      },
      this.rowCame,
    );
  }

  protected async opened({ at, count }: ReviewSummary): Promise<void> {
    const shown = this.goTo(clamp(at, 0, Math.max(0, count - 1)));
    await this.list?.updateComplete;
    this.focusList();
    await shown;
  }

  protected renderContent(summary: ReviewSummary): TemplateResult {
    const title = l10n.t('Flagged Answers of {0}', summary.label);
    return html`${this.renderHeader(title, html`<span class="left">${this.leftText}</span>`)}
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
      ${this.renderFooter(this.renderButtons())}`;
  }

  private renderAnswer(): TemplateResult {
    const { shown } = this;
    if (shown === undefined) {
      return html`<div class="answer-side">
        <div class="picture"></div>
        <div class="words">
          <p class="where">${inOneLine(this.rows?.at(this.at)?.images[0] ?? '')}</p>
          <p class="hint">${l10n.t('Loading the answer…')}</p>
        </div>
      </div>`;
    }
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
    const { shown, at, summary } = this;
    const isBusy = this.isDeciding(at);
    const last = (summary?.count ?? 0) - 1;
    const adds = shown?.problem !== undefined && shown.mayAdd && shown.state !== 'taken' && shown.state !== 'edited';
    return html`<button
        class="button secondary step"
        ?disabled=${at <= 0}
        title=${l10n.t('Previous answer (arrow up in the list)')}
        @click=${() => void this.goTo(at - 1)}
      >
        ${l10n.t('Previous')}
      </button>
      <button
        class="button secondary step"
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

  protected renderStatus(): TemplateResult | string {
    if (this.isAsking) return l10n.t('Asking {0}…', this.captioner);
    if (this.note !== '') return this.note;
    return this.left === 0 ? l10n.t('All answers are decided on.') : '';
  }

  /** How many answers wait once the host has answered. */
  private get left(): number {
    return [...this.underway].reduce((sum, { waiting }) => sum + waiting, this.waiting);
  }

  private get leftText(): string {
    const { summary, left } = this;
    if (summary === undefined) return '';
    const forms = pluralForm(l10n.t('{0} of {1} answer left|{0} of {1} answers left'), summary.count);
    return forms.replace('{0}', formatNumber(left)).replace('{1}', formatNumber(summary.count));
  }

  private focusList(): void {
    this.list?.querySelector<HTMLElement>('.rows')?.focus({ preventScroll: true });
  }

  private readonly openRow = (index: number): void => {
    if (index !== this.at) void this.goTo(index);
  };

  /** Shows an answer: at once if it has come before, as it was then. */
  private async goTo(index: number): Promise<void> {
    const { host, summary } = this;
    if (host === undefined || summary === undefined || index < 0 || index >= summary.count) return;
    this.giveUp();
    const asked = ++this.asked;
    const { id } = summary;
    this.at = index;
    this.problem = '';
    this.list?.goTo(index);
    this.isEditing = this.drafts.has(index);
    this.picture = undefined;
    this.becomes = undefined;
    clearTimeout(this.timer);
    const known = this.answers.get(index);
    this.shown = known;
    try {
      const coming = host.request('getAnswer', { id, index, isAhead: false });
      if (known !== undefined) {
        this.previewSoon(0);
        void this.showPicture(known, asked);
      }
      const { answer } = await coming;
      if (asked !== this.asked) return;
      this.show(answer);
      if (answer.imageVersion !== known?.imageVersion) void this.showPicture(answer, asked);
      this.lookAhead(index);
    } catch (error) {
      if (asked === this.asked) this.problem = errorMessage(error);
    }
  }

  private async showPicture({ image: path, imageVersion }: ReviewRow, asked: number): Promise<void> {
    const size = previewSizeFor(pictureSide * window.devicePixelRatio);
    try {
      const answer = await this.host?.request('getPreview', { path, imageVersion, size, urgent: true });
      if (asked === this.asked) this.picture = answer?.uri;
    } catch (error) {
      if (asked === this.asked) this.problem = errorMessage(error);
    }
  }

  /** Asks for the answers that are likely to be looked at next, so that they are there at once. */
  private lookAhead(from: number): void {
    const { host, summary } = this;
    if (host === undefined || summary === undefined) return;
    const { id, count } = summary;
    const next = this.nextWaiting(from);
    const wanted = new Set([from + 1, from + 2, from - 1, ...(next === undefined ? [] : [next])]);
    for (const index of wanted) {
      if (index < 0 || index >= count || this.answers.has(index) || this.coming.has(index)) continue;
      this.coming.add(index);
      host
        .request('getAnswer', { id, index, isAhead: true })
        .then(({ answer }) => {
          if (this.summary === summary && !this.answers.has(index)) this.remember(answer);
        })
        // It is asked for again when it is looked at.
        .catch(() => undefined)
        .finally(() => this.coming.delete(index));
    }
  }

  private show(answer: ReviewedAnswer): void {
    this.remember(answer);
    this.previewSoon(0);
  }

  /** Takes over what the host says of an answer. */
  private remember(answer: ReviewedAnswer): void {
    const { index } = answer;
    const now = { ...answer, state: this.stateOf(answer) };
    this.answers.set(index, now);
    // Each may be long, and there may be many of them.
    if (this.answers.size > 2 * keptAround) {
      for (const other of this.answers.keys()) if (Math.abs(other - this.at) > keptAround) this.answers.delete(other);
    }
    this.states.set(index, now.state);
    if (index === this.at) this.shown = now;
    this.rows?.change(index, previewRow(now));
    this.version++;
  }

  /** What becomes of an answer, though the host may not know of it yet. */
  private stateOf({ index, state: told }: Pick<ReviewRow, 'index' | 'state'>): AnswerState {
    return this.isUnderway(index) ? (this.states.get(index) ?? told) : told;
  }

  private isUnderway(index: number): boolean {
    return [...this.underway].some((one) => one.index === index);
  }

  /** Whether an answer has been decided on a moment ago: the same key again means no other answer. */
  private isDeciding(index: number): boolean {
    const last = [...this.underway].findLast((one) => one.index === index);
    return last !== undefined && last.isBack !== true;
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
    if (this.shown === undefined) this.notYet();
    if (this.shown === undefined || this.shown.isCut) return;
    this.isEditing = true;
    void this.updateComplete.then(() => {
      this.field?.focus();
    });
  };

  private async take(): Promise<void> {
    const { host, summary, shown, at: index } = this;
    if (host === undefined || summary === undefined || shown === undefined) {
      this.notYet();
      return;
    }
    if (shown.problem !== undefined && !shown.mayAdd) {
      this.problem = shown.problem;
      return;
    }
    const draft = this.drafts.get(index);
    const becomes = draft === undefined ? 'taken' : 'edited';
    const isDone = await this.decide(becomes, l10n.t('Taken.'), () =>
      host.request('takeAnswer', this.wanted(summary, shown)),
    );
    if (!isDone || draft === undefined) return;
    this.takenTexts.set(index, draft);
    if (this.drafts.get(index) === draft) this.drafts.delete(index);
    if (this.at === index) this.isEditing = this.drafts.has(index);
  }

  private async discard(): Promise<void> {
    const { host, summary, shown, at: index } = this;
    if (host === undefined || summary === undefined || shown === undefined) {
      this.notYet();
      return;
    }
    await this.decide('discarded', l10n.t('Discarded.'), () =>
      host.request('discardAnswer', { id: summary.id, index }),
    );
  }

  /** A key for an answer that has not come: it is for no other one, and nobody has read this one. */
  private notYet(): void {
    this.note = l10n.t('The answer is not here yet.');
  }

  /**
   * Does something with the answer that is shown, and goes on at once with the next one that waits. Where the host
   * refuses, it comes back, unless the user has gone on since.
   * @returns whether it was done
   */
  private async decide(becomes: AnswerState, done: string, act: () => Promise<Reviewed>): Promise<boolean> {
    const { at: index, shown } = this;
    if (shown === undefined || this.isDeciding(index)) return false;
    this.problem = '';
    const decision: Underway = { index, waiting: shown.state === 'waiting' ? -1 : 0 };
    const answer = act();
    const entry: Decided = { index, before: shown };
    this.giveUp();
    this.underway.add(decision);
    this.decided.push(entry);
    this.mark(index, becomes);
    this.note = `${done} ${plural(l10n.t('{0} answer left|{0} answers left'), this.left)}`;
    const next = this.nextWaiting(index);
    if (next !== undefined) void this.goTo(next);
    this.focusList();
    const position = this.asked;
    const hasGoneOn = (): boolean => this.asked !== position || this.isTyping;
    return this.settle(decision, answer, () => {
      this.decided = this.decided.filter((one) => one !== entry);
      return hasGoneOn();
    });
  }

  /** Takes the last decision back, and shows the answer that it was about. */
  private async takeBack(): Promise<void> {
    const { host, summary } = this;
    if (host === undefined || summary === undefined) return;
    const entry = this.decided.pop();
    if (entry === undefined) {
      this.note = l10n.t('Nothing was decided here that could be taken back.');
      return;
    }
    const { index, before } = entry;
    const answer = host.request('takeBackAnswer', { id: summary.id, index });
    const decision: Underway = {
      index,
      waiting: before === undefined || before.state === 'waiting' ? 1 : 0,
      isBack: true,
    };
    this.underway.add(decision);
    if (before !== undefined) this.answers.set(index, before);
    this.mark(index, before?.state ?? 'waiting');
    const text = this.takenTexts.get(index);
    if (text !== undefined) this.drafts.set(index, text);
    void this.goTo(index);
    this.focusList();
    this.note = l10n.t('Taken back.');
    await this.settle(decision, answer, () => {
      this.decided.push(entry);
      return false;
    });
  }

  /**
   * Waits for what the host says of a decision.
   * @param undo called when it was not done; returns whether the user has gone on since
   * @returns whether it was done
   */
  private async settle(decision: Underway, coming: Promise<Reviewed>, undo: () => boolean): Promise<boolean> {
    const { summary } = this;
    const { index } = decision;
    let wrong: string | undefined;
    let answer = this.answers.get(index);
    try {
      const reviewed = await coming;
      if (this.summary === summary) this.waiting = reviewed.waiting;
      ({ answer, refusal: wrong } = { refusal: undefined, ...reviewed });
    } catch (error) {
      wrong = errorMessage(error);
    }
    const image = inOneLine(answer?.image ?? '');
    if (this.summary !== summary) {
      // The dialog was closed meanwhile, and what it was told to do has not been done.
      if (wrong !== undefined) say(l10n.t('{0}: {1}', image, wrong));
      return false;
    }
    this.underway.delete(decision);
    if (answer !== undefined) this.remember(answer);
    if (wrong === undefined) {
      if (index === this.at) this.previewSoon(0);
      return true;
    }
    this.note = '';
    if (undo()) this.problem = l10n.t('{0}: {1}', image, wrong);
    else {
      if (index !== this.at) void this.goTo(index);
      this.problem = wrong;
    }
    return false;
  }

  private mark(index: number, state: AnswerState): void {
    this.states.set(index, state);
    const known = this.answers.get(index);
    if (known !== undefined) this.remember({ ...known, state });
  }

  /** Whether somebody writes a text: nothing may take the field away. */
  private get isTyping(): boolean {
    return this.field !== null && this.shadowRoot?.activeElement === this.field;
  }

  /** The next undecided answer, or else the first one; undefined if none is known. */
  private nextWaiting(index: number): number | undefined {
    const count = this.summary?.count ?? 0;
    if (this.left === 0) return undefined;
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
    if (this.isAsking) this.giveUp();
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
    const { signal } = asking;
    this.asking = asking;
    this.isAsking = true;
    this.problem = '';
    this.note = '';
    try {
      const wanted = { id: summary.id, index, captioner, temperature };
      const { answer, refusal } = await host.request('askAgain', wanted, signal);
      if (signal.aborted) return;
      // A field in which somebody writes stays.
      if (refusal === undefined && !this.isTyping) {
        this.drafts.delete(index);
        this.isEditing = false;
      }
      this.show(answer);
      this.problem = refusal ?? '';
      if (refusal === undefined) this.note = answer.isGood ? l10n.t('There is a caption now.') : answer.reason;
    } catch (error) {
      if (!signal.aborted) this.problem = errorMessage(error);
    } finally {
      if (this.asking === asking) this.isAsking = false;
    }
  }

  protected override giveUp(): void {
    this.asking?.abort();
    this.asking = undefined;
    this.isAsking = false;
  }

  protected forget(): void {
    this.asked++;
    this.drafts.clear();
    this.takenTexts.clear();
    this.states.clear();
    this.answers.clear();
    this.coming.clear();
    this.underway.clear();
    this.rows = undefined;
    this.shown = undefined;
    this.picture = undefined;
    this.becomes = undefined;
    this.isEditing = false;
    this.note = '';
  }

  protected drop(id: number): Promise<unknown> | undefined {
    return this.host?.request('dropReview', { id });
  }

  protected override onKey(event: KeyboardEvent): void {
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
    } else if (!isField && historyKey(event) === 'undo') {
      event.preventDefault();
      if (!event.repeat) void this.takeBack();
    } else if (!isField && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const action = isForText(target) ? actionOfKey[event.key.toLowerCase()] : undefined;
      if (action !== undefined) {
        event.preventDefault();
        // A held key (auto-repeat) must not decide on one answer after another.
        if (!event.repeat) this.act(action);
      }
    }
  }

  private act(action: Action): void {
    switch (action) {
      case 'take':
        void this.take();
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

/** Whether single letters are shortcuts at an element: in the list, or in a read-only text. */
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
    note: now === 'waiting' ? undefined : stateName(now),
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'review-dialog': ReviewDialog;
  }
}
