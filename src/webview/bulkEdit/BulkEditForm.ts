import * as l10n from '@vscode/l10n';
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import {
  blankEditForm,
  type CaptioningSummary,
  type EditForm,
  type EditOperation,
  type EditScope,
} from '../../protocol/page/bulkEditProtocol';
import { formatNumber, pluralForm, withElements } from '../shared/displayLanguage';

const operations: readonly [EditOperation, string][] = [
  ['addTags', l10n.t('Add tags')],
  ['removeTags', l10n.t('Remove tags')],
  ['replaceTags', l10n.t('Replace or rename tags')],
  ['moveTags', l10n.t('Move tags to the front')],
  ['deduplicate', l10n.t('Remove duplicate tags')],
  ['sortTags', l10n.t('Sort tags')],
  ['separators', l10n.t('Tidy separators')],
  ['replaceText', l10n.t('Find and replace text')],
  ['setCaption', l10n.t('Set or extend captions')],
  ['clear', l10n.t('Clear captions')],
  ['restoreSnapshot', l10n.t('Restore a snapshot')],
];

/** Explanations of operations that their fields do not explain. */
const explanations: Partial<Record<EditOperation, string>> = {
  addTags: l10n.t('Tags that a caption has already are not added again.'),
  deduplicate: l10n.t('The first of each tag stays. Case, underscores and escaped parentheses make no difference.'),
  separators: l10n.t('One separator between all tags, no empty ones. The tags stay as they are written.'),
  moveTags: l10n.t('In this order, where a caption has them.'),
  clear: l10n.t('All text goes. Undo brings it back.'),
  restoreSnapshot: l10n.t('Captions of images that it does not have stay as they are.'),
};

/** The left half of the dialog for bulk edits: what to do, and with which captions. */
@customElement('bulk-edit-form')
export class BulkEditForm extends LitElement {
  @property({ attribute: false }) form: EditForm = { ...blankEditForm };
  @property({ attribute: false }) scope: EditScope = 'all';
  /** Number of images in each scope; undefined for a scope that is not offered. */
  @property({ attribute: false }) counts: Partial<Record<EditScope, number>> = {};
  /** What a preview of a job says of it. */
  @property({ attribute: false }) facts: CaptioningSummary['facts'] = [];
  @property({ attribute: false }) change: ((form: EditForm, scope: EditScope) => void) | undefined;

  /** Attaches tag suggestions to a field that got the focus. */
  @property({ attribute: false }) suggestIn: ((field: HTMLInputElement) => void) | undefined;

  /**
   * Puts the keyboard focus where typing begins.
   * @param given fields that a command has filled in: with a tag to rename, typing begins with its new name
   */
  focusFirst(given: Partial<EditForm> = {}): void {
    const isGiven = given.operation === 'replaceTags' && (given.find ?? '') !== '';
    const first = isGiven ? '[name=replacement]' : '.fields input:not([type=radio]), .fields textarea';
    const field = this.querySelector<HTMLElement>(first);
    (field ?? this.querySelector<HTMLElement>('select'))?.focus();
    if (field instanceof HTMLInputElement) field.select();
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult {
    const { operation } = this.form;
    if (operation === 'captionPreview') return this.renderFacts();
    const explanation = explanations[operation];
    return html`<div class="fields">
        <label class="field"
          ><span>${l10n.t('What to do')}</span
          ><select
            class="operation"
            @change=${(event: Event) => {
              this.set({ operation: (event.target as HTMLSelectElement).value as EditOperation });
            }}
          >
            ${operations
              .filter(([value]) => value !== 'restoreSnapshot' || this.form.snapshot !== '')
              .map(([value, label]) => html`<option value=${value} ?selected=${value === operation}>${label}</option>`)}
          </select></label
        >
        ${this.renderFields(operation)}
        ${explanation === undefined ? nothing : html`<p class="hint">${explanation}</p>`}
      </div>
      <fieldset class="scopes">
        <legend>${l10n.t('In the captions of')}</legend>
        ${this.renderScope('selection', l10n.t('{0} selected image|{0} selected images'))}
        ${this.renderScope('filtered', l10n.t('{0} image found by the search|{0} images found by the search'))}
        ${this.renderScope('all', l10n.t('the only image|all {0} images'))}
      </fieldset>`;
  }

  /** The facts of a job's preview: there is nothing to choose, as its images were tagged already. */
  private renderFacts(): TemplateResult {
    return html`<dl class="facts">
        ${this.facts.map(
          ({ name, value }) =>
            html`<div>
              <dt>${name}</dt>
              <dd>${value}</dd>
            </div>`,
        )}
      </dl>
      <p class="hint">
        ${l10n.t('Nothing is written yet. What you apply counts as written by the tagger, and is one step to undo.')}
      </p>`;
  }

  private renderFields(operation: EditOperation): TemplateResult | typeof nothing {
    const { form } = this;
    switch (operation) {
      case 'addTags':
        return html`${this.text('tags', l10n.t('Tags'), 'smile, long hair')}
        ${this.radios('position', l10n.t('Where'), [
          ['last', l10n.t('At the end')],
          ['first', l10n.t('At the start')],
        ])}
        ${form.position === 'first' ? this.keepFirst(l10n.t('Behind the first … tags')) : nothing}`;
      case 'removeTags':
        return html`${this.text('find', form.match === 'regex' ? l10n.t('Regular expression') : l10n.t('Tags'), findExample(form))}
        ${this.matching()}`;
      case 'replaceTags':
        return html`${this.text('find', form.match === 'regex' ? l10n.t('Regular expression') : l10n.t('Tags'), findExample(form))}
          ${this.text('replacement', l10n.t('Replace with'), replacementExample(form))} ${this.matching()}
          <p class="hint">
            ${l10n.t('A comma makes several tags, nothing removes the tag. A tag that a caption has already is not doubled.')}
          </p>`;
      case 'moveTags':
        return html`${this.text('tags', l10n.t('Tags'), 'trigger word, 1girl')}
        ${this.keepFirst(l10n.t('Behind the first … tags'))}`;
      case 'sortTags':
        return html`${this.radios('sortBy', l10n.t('Order'), [
          ['alphabet', l10n.t('By the alphabet')],
          ['frequency', l10n.t('Most frequent in the dataset first')],
        ])}
        ${this.keepFirst(l10n.t('Leave the first … tags in place'))}`;
      case 'replaceText':
        return html`${this.text('find', form.regex ? l10n.t('Regular expression') : l10n.t('Find'), '')}
          ${this.text('replacement', l10n.t('Replace with'), '')}
          <div class="checks">
            ${this.check('matchCase', l10n.t('Match case'))} ${this.check('regex', l10n.t('Regular expression'))}
          </div>
          ${
            form.regex
              ? html`<p class="hint">
                  ${withElements(l10n.t('Groups: {0}. Line end: {1}.'), html`<code>$1</code>`, html`<code>\\n</code>`)}
                </p>`
              : nothing
          }`;
      case 'setCaption':
        return html`<label class="field"
            ><span>${l10n.t('Caption')}</span
            ><textarea
              rows="4"
              spellcheck="false"
              .value=${form.text}
              @input=${(event: Event) => {
                this.set({ text: (event.target as HTMLTextAreaElement).value });
              }}
            ></textarea></label
          >${this.radios('how', l10n.t('How'), [
            ['replace', l10n.t('Replace what is there')],
            ['append', l10n.t('Add its tags at the end')],
            ['prepend', l10n.t('Add its tags at the start')],
          ])}`;
      case 'restoreSnapshot':
        return html`<p class="hint">${form.snapshotName}</p>
          ${this.text('tags', l10n.t('Only these tags'), l10n.t('all of each caption'))}`;
      case 'deduplicate':
      case 'separators':
      case 'clear':
      case 'captionPreview':
        return nothing;
    }
  }

  /** @param forms the singular and plural of the label, as {@link pluralForm} takes them */
  private renderScope(scope: EditScope, forms: string): TemplateResult | typeof nothing {
    const count = this.counts[scope];
    if (count === undefined) return nothing;
    return html`<label class="choice"
      ><input
        type="radio"
        name="scope"
        .checked=${this.scope === scope}
        ?disabled=${count === 0}
        @change=${() => {
          this.change?.(this.form, scope);
        }}
      /><span>${withElements(pluralForm(forms, count), html`<b>${formatNumber(count)}</b>`)}</span></label
    >`;
  }

  private text(name: 'tags' | 'find' | 'replacement', label: string, placeholder: string): TemplateResult {
    return html`<label class="field"
      ><span>${label}</span
      ><input
        type="text"
        name=${name}
        placeholder=${placeholder}
        spellcheck="false"
        autocomplete="off"
        .value=${this.form[name]}
        @focus=${(event: Event) => {
          if (this.holdsTags(name)) this.suggestIn?.(event.target as HTMLInputElement);
        }}
        @input=${(event: Event) => {
          this.set({ [name]: (event.target as HTMLInputElement).value });
        }}
    /></label>`;
  }

  /** Whether a field takes tags, and not plain text or a regular expression. */
  private holdsTags(name: 'tags' | 'find' | 'replacement'): boolean {
    const { operation, match } = this.form;
    return operation !== 'replaceText' && (name === 'tags' || match !== 'regex');
  }

  /** A number field in the middle of a sentence, in the place of its `…`. */
  private keepFirst(sentence: string): TemplateResult {
    const [before = '', after = ''] = sentence.split('…');
    return html`<label class="inline"
      >${before}<input
        type="number"
        min="0"
        max="999"
        .value=${String(this.form.keepFirst)}
        @input=${(event: Event) => {
          const value = (event.target as HTMLInputElement).valueAsNumber;
          if (Number.isSafeInteger(value) && value >= 0) this.set({ keepFirst: value });
        }}
      />${after}</label
    >`;
  }

  private matching(): TemplateResult {
    return html`${this.radios('match', l10n.t('Tags are'), [
      ['exact', l10n.t('exactly these')],
      ['wildcard', l10n.t('patterns with * and ?')],
      ['regex', l10n.t('a regular expression')],
    ])}
    ${this.form.match === 'regex' ? html`<div class="checks">${this.check('matchCase', l10n.t('Match case'))}</div>` : nothing}`;
  }

  private radios<K extends 'position' | 'match' | 'sortBy' | 'how'>(
    name: K,
    legend: string,
    choices: readonly [EditForm[K], string][],
  ): TemplateResult {
    return html`<fieldset>
      <legend>${legend}</legend>
      ${choices.map(
        ([value, label]) =>
          html`<label class="choice"
            ><input
              type="radio"
              name=${name}
              .checked=${this.form[name] === value}
              @change=${() => {
                this.set({ [name]: value });
              }}
            /><span>${label}</span></label
          >`,
      )}
    </fieldset>`;
  }

  private check(name: 'matchCase' | 'regex', label: string): TemplateResult {
    return html`<label class="choice"
      ><input
        type="checkbox"
        .checked=${this.form[name]}
        @change=${(event: Event) => {
          this.set({ [name]: (event.target as HTMLInputElement).checked });
        }}
      /><span>${label}</span></label
    >`;
  }

  private set(fields: Partial<EditForm>): void {
    this.change?.({ ...this.form, ...fields }, this.scope);
  }
}

function findExample({ match }: EditForm): string {
  return { exact: 'blue hair, solo', wildcard: '* hair', regex: '^(.+) hair$' }[match];
}

function replacementExample({ match }: EditForm): string {
  return { exact: '', wildcard: '* hairstyle', regex: '$1 hairstyle' }[match];
}

declare global {
  interface HTMLElementTagNameMap {
    'bulk-edit-form': BulkEditForm;
  }
}
