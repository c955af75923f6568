import * as l10n from '@vscode/l10n';
import { consume } from '@lit/context';
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { query, state } from 'lit/decorators.js';
import { hostContext, type PageHost } from '../shared/host';
import { closeIcon, errorIcon } from '../shared/icons';
import { keepTabInside } from './keepTabInside';
import { RowPictures } from './RowPictures';

/**
 * A dialog that shows content of the host, as a PageDialog of the extension opens it: it stays until the user closes
 * it, newer content takes its place, and the host is told when it is not needed any more.
 */
export abstract class ContentDialog<Summary extends { readonly id: number }> extends LitElement {
  @consume({ context: hostContext }) host: PageHost | undefined;

  @state() protected summary: Summary | undefined;
  /** grows with each row and picture that has come, so that lists are drawn again */
  @state() protected version = 0;
  /** what went wrong, as a sentence; empty if nothing did */
  @state() protected problem = '';

  @query('dialog') protected readonly dialog!: HTMLDialogElement | null;

  /** a debounce, which ends with what is shown */
  protected timer: ReturnType<typeof setTimeout> | undefined;
  protected readonly rowCame = (): void => {
    this.version++;
  };
  protected readonly pictures = new RowPictures(() => this.host, this.rowCame);

  /** Whether the dialog is shown. */
  get isShown(): boolean {
    return this.summary !== undefined;
  }

  /** Shows content, also in place of other content. */
  async open(summary: Summary): Promise<void> {
    this.forgetAll();
    this.summary = summary;
    this.begin(summary);
    await this.updateComplete;
    if (this.dialog?.open === false) this.dialog.showModal();
    await this.opened(summary);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
    this.giveUp?.();
  }

  /** Prepares what is shown first. */
  protected abstract begin(summary: Summary): void;
  /** Asks for what is shown and gives the focus; the dialog is there. */
  protected abstract opened(summary: Summary): Promise<void>;
  /** What the dialog holds. */
  protected abstract renderContent(summary: Summary): TemplateResult;
  /** What is said at the bottom where nothing is wrong. */
  protected abstract renderStatus(): TemplateResult | string;
  /** Forgets what was shown. */
  protected abstract forget(): void;
  /** Gives up what the host does for long. */
  protected giveUp?(): void;
  /** Tells the host that content is not needed any more. */
  protected abstract drop(id: number): Promise<unknown> | undefined;
  /** Does what a key means in this dialog alone. */
  protected onKey?(event: KeyboardEvent): void;

  /** What is wrong, as a sentence; empty if nothing is. */
  protected get trouble(): string {
    return this.problem;
  }

  protected override render(): TemplateResult {
    const { summary } = this;
    return html`<dialog aria-labelledby="title" @close=${this.onClose} @keydown=${this.onKeydown}>
      ${summary === undefined ? nothing : this.renderContent(summary)}
    </dialog>`;
  }

  /** @param beside what stands between the title and the button that closes */
  protected renderHeader(title: string, beside: TemplateResult | typeof nothing = nothing): TemplateResult {
    return html`<header role="presentation">
      <h2 id="title">${title}</h2>
      ${beside}
      <button class="close" aria-label=${l10n.t('Close')} title=${l10n.t('Close (Escape)')} @click=${this.close}>
        ${closeIcon}
      </button>
    </header>`;
  }

  /** The line at the bottom, which screen readers announce, and the buttons beside it. */
  protected renderFooter(buttons: unknown): TemplateResult {
    const { trouble } = this;
    return html`<footer role="presentation">
      <span class="status" role="status"
        >${trouble === '' ? this.renderStatus() : html`<span class="error">${errorIcon} ${trouble}</span>`}</span
      >
      ${buttons}
    </footer>`;
  }

  protected readonly close = (): void => {
    this.dialog?.close();
  };

  private forgetAll(): void {
    clearTimeout(this.timer);
    this.giveUp?.();
    this.problem = '';
    this.forget();
  }

  private readonly onClose = (): void => {
    const { summary } = this;
    this.forgetAll();
    this.summary = undefined;
    this.dispatchEvent(new CustomEvent('closed'));
    if (summary !== undefined) this.drop(summary.id)?.catch(() => undefined);
  };

  private readonly onKeydown = (event: KeyboardEvent): void => {
    // The keys of the grid must not act while the dialog is open.
    event.stopPropagation();
    this.onKey?.(event);
    if (this.dialog !== null) keepTabInside(this.dialog, event);
  };
}
