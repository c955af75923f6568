import { html, LitElement, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { CardItem } from '../protocol/gridProtocol';
import { cardStyles } from './card.css';
import { gridStyles } from './grid.css';
import { type CardSize, cellsOf, clamp, gap, indexAfterKey, type Span, withPinned } from './gridLayout';
import type { CardContext, ImageCard } from './ImageCard';
import './ImageCard';
import type { WantedImage } from './ImageQueue';
import type { ItemWindow } from './ItemWindow';
import { RowVirtualizer } from './RowVirtualizer';
import { sharedStyles } from './shared.css';
import { styleProperties } from './styleProperties';

interface HeldFocus {
  path: string | undefined;
  /** the caret, where the focus was in the caption */
  caret: [start: number, end: number, direction: 'forward' | 'backward' | 'none'] | undefined;
  element: Element;
}

/** The images of the dataset, of which only those near the viewport exist. Scrolls by itself. */
@customElement('image-grid')
export class ImageGrid extends LitElement {
  static override styles = [sharedStyles, gridStyles, cardStyles];

  @property({ attribute: false }) count = 0;
  @property({ attribute: false }) size: CardSize = 'medium';
  @property({ attribute: false }) items: ItemWindow | undefined;
  @property({ attribute: false }) context: CardContext | undefined;
  /** Position to show first; looked at once. */
  @property({ attribute: false }) startIndex = 0;

  private readonly rows = new RowVirtualizer(this, () => {
    this.scrolled();
  });
  private active = 0;
  private activePath: string | undefined;
  private goal: { index: number; part: 'cell' | 'caption' } | undefined;
  private held: HeldFocus | undefined;
  private toldFocus: string | undefined;
  private started = false;
  private frame: number | undefined;

  /** Shows the first images, as after another search. */
  goToStart(): void {
    this.active = 0;
    this.activePath = undefined;
    this.rows.scrollToIndex(0);
    this.requestUpdate();
  }

  /** Index of the first image in view. */
  get firstIndex(): number {
    return this.rows.firstIndex;
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
    this.addEventListener('keydown', this.onKeydown);
    this.renderRoot.addEventListener('focusin', this.onFocusin);
    const content = this.renderRoot.querySelector('.grid');
    if (content !== null) this.rows.attach(this, content);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    if (this.frame !== undefined) cancelAnimationFrame(this.frame);
    this.context?.images.want([]);
  }

  protected override willUpdate(): void {
    this.rows.configure(this.count, this.size);
    if (!this.started && this.rows.viewport > 0 && this.count > 0) {
      this.started = true;
      this.active = clamp(this.startIndex, 0, this.count - 1);
      this.rows.scrollToIndex(this.active);
    }
    this.held = this.focusNow();
    this.followActive();
    this.items?.need(this.neededCells());
  }

  protected override updated(): void {
    this.restoreFocus();
    this.reachGoal();
    this.wantImages();
  }

  protected override render(): TemplateResult {
    const { layout } = this.rows;
    return html`<div
      class="grid ${this.size}"
      role="grid"
      aria-label="Images"
      aria-rowcount=${layout.rows}
      aria-colcount=${layout.columns}
      ${styleProperties({
        height: `${layout.physicalHeight}px`,
        '--columns': String(layout.columns),
        '--cell-height': `${layout.cellHeight}px`,
        '--gap': `${gap}px`,
      })}
    >
      ${repeat(
        this.renderedRows(),
        (row) => row,
        (row) => this.renderRow(row),
      )}
    </div>`;
  }

  private renderRow(row: number): TemplateResult {
    const cells = cellsOf(this.rows.layout, { start: row, end: row + 1 });
    const indices = Array.from({ length: cells.end - cells.start }, (_, column) => cells.start + column);
    return html`<div
      class="row"
      role="row"
      aria-rowindex=${row + 1}
      ${styleProperties({ transform: `translateY(${this.rows.offsetOf(row)}px)` })}
    >
      ${repeat(
        indices,
        // By path: a textarea must never come to stand for another caption while somebody types into it.
        (index) => this.items?.at(index)?.path ?? index,
        (index) =>
          html`<image-card
            role="gridcell"
            tabindex=${index === this.active ? 0 : -1}
            aria-colindex=${index - cells.start + 1}
            data-index=${index}
            .item=${this.items?.at(index)}
            .context=${this.context}
            .active=${index === this.active}
          ></image-card>`,
      )}
    </div>`;
  }

  /** The rows near the viewport, the active one, so that its focus survives, and the one the focus is on its way to. */
  private renderedRows(): number[] {
    const { layout } = this.rows;
    const pinned = [this.rowOf(this.active)];
    if (this.goal !== undefined) pinned.push(this.rowOf(this.goal.index));
    return withPinned(layout, this.rows.near, pinned);
  }

  private neededCells(): Span[] {
    const { layout } = this.rows;
    const { near } = this.rows;
    const spans = [cellsOf(layout, near)];
    const row = this.rowOf(this.active);
    if (row < near.start || row >= near.end) spans.push(cellsOf(layout, { start: row, end: row + 1 }));
    return spans.filter((span) => span.end > span.start);
  }

  private rowOf(index: number): number {
    return Math.floor(index / this.rows.layout.columns);
  }

  /** The active cell is an image, not a place: it moves along when images come and go before it. */
  private followActive(): void {
    const { items } = this;
    if (items === undefined) return;
    if (this.activePath !== undefined && items.at(this.active) !== undefined) {
      if (items.at(this.active)?.path !== this.activePath) this.active = items.indexOf(this.activePath) ?? this.active;
    }
    this.active = clamp(this.active, 0, Math.max(0, this.count - 1));
    this.activePath = items.at(this.active)?.path ?? this.activePath;
  }

  private focusNow(): HeldFocus | undefined {
    const element = (this.renderRoot as ShadowRoot).activeElement;
    const card = element?.closest('image-card');
    if (!element || !card) return undefined;
    const caret: HeldFocus['caret'] =
      element instanceof HTMLTextAreaElement
        ? [element.selectionStart, element.selectionEnd, element.selectionDirection]
        : undefined;
    return { path: card.item?.path, caret, element };
  }

  /** Where rendering took the focused element away, its image gets the focus at its new place. */
  private restoreFocus(): void {
    const { held } = this;
    this.held = undefined;
    if (held === undefined || this.goal !== undefined) return;
    if ((this.renderRoot as ShadowRoot).activeElement !== null) return;
    const card = held.path === undefined ? undefined : this.cardOf(held.path);
    void this.updateComplete.then(async () => {
      await card?.updateComplete;
      if (card?.captionArea !== undefined && held.caret !== undefined) {
        card.focusCaption();
        card.captionArea.setSelectionRange(...held.caret);
      } else {
        this.cardAt(this.active)?.focus({ preventScroll: true });
      }
    });
  }

  private moveTo(index: number, part: 'cell' | 'caption'): void {
    this.goal = { index, part };
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
      this.context?.focused(card.item.path);
    }
    if (this.goal !== undefined && this.goal.index !== index) this.goal = undefined;
    if (index === this.active && card.item?.path === this.activePath) return;
    this.active = index;
    this.activePath = card.item?.path;
    this.requestUpdate();
  };

  private readonly onKeydown = (event: KeyboardEvent): void => {
    const [target] = event.composedPath();
    if (!(target instanceof Element) || event.altKey) return;
    const card = target.closest('image-card');
    if (!card) return;
    if (target !== card) {
      if (event.key === 'Escape' && !event.defaultPrevented) this.moveTo(this.active, 'cell');
      return;
    }
    const command = event.ctrlKey || event.metaKey;
    if ((event.key === 'Enter' && !command) || event.key === 'F2') {
      event.preventDefault();
      this.moveTo(this.active, 'caption');
      return;
    }
    const pageRows = Math.floor(this.rows.viewport / this.rows.layout.rowHeight);
    const next = indexAfterKey(event.key, command, this.active, this.rows.layout, pageRows);
    if (next === undefined) return;
    event.preventDefault();
    this.moveTo(next, 'cell');
  };

  private scrolled(): void {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      this.wantImages();
      this.dispatchEvent(new CustomEvent('grid-scroll'));
    });
  }

  /** Tells the queue which pictures are near, those in the middle of the viewport first. */
  private wantImages(): void {
    const { layout, near, top, viewport } = this.rows;
    const middle = top + viewport / 2;
    const wanted: { key: WantedImage; distance: number }[] = [];
    const cells = cellsOf(layout, near);
    const seen = cellsOf(layout, this.rows.inView);
    for (let index = cells.start; index < cells.end; index++) {
      const item: CardItem | undefined = this.items?.at(index);
      if (item === undefined) continue;
      const { path, imageVersion } = item;
      const rowMiddle = this.rowOf(index) * layout.rowHeight + layout.cellHeight / 2;
      const inView = index >= seen.start && index < seen.end;
      wanted.push({ key: { path, imageVersion, inView }, distance: Math.abs(rowMiddle - middle) });
    }
    wanted.sort((a, b) => a.distance - b.distance);
    this.context?.images.want(wanted.map(({ key }) => key));
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
