import * as l10n from '@vscode/l10n';
import { createContext } from '@lit/context';
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import type { CardItem } from '../../protocol/page/cardProtocol';
import type { PlaceInOrder } from '../../protocol/page/gridViewProtocol';
import { inOneLine } from '../../protocol/text/escapeControls';
import { originText } from '../../protocol/text/originText';
import { displayLanguage, formatNumber, plural } from '../shared/displayLanguage';
import type { TextField } from '../shared/CaretFinder';
import type { EditorActions, ImageActions } from '../shared/actions';
import type { CaptionDisplay } from '../shared/viewChoices';
import type { Drafts } from './Drafts';
import type { HeldTyping } from './HeldTyping';
import type { OriginMarks } from './OriginMarks';
import { imageIcon, errorIcon, warningIcon } from '../shared/icons';
import type { ImageQueue } from '../pictures/ImageQueue';
import { LocalUndo } from '../undo/LocalUndo';
import { refused } from '../shared/refused';
import type { SuggestOptions } from '../suggestions/SuggestionPopup';
import type { ChipActions } from './TagChips';
import './TagChips';
import { hasProse, isProseAlone } from '../../tags/captionGrammar';
import { type CaptionFacts, captionFacts, chipsOf } from '../../tags/captionTags';
import { isJsonCaption } from '../../tags/jsonCaption';
import { countWords } from '../../tags/phrases';

/** What all cards share. The viewer overrides `images` and `leave` for its card. */
export interface CardContext {
  captionMode: CaptionDisplay;
  drafts: Drafts;
  /** what is typed into captions that have not come yet */
  held: HeldTyping;
  /** who wrote what */
  origins: OriginMarks;
  images: Pick<ImageQueue<HTMLImageElement>, 'stateOf' | 'retry' | 'want'>;
  actions: ImageActions & Pick<EditorActions, 'addFilter'>;
  /** Suggests tags in a field of a card until the field loses focus. */
  suggestIn(field: TextField, options: SuggestOptions): void;
  /**
   * Moves the focus when the user leaves a caption: to its cell, or to the next or previous caption.
   * @param path undefined for the caption with the focus while it is not known whose it is
   */
  leave(path: string | undefined, target: 'cell' | 'next' | 'previous'): void;
}

/**
 * Provides the {@link CardContext}. The grid and the viewer consume it once and hand it to their cards as a property:
 * a card is created for each image that scrolls into view, and a context event for each would cost.
 */
export const cardContext = createContext<CardContext>(Symbol('cards'));

/** Maximum number of tags that are shown as chips: each is several elements, and more are no list to edit. */
const maxChips = 2000;
const tooManyTags = l10n.t('Too many tags to show them one by one: this is the text.');
const isJson = l10n.t('This caption is JSON, which has no tags: this is the text.');
/** Number of characters at the end of a file name that stay visible when it is shortened. */
const nameTail = 12;

/**
 * One image and its caption: a cell of the grid. It has no shadow root and renders into that of the grid, so that
 * focus, events and the accessibility tree of the grid are in one place. Fires `results-awaited` when a tag of it was
 * searched for, with a promise of the results.
 */
@customElement('image-card')
export class ImageCard extends LitElement {
  /** The image as the host sent it; undefined until it has arrived. */
  @property({ attribute: false }) item: CardItem | undefined;
  /** Where the image stands, for a card that can be typed into before its image has arrived. */
  @property({ attribute: false, hasChanged: isOtherPlace }) place: PlaceInOrder | undefined;
  @property({ attribute: false }) context: CardContext | undefined;
  /** Whether this cell is the grid's tab stop. */
  @property({ attribute: false }) active = false;
  @property({ attribute: false }) selected = false;

  private undo: LocalUndo | undefined;
  private area: HTMLTextAreaElement | undefined;
  private composing = false;
  /** the place for which typing in this card is held; undefined once the caption is here and what was typed is in it */
  private holding: PlaceInOrder | undefined;
  /** what the text area showed before the user typed last: to this, further typing is an edit */
  private shown = '';
  /** why the caption is shown as text though tags are chosen, empty if that is plain to see; undefined if it is not */
  private asText: string | undefined;
  /** path of the image for which that was found out */
  private counted: string | undefined;
  private facts: { text: string; of: CaptionFacts & { words: number } } | undefined;
  /** the last duplicates that were not empty: their text stays in the hidden element, see renderFoot */
  private lastDuplicates: readonly string[] = [];
  private readonly chipActions: ChipActions = {
    draft: (text, from) => {
      if (this.holding !== undefined) this.context?.held.type(this.holding, text, 'tags');
      else if (this.item !== undefined) this.context?.drafts.edit(this.item, text, from);
      this.requestUpdate();
    },
    commit: () => {
      this.commit();
    },
    suggest: (field, options) => this.context?.suggestIn(field, options),
    leave: (target) => this.context?.leave(this.item?.path, target),
    filter: (tag, exclude) => {
      const results = this.context?.actions.addFilter(tag, exclude);
      this.dispatchEvent(new CustomEvent('results-awaited', { detail: { results }, bubbles: true, composed: true }));
    },
  };
  /** path of the caption whose writers the user may want to see */
  private asksWriters: string | undefined;
  /** the element that had the focus before this update */
  private focused: HTMLElement | null = null;

  /** Puts the caret into the caption. */
  focusCaption(): void {
    if (this.area !== undefined) this.area.focus({ preventScroll: true });
    else this.querySelector('tag-chips')?.focusField();
  }

  /** The caption's textarea, once the host has sent the card; undefined where the caption is shown as tags. */
  get captionArea(): HTMLTextAreaElement | undefined {
    return this.area;
  }

  /** Called when the current caption became an edit of the document. */
  committed(): void {
    this.undo?.commit();
    this.querySelector('tag-chips')?.committed();
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    // Chromium does not guarantee a blur event for an element that is removed.
    this.commit();
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override willUpdate(): void {
    this.focused = this.querySelector<HTMLElement>(':focus');
    this.countTags();
    if (this.item === undefined) this.holding = this.place;
    // Tag chips apply typed text themselves; a text area may have to wait for an input method.
    else if (this.isShownAsTags) this.holding = undefined;
    const label = this.item?.path ?? l10n.t('Loading');
    if (this.ariaLabel === label) return;
    this.ariaLabel = label;
    this.ariaBusy = this.item === undefined ? 'true' : 'false';
  }

  private get isShownAsTags(): boolean {
    return this.context?.captionMode === 'tags' && this.asText === undefined;
  }

  /** Never while the focus is in here: another field would take the place of that in which somebody types. */
  private countTags(): void {
    const { item, context } = this;
    if (this.focused !== null && this.counted === item?.path) return;
    this.counted = item?.path;
    if (item === undefined || context?.captionMode !== 'tags') {
      this.asText = undefined;
      return;
    }
    const text = context.drafts.textOf(item);
    const hasTooMany = this.factsOf(text).tags > maxChips && chipsOf(text).length > maxChips;
    this.asText = hasTooMany ? tooManyTags : isJsonCaption(text) ? isJson : isProseAlone(text) ? '' : undefined;
  }

  protected override updated(): void {
    // The action of a focused button removed it: return the focus to the cell.
    if (this.focused !== null && (!this.focused.isConnected || this.focused.hidden))
      this.focus({ preventScroll: true });
    this.focused = null;
    const { item, context, holding } = this;
    const area = this.querySelector<HTMLTextAreaElement>(':scope > textarea') ?? undefined;
    if (area === undefined) this.area = this.undo = undefined;
    if (context === undefined || area === undefined) return;
    const held = holding === undefined ? undefined : context.held.textAt(holding);
    // Text that an input method is still composing is not in the caption yet.
    if (item !== undefined && held !== undefined) return;
    const text = item === undefined ? (held ?? '') : context.drafts.textOf(item);
    if (area !== this.area) {
      this.area = area;
      area.value = this.shown = text;
      this.undo = new LocalUndo(area);
    } else if (item !== undefined && holding !== undefined) {
      this.showArrived(area, text);
      this.shown = text;
    } else if (!this.composing && item !== undefined) {
      this.undo?.setText(text);
      this.shown = text;
    }
    if (item !== undefined) this.holding = undefined;
  }

  /** Shows a caption that has just come, and with it what was typed: at its end, and so is the caret. */
  private showArrived(area: HTMLTextAreaElement, text: string): void {
    const before = area.value.length;
    const { selectionStart, selectionEnd, selectionDirection } = area;
    this.undo?.setText(text);
    const shift = text.length - before;
    area.setSelectionRange(selectionStart + shift, selectionEnd + shift, selectionDirection);
    if (area.matches(':focus')) this.onFocus();
  }

  protected override render(): TemplateResult {
    const { item, context } = this;
    if (context === undefined || (item === undefined && this.place === undefined)) {
      return html`<div class="picture"></div>
        <div class="skeleton"></div>
        <div class="skeleton"></div>`;
    }
    const theirs = item?.save.state === 'conflict' ? this.renderTheirs(item.save.theirs) : nothing;
    const choices = item?.save.state === 'conflict' ? this.renderChoices(item, context) : nothing;
    // One template with and without the image: the field, which may have the focus, must stay when the image comes.
    return html`${item === undefined ? html`<div class="picture"></div>` : this.renderPicture(item, context)}
    ${item === undefined ? nothing : this.renderNotices(item, context)} ${theirs}
    ${this.asText === undefined || this.asText === '' ? nothing : html`<div class="notice"><span>${this.asText}</span></div>`}
    ${this.isShownAsTags ? this.renderChips(item, context) : this.renderCaption(item)} ${choices}
    ${item === undefined ? nothing : this.renderFoot(item, context)}`;
  }

  private renderPicture(item: CardItem, context: CardContext): TemplateResult {
    const image = context.images.stateOf(item);
    const busy = item.job !== undefined;
    // What cannot be read is not empty.
    const shown = item.text === '' && item.readOnly !== true && !busy;
    const caption = (): void => {
      if (!busy) context.actions.captionImage(item.path);
    };
    return html`<div class="picture">
      ${this.renderCheck(item)} ${image.state === 'ready' ? image.image : nothing}
      ${image.state === 'waiting' ? html`<div class="tile">${imageIcon}</div>` : nothing}
      ${
        image.state === 'failed'
          ? html`<div class="tile">
              <span class="error">${l10n.t("Can't show this image")}</span><span>${image.reason}</span>
              <button
                class="link"
                tabindex=${this.tab}
                aria-label=${l10n.t('Retry {0}', item.path)}
                @click=${() => {
                  context.images.retry(item);
                }}
              >
                ${l10n.t('Retry')}
              </button>
            </div>`
          : nothing
      }
      ${
        item.job === undefined
          ? nothing
          : html`<div class="job">${item.job === 'queued' ? l10n.t('Queued') : l10n.t('Captioning…')}</div>`
      }
      ${item.job === 'captioning' ? html`<div class="working"></div>` : nothing}
      <button
        class="caption-button ${shown ? 'shown' : ''}"
        tabindex=${this.tab}
        aria-label=${l10n.t('Caption {0}', item.path)}
        title=${l10n.t('Caption this image')}
        ?hidden=${busy}
        @click=${caption}
      >
        ${l10n.t({ message: 'Caption', comment: ['The verb: to write a caption for this image'] })}
      </button>
    </div>`;
  }

  /**
   * The selection checkbox, for mouse and touch: visible on the hovered card, and on all cards while any is selected.
   */
  private renderCheck({ path }: CardItem): TemplateResult {
    return html`<input
      type="checkbox"
      class="check"
      tabindex="-1"
      aria-label=${l10n.t('Select {0}', path)}
      title=${l10n.t('Select (Space)')}
      .checked=${live(this.selected)}
    />`;
  }

  private renderNotices(item: CardItem, context: CardContext): (TemplateResult | typeof nothing)[] {
    return [
      ...item.warnings.map(
        (warning) =>
          html`<div class="notice" title=${warning}><i class="warning">${warningIcon}</i><span>${warning}</span></div>`,
      ),
      item.jobFailure === undefined
        ? nothing
        : html`<div class="notice" title=${item.jobFailure}>
            <i class="error">${errorIcon}</i><span>${l10n.t('Not captioned: {0}', item.jobFailure)}</span>
          </div>`,
      item.foreignEncoding === undefined ? nothing : this.renderForeign(item.path, item.foreignEncoding, context),
      item.save.state === 'conflict'
        ? html`<div class="notice warning conflict">${warningIcon}<span>${conflictText(item.save.theirs)}</span></div>`
        : nothing,
    ];
  }

  /** The encoding of a file that is not clean UTF-8, and the button to write it as it is shown. */
  private renderForeign(path: string, encoding: string, context: CardContext): TemplateResult {
    const agree = (label: string): TemplateResult =>
      html`<button
        class="link"
        tabindex=${this.tab}
        @click=${() => {
          context.actions.convertToUtf8(path);
        }}
      >
        ${label}
      </button>`;
    return html`<div class="notice whole">
      <i class="warning">${warningIcon}</i>
      <span>${foreignText(encoding)} ${encoding === 'unknown' ? nothing : agree(agreement(encoding))}</span>
    </div>`;
  }

  private renderTheirs(theirs: string | null): TemplateResult {
    return html`<div class="label">${l10n.t('On disk')}</div>
      <div
        class="theirs ${theirs ? '' : 'deleted'}"
        tabindex=${this.tab}
        role="note"
        aria-label=${l10n.t('On disk')}
        .textContent=${theirs === null ? l10n.t('The file was deleted') : theirs === '' ? l10n.t('Empty') : theirs}
      ></div>
      <div class="label">${l10n.t('Yours')}</div>`;
  }

  private renderChoices(item: CardItem, context: CardContext): TemplateResult {
    const choice = (label: string, value: 'mine' | 'theirs' | 'both'): TemplateResult =>
      html`<button
        class="link"
        tabindex=${this.tab}
        @click=${() => {
          // Pending typing must reach the host before the choice.
          context.drafts.commit(item.captionPath);
          context.actions.resolveConflict(item.path, value);
        }}
      >
        ${label}
      </button>`;
    return html`<div class="choices">
      ${choice(l10n.t('Keep mine'), 'mine')} ${choice(l10n.t('Take theirs'), 'theirs')}
      ${choice(l10n.t('Keep both tags'), 'both')}
    </div>`;
  }

  private renderChips(item: CardItem | undefined, context: CardContext): TemplateResult {
    const { place } = this;
    const held = place === undefined ? '' : (context.held.textAt(place) ?? '');
    return html`<tag-chips
      class=${item?.save.state === 'conflict' ? 'in-conflict' : ''}
      .text=${item === undefined ? held : context.drafts.textOf(item)}
      .path=${item?.path ?? ''}
      .marks=${item === undefined ? undefined : context.origins.of(item, context.drafts.textOf(item))}
      .readonly=${isReadOnly(item)}
      .tab=${this.tab}
      .actions=${this.chipActions}
    ></tag-chips>`;
  }

  private renderCaption(item: CardItem | undefined): TemplateResult {
    return html`<textarea
      class=${item?.save.state === 'conflict' ? 'in-conflict' : ''}
      tabindex=${this.tab}
      aria-label=${item === undefined ? l10n.t('Loading') : l10n.t('Caption of {0}', item.path)}
      placeholder=${placeholderOf(item)}
      spellcheck=${item !== undefined && this.context !== undefined && hasProse(this.context.drafts.textOf(item)) ? 'true' : 'false'}
      ?readonly=${isReadOnly(item)}
      @input=${this.onInput}
      @keydown=${this.onKeydown}
      @focus=${this.onFocus}
      @blur=${this.onBlur}
      @compositionstart=${() => {
        this.composing = true;
        if (this.holding !== undefined) this.context?.held.compose(this.holding, true);
      }}
      @compositionend=${() => {
        this.composing = false;
        if (this.holding !== undefined) this.context?.held.compose(this.holding, false);
        this.requestUpdate();
      }}
    ></textarea>`;
  }

  // While the user types, only texts may change here. Chromium ends its undo step of typing when any node is removed
  // and when a text becomes empty.
  private renderFoot(item: CardItem, context: CardContext): TemplateResult {
    const text = context.drafts.textOf(item);
    const facts = this.factsOf(text);
    const { duplicates } = facts;
    if (duplicates.length > 0) this.lastDuplicates = duplicates;
    const named = this.lastDuplicates;
    const tags = contentText(facts);
    const length = plural(l10n.t('{0} character|{0} characters'), facts.characters);
    const counts = [`${tags}, ${length}`, ...this.writersOf(item, text)].join('\n');
    const save = saveText(item, context.drafts);
    const path = inOneLine(item.path);
    const folder = path.lastIndexOf('/') + 1;
    const split = Math.max(folder, path.length - nameTail);
    const tone = { saved: 'good', failed: 'error', conflict: 'warning', unsaved: '', saving: '' }[item.save.state];
    const pending = context.drafts.isPending(item) && item.save.state === 'saved';
    return html`<div class="foot">
      <span class="name" title=${path}
        ><span class="folder">${path.slice(0, folder)}</span><span class="head">${path.slice(folder, split)}</span
        ><span class="tail">${path.slice(split)}</span></span
      >
      <span
        class="facts"
        @mouseenter=${() => {
          // The writers are requested only when the user may want to read them.
          this.asksWriters = item.captionPath;
          this.requestUpdate();
        }}
        ><span class="counts" title=${counts} ?hidden=${item.readOnly === true}
          >${tags}<span class="characters"> · ${formatNumber(facts.characters)}</span></span
        >
        <span
          class="duplicates"
          title=${l10n.t('There twice: {0}', named.join(', '))}
          ?hidden=${duplicates.length === 0}
          ><i class="warning">${warningIcon}</i
          ><span class="word">${plural(l10n.t('{0} duplicate|{0} duplicates'), named.length)}</span></span
        >
        <span
          class="save ${pending ? '' : tone} ${item.save.state === 'failed' ? 'long' : ''}"
          role="status"
          title=${item.save.state === 'failed' ? save : nothing}
          >${save}</span
        ></span
      >
    </div>`;
  }

  /** Who wrote how much of the caption, one line each; empty until the user points at it. */
  private writersOf(item: CardItem, text: string): string[] {
    if (this.asksWriters !== item.captionPath) return [];
    const groups = this.context?.origins.groupsOf(item, text) ?? [];
    return groups.map(({ parts, ...who }) => `${originText(who, displayLanguage)}: ${formatNumber(parts.length)}`);
  }

  /** Memoized: a card renders far more often than its text changes. */
  private factsOf(text: string): CaptionFacts & { words: number } {
    if (this.facts?.text !== text) this.facts = { text, of: { ...captionFacts(text), words: countWords(text) } };
    return this.facts.of;
  }

  /** Only the controls of the active cell are tab stops: Tab must lead out of a grid of thousands of cells. */
  private get tab(): number {
    return this.active ? 0 : -1;
  }

  private readonly onInput = (): void => {
    const { area, context, holding, item } = this;
    if (area === undefined) return;
    const { value } = area;
    if (holding !== undefined) context?.held.type(holding, value, 'text');
    else if (item !== undefined) context?.drafts.edit(item, value, this.shown);
    this.shown = value;
    this.requestUpdate();
  };

  private readonly onFocus = (): void => {
    const { area, item } = this;
    if (area !== undefined && item !== undefined) this.context?.suggestIn(area, { path: item.path });
  };

  private readonly onBlur = (): void => {
    this.commit();
  };

  /** What was typed becomes an edit: now, or as soon as the caption is here. */
  private commit(): void {
    if (this.holding !== undefined) this.context?.held.leave(this.holding);
    else if (this.item !== undefined) this.context?.drafts.commit(this.item.captionPath);
  }

  private readonly onKeydown = (event: KeyboardEvent): void => {
    if (this.context === undefined || event.isComposing) return;
    const command = event.ctrlKey || event.metaKey;
    if (event.key === 'Escape' || (event.key === 'Enter' && command)) {
      event.preventDefault();
      event.stopPropagation();
      this.commit();
      this.context.leave(this.item?.path, event.key === 'Escape' ? 'cell' : event.shiftKey ? 'previous' : 'next');
      return;
    }
    if (this.item === undefined && this.area !== undefined && needsText(event, this.area)) {
      event.preventDefault();
      refused(l10n.t('The caption is not here yet'));
      return;
    }
    this.undo?.onKeydown(event);
  };
}

/** How many tags and words a caption has: words only where it has prose. */
function contentText({ tags, words }: { tags: number; words: number }): string {
  const parts = [
    ...(tags > 0 || words === 0 ? [plural(l10n.t('{0} tag|{0} tags'), tags)] : []),
    ...(words > 0 ? [plural(l10n.t('{0} word|{0} words'), words)] : []),
  ];
  return parts.join(', ');
}

/** Whether a key acts on the text before what was typed, which has not come: what follows would go to a wrong place. */
function needsText({ key, ctrlKey, metaKey }: KeyboardEvent, area: HTMLTextAreaElement): boolean {
  if (key === 'Home' || key === 'ArrowUp') return true;
  if (ctrlKey || metaKey) return key.toLowerCase() === 'a' || key === 'ArrowLeft' || key === 'Backspace';
  return (key === 'ArrowLeft' || key === 'Backspace') && area.selectionEnd === 0;
}

function isOtherPlace(place: PlaceInOrder | undefined, other: PlaceInOrder | undefined): boolean {
  return place?.order !== other?.order || place?.index !== other?.index;
}

/**
 * The placeholder of an empty field; nothing where the file cannot be read, which does not mean that it has no text.
 */
function placeholderOf(item: CardItem | undefined): string {
  if (item === undefined) return l10n.t('Loading…');
  return item.readOnly === true ? '' : l10n.t('No caption');
}

/** Whether a caption cannot be edited. One that is still loading can: typing is held until it is known. */
function isReadOnly(item: CardItem | undefined): boolean {
  return item !== undefined && (item.foreignEncoding !== undefined || item.readOnly === true);
}

/** @param encoding `utf-8` for one that is damaged, `unknown`, or the one that it looks like */
function foreignText(encoding: string): string {
  switch (encoding) {
    case 'utf-8':
      return l10n.t('Damaged UTF-8: � stands for what cannot be read.');
    case 'unknown':
      return l10n.t('Not UTF-8, and the encoding is not clear: save it as UTF-8 with a text editor.');
    default:
      return l10n.t('Not UTF-8 ({0})', encoding);
  }
}

function agreement(encoding: string): string {
  return encoding === 'utf-8' ? l10n.t('Write as shown') : l10n.t('Convert to UTF-8');
}

function conflictText(theirs: string | null): string {
  return theirs === null ? l10n.t('Deleted on disk while you edited') : l10n.t('Changed on disk while you edited');
}

/** The save state of the caption; empty when there is nothing to save. */
function saveText(item: CardItem, drafts: Drafts): string {
  const { save } = item;
  switch (save.state) {
    case 'saved':
      if (drafts.isPending(item)) return l10n.t('Unsaved');
      return item.text === '' && item.draft === 0 ? '' : l10n.t('Saved');
    case 'unsaved':
      return l10n.t('Unsaved');
    case 'saving':
      return l10n.t('Saving…');
    case 'failed':
      return l10n.t('Not saved: {0}', save.reason);
    case 'conflict':
      return l10n.t('Conflict');
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'image-card': ImageCard;
  }
}
