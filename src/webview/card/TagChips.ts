import * as l10n from '@vscode/l10n';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { TextField } from '../shared/CaretFinder';
import { isMachineMark, type PartMark } from '../../protocol/page/originProtocol';
import { originText } from '../../protocol/text/originText';
import { displayLanguage, plural } from '../shared/displayLanguage';
import { ChipDrag } from './ChipDrag';
import { warningIcon } from '../shared/icons';
import { refused } from '../shared/refused';
import { insertAsTyped } from '../undo/editCommand';
import { LocalUndo } from '../undo/LocalUndo';
import type { TagMarks } from './OriginMarks';
import type { SuggestOptions } from '../suggestions/SuggestionPopup';
import {
  addTag,
  type CaptionPiece,
  type Chip,
  chipsOf,
  moveTag,
  otherLines,
  piecesOf,
  removeTag,
  replaceProse,
  replaceTag,
  typedTags,
} from '../../tags/captionTags';

/** The callbacks from the chips to their card. */
export interface ChipActions {
  /** The user typed: the caption is now `text`, not committed yet, and was `from` until then. */
  draft(text: string, from: string): void;
  /** Commits the typing as one undo step. */
  commit(): void;
  suggest(field: TextField, options: SuggestOptions): void;
  leave(target: 'cell' | 'next' | 'previous'): void;
  /** Filters the grid for images with this tag, or without it. */
  filter(tag: string, exclude: boolean): void;
}

/** How a chip is rendered, and its event handlers. */
interface ChipUse {
  /** index of the piece of the caption, from 0 */
  index: number;
  /** its `tabindex` */
  tab: number;
  readonly: boolean;
  /** who wrote it, as far as known */
  mark: PartMark | undefined;
  focused: () => void;
  filter: (exclude: boolean) => void;
  edit: () => void;
  remove: () => void;
  keydown: (event: KeyboardEvent) => void;
}

const filterHint = l10n.t('Ctrl+click or Alt+Enter: show images with this tag');
const editHint = l10n.t('Enter: change. Delete: remove. Alt+arrow keys or drag: move. {0}', filterHint);

/**
 * The first line of a caption as tags that can be added, removed, edited and moved, and the prose between them as texts
 * that can be edited. A change edits the text in place and never rebuilds it from the tags, so all other characters are
 * kept. Renders, as the card
 * does, into the shadow root of the grid.
 */
@customElement('tag-chips')
export class TagChips extends LitElement {
  /** the caption's text */
  @property({ attribute: false }) text = '';
  /** path of the caption's image; empty until it has come */
  @property({ attribute: false }) path = '';
  /** who wrote the tags, as far as known */
  @property({ attribute: false }) marks: TagMarks | undefined;
  @property({ attribute: false }) readonly = false;
  /** `tabindex` of the current tab stop */
  @property({ attribute: false }) tab = -1;
  @property({ attribute: false }) actions: ChipActions | undefined;

  /** index of the piece that the arrow keys moved to; the number of pieces stands for the field after them */
  @state() private current = -1;
  /** index of the piece that is being edited; -1 for none */
  @state() private editing = -1;

  /** the caption without the text in the field: the source of the chips */
  private base = '';
  /** the last draft that was passed to the card */
  private drafted: string | undefined;
  /** what gets the focus after the next update */
  private goal: 'chip' | 'field' | 'edit' | undefined;
  /** whether an element in here had the focus before this update */
  private hadFocus = false;
  private undo: LocalUndo | undefined;
  private undoField: TextField | undefined;
  private readonly drag = new ChipDrag(this, (from, to) => {
    const text = moveTag(this.base, from, to);
    this.change(text, placeOfTag(text, to), 'chip');
  });

  /** Focuses the field after the last tag, or the first chip when the caption is read-only. */
  focusField(): void {
    const { field } = this;
    if (field === null) this.querySelector<HTMLElement>('.chip-tag')?.focus({ preventScroll: true });
    else field.focus({ preventScroll: true });
  }

  /** Adds the text in the field to the caption, as losing the focus does. */
  finish(): void {
    const field = this.typedIn();
    if (field !== undefined) this.end(this.withTyped(field), field);
  }

  /** Called when the caption, with what is in the field, became an edit of the document: its undo takes that back. */
  committed(): void {
    this.undo?.commit();
  }

  override disconnectedCallback(): void {
    // Chromium does not guarantee a blur event for an element that is removed.
    this.finish();
    super.disconnectedCallback();
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    this.hadFocus = this.contains(this.focused);
    if (changed.has('path')) this.editing = this.current = -1;
    if (changed.get('path') === '') {
      this.takeArrived();
      return;
    }
    if (!changed.has('text') || this.text === this.drafted) return;
    this.base = this.text;
    // The text in the field was part of a caption that has been replaced, as by an undo.
    if (this.drafted !== undefined) this.clearField();
    this.drafted = undefined;
    this.editing = -1;
  }

  /** The caption has come, with what was typed behind its tags. What is in the field stays there. */
  private takeArrived(): void {
    const isTyped = (this.field?.value.trim() ?? '') !== '';
    this.base = isTyped ? removeTag(this.text, chipsOf(this.text).length - 1) : this.text;
    this.drafted = this.text;
    if (this.field?.matches(':focus') === true) this.suggestIn(this.field);
  }

  protected override updated(): void {
    const { goal } = this;
    this.goal = undefined;
    // Undo may have removed the focused chip.
    if (goal === undefined && this.hadFocus && this.focused === null) this.focusNear();
    if (goal === 'chip') this.querySelector<HTMLElement>(`[data-chip="${this.current}"]`)?.focus();
    if (goal === 'field') this.focusField();
    const edited = goal === 'edit' ? this.querySelector<HTMLInputElement | HTMLTextAreaElement>('.chip-edit') : null;
    edited?.focus();
    // A word of a text is changed more often than all of it.
    if (edited instanceof HTMLTextAreaElement) edited.setSelectionRange(edited.value.length, edited.value.length);
    else edited?.select();
  }

  protected override render(): TemplateResult {
    const pieces = piecesOf(this.base);
    const keys = keysOf(pieces);
    const more = otherLines(this.base);
    const current = this.current < 0 || this.current > pieces.length ? pieces.length : this.current;
    const count = plural(l10n.t('{0} more line|{0} more lines'), more.split('\n').length);
    const isHere = this.path !== '';
    const name = isHere ? l10n.t('Tags of {0}', this.path) : l10n.t('Loading');
    const hint = pieces.length === 0 ? l10n.t('No caption') : l10n.t('Add a tag');
    const fieldless = this.readonly ? Math.min(current, pieces.length - 1) : current;
    return html`<div class="chips" @pointerdown=${this.drag.start} @click=${this.onClick}>
        <div class="chip-list" role=${pieces.length > 0 ? 'list' : 'group'} aria-label=${name}>
          ${repeat(
            pieces,
            (_, index) => keys[index],
            (piece, index) =>
              piece.kind === 'tag'
                ? this.renderChip(piece, index, index === fieldless)
                : this.renderProse(piece, index, index === fieldless),
          )}
        </div>
        ${
          this.readonly
            ? nothing
            : this.renderField('chip-field', {
                label: isHere ? l10n.t('Add a tag to {0}', this.path) : l10n.t('Loading'),
                placeholder: isHere ? hint : l10n.t('Loading…'),
                tab: current === pieces.length ? this.tab : -1,
              })
        }
      </div>
      ${
        more === ''
          ? nothing
          : html`<div class="more-lines" title=${more}>${count}: ${more.replaceAll('\n', ' ⏎ ')}</div>`
      }`;
  }

  private renderChip({ chip }: TagPiece, index: number, isTabStop: boolean): TemplateResult {
    const { tag } = chip;
    if (index === this.editing) {
      const field = this.renderField('chip-edit', {
        label: l10n.t('Change {0}', tag),
        placeholder: '',
        tab: this.tab,
        value: tag,
      });
      return html`<div class="chip" role="listitem">${field}</div>`;
    }
    return chipTemplate(chip, {
      index,
      tab: isTabStop ? this.tab : -1,
      readonly: this.readonly,
      mark: this.marks?.get(tag),
      focused: () => {
        this.current = index;
      },
      filter: (exclude) => this.actions?.filter(tag, exclude),
      edit: () => {
        this.edit(index);
      },
      remove: () => {
        this.removeChip(index, index);
      },
      keydown: (event) => {
        this.onChipKeydown(event, index, tag);
      },
    });
  }

  /** Prose as a text, which the field that takes its place checks for spelling. */
  private renderProse({ text }: ProsePiece, index: number, isTabStop: boolean): TemplateResult {
    if (index === this.editing) {
      return html`<div class="prose" role="listitem">
        <textarea
          class="chip-edit"
          tabindex=${this.tab}
          aria-label=${l10n.t('Text of {0}', this.path)}
          spellcheck="true"
          .value=${text}
          @focus=${this.onFieldFocus}
          @blur=${this.onFieldBlur}
          @input=${this.onFieldInput}
          @keydown=${this.onFieldKeydown}
        ></textarea>
      </div>`;
    }
    return html`<div class="prose" role="listitem">
      <button
        class="chip-tag"
        data-chip=${index}
        tabindex=${isTabStop ? this.tab : -1}
        title=${this.readonly ? nothing : l10n.t('Enter or double click: change this text')}
        @focus=${() => {
          this.current = index;
        }}
        @dblclick=${() => {
          this.edit(index);
        }}
        @keydown=${(event: KeyboardEvent) => {
          this.onChipKeydown(event, index, undefined);
        }}
      >
        <span class="prose-text">${text}</span>
      </button>
    </div>`;
  }

  private renderField(
    name: string,
    { label, placeholder, tab, value = '' }: { label: string; placeholder: string; tab: number; value?: string },
  ): TemplateResult {
    return html`<input
      class=${name}
      type="text"
      tabindex=${tab}
      aria-label=${label}
      placeholder=${placeholder}
      autocomplete="off"
      spellcheck="false"
      .value=${value}
      @focus=${this.onFieldFocus}
      @blur=${this.onFieldBlur}
      @input=${this.onFieldInput}
      @paste=${pasteAsTags}
      @keydown=${this.onFieldKeydown}
    />`;
  }

  /** @param tag undefined for prose, which is neither moved nor removed nor searched for by a key */
  private onChipKeydown(event: KeyboardEvent, index: number, tag: string | undefined): void {
    if (event.isComposing || this.leaveOnKey(event)) return;
    const command = event.ctrlKey || event.metaKey;
    const last = piecesOf(this.base).length - 1;
    const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    if (event.altKey && step !== undefined && !command) {
      swallow(event);
      if (!this.readonly) this.moveBy(index, step);
    } else if (event.altKey && event.key === 'Enter') {
      swallow(event);
      // Held down, it would search again and again.
      if (!event.repeat && tag !== undefined) this.actions?.filter(tag, event.shiftKey);
    } else if (!command && !event.altKey && step !== undefined) {
      swallow(event);
      this.goTo(index + step);
    } else if (event.key === 'Home' || event.key === 'End') {
      swallow(event);
      this.goTo(event.key === 'Home' ? 0 : last + 1);
    } else if (this.readonly || event.altKey) {
      return;
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      swallow(event);
      if (tag !== undefined) this.removeChip(index, event.key === 'Delete' ? index : index - 1);
    } else if (event.key === 'Enter' || event.key === 'F2') {
      swallow(event);
      this.edit(index);
    } else if (!command && event.key.length === 1 && event.key !== ' ') {
      // Focus the field, which then receives the character.
      this.field?.focus();
    }
  }

  private readonly onClick = (event: Event): void => {
    if (event.target === event.currentTarget) this.focusField();
  };

  private readonly onFieldKeydown = (event: KeyboardEvent): void => {
    const field = event.currentTarget;
    if (!isField(field) || event.isComposing) return;
    const isEdit = field.classList.contains('chip-edit');
    if (isEdit && event.key === 'Escape') {
      swallow(event);
      this.cancelEdit();
    } else if (this.leaveOnKey(event)) {
      return;
    } else if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) {
      swallow(event);
      const index = this.editing;
      if (isEdit) this.change(this.withTyped(field), index, 'chip');
      else this.finish();
    } else if (!isEdit && (event.key === 'Backspace' || event.key === 'ArrowLeft') && field.selectionEnd === 0) {
      const last = piecesOf(this.base).length - 1;
      if (event.shiftKey) return;
      if (last >= 0) {
        swallow(event);
        this.goTo(last);
      } else if (this.path === '') {
        swallow(event);
        refused(l10n.t('The caption is not here yet'));
      }
    } else {
      // The page handles Ctrl+S, and must save the text in the field, too.
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 's') this.finish();
      else this.undoOf(field).onKeydown(event);
    }
  };

  /** Leaves the caption on Escape or Ctrl+Enter. Returns whether the key was one of these. */
  private leaveOnKey(event: KeyboardEvent): boolean {
    const done = event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !event.altKey;
    if (event.key !== 'Escape' && !done) return false;
    swallow(event);
    this.finish();
    this.actions?.leave(event.key === 'Escape' ? 'cell' : event.shiftKey ? 'previous' : 'next');
    return true;
  }

  private readonly onFieldFocus = (event: Event): void => {
    const field = event.currentTarget;
    if (!isField(field)) return;
    if (this.editing === -1) this.current = piecesOf(this.base).length;
    this.undoOf(field);
    if (this.path !== '' && field instanceof HTMLInputElement) this.suggestIn(field);
  };

  private suggestIn(field: HTMLInputElement): void {
    const accepted = (): void => {
      if (field.classList.contains('chip-field')) this.finish();
    };
    this.actions?.suggest(field, { path: this.path, alone: true, accepted });
  }

  private readonly onFieldBlur = (): void => {
    this.finish();
  };

  private readonly onFieldInput = (event: Event): void => {
    const field = event.currentTarget;
    if (!isField(field)) return;
    const isComposing = event instanceof InputEvent && event.isComposing;
    const isNew = field.classList.contains('chip-field');
    const { finished, rest } = isNew ? typedTags(field.value) : { finished: undefined, rest: '' };
    if (finished !== undefined && !isComposing) {
      this.change(addTag(this.base, finished), -1, undefined);
      field.value = rest;
      this.undo = undefined;
      if (rest === '') return;
    }
    this.draft(this.withTyped(field));
  };

  /** The field that contains text not yet part of the caption. */
  private typedIn(): TextField | undefined {
    if (this.editing !== -1) return this.querySelector<TextField>('.chip-edit') ?? undefined;
    const field = this.field;
    return field === null || field.value === '' ? undefined : field;
  }

  private withTyped(field: TextField): string {
    if (!field.classList.contains('chip-edit')) return addTag(this.base, field.value);
    const piece = piecesOf(this.base)[this.editing];
    if (piece === undefined) return this.base;
    if (piece.kind === 'tag') return replaceTag(this.base, piece.index, field.value);
    return field.value === piece.text ? this.base : replaceProse(this.base, piece.index, field.value);
  }

  private end(text: string, field: TextField): void {
    this.editing = -1;
    if (field.classList.contains('chip-field')) {
      this.clearField();
      this.current = piecesOf(text).length;
    }
    if (text !== (this.drafted ?? this.base)) this.draft(text);
    this.base = text;
    this.actions?.commit();
    this.requestUpdate();
  }

  private clearField(): void {
    if (this.field !== null) this.field.value = '';
    this.undo = undefined;
  }

  private cancelEdit(): void {
    const index = this.editing;
    this.editing = -1;
    if (this.drafted !== undefined && this.drafted !== this.base) this.draft(this.base);
    this.actions?.commit();
    this.goTo(index);
  }

  private edit(index: number): void {
    if (this.readonly) return;
    this.finish();
    this.current = this.editing = index;
    this.goal = 'edit';
  }

  /** Moves a tag to the place of another, past prose if that stands between them. */
  private moveBy(index: number, step: number): void {
    const pieces = piecesOf(this.base);
    const piece = pieces[index];
    if (piece?.kind !== 'tag') return;
    const to = piece.index + step;
    if (!pieces.some((other) => other.kind === 'tag' && other.index === to)) return;
    const text = moveTag(this.base, piece.index, to);
    this.change(text, placeOfTag(text, to), 'chip');
  }

  private removeChip(index: number, next: number): void {
    this.finish();
    const piece = piecesOf(this.base)[index];
    if (piece?.kind !== 'tag') return;
    const text = removeTag(this.base, piece.index);
    const left = piecesOf(text).length;
    if (left === 0) this.change(text, 0, 'field');
    else this.change(text, Math.max(0, Math.min(next, left - 1)), 'chip');
  }

  /** Changes the caption in one undo step, then focuses a chip or the field. */
  private change(text: string, current: number, goal: 'chip' | 'field' | undefined): void {
    this.editing = -1;
    this.actions?.commit();
    if (text !== (this.drafted ?? this.base)) this.draft(text);
    this.base = text;
    this.actions?.commit();
    this.current = current;
    this.goal = goal;
    this.requestUpdate();
  }

  private draft(text: string): void {
    const from = this.drafted ?? this.base;
    this.drafted = text;
    this.actions?.draft(text, from);
  }

  private goTo(chip: number): void {
    const count = piecesOf(this.base).length;
    const isField = chip >= count;
    if (isField && this.readonly) return;
    this.current = Math.max(0, Math.min(chip, count));
    this.goal = isField ? 'field' : 'chip';
    this.requestUpdate();
  }

  private focusNear(): void {
    const chips = this.querySelectorAll<HTMLElement>('.chip-tag');
    const near = chips[Math.min(this.current, chips.length - 1)];
    if (near === undefined || this.current >= chips.length) this.focusField();
    else near.focus({ preventScroll: true });
  }

  private get focused(): Element | null {
    const root = this.getRootNode();
    return root instanceof ShadowRoot || root instanceof Document ? root.activeElement : null;
  }

  private get field(): HTMLInputElement | null {
    return this.querySelector<HTMLInputElement>('input.chip-field');
  }

  private undoOf(field: TextField): LocalUndo {
    if (this.undo === undefined || this.undoField !== field) {
      this.undo = new LocalUndo(field);
      this.undoField = field;
    }
    return this.undo;
  }
}

type TagPiece = CaptionPiece & { kind: 'tag' };
type ProsePiece = CaptionPiece & { kind: 'prose' };

function isField(target: EventTarget | null): target is TextField {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
}

/** The place of a tag among all pieces of a text. @param index among the tags */
function placeOfTag(text: string, index: number): number {
  return piecesOf(text).findIndex((piece) => piece.kind === 'tag' && piece.index === index);
}

/** A name for each piece. Repeated tags are numbered, so that each chip keeps its element when it moves. */
function keysOf(pieces: readonly CaptionPiece[]): string[] {
  const counts = new Map<string, number>();
  return pieces.map((piece) => {
    if (piece.kind === 'prose') return `prose ${piece.index}`;
    const { tag } = piece.chip;
    const count = counts.get(tag) ?? 0;
    counts.set(tag, count + 1);
    return `${count} ${tag}`;
  });
}

/** Whether a click on a chip searches for its tag. */
function isFilter({ ctrlKey, metaKey }: MouseEvent): boolean {
  return ctrlKey || metaKey;
}

/** One tag as a chip with a button to remove it. */
function chipTemplate({ tag, isDuplicate }: Chip, use: ChipUse): TemplateResult {
  const { mark } = use;
  const keys = use.readonly ? filterHint : editHint;
  const hint = mark === undefined ? keys : `${originText(mark, displayLanguage)}\n${keys}`;
  // Only a class and a title: a mark that comes while somebody types must neither move nor remove anything.
  const kind = `${isDuplicate ? 'duplicate' : ''} ${mark !== undefined && isMachineMark(mark) ? 'by-machine' : ''}`;
  const removal = isDuplicate ? l10n.t('Remove duplicate') : l10n.t('Remove');
  const removalOf = isDuplicate ? l10n.t('Remove duplicate {0}', tag) : l10n.t('Remove {0}', tag);
  return html`<div class="chip ${kind}" role="listitem">
    <button
      class="chip-tag"
      data-chip=${use.index}
      tabindex=${use.tab}
      title=${isDuplicate ? l10n.t('There twice. {0}', hint) : hint}
      @focus=${use.focused}
      @click=${(event: MouseEvent) => {
        // The second click of a double click is no second search.
        if (isFilter(event) && event.detail < 2) use.filter(event.altKey);
      }}
      @dblclick=${(event: MouseEvent) => {
        if (!isFilter(event)) use.edit();
      }}
      @keydown=${use.keydown}
    >
      <span class="chip-text">${tag}</span>
      ${isDuplicate ? html`<span class="chip-mark warning">${warningIcon} ${l10n.t('twice')}</span>` : nothing}
    </button>
    ${
      use.readonly
        ? nothing
        : html`<button class="chip-remove" tabindex="-1" aria-label=${removalOf} title=${removal} @click=${use.remove}>
            ×
          </button>`
    }
  </div>`;
}

/**
 * Pastes several lines as several tags, because a one-line field would join them. The browser pastes all other texts.
 */
function pasteAsTags(event: ClipboardEvent): void {
  const lines = (event.clipboardData?.getData('text/plain') ?? '')
    .split(/[\r\n]+/)
    .filter((line) => line.trim() !== '');
  if (lines.length < 2) return;
  event.preventDefault();
  insertAsTyped(lines.map((line) => line.trim().replace(/,$/, '')).join(', '));
}

function swallow(event: Event): void {
  event.preventDefault();
  event.stopPropagation();
}

declare global {
  interface HTMLElementTagNameMap {
    'tag-chips': TagChips;
  }
}
