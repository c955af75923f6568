import * as l10n from '@vscode/l10n';
import { css, html, LitElement, type TemplateResult, unsafeCSS } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { freshFor, FreshRows } from './FreshRows';
import { StackOrder } from './StackOrder';
import { refused } from '../shared/refused';
import { styleProperties } from '../shared/styleProperties';

/** Space between two rows, and at least between the uppermost and a card that is kept clear of it, in CSS pixels. */
const gap = 4;

const stackStyles = css`
  :host {
    position: fixed;
    z-index: 10;
    inset: auto 0 8px;
    display: flex;
    flex-direction: column;
    align-items: center;
    gap: ${unsafeCSS(gap)}px;
    padding: 0 16px;
    pointer-events: none;
    /* The Tab key follows what is seen. */
    reading-flow: flex-visual;
  }

  ::slotted(*) {
    flex: none;
    box-sizing: border-box;
    width: 100%;
    max-width: 920px;
    pointer-events: auto;
  }

  .former {
    position: absolute;
    z-index: -1;
    bottom: 0;
    width: calc(100% - 32px);
    max-width: 920px;
    pointer-events: auto;
  }

  @media (max-width: 480px) {
    :host {
      padding: 0 8px;
    }
  }
`;

/**
 * Lays its children over the lower end of the page, one above the other, so that nothing else moves when they come and
 * go. The newest lies on top. Where rows were when the pointer came over them, presses hit nothing else until it
 * leaves or moves on: a press that was aimed at a row must not hit a card because a row beneath went. Fires `covers`
 * with the height at the lower end of the page that they take, in CSS pixels.
 */
@customElement('overlay-stack')
export class OverlayStack extends LitElement {
  static override styles = stackStyles;

  private readonly order = new StackOrder();
  private readonly fresh = new FreshRows();
  private readonly sizes = new ResizeObserver(() => {
    this.arrange();
  });
  private height = 0;
  private isOver = false;
  /** when the rows last took less height than before, in milliseconds */
  private sankAt = 0;
  /** height in which presses hit nothing beneath the rows, in CSS pixels */
  @state() private former = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener('pointerenter', this.onEnter);
    window.addEventListener('pointermove', this.onMove, { capture: true, passive: true });
    document.documentElement.addEventListener('pointerleave', this.onLeave);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener('pointerenter', this.onEnter);
    window.removeEventListener('pointermove', this.onMove, { capture: true });
    document.documentElement.removeEventListener('pointerleave', this.onLeave);
    this.sizes.disconnect();
    this.fresh.stop();
  }

  protected override render(): TemplateResult {
    return html`<div
        class="former"
        ?hidden=${this.former === 0}
        ${styleProperties({ height: `${this.former}px` })}
        @mousedown=${keepFocus}
        @click=${refuseFormer}
      ></div>
      <slot @slotchange=${this.onSlotChange}></slot>`;
  }

  private readonly onEnter = (): void => {
    this.isOver = true;
  };

  /**
   * Not when the rows are left: one that goes from under a pointer that rests is left before its going is noticed. Who
   * moves the pointer some time after that has seen it.
   */
  private readonly onMove = (event: Event): void => {
    if (!this.isOver) return;
    if (!event.composedPath().includes(this)) this.onLeave();
    else if (event.timeStamp - this.sankAt > freshFor) this.former = 0;
  };

  private readonly onLeave = (): void => {
    this.isOver = false;
    this.former = 0;
  };

  private readonly onSlotChange = (): void => {
    this.sizes.disconnect();
    for (const row of this.rows) this.sizes.observe(row);
    this.arrange();
  };

  /** Which of the rows are shown may have changed, or how high they are. */
  private arrange(): void {
    const { rows } = this;
    const shown = rows.filter((row) => row.offsetHeight > 0);
    const numbers = this.order.update(shown.map(({ localName, className }) => `${localName}.${className}`));
    for (const row of rows) {
      const number = numbers.get(`${row.localName}.${row.className}`);
      // The first of a column is on top.
      row.style.order = number === undefined ? '' : String(-number);
    }
    this.fresh.watch(rows);
    const { top } = this.getBoundingClientRect();
    const height = shown.length === 0 ? 0 : Math.ceil(window.innerHeight - top) + gap;
    if (height === this.height) return;
    if (this.isOver && height < this.height) {
      this.former = Math.max(this.former, this.height);
      this.sankAt = performance.now();
    }
    this.height = height;
    this.dispatchEvent(new CustomEvent('covers', { detail: { height } }));
  }

  private get rows(): HTMLElement[] {
    return [...this.children].filter((child) => child instanceof HTMLElement);
  }
}

function keepFocus(event: Event): void {
  event.preventDefault();
}

function refuseFormer(): void {
  refused(l10n.t('What was here has moved or gone. Move the pointer, then press again.'));
}

declare global {
  interface HTMLElementTagNameMap {
    'overlay-stack': OverlayStack;
  }
}
