import * as l10n from '@vscode/l10n';
import { consume } from '@lit/context';
import { html, LitElement, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { FolderPlace } from '../../protocol/page/gridViewProtocol';
import { plural } from '../shared/displayLanguage';
import { folderHeadingStyles } from './folderHeading.css';
import { FolderList } from './FolderList';
import { hostContext, type PageHost } from '../shared/host';
import { downIcon, folderIcon, upIcon } from '../shared/icons';
import { sharedStyles } from '../shared/shared.css';

/**
 * The name of the folder of the first images in view, with buttons that lead to the folders before and after it. Hidden
 * while all images are in one folder or are not sorted by name. Fires `go-to-index` with the position of an image.
 */
@customElement('folder-heading')
export class FolderHeading extends LitElement {
  static override styles = [sharedStyles, folderHeadingStyles];

  /** Position of the first image in view, of the order {@link order}. */
  @property({ attribute: false }) index = 0;
  @property({ attribute: false }) order = 0;
  @property({ attribute: false }) count = 0;
  @property({ attribute: false }) byName = true;
  /** the number of the order that the cards of the grid belong to; positions to go to are of this order */
  @property({ attribute: false }) cardsOrder = 0;
  /** whether the folder is being read: images come all the time, and the order changes with them */
  @property({ attribute: false }) isScanning = false;
  @consume({ context: hostContext }) host: PageHost | undefined;

  @state() private place: FolderPlace | undefined;
  private list: FolderList | undefined;
  private asking: { order: number; answer: Promise<void> } | undefined;
  private isAsking = false;
  /** the presses of the buttons, one after another: each goes on from where the one before has led */
  private going = Promise.resolve();
  /** the {@link question} that was asked last */
  private asked = '';

  /**
   * Where another folder begins, as far as the page knows by itself.
   * @param direction 1 for the next folder; -1 for the first image of this one or, from there, for the previous folder
   * @param index position of the image to start from
   * @param order the order that the position is of
   * @returns a position; 'none' where there is no further folder; undefined where the host has to be asked
   */
  known(direction: 1 | -1, index: number, order: number): number | 'none' | undefined {
    if (!this.byName) return 'none';
    return this.list?.order === order ? (this.list.target(direction, index) ?? 'none') : undefined;
  }

  /** {@link known} after asking the host; undefined where it does not know either. */
  async ask(direction: 1 | -1, index: number, order: number): Promise<number | 'none' | undefined> {
    await this.learn(order);
    const known = this.known(direction, index, order);
    if (known !== undefined) return known;
    // There are more folders than one wants to send.
    const place = await this.host?.tryRequest('folderAt', { index });
    if (place?.order !== order) return undefined;
    const next = direction > 0 ? place.end : index > place.start ? place.start : place.previous;
    return next === null || next >= this.count ? 'none' : next;
  }

  private go(direction: 1 | -1): void {
    this.going = this.going.then(() => this.goNow(direction));
  }

  private async goNow(direction: 1 | -1): Promise<void> {
    const { index, cardsOrder } = this;
    const known = this.known(direction, index, cardsOrder);
    const next = known ?? (await this.ask(direction, index, cardsOrder));
    // Positions of an order that has gone meanwhile would be other images.
    if (typeof next !== 'number' || cardsOrder !== this.cardsOrder) return;
    // Nobody is taken away from where they have gone meanwhile.
    if (known === undefined && !this.matches(':focus-within')) return;
    // From here the next press goes on; the page says so only when it has scrolled.
    this.index = next;
    this.dispatchEvent(new CustomEvent('go-to-index', { detail: { index: next } }));
  }

  /** Asks where the folders begin, once for each order. */
  private learn(order: number): Promise<void> {
    if (this.list?.order === order) return Promise.resolve();
    if (this.asking?.order !== order) this.asking = { order, answer: this.askForList(order) };
    return this.asking.answer;
  }

  private async askForList(order: number): Promise<void> {
    const answer = await this.host?.tryRequest('folderLengths', { order });
    const lengths = answer?.lengths;
    if (lengths && this.asking?.order === order) this.list = new FolderList(order, lengths);
  }

  protected override willUpdate(): void {
    if (!this.byName) this.place = undefined;
    else if (!this.isAsking && !this.isKnown() && this.asked !== this.question) void this.askForFolder();
    const { place } = this;
    this.hidden = place === undefined || (place.start === 0 && place.end >= this.count);
    // Before a key needs it.
    if (!this.hidden && !this.isScanning && this.cardsOrder === this.order) void this.learn(this.cardsOrder);
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
        aria-disabled=${place === undefined || (place.previous === null && this.index <= place.start)}
        @click=${() => {
          this.go(-1);
        }}
      >
        ${upIcon}
      </button>
      <button
        aria-label=${l10n.t('Next folder')}
        title=${l10n.t('Next folder (Ctrl+Alt+Down)')}
        aria-disabled=${place === undefined || place.end >= this.count}
        @click=${() => {
          this.go(1);
        }}
      >
        ${downIcon}
      </button>`;
  }

  private isKnown(): boolean {
    const { place, index, order } = this;
    return place !== undefined && place.order >= order && index >= place.start && index < place.end;
  }

  private async askForFolder(): Promise<void> {
    this.isAsking = true;
    this.asked = this.question;
    const place = await this.host?.tryRequest('folderAt', { index: this.index });
    this.isAsking = false;
    if (place !== undefined) this.place = place ?? undefined;
    // Another question came up while this one was in flight.
    if (this.asked !== this.question) this.requestUpdate();
  }

  /** What an answer depends on: the order and the position. */
  private get question(): string {
    return `${this.order} ${this.index}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'folder-heading': FolderHeading;
  }
}
