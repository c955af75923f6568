import * as l10n from '@vscode/l10n';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { DiffPiece, PlanItem } from '../../protocol/page/bulkEditProtocol';
import { plural } from '../shared/displayLanguage';
import type { PlanRows } from './PlanRows';
import { styleProperties } from '../shared/styleProperties';

/** Height of a row in pixels; the style sheet has the same. */
const rowHeight = 66;
/** Browsers cannot scroll further than some 33 million pixels. */
const tallest = 15_000_000;

/** The captions that a bulk edit would change, as a list that can be ticked: only the rows in view exist. */
@customElement('bulk-edit-preview')
export class BulkEditPreview extends LitElement {
  @property({ attribute: false }) rows: PlanRows | undefined;
  /** Changes when what the rows say has changed. */
  @property({ attribute: false }) version = 0;
  @property({ attribute: false }) tick: ((index: number, ticked: boolean) => void) | undefined;
  /** Makes the address of a picture; undefined while there is none. */
  @property({ attribute: false }) picture: ((item: PlanItem) => string | undefined) | undefined;

  @state() private first = 0;
  @state() private visible = 1;
  @state() private active = 0;
  @query('.rows') private readonly list!: HTMLElement | null;

  private resizes: ResizeObserver | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.resizes?.disconnect();
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override firstUpdated(): void {
    this.resizes = new ResizeObserver(() => {
      this.measure();
    });
    if (this.list !== null) this.resizes.observe(this.list);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('rows')) return;
    this.active = 0;
    this.first = 0;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('rows') && this.list !== null) this.list.scrollTop = 0;
    // A page that did not come is asked for again by the next scroll.
    this.rows?.need(this.first, this.first + this.visible).catch(() => undefined);
  }

  protected override render(): TemplateResult {
    const count = this.rows?.count ?? 0;
    const end = Math.min(count, this.first + this.visible);
    const indices = Array.from({ length: Math.max(0, end - this.first) }, (_, offset) => this.first + offset);
    const isInView = this.active >= this.first && this.active < end;
    return html`<div
      class="rows"
      role="listbox"
      aria-label=${l10n.t('Captions that change')}
      aria-multiselectable="true"
      aria-activedescendant=${isInView ? `change-${this.active}` : nothing}
      tabindex=${count === 0 ? -1 : 0}
      @scroll=${this.measure}
      @keydown=${this.onKeydown}
    >
      <div
        class="spacer"
        role="presentation"
        ${styleProperties({ height: `${Math.min(tallest, count * rowHeight)}px` })}
      >
        ${indices.map((index, slot) => this.renderRow(index, slot))}
      </div>
    </div>`;
  }

  private renderRow(index: number, slot: number): TemplateResult {
    const item = this.rows?.at(index);
    const top = this.offsetOf(index, slot);
    const [image = '', ...others] = item?.images ?? [];
    const address = item === undefined ? undefined : this.picture?.(item);
    return html`<div
      id="change-${index}"
      class="row ${index === this.active ? 'active' : ''} ${item?.ticked === false ? 'unticked' : ''}"
      role="option"
      aria-selected=${item?.ticked === false ? 'false' : 'true'}
      aria-setsize=${this.rows?.count ?? 0}
      aria-posinset=${index + 1}
      ${styleProperties({ transform: `translateY(${top}px)` })}
      @click=${() => {
        this.active = index;
        if (item !== undefined) this.tick?.(index, !item.ticked);
      }}
    >
      <span class="box" aria-hidden="true"></span>
      <span class="thumb">${address === undefined ? nothing : html`<img src=${address} alt="" />`}</span>
      <span class="hidden-text">${item === undefined ? l10n.t('Loading') : spoken(item)}</span>
      <span class="what" aria-hidden="true">
        <span class="image" title=${(item?.images ?? []).join('\n')}
          >${image}${others.length === 0 ? nothing : html` <i>${plural(l10n.t('and {0} image more|and {0} images more'), others.length)}</i>`}</span
        >
        <span class="diff ${item?.unit ?? ''}">${item?.pieces.map(renderPiece)}</span>
      </span>
    </div>`;
  }

  private readonly measure = (): void => {
    const { list } = this;
    if (list === null) return;
    const count = this.rows?.count ?? 0;
    this.visible = Math.ceil(list.clientHeight / rowHeight) + 2;
    if (count * rowHeight <= tallest) this.first = Math.max(0, Math.floor(list.scrollTop / rowHeight));
    else {
      const scrolled = list.scrollTop / Math.max(1, tallest - list.clientHeight);
      this.first = Math.round(scrolled * Math.max(0, count - this.visible + 2));
    }
  };

  /** Where a row is drawn; a list taller than browsers can scroll draws its rows where the scroll bar is. */
  private offsetOf(index: number, slot: number): number {
    const count = this.rows?.count ?? 0;
    return count * rowHeight <= tallest ? index * rowHeight : (this.list?.scrollTop ?? 0) + slot * rowHeight;
  }

  private readonly onKeydown = (event: KeyboardEvent): void => {
    const { rows } = this;
    if (rows === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    const page = Math.max(1, this.visible - 3);
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
      const item = rows.at(this.active);
      if (item !== undefined) this.tick?.(this.active, !item.ticked);
    } else if (next === undefined) return;
    else {
      this.active = Math.max(0, Math.min(rows.count - 1, next));
      this.reveal(this.active);
    }
    event.preventDefault();
  };

  private reveal(index: number): void {
    const { list } = this;
    const count = this.rows?.count ?? 0;
    if (list === null) return;
    if (count * rowHeight > tallest) {
      list.scrollTop = (index / count) * (tallest - list.clientHeight);
    } else {
      const top = index * rowHeight;
      if (top < list.scrollTop) list.scrollTop = top;
      else if (top + rowHeight > list.scrollTop + list.clientHeight) {
        list.scrollTop = top + rowHeight - list.clientHeight;
      }
    }
    this.measure();
  }
}

function renderPiece({ kind, text: whole }: DiffPiece): TemplateResult {
  // A row has room for two lines: a change in a line below would not be seen.
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

/** A row for those who hear it. */
function spoken({ images, pieces }: PlanItem): string {
  const of = (wanted: DiffPiece['kind']): string =>
    pieces
      .filter(({ kind }) => kind === wanted)
      .map(({ text }) => text)
      .join(', ');
  const parts = [images.join(', ')];
  const [removed, added, moved] = [of('removed'), of('added'), of('moved')];
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
