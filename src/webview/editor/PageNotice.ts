import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import { type Said, saidEvent } from '../shared/say';

/** How long a sentence stays, in milliseconds. */
const shownFor = 4000;

/**
 * Shows the last message of `say` or `refused` for a few seconds. It lies over the page without moving anything, and
 * clicks go through it. It is in the top layer, above dialogs.
 */
@customElement('page-notice')
export class PageNotice extends LitElement {
  static override styles = css`
    .notice {
      inset: auto 0 24px;
      margin: 0 auto;
      padding: 6px 12px;
      border: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent));
      border-radius: 4px;
      background: var(--vscode-editorWidget-background);
      color: var(--vscode-editorWidget-foreground, inherit);
      box-shadow: 0 2px 8px var(--vscode-widget-shadow);
      font-family: var(--vscode-font-family);
      font-size: var(--vscode-font-size, 13px);
      max-width: min(60ch, 80%);
      overflow-wrap: anywhere;
      pointer-events: none;
    }
  `;

  @state() private text = '';
  @query('.notice') private readonly notice!: HTMLElement | null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener(saidEvent, this.onSaid);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener(saidEvent, this.onSaid);
    clearTimeout(this.timer);
  }

  protected override render(): TemplateResult {
    return html`<div class="notice" popover="manual">${this.text}</div>`;
  }

  private readonly onSaid = (event: Event): void => {
    const { text } = (event as Said).detail;
    // Shown again, so that it is above a dialog that was opened meanwhile.
    this.notice?.hidePopover();
    clearTimeout(this.timer);
    if (text === '') return;
    this.text = text;
    this.notice?.showPopover();
    this.timer = setTimeout(() => {
      // The text stays: Chromium ends the undo step of typing when a text becomes empty.
      this.notice?.hidePopover();
    }, shownFor);
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'page-notice': PageNotice;
  }
}
