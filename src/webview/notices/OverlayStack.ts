import { css, html, LitElement, type TemplateResult, unsafeCSS } from 'lit';
import { customElement } from 'lit/decorators.js';
import { FreshRows } from './FreshRows';
import { StackOrder } from './StackOrder';

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

  @media (max-width: 480px) {
    :host {
      padding: 0 8px;
    }
  }
`;

/**
 * Lays its children over the lower end of the page, one above the other, so that nothing else moves when they come and
 * go. The newest lies on top. Fires `covers` with the height at the lower end of the page that they take, in CSS
 * pixels.
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

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.sizes.disconnect();
    this.fresh.stop();
  }

  protected override render(): TemplateResult {
    return html`<slot @slotchange=${this.onSlotChange}></slot>`;
  }

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
    this.height = height;
    this.dispatchEvent(new CustomEvent('covers', { detail: { height } }));
  }

  private get rows(): HTMLElement[] {
    return [...this.children].filter((child) => child instanceof HTMLElement);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'overlay-stack': OverlayStack;
  }
}
