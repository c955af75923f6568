import * as l10n from '@vscode/l10n';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { DiffPiece, PlanItem } from '../../protocol/page/bulkEditProtocol';
import { inOneLine } from '../../protocol/text/escapeControls';
import { plural } from '../shared/displayLanguage';
import { clamp } from '../shared/clamp';
import { styleProperties } from '../shared/styleProperties';
import type { CellSize } from '../virtualList/rowLayout';
import { RowVirtualizer } from '../virtualList/RowVirtualizer';
import { VirtualRows } from '../virtualList/VirtualRows';
import type { PlanRows, PreviewRow } from './PlanRows';

/** One row below the other, in CSS pixels; bulkEditPreview.css.ts has the same height. */
const rowSize: CellSize = { minWidth: undefined, height: 66, gap: 0 };

/**
 * The captions that a bulk edit would change, as a virtualized list with ticks; or captions that differ, to open them.
 */
@customElement('bulk-edit-preview')
export class BulkEditPreview extends LitElement {
  @property({ attribute: false }) rows: PlanRows | undefined;
  /** Grows when the content of rows has changed, to render them again. */
  @property({ attribute: false }) version = 0;
  @property({ attribute: false }) tick: ((index: number, ticked: boolean) => void) | undefined;
  /** Opens a row; where this is set, rows have no ticks. */
  @property({ attribute: false }) open: ((index: number) => void) | undefined;
  @property({ attribute: false }) label = l10n.t('Captions that change');
  /** Called when another row is active. */
  @property({ attribute: false }) moved: ((index: number) => void) | undefined;
  /** The row that is active at first. */
  @property({ attribute: false }) firstActive = 0;
  /** The address of the picture of a row; undefined while there is none. */
  @property({ attribute: false }) picture: ((item: PlanItem) => string | undefined) | undefined;

  @state() private active = 0;

  private readonly list = new VirtualRows(
    rowSize,
    () => {
      this.requestUpdate();
    },
    () => undefined,
  );
  private readonly virtualizer = new RowVirtualizer(this, this.list);

  /** Makes a row the active one, and scrolls to it. */
  goTo(index: number): void {
    this.active = index;
    this.list.reveal(index);
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override firstUpdated(): void {
    const scroller = this.querySelector<HTMLElement>('.rows');
    const content = this.querySelector('.spacer');
    if (scroller !== null && content !== null) this.virtualizer.attach(scroller, content);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('rows')) return;
    this.active = this.firstActive;
    this.list.configure(this.rows?.count ?? 0, rowSize);
    this.list.scrollToIndex(this.firstActive);
  }

  protected override updated(): void {
    const { start, end } = this.list.near;
    // A page that failed to load is asked for again at the next update.
    this.rows?.need(start, end).catch(() => undefined);
  }

  protected override render(): TemplateResult {
    const count = this.rows?.count ?? 0;
    const { layout, near } = this.list;
    const indices = Array.from({ length: near.end - near.start }, (_, offset) => near.start + offset);
    const isRendered = this.active >= near.start && this.active < near.end;
    return html`<div
      class="rows"
      role="listbox"
      aria-label=${this.label}
      aria-multiselectable=${this.open === undefined ? 'true' : nothing}
      aria-activedescendant=${isRendered ? `change-${this.active}` : nothing}
      tabindex=${count === 0 ? -1 : 0}
      @keydown=${this.onKeydown}
    >
      <div class="spacer" role="presentation" ${styleProperties({ height: `${layout.physicalHeight}px` })}>
        ${indices.map((index) => this.renderRow(index))}
      </div>
    </div>`;
  }

  private renderRow(index: number): TemplateResult {
    const item = this.rows?.at(index);
    const [image = '', ...others] = item?.images ?? [];
    const address = item === undefined ? undefined : this.picture?.(item);
    return html`<div
      id="change-${index}"
      class="row ${index === this.active ? 'active' : ''} ${item?.ticked === false ? 'unticked' : ''}"
      role="option"
      aria-selected=${this.isSelected(index, item) ? 'true' : 'false'}
      aria-setsize=${this.rows?.count ?? 0}
      aria-posinset=${index + 1}
      ${styleProperties({ transform: `translateY(${this.list.offsetOf(index)}px)` })}
      @click=${() => {
        this.active = index;
        this.act(index);
      }}
    >
      ${this.open === undefined ? html`<span class="box" aria-hidden="true"></span>` : nothing}
      <span class="thumb">${address === undefined ? nothing : html`<img src=${address} alt="" />`}</span>
      <span class="hidden-text">${item === undefined ? l10n.t('Loading') : spoken(item)}</span>
      <span class="what" aria-hidden="true">
        <span class="image" title=${(item?.images ?? []).map(inOneLine).join('\n')}
          ><span class="name"
            >${inOneLine(image)}${others.length === 0 ? nothing : html` <i>${plural(l10n.t('and {0} image more|and {0} images more'), others.length)}</i>`}</span
          >${item?.note === undefined ? nothing : html`<i>${item.note}</i>`}</span
        >
        <span class="diff ${item?.unit ?? ''}">${item?.pieces.map(renderPiece)}</span>
      </span>
    </div>`;
  }

  private isSelected(index: number, item: PreviewRow | undefined): boolean {
    return this.open === undefined ? item?.ticked !== false : index === this.active;
  }

  private act(index: number): void {
    const item = this.rows?.at(index);
    if (this.open !== undefined) this.open(index);
    else if (item !== undefined) this.tick?.(index, !item.ticked);
  }

  private readonly onKeydown = (event: KeyboardEvent): void => {
    const { rows } = this;
    if (rows === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    const { layout, viewport } = this.list;
    const page = Math.max(1, Math.ceil(viewport / layout.rowHeight) - 1);
    const moves: Record<string, number> = {
      ArrowDown: this.active + 1,
      ArrowUp: this.active - 1,
      PageDown: this.active + page,
      PageUp: this.active - page,
      Home: 0,
      End: rows.count - 1,
    };
    const next = moves[event.key];
    if (event.key === ' ' || event.key === 'Enter') {
      this.act(this.active);
    } else if (next === undefined) return;
    else {
      this.goTo(clamp(next, 0, rows.count - 1));
      this.moved?.(this.active);
    }
    event.preventDefault();
  };
}

function renderPiece({ kind, text: whole }: DiffPiece): TemplateResult {
  // A row has room for two lines: a change in a line below them would not be visible.
  const text = whole.replaceAll('\n', ' ⏎ ');
  switch (kind) {
    case 'removed':
      return html`<del>${text}</del> `;
    case 'added':
      return html`<ins>${text}</ins> `;
    case 'moved':
      return html`<span class="moved">${text}</span> `;
    case 'skipped':
      return html`<span class="skipped">${plural(l10n.t('{0} tag|{0} tags'), Number(text))}</span> `;
    case 'kept':
      return html`<span class="kept">${text}</span> `;
  }
}

/** The text of a row for screen readers. */
function spoken({ images, pieces, note }: PreviewRow): string {
  const textsOf = (wanted: DiffPiece['kind']): string =>
    pieces
      .filter(({ kind }) => kind === wanted)
      .map(({ text }) => text)
      .join(', ');
  const parts = [images.join(', '), ...(note === undefined ? [] : [note])];
  const [removed, added, moved] = [textsOf('removed'), textsOf('added'), textsOf('moved')];
  if (removed !== '') parts.push(l10n.t('removed: {0}', removed));
  if (added !== '') parts.push(l10n.t('added: {0}', added));
  if (moved !== '') parts.push(l10n.t('moved: {0}', moved));
  return parts.join('. ');
}

declare global {
  interface HTMLElementTagNameMap {
    'bulk-edit-preview': BulkEditPreview;
  }
}
