import * as l10n from '@vscode/l10n';
import { consume } from '@lit/context';
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { GridSnapshot, SelectCommand } from '../../protocol/page/gridProtocol';
import type { PlaceInOrder } from '../../protocol/page/gridViewProtocol';
import { cardStyles } from '../card/card.css';
import { tagChipsStyles } from '../card/tagChips.css';
import { CardPointer } from './CardPointer';
import { CellKeys } from './CellKeys';
import { gridStyles } from './grid.css';
import { type GridAction, gridAction } from './gridKeys';
import { type CardContext, cardContext, type ImageCard } from '../card/ImageCard';
import { type AskAround, GridModel } from './GridModel';
import { cellSizeOf } from './gridLayout';
import type { ItemWindow } from './ItemWindow';
import { listStyles } from './list.css';
import { selectionStyles } from './selection.css';
import type { CardSize, GridMode } from '../shared/cardSizes';
import { sharedStyles } from '../shared/shared.css';
import { styleProperties } from '../shared/styleProperties';
import type { RenderedRow } from '../virtualList/rowLayout';
import { RowVirtualizer } from '../virtualList/RowVirtualizer';
import { VirtualRows } from '../virtualList/VirtualRows';

/** Where the keyboard focus was before the grid was rendered again. */
interface HeldFocus {
  path: string | undefined;
  place: PlaceInOrder;
  /** the caret, if the focus was in the text field of a caption */
  caret: [start: number, end: number, direction: 'forward' | 'backward' | 'none'] | undefined;
  /** whether the focus was in a caption that is shown as tags */
  inTags: boolean;
}

/**
 * The images of the dataset as a virtualized grid: only the cards near the viewport exist. This element itself scrolls.
 *
 * Fires `grid-scroll`; `open-viewer` with the position of an image, and its path if it is known (a listener that opens
 * the viewer cancels the event; otherwise the caption of the image is edited); `folder-key` with the direction to go.
 */
@customElement('image-grid')
export class ImageGrid extends LitElement {
  static override styles = [sharedStyles, gridStyles, cardStyles, tagChipsStyles, listStyles, selectionStyles];

  /** Number of images that match the search, in the order {@link order}. */
  @property({ attribute: false }) count = 0;
  @property({ attribute: false }) order = 0;
  /** Search and sort order: when this changes, the user asked for other images. */
  @property({ attribute: false }) viewKey = '';
  @property({ attribute: false }) size: CardSize = 'medium';
  @property({ attribute: false }) mode: GridMode = 'grid';
  @property({ attribute: false }) items: ItemWindow | undefined;
  @consume({ context: cardContext, subscribe: true }) @state() context: CardContext | undefined;
  @property({ attribute: false }) selectedCount = 0;
  @property({ attribute: false }) select: ((command: SelectCommand) => Promise<GridSnapshot | undefined>) | undefined;
  /** Image to show first, and its position in case it is gone; later changes have no effect. */
  @property({ attribute: false }) startPath = '';
  @property({ attribute: false }) startIndex = 0;
  /** Height at the lower end of the grid that something lies over, in CSS pixels. */
  @property({ attribute: false }) covered = 0;
  /** Asks the host for the images around a position. */
  @property({ attribute: false }) around: AskAround | undefined;

  private readonly rows = new VirtualRows(
    cellSizeOf({ mode: 'grid', size: 'medium' }),
    () => {
      this.requestUpdate();
    },
    () => {
      this.onMoved();
    },
  );
  private readonly virtualizer = new RowVirtualizer(this, this.rows);
  /** What is shown, apart from how it is drawn: the active cell, the position in the list, the selection. */
  readonly model = new GridModel(this.rows, {
    around: async (params) => this.around?.(params),
    select: async (command) => this.select?.(command),
    draftPaths: () => this.context?.drafts.openPaths() ?? [],
    isConnected: () => this.isConnected,
    changed: () => {
      this.requestUpdate();
    },
  });
  private pointer: CardPointer | undefined;
  private held: HeldFocus | undefined;
  private readonly keys = new CellKeys();
  private reportedFocus: string | undefined;
  private frame: number | undefined;

  /** Renders the card of an image again, because its picture has changed. */
  updateCard(path: string): void {
    this.cardOf(path)?.requestUpdate();
  }

  /** The element in which the card of an image shows its picture; undefined while there is no such card. */
  pictureBox(path: string): Element | undefined {
    return this.cardOf(path)?.querySelector('.picture') ?? undefined;
  }

  /** Called when another text is to be shown for a caption. */
  captionChanged(captionPath: string): void {
    for (const card of this.cardsOf(captionPath)) card.requestUpdate();
  }

  /** Called when the text that was typed in a caption has been committed as one edit. */
  committed(captionPath: string): void {
    for (const card of this.cardsOf(captionPath)) card.committed();
  }

  /** Moves the keyboard focus to an image, for example when the user closes the viewer. */
  returnTo(index: number): void {
    this.model.returnTo(index);
  }

  /** Gives the focus to the active cell where it is: a control that had the focus has gone. */
  focusActive(): void {
    this.cardAt(this.model.active)?.focus({ preventScroll: true });
  }

  /** The card of an image that is in view, once the cards are drawn; undefined if it is not. */
  async cardInView(path: string): Promise<HTMLElement | undefined> {
    await this.updateComplete;
    const card = this.cardOf(path);
    const [own, all] = [card?.getBoundingClientRect(), this.getBoundingClientRect()];
    return own !== undefined && own.bottom > all.top && own.top < all.bottom ? card : undefined;
  }

  /** Scrolls to an image, unless the user is in the grid; the focus stays. */
  show(index: number): void {
    const isHere = (this.renderRoot as ShadowRoot).activeElement !== null;
    if (!isHere && index < this.rows.layout.count) this.model.jumpTo(index, false);
  }

  /** Moves the keyboard focus from a caption to its cell, or to the next or previous caption; see {@link GridModel}. */
  leave(path: string | undefined, target: 'cell' | 'next' | 'previous'): void {
    this.model.leave(path, target);
  }

  protected override firstUpdated(): void {
    const root = this.renderRoot as ShadowRoot;
    this.addEventListener('keydown', this.onKeydown);
    root.addEventListener('click', (event) => {
      // A caption that has not come can be typed into as one that has.
      const card = event.target instanceof Element ? event.target.closest('.skeleton')?.closest('image-card') : null;
      if (card) this.model.moveTo(Number(card.dataset.index), 'caption');
    });
    root.addEventListener('focusin', this.onFocusin);
    this.pointer = new CardPointer(root, this.model.selector, {
      active: () => this.model.active,
      view: (index) => {
        this.openViewer(index);
      },
    });
    const content = root.querySelector('.grid');
    if (content !== null) this.virtualizer.attach(this, content);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    if (this.frame !== undefined) cancelAnimationFrame(this.frame);
    this.pointer?.cancelPress();
    this.context?.images.want([]);
  }

  protected override willUpdate(): void {
    this.rows.cover(this.covered);
    // For what the browser scrolls into view by itself.
    this.style.scrollPaddingBottom = `${this.covered}px`;
    const { count, order, viewKey, mode, size, selectedCount, startPath, startIndex, items } = this;
    this.model.applySnapshot({
      count,
      order,
      viewKey,
      shape: { mode, size },
      selectedCount,
      startPath,
      startIndex,
      items,
    });
    this.model.applyItems();
    this.held = this.heldFocus();
    if (items !== undefined) this.keys.update(items, this.model.active);
  }

  protected override updated(): void {
    this.restoreFocus();
    this.reachGoal();
    this.reportFocus();
    // Needed even without scrolling: other images may be in view now, or the items of the visible cards have arrived.
    this.onMoved();
  }

  protected override render(): TemplateResult {
    const { layout } = this.rows;
    return html`<div
      class="grid ${this.mode} ${this.size} ${this.model.selector.hasSelection ? 'selecting' : ''}"
      role="grid"
      aria-label=${l10n.t('Images')}
      aria-multiselectable="true"
      aria-rowcount=${layout.rows}
      aria-colcount=${layout.columns}
      ${styleProperties({
        height: `${layout.physicalHeight + this.rows.room}px`,
        '--columns': String(layout.columns),
        '--cell-height': `${layout.cellHeight}px`,
        '--gap': `${layout.gap}px`,
      })}
    >
      ${repeat(
        this.model.renderedRows,
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
        (index) => this.keys.keyAt(index, this.items?.at(index)?.path),
        (index) => {
          const item = this.items?.at(index);
          const isActive = index === this.model.active;
          const selected = this.model.selector.isSelected(index);
          // The accessible name is the group's: a name on the gridcell itself would replace all of its content.
          return html`<div class="cell" role="gridcell" aria-colindex=${index - first + 1} aria-selected=${selected}>
            <image-card
              role="group"
              tabindex=${isActive ? 0 : -1}
              data-index=${index}
              data-press=${item?.path ?? nothing}
              .item=${item}
              .place=${isActive && item === undefined ? { order: this.items?.order ?? 0, index } : undefined}
              .context=${this.context}
              .active=${isActive}
              .selected=${selected}
              ${styleProperties({ 'grid-column': String(index - first + 1) })}
            ></image-card>
          </div>`;
        },
      )}
    </div>`;
  }

  /** Where the focus is; undefined if it is not on a card of the grid. */
  private heldFocus(): HeldFocus | undefined {
    const element = (this.renderRoot as ShadowRoot).activeElement;
    const card = element?.closest('image-card');
    if (!element || !card) return undefined;
    const caret: HeldFocus['caret'] =
      element instanceof HTMLTextAreaElement
        ? [element.selectionStart, element.selectionEnd, element.selectionDirection]
        : undefined;
    const place = card.place ?? { order: 0, index: -1 };
    return { path: card.item?.path, place, caret, inTags: element.closest('tag-chips') !== null };
  }

  /** If rendering removed the focused element, the card of the same image gets the focus at its new position. */
  private restoreFocus(): void {
    const { held } = this;
    this.held = undefined;
    if (held === undefined || this.model.goal !== undefined) return;
    if ((this.renderRoot as ShadowRoot).activeElement !== null) return;
    const path = held.path ?? this.items?.whereWas(held.place)?.path;
    const card = path === undefined ? undefined : this.cardOf(path);
    void this.updateComplete.then(() => giveFocusBack(held, card, this.cardAt(this.model.active)));
  }

  private reachGoal(): void {
    const { goal } = this.model;
    if (goal === undefined) return;
    const card = this.cardAt(goal.index);
    if (card === undefined) return;
    this.model.goalReached();
    if (goal.part === 'cell') {
      card.focus({ preventScroll: true });
      return;
    }
    void card.updateComplete.then(() => {
      card.focusCaption();
    });
  }

  private readonly onFocusin = (event: Event): void => {
    const card = event.target instanceof Element ? event.target.closest('image-card') : null;
    if (!card) return;
    this.model.focused(Number(card.dataset.index), card.item?.path);
    this.reportFocus();
  };

  /** Tells the host which image has the focus, for commands about it: also when the image of a focused card comes. */
  private reportFocus(): void {
    const card = (this.renderRoot as ShadowRoot).activeElement?.closest('image-card');
    const path = card?.item?.path;
    if (path === undefined || path === this.reportedFocus) return;
    this.reportedFocus = path;
    this.context?.actions.focusedImage(path);
  }

  private readonly onKeydown = (event: KeyboardEvent): void => {
    const [target] = event.composedPath();
    // While an input method composes text, it handles the keys.
    if (!(target instanceof Element) || event.defaultPrevented || event.isComposing) return;
    const card = target.closest('image-card');
    if (!card) return;
    const action = gridAction(event);
    if (target !== card) {
      // What came over the caption while the user typed gives way at the next key.
      this.rows.uncover(this.model.active);
      if (action?.kind === 'none') this.model.moveTo(this.model.active, 'cell');
      else if (action?.kind === 'folder') this.act(action, event);
      return;
    }
    if (action !== undefined) this.act(action, event);
  };

  private act(action: GridAction, event: KeyboardEvent): void {
    // With nothing to deselect, Escape on a cell is left to VS Code.
    if (action.kind === 'none' && !this.model.selector.hasSelection) return;
    event.preventDefault();
    const { active, selector } = this.model;
    switch (action.kind) {
      case 'move':
        this.model.navigate(action);
        break;
      case 'toggle':
        selector.toggle(active);
        break;
      case 'extend':
        selector.extend(active, active, false);
        break;
      case 'all':
        // Otherwise VS Code would select the text of the page.
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
        this.model.moveTo(active, 'caption');
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
    const init = { detail: { index, path }, bubbles: true, composed: true, cancelable: true };
    if (this.dispatchEvent(new CustomEvent('open-viewer', init))) this.model.moveTo(index, 'caption');
  }

  /** Reports that other images may be in view; throttled to once per frame. */
  private onMoved(): void {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      if (this.items !== undefined) this.context?.images.want(this.model.wantedImages);
      this.dispatchEvent(new CustomEvent('grid-scroll'));
    });
  }

  private cardOf(path: string): ImageCard | undefined {
    for (const card of this.renderRoot.querySelectorAll('image-card')) if (card.item?.path === path) return card;
    return undefined;
  }

  /** The cards of the images that share a caption. */
  private cardsOf(captionPath: string): ImageCard[] {
    return [...this.renderRoot.querySelectorAll('image-card')].filter(({ item }) => item?.captionPath === captionPath);
  }

  private cardAt(index: number): ImageCard | undefined {
    return this.renderRoot.querySelector<ImageCard>(`image-card[data-index="${index}"]`) ?? undefined;
  }
}

/** Gives the focus back to the card that had it, with its caret; or to `instead` if that card is gone. */
async function giveFocusBack(
  held: HeldFocus,
  card: ImageCard | undefined,
  instead: ImageCard | undefined,
): Promise<void> {
  await card?.updateComplete;
  if (card?.captionArea !== undefined && held.caret !== undefined) {
    card.focusCaption();
    card.captionArea.setSelectionRange(...held.caret);
  } else if (held.inTags && card !== undefined) {
    card.focusCaption();
  } else {
    (card ?? instead)?.focus({ preventScroll: true });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'image-grid': ImageGrid;
  }
}
