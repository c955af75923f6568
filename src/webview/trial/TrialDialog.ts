import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { purposes, usualTraits, withPurpose, type Purpose } from '../../captioner/prompt/purposes';
import { errorMessage } from '../../protocol/channel/wireError';
import type {
  Trial,
  TrialProblems,
  TrialResult,
  TrialSummary,
  TrialWords,
  TriedCaptioner,
} from '../../protocol/page/trialProtocol';
import { inOneLine } from '../../protocol/text/escapeControls';
import { bulkEditStyles } from '../bulkEdit/bulkEdit.css';
import { ContentDialog } from '../bulkEdit/ContentDialog';
import { formatNumber, plural } from '../shared/displayLanguage';
import { errorIcon, warningIcon } from '../shared/icons';
import { quotedStyles, quotedText } from '../shared/quotedText';
import { sharedStyles } from '../shared/shared.css';
import { trialStyles } from './trial.css';

/** Debounce: the words are checked this long after a key, in milliseconds. */
const checkDelay = 250;

/** The dialog in which a captioner is tried on a few images, its words edited in place. */
@customElement('trial-dialog')
export class TrialDialog extends ContentDialog<TrialSummary> {
  static override styles = [sharedStyles, bulkEditStyles, quotedStyles, trialStyles];

  @state() private captioners: readonly TriedCaptioner[] = [];
  @state() private trial: Trial = { captioner: '', words: noWords };
  /** the temperature as typed; empty for the default of the server */
  @state() private temperature = '';
  @state() private purpose: Purpose | '' = '';
  @state() private traits = '';
  @state() private problems: TrialProblems = { problems: [], missing: [] };
  /** the result for each image; undefined until there is one */
  @state() private results: readonly (TrialResult | undefined)[] = [];
  /** the words that the results were made with */
  @state() private triedWith = '';
  @state() private isTrying = false;
  @state() private note = '';

  @query('[name=prompt]') private readonly promptField!: HTMLTextAreaElement | null;

  /** the prompt before and after the instructions of a purpose were added */
  private composed: { base: string; whole: string } | undefined;
  private trying: AbortController | undefined;
  /** the captioner to continue with once the dialog is closed */
  private goesOn: string | undefined;
  private checks = 0;

  protected begin(summary: TrialSummary): void {
    this.captioners = summary.captioners;
    this.setTrial(summary.trial);
    this.results = summary.images.map(() => undefined);
  }

  protected opened(): Promise<void> {
    this.promptField?.focus();
    return this.check();
  }

  protected renderContent(summary: TrialSummary): TemplateResult {
    const title = plural(l10n.t('Try on {0} Image|Try on {0} Images'), summary.images.length);
    return html`${this.renderHeader(title)}
      <div class="body">
        <div class="form">${this.renderForm()}</div>
        <section class="tried" aria-label=${l10n.t('Captions')} aria-busy=${this.isTrying ? 'true' : 'false'}>
          ${summary.images.map((image, index) => {
            const name = inOneLine(image.image);
            const address = this.pictures.of({ images: [image.image], imageVersion: image.imageVersion });
            return html`<article class="card" aria-label=${name}>
              <div class="thumb">${address === undefined ? nothing : html`<img src=${address} alt=${name} />`}</div>
              <div class="pair">
                <p class="where">${name}</p>
                <div class="side">
                  <h3>${l10n.t('Now')}</h3>
                  ${quotedText(image.caption, { label: l10n.t('Caption of {0} now', name) }, l10n.t('No caption'))}
                </div>
                <div class="side">
                  <h3>${l10n.t('New')}</h3>
                  ${this.renderResult(index, name)}
                </div>
              </div>
            </article>`;
          })}
        </section>
      </div>
      ${this.renderFooter(this.renderButtons())}`;
  }

  private renderForm(): TemplateResult {
    const { captioner, words } = this.trial;
    const chosen = this.captioners.find(({ name }) => name === captioner);
    return html`<label class="field"
        ><span>${l10n.t('Captioner')}</span
        ><select ?disabled=${this.isTrying} @change=${this.onCaptioner}>
          ${this.captioners.map(({ name }) => html`<option value=${name} ?selected=${name === captioner}>${name}</option>`)}
        </select></label
      >
      <p class="hint">${chosen?.place ?? ''}</p>
      ${this.area('prompt', l10n.t('Prompt'), words.prompt, 7)}
      <fieldset class="purpose">
        <legend>${l10n.t('What the dataset is for')}</legend>
        <select aria-label=${l10n.t('What the dataset is for')} @change=${this.onPurpose}>
          <option value="" ?selected=${this.purpose === ''}>${l10n.t('Anything')}</option>
          ${purposes.map(
            (one) => html`<option value=${one} ?selected=${one === this.purpose}>${purposeName(one)}</option>`,
          )}
        </select>
        <div class="traits" ?hidden=${this.purpose === ''}>
          <label class="field"
            ><span>${l10n.t('Traits that captions leave out')}</span
            ><textarea rows="2" name="traits" .value=${live(this.traits)} @input=${this.onTraits}></textarea>
          </label>
          <p class="hint">${l10n.t('Separated by commas. What a caption does not name, the trigger word takes on.')}</p>
          <button class="button secondary" @click=${this.compose}>${l10n.t('Put Into the Prompt')}</button>
        </div>
      </fieldset>
      <div class="pairs">
        <label class="field"
          ><span>${l10n.t('Trigger word')}</span
          ><input
            type="text"
            name="trigger"
            spellcheck="false"
            autocomplete="off"
            .value=${live(words.trigger)}
            @input=${(event: Event) => {
              this.setWords({ trigger: (event.target as HTMLInputElement).value });
            }}
        /></label>
        <label class="field"
          ><span>${l10n.t('Temperature')}</span
          ><input
            type="number"
            name="temperature"
            min="0"
            max="2"
            step="0.1"
            placeholder=${l10n.t('server’s own')}
            .value=${live(this.temperature)}
            @input=${this.onTemperature}
        /></label>
      </div>
      ${this.area('system', l10n.t('System text'), words.system, 2)}`;
  }

  private area(name: 'prompt' | 'system', label: string, value: string, rows: number): TemplateResult {
    return html`<label class="field"
      ><span>${label}</span
      ><textarea
        name=${name}
        rows=${rows}
        .value=${live(value)}
        @input=${(event: Event) => {
          this.setWords({ [name]: (event.target as HTMLTextAreaElement).value });
        }}
      ></textarea>
    </label>`;
  }

  private renderResult(index: number, name: string): TemplateResult {
    const result = this.results[index];
    const missing = this.problems.missing[index] ?? [];
    if (result === undefined) {
      if (this.isTrying) return html`<p class="hint asking">${l10n.t('Asking…')}</p>`;
      return missing.length === 0 ? html`<p class="hint">${l10n.t('Not tried yet')}</p>` : renderMissing(missing);
    }
    const label = l10n.t('New caption of {0}', name);
    switch (result.state) {
      case 'caption':
        return quotedText(result.text, { label }, l10n.t('Nothing'));
      case 'flagged':
        return html`<p class="reason">
            <span class="warning">${warningIcon}</span> ${l10n.t('Would be flagged: {0}', result.reason)}
          </p>
          ${quotedText(result.text, { label: l10n.t('What the model said of {0}', name) }, l10n.t('Nothing'))}`;
      case 'missing':
        return renderMissing(result.placeholders);
      case 'failed':
        return html`<p class="reason"><span class="error">${errorIcon}</span> ${result.reason}</p>`;
    }
  }

  private renderButtons(): TemplateResult {
    const { isTrying } = this;
    const cannot = this.problems.problems.length > 0;
    return html`<button
        class="button secondary"
        ?disabled=${isTrying || cannot || !this.isChanged}
        @click=${() => void this.useWords()}
      >
        ${l10n.t('Use This Prompt')}
      </button>
      <button class="button secondary" ?disabled=${isTrying || cannot} @click=${() => void this.goOn()}>
        ${this.isChanged ? l10n.t('Use and Caption…') : l10n.t('Caption…')}
      </button>
      <button
        class="button"
        title=${isTrying ? l10n.t('Cancel') : l10n.t('Try (Ctrl+Enter)')}
        aria-keyshortcuts="Control+Enter"
        ?disabled=${!isTrying && cannot}
        @click=${this.toggleTrying}
      >
        ${isTrying ? l10n.t('Cancel') : l10n.t('Try')}
      </button>`;
  }

  protected override get trouble(): string {
    const [wrong = ''] = this.problems.problems;
    return this.problem === '' ? wrong : this.problem;
  }

  protected renderStatus(): TemplateResult | string {
    if (this.isTrying) {
      if (this.triedWith === '') return l10n.t('Asking…');
      const done = this.results.filter((result) => result !== undefined).length;
      return l10n.t(
        'Asking {0}: {1} of {2}',
        this.trial.captioner,
        formatNumber(done),
        formatNumber(this.results.length),
      );
    }
    if (this.note !== '') return this.note;
    if (this.triedWith !== '' && this.triedWith !== JSON.stringify(this.trial)) {
      return l10n.t('The words were changed since these captions were made.');
    }
    return l10n.t('Nothing is written into captions here.');
  }

  /** Whether the words differ from those of the captioner. */
  private get isChanged(): boolean {
    const { captioner, words } = this.trial;
    const own = this.captioners.find(({ name }) => name === captioner)?.words;
    return own !== undefined && wordKeys.some((key) => own[key] !== words[key]);
  }

  private setTrial(trial: Trial): void {
    this.trial = trial;
    const { temperature } = trial.words;
    this.temperature = temperature === null ? '' : String(temperature);
    this.composed = undefined;
  }

  private setWords(words: Partial<TrialWords>): void {
    this.trial = { ...this.trial, words: { ...this.trial.words, ...words } };
    this.note = '';
    this.problem = '';
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.check(), checkDelay);
  }

  private readonly onCaptioner = (event: Event): void => {
    const { value } = event.target as HTMLSelectElement;
    const words = this.captioners.find(({ name }) => name === value)?.words;
    if (words === undefined) return;
    this.setTrial({ captioner: value, words });
    this.setWords({});
  };

  private readonly onTemperature = (event: Event): void => {
    const { value } = event.target as HTMLInputElement;
    this.temperature = value;
    const number = value.trim() === '' ? null : Number(value);
    if (number === null || (number >= 0 && number <= 2)) this.setWords({ temperature: number });
    else this.problem = l10n.t('A temperature is a number from 0 to 2.');
  };

  private readonly onPurpose = (event: Event): void => {
    const { value } = event.target as HTMLSelectElement;
    this.purpose = purposes.find((one) => one === value) ?? '';
    this.traits = this.purpose === '' ? '' : usualTraits[this.purpose].join(', ');
    // The instructions of the former purpose are removed, unless the prompt was edited since.
    if (this.purpose === '') this.takeOut();
  };

  private readonly onTraits = (event: Event): void => {
    this.traits = (event.target as HTMLTextAreaElement).value;
  };

  private readonly compose = (): void => {
    if (this.purpose === '') return;
    const { prompt, trigger } = this.trial.words;
    const base = this.composed?.whole === prompt ? this.composed.base : prompt;
    const traits = this.traits.split(',').map((trait) => trait.trim());
    const whole = withPurpose(base, this.purpose, traits, trigger.trim() !== '');
    this.composed = { base, whole };
    this.setWords({ prompt: whole });
    this.note = l10n.t('The prompt says so now.');
  };

  private takeOut(): void {
    const { composed } = this;
    if (composed?.whole === this.trial.words.prompt) this.setWords({ prompt: composed.base });
    this.composed = undefined;
  }

  private async check(): Promise<void> {
    clearTimeout(this.timer);
    const { host, summary, trial } = this;
    if (host === undefined || summary === undefined) return;
    const number = ++this.checks;
    try {
      const problems = await host.request('checkTrial', { id: summary.id, trial });
      if (number === this.checks) this.problems = problems;
    } catch (error) {
      if (number === this.checks) this.problem = errorMessage(error);
    }
  }

  private readonly toggleTrying = (): void => {
    if (this.isTrying) this.trying?.abort();
    else void this.tryAll();
  };

  private async tryAll(): Promise<void> {
    const { host, summary, trial } = this;
    if (host === undefined || summary === undefined || this.isTrying) return;
    const trying = new AbortController();
    this.trying = trying;
    // From now on: the words are looked at first, and a second key must not ask for everything twice.
    this.isTrying = true;
    this.note = '';
    this.problem = '';
    const isStopped = (): boolean => trying.signal.aborted;
    const { triedWith } = this;
    this.triedWith = '';
    await this.check();
    if (this.trying !== trying) return;
    if (isStopped() || this.problems.problems.length > 0) {
      this.triedWith = triedWith;
      this.isTrying = false;
      if (isStopped()) this.note = l10n.t('Cancelled.');
      return;
    }
    this.triedWith = JSON.stringify(trial);
    this.results = summary.images.map(() => undefined);
    // In a narrow window they are below the words.
    this.renderRoot.querySelector('.card')?.scrollIntoView({ block: 'nearest' });
    await Promise.all(
      summary.images.map(async (_, index) => {
        const result = await host
          .request('tryOnImage', { id: summary.id, trial, index }, trying.signal)
          .catch((error: unknown): TrialResult | undefined =>
            trying.signal.aborted ? undefined : { state: 'failed', reason: errorMessage(error) },
          );
        if (this.trying !== trying) return;
        this.results = this.results.map((before, at) => (at === index ? result : before));
      }),
    );
    if (this.trying !== trying) return;
    this.isTrying = false;
    if (isStopped()) this.note = l10n.t('Cancelled.');
    // Words that were changed meanwhile are the news then.
    else if (this.triedWith === JSON.stringify(this.trial)) this.note = this.doneText();
  }

  private doneText(): string {
    const made = this.results.filter((result) => result?.state === 'caption').length;
    return plural(
      l10n.t(
        '{0} of {1} image has a new caption. Nothing is written.|{0} of {1} images have new captions. Nothing is written.',
      ),
      this.results.length,
      formatNumber(made),
      formatNumber(this.results.length),
    );
  }

  /** @returns whether the captioner has these words now */
  private async useWords(): Promise<boolean> {
    const { host, summary, trial } = this;
    if (host === undefined || summary === undefined) return false;
    this.problem = '';
    try {
      const { captioners } = await host.request('useTrial', { id: summary.id, trial });
      this.captioners = captioners;
      this.note = l10n.t('{0} is asked with this from now on.', trial.captioner);
      return true;
    } catch (error) {
      this.problem = errorMessage(error);
      return false;
    }
  }

  private async goOn(): Promise<void> {
    const { host, summary, trial } = this;
    if (host === undefined || summary === undefined) return;
    if (this.isChanged && !(await this.useWords())) return;
    // A second key has closed it meanwhile.
    if (this.summary !== summary) return;
    this.goesOn = trial.captioner;
    this.close();
  }

  protected override giveUp(): void {
    this.trying?.abort();
  }

  protected forget(): void {
    this.trying = undefined;
    this.checks++;
    this.isTrying = false;
    this.purpose = '';
    this.traits = '';
    this.problems = { problems: [], missing: [] };
    this.results = [];
    this.triedWith = '';
    this.note = '';
  }

  protected drop(id: number): Promise<void> {
    const captioner = this.goesOn;
    this.goesOn = undefined;
    return this.leave(id, captioner);
  }

  /** @param captioner to continue with; undefined to only close */
  private async leave(id: number, captioner: string | undefined): Promise<void> {
    const { host } = this;
    if (captioner !== undefined) {
      // The page restores the focus first: later it would take it from VS Code's question.
      for (let frames = 0; frames < 4; frames++) await new Promise(requestAnimationFrame);
      host?.command('captionAfterTrial', { id, captioner });
    }
    await host?.request('dropTrial', { id });
  }

  protected override onKey(event: KeyboardEvent): void {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    if (!event.repeat && !this.isTrying) void this.tryAll();
  }
}

const noWords: TrialWords = { system: '', prompt: '', trigger: '', temperature: null };
const wordKeys = ['system', 'prompt', 'trigger', 'temperature'] as const;

function purposeName(purpose: Purpose): string {
  const names: Record<Purpose, string> = {
    character: l10n.t('A character'),
    style: l10n.t('A style'),
    concept: l10n.t('A concept'),
  };
  return names[purpose];
}

function renderMissing(placeholders: readonly string[]): TemplateResult {
  return html`<p class="reason">
    <span class="warning">${warningIcon}</span> ${l10n.t('There is nothing for {0}.', placeholders.join(', '))}
  </p>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'trial-dialog': TrialDialog;
  }
}
