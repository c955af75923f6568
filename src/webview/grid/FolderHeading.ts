import * as l10n from '@vscode/l10n';
import { consume } from '@lit/context';
import { html, LitElement, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { FolderPlace } from '../../protocol/page/gridViewProtocol';
import { plural } from '../shared/displayLanguage';
import { folderHeadingStyles } from './folderHeading.css';
import { hostContext, type PageHost } from '../shared/host';
import { downIcon, folderIcon, upIcon } from '../shared/icons';
import { sharedStyles } from '../shared/shared.css';

/**
 * The folder of the first images in view, with buttons that lead to its neighbours. It is not there where all images
 * are of one folder or not in the order of their names. Fires `go-to-index` with the position of an image.
 */
@customElement('folder-heading')
export class FolderHeading extends LitElement {
  static override styles = [sharedStyles, folderHeadingStyles];

  /** Position of the first image in view, of the order {@link order}. */
  @property({ attribute: false }) index = 0;
  @property({ attribute: false }) order = 0;
  @property({ attribute: false }) count = 0;
  @property({ attribute: false }) byName = true;
  @consume({ context: hostContext }) host: PageHost | undefined;

  @state() private place: FolderPlace | undefined;
  private busy = false;
  private asked = '';

  /** Goes to the beginning of the folder at a position or, from there, of the one before it; or to the one after it. */
  async go(direction: 1 | -1, index = this.index, focus = false): Promise<void> {
    const place = await this.host?.tryRequest('folderAt', { index });
    if (place === null || place === undefined) return;
    const next = direction > 0 ? place.end : index > place.start ? place.start : place.previous;
    if (next === null || next >= this.count) return;
    this.dispatchEvent(new CustomEvent('go-to-index', { detail: { index: next, focus } }));
  }

  protected override willUpdate(): void {
    if (!this.byName) this.place = undefined;
    else if (!this.busy && !this.knows() && this.asked !== this.question) void this.look();
    const { place } = this;
    this.hidden = place === undefined || (place.start === 0 && place.end >= this.count);
  }

  protected override render(): TemplateResult {
    const { place } = this;
    const folder = place?.folder ?? '';
    const cut = folder.lastIndexOf('/') + 1;
    return html`<span class="icon">${folderIcon}</span>
      <h2 title=${folder}>
        <span class="parents">${folder.slice(0, cut)}</span
        ><span class="name">${folder.slice(cut) || l10n.t('This folder')}</span>
      </h2>
      <span class="count"
        >${plural(l10n.t('{0} image|{0} images'), place === undefined ? 0 : place.end - place.start)}</span
      >
      <button
        aria-label=${l10n.t('Previous folder')}
        title=${l10n.t('Previous folder (Ctrl+Alt+Up)')}
        ?disabled=${place === undefined || (place.previous === null && this.index <= place.start)}
        @click=${() => void this.go(-1)}
      >
        ${upIcon}
      </button>
      <button
        aria-label=${l10n.t('Next folder')}
        title=${l10n.t('Next folder (Ctrl+Alt+Down)')}
        ?disabled=${place === undefined || place.end >= this.count}
        @click=${() => void this.go(1)}
      >
        ${downIcon}
      </button>`;
  }

  private knows(): boolean {
    const { place, index, order } = this;
    return place !== undefined && place.order >= order && index >= place.start && index < place.end;
  }

  private async look(): Promise<void> {
    this.busy = true;
    this.asked = this.question;
    const place = await this.host?.tryRequest('folderAt', { index: this.index });
    this.busy = false;
    if (place !== undefined) this.place = place ?? undefined;
    // Scrolled on meanwhile.
    if (this.asked !== this.question) this.requestUpdate();
  }

  private get question(): string {
    return `${this.order} ${this.index}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'folder-heading': FolderHeading;
  }
}
