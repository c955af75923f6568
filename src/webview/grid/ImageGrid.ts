import * as l10n from '@vscode/l10n';
import { consume } from '@lit/context';
import { html, LitElement, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { GridSnapshot, SelectCommand } from '../../protocol/page/gridProtocol';
import { cardStyles } from '../card/card.css';
import { tagChipsStyles } from '../card/tagChips.css';
import { CardPointer } from './CardPointer';
import { gridStyles } from './grid.css';
import { type GridAction, gridAction } from './gridKeys';
import {
  type CardSize,
  cellsOf,
  clamp,
  type GridMode,
  indexAfterKey,
  type RenderedRow,
  type Span,
  withPinned,
} from './gridLayout';
import { type AskAround, GridPlace } from './GridPlace';
import { GridSelector } from './GridSelector';
import { focusIn, giveFocusBack, type HeldFocus } from './heldFocus';
import { type CardContext, cardContext, type ImageCard } from '../card/ImageCard';
import type { ItemWindow } from './ItemWindow';
import { listStyles } from './list.css';
import { pinnedCells } from './pinnedCells';
import { RowVirtualizer } from './RowVirtualizer';
import { selectionStyles } from './selection.css';
import { sharedStyles } from '../shared/shared.css';
import { styleProperties } from '../shared/styleProperties';
import { wantedImages } from './wantedImages';

/**
 * The images of the dataset, of which only those near the viewport exist. Scrolls by itself.
 *
 * Events: `grid-scroll`; `open-viewer` with the path of an image, cancelled by who opens it, else
 * its caption is edited; `folder-key` with the direction.
 */
@customElement('image-grid')
export class ImageGrid extends LitElement {
  static override styles = [sharedStyles, gridStyles, cardStyles, tagChipsStyles, listStyles, selectionStyles];

  /** Images in view, of the order {@link order}. */
  @property({ attribute: false }) count = 0;
  @property({ attribute: false }) order = 0;
  /** Search and sort order: where they change, the user asked for other images. */
  @property({ attribute: false }) viewKey = '';
  @property({ attribute: false }) size: CardSize = 'medium';
  @property({ attribute: false }) mode: GridMode = 'grid';
  @property({ attribute: false }) items: ItemWindow | undefined;
  @consume({ context: cardContext, subscribe: true }) @state() context: CardContext | undefined;
  @property({ attribute: false }) selectedCount = 0;
  @property({ attribute: false }) select: ((command: SelectCommand) => Promise<GridSnapshot | undefined>) | undefined;
  /** Image to show first, and its position where it is gone; looked at once. */
  @property({ attribute: false }) startPath = '';
  @property({ attribute: false }) startIndex = 0;
  /** Asks the host for the images around a place. */
  @property({ attribute: false }) around: AskAround | undefined;

  readonly rows = new RowVirtualizer(this, () => {
    this.scrolled();
  });
  /** position of the cell that Tab leads to, and its image */
  active = 0;
  activePath: string | undefined;
  /** whether the user went to the active cell */
  chosen = false;
  readonly selector = new GridSelector(this);
  private readonly place = new GridPlace(this);
  private pointer: CardPointer | undefined;
  private goal: { index: number; part: 'cell' | 'caption' } | undefined;
  private held: HeldFocus | undefined;
  private toldFocus: string | undefined;
  private jumped: { index: number; top: number } | undefined;
  private frame: number | undefined;

  /** What was looked at before is still to come: what is in view is nobody's choice. */
  get isWaiting(): boolean {
    return this.place.isWaiting;
  }

  /** Index of the first image in view. */
  get firstIndex(): number {
    return Math.min(this.rows.firstIndex, Math.max(0, this.count - 1));
  }

  /** The image whose folder stands for what is in view: the first one, or the one that was jumped to. */
  get headIndex(): number {
    return this.jumped?.top === this.rows.top ? this.jumped.index : this.firstIndex;
  }

  /** Puts the row of an image at the top and makes it the active one. */
  jumpTo(index: number, focus: boolean): void {
    this.rows.scrollToIndex(index);
    this.jumped = { index, top: this.rows.top };
    this.chosen = true;
    this.active = index;
    this.activePath = this.items?.at(index)?.path;
    if (focus) this.moveTo(index, 'cell');
    else this.requestUpdate();
    this.scrolled();
  }

  /** Draws a card again whose picture or draft has changed. */
  updateCard(path: string): void {
    this.cardOf(path)?.requestUpdate();
  }

  /** Where the card of an image shows its picture. */
  pictureBox(path: string): Element | undefined {
    return this.cardOf(path)?.querySelector('.picture') ?? undefined;
  }

  /** The host knows the caption of this card as an edit now. */
  committed(path: string): void {
    this.cardOf(path)?.committed();
  }

  /** Puts the keyboard focus on an image, as after it was looked at elsewhere. */
  returnTo(index: number): void {
    if (this.count > 0) this.moveTo(clamp(index, 0, this.count - 1), 'cell');
  }

  /** Leaves a caption for its cell or for the caption next to it. */
  leave(path: string, target: 'cell' | 'next' | 'previous'): void {
    const index = this.items?.indexOf(path) ?? this.active;
    if (target === 'cell') this.moveTo(index, 'cell');
    else {
      const next = index + (target === 'next' ? 1 : -1);
      if (next >= 0 && next < this.count) this.moveTo(next, 'caption');
    }
  }

  protected override firstUpdated(): void {
    const root = this.renderRoot as ShadowRoot;
    this.addEventListener('keydown', this.onKeydown);
    root.addEventListener('focusin', this.onFocusin);
    this.pointer = new CardPointer(root, this.selector, {
      active: () => this.active,
      view: (index) => {
        this.openViewer(index);
      },
    });
    const content = root.querySelector('.grid');
    if (content !== null) this.rows.attach(this, content);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    if (this.frame !== undefined) cancelAnimationFrame(this.frame);
    this.pointer?.lift();
    this.context?.images.want([]);
  }

  protected override willUpdate(): void {
    this.place.follow();
    this.held = focusIn(this.renderRoot as ShadowRoot);
    this.followActive();
    const { layout, near, direction } = this.rows;
    const ahead = near.end - near.start;
    const soon =
      direction > 0
        ? { start: near.end, end: Math.min(layout.rows, near.end + ahead) }
        : { start: Math.max(0, near.start - ahead), end: near.start };
    this.items?.need(this.neededCells(), cellsOf(layout, soon));
  }

  protected override updated(): void {
    this.restoreFocus();
    this.reachGoal();
    // Also without scrolling: it may be known only now which images are in view.
    this.scrolled();
  }

  protected override render(): TemplateResult {
    const { layout } = this.rows;
    return html`<div
      class="grid ${this.mode} ${this.size} ${this.selector.any ? 'selecting' : ''}"
      role="grid"
      aria-label=${l10n.t('Images')}
      aria-multiselectable="true"
      aria-rowcount=${layout.rows}
      aria-colcount=${layout.columns}
      ${styleProperties({
        height: `${layout.physicalHeight}px`,
        '--columns': String(layout.columns),
        '--cell-height': `${layout.cellHeight}px`,
        '--gap': `${layout.gap}px`,
      })}
    >
      ${repeat(
        this.renderedRows(),
        ({ row }) => row,
        (row) => this.renderRow(row),
      )}
    </div>`;
  }

  private renderRow({ row, cells }: RenderedRow): TemplateResult {
    const first = row * this.rows.layout.columns;
    return html`<div
      class="row"
      role="row"
      aria-rowindex=${row + 1}
      ${styleProperties({ transform: `translateY(${this.rows.offsetOf(row)}px)` })}
    >
      ${repeat(
        cells,
        // By path: a textarea must never come to stand for another caption while somebody types into it.
        (index) => this.items?.at(index)?.path ?? index,
        (index) => {
          const selected = this.selector.isSelected(index);
          // The name is the group's: one of the cell itself would have to have all the words in it.
          return html`<div class="cell" role="gridcell" aria-colindex=${index - first + 1} aria-selected=${selected}>
            <image-card
              role="group"
              tabindex=${index === this.active ? 0 : -1}
              data-index=${index}
              .item=${this.items?.at(index)}
              .context=${this.context}
              .active=${index === this.active}
              .selected=${selected}
              ${styleProperties({ 'grid-column': String(index - first + 1) })}
            ></image-card>
          </div>`;
        },
      )}
    </div>`;
  }

  /** The rows near the viewport and, wherever they are, the cells that must stay. */
  private renderedRows(): RenderedRow[] {
    const pinned = pinnedCells(this);
    if (this.goal !== undefined) pinned.push(this.goal.index);
    return withPinned(this.rows.layout, this.rows.near, pinned);
  }

  private neededCells(): Span[] {
    const { layout, near } = this.rows;
    const cells = cellsOf(layout, near);
    const far = pinnedCells(this).filter(
      (index) => index < layout.count && (index < cells.start || index >= cells.end),
    );
    const spans = [cells, ...far.map((index) => ({ start: index, end: index + 1 }))];
    this.selector.settle(this.items?.oldestVersion(spans) ?? 0);
    return spans.filter((span) => span.end > span.start);
  }

  private rowOf(index: number): number {
    return Math.floor(index / this.rows.layout.columns);
  }

  private followActive(): void {
    const { items } = this;
    this.active = clamp(this.active, 0, Math.max(0, this.rows.layout.count - 1));
    const path = items?.at(this.active)?.path;
    if (path !== undefined) this.activePath = path;
  }

  /** Where rendering took the focused element away, its image gets the focus at its new place. */
  private restoreFocus(): void {
    const { held } = this;
    this.held = undefined;
    if (held === undefined || this.goal !== undefined) return;
    if ((this.renderRoot as ShadowRoot).activeElement !== null) return;
    const card = held.path === undefined ? undefined : this.cardOf(held.path);
    void this.updateComplete.then(() => giveFocusBack(held, card, this.cardAt(this.active)));
  }

  private moveTo(index: number, part: 'cell' | 'caption'): void {
    this.goal = { index, part };
    this.chosen = true;
    this.active = index;
    this.activePath = this.items?.at(index)?.path;
    this.rows.reveal(this.rowOf(index));
    this.requestUpdate();
  }

  private reachGoal(): void {
    const { goal } = this;
    if (goal === undefined) return;
    const card = this.cardAt(goal.index);
    if (card === undefined) return;
    if (goal.part === 'cell' || card.item === undefined) {
      card.focus({ preventScroll: true });
      if (goal.part === 'cell') this.goal = undefined;
      return;
    }
    this.goal = undefined;
    void card.updateComplete.then(() => {
      card.focusCaption();
    });
  }

  private readonly onFocusin = (event: Event): void => {
    const card = event.target instanceof Element ? event.target.closest('image-card') : null;
    if (!card) return;
    const index = Number(card.dataset.index);
    if (card.item !== undefined && card.item.path !== this.toldFocus) {
      this.toldFocus = card.item.path;
      this.context?.actions.focusedImage(card.item.path);
    }
    if (this.goal !== undefined && this.goal.index !== index) this.goal = undefined;
    this.chosen = true;
    if (index === this.active && card.item?.path === this.activePath) return;
    this.active = index;
    this.activePath = card.item?.path;
    this.requestUpdate();
  };

  private readonly onKeydown = (event: KeyboardEvent): void => {
    const [target] = event.composedPath();
    // While letters are composed, the keys are those of the input method.
    if (!(target instanceof Element) || event.defaultPrevented || event.isComposing) return;
    const card = target.closest('image-card');
    if (!card) return;
    const action = gridAction(event);
    if (target !== card) {
      if (action?.kind === 'none') this.moveTo(this.active, 'cell');
      else if (action?.kind === 'folder') this.act(action, event);
      return;
    }
    if (action !== undefined) this.act(action, event);
  };

  private act(action: GridAction, event: KeyboardEvent): void {
    // Escape on a cell is VS Code's where there is nothing to deselect.
    if (action.kind === 'none' && !this.selector.any) return;
    event.preventDefault();
    const { active, selector } = this;
    switch (action.kind) {
      case 'move': {
        const { layout, viewport } = this.rows;
        const pageRows = Math.floor(viewport / layout.rowHeight);
        const next = indexAfterKey(action.key, action.ends, active, layout, pageRows) ?? active;
        if (action.extend) selector.extend(active, next, action.keep);
        this.moveTo(next, 'cell');
        break;
      }
      case 'toggle':
        selector.toggle(active);
        break;
      case 'extend':
        selector.extend(active, active, false);
        break;
      case 'all':
        // VS Code would select the text of the page.
        event.stopPropagation();
        selector.all(this.rows.layout.count);
        break;
      case 'none':
        selector.none();
        break;
      case 'view':
        this.openViewer(active);
        break;
      case 'edit':
        this.moveTo(active, 'caption');
        break;
      case 'folder':
        this.dispatchEvent(new CustomEvent('folder-key', { detail: { direction: action.direction } }));
        break;
      default:
        action satisfies never;
    }
  }

  private openViewer(index: number): void {
    const path = this.items?.at(index)?.path;
    if (path === undefined) return;
    const init = { detail: { path }, bubbles: true, composed: true, cancelable: true };
    if (this.dispatchEvent(new CustomEvent('open-viewer', init))) this.moveTo(index, 'caption');
  }

  private scrolled(): void {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      const { items, context } = this;
      if (items !== undefined) context?.images.want(wantedImages(this.rows, items));
      this.dispatchEvent(new CustomEvent('grid-scroll'));
    });
  }

  private cardOf(path: string): ImageCard | undefined {
    for (const card of this.renderRoot.querySelectorAll('image-card')) if (card.item?.path === path) return card;
    return undefined;
  }

  private cardAt(index: number): ImageCard | undefined {
    return this.renderRoot.querySelector<ImageCard>(`image-card[data-index="${index}"]`) ?? undefined;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'image-grid': ImageGrid;
  }
}
