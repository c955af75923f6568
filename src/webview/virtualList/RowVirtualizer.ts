import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { VirtualRows } from './VirtualRows';

/** How long the scroll bar of a very long list rests before it is put where it belongs, in milliseconds. */
const settleDelay = 150;

/**
 * Connects {@link VirtualRows} to the element that scrolls: measures it, passes scroll events on, and moves its scroll
 * bar after the host has rendered.
 */
export class RowVirtualizer implements ReactiveController {
  private scroller: HTMLElement | undefined;
  private content: Element | undefined;
  private resizes: ResizeObserver | undefined;
  private settling: ReturnType<typeof setTimeout> | undefined;

  constructor(
    host: ReactiveControllerHost,
    private readonly rows: VirtualRows,
  ) {
    host.addController(this);
  }

  /** Starts to watch the element that scrolls, and the one in it that is as wide as the rows. */
  attach(scroller: HTMLElement, content: Element): void {
    this.scroller = scroller;
    this.content = content;
    scroller.addEventListener('scroll', this.onScroll, { passive: true });
    this.resizes = new ResizeObserver(() => {
      this.measure();
    });
    this.resizes.observe(scroller);
    this.resizes.observe(content);
    this.measure();
  }

  hostDisconnected(): void {
    this.scroller?.removeEventListener('scroll', this.onScroll);
    this.resizes?.disconnect();
    clearTimeout(this.settling);
    this.scroller = undefined;
  }

  hostUpdated(): void {
    if (this.scroller === undefined) return;
    // The scroll height is that of the DOM that was just rendered: only now can a new position be set.
    const position = this.rows.takeBarPosition();
    if (position !== undefined) this.scroller.scrollTop = position;
  }

  private readonly onScroll = (): void => {
    if (this.scroller === undefined || !this.rows.scrolledTo(this.scroller.scrollTop)) return;
    clearTimeout(this.settling);
    this.settling = setTimeout(() => {
      this.rows.settleBar();
    }, settleDelay);
  };

  private measure(): void {
    if (this.scroller === undefined || this.content === undefined) return;
    this.rows.resize(this.content.clientWidth, this.scroller.clientHeight);
  }
}
