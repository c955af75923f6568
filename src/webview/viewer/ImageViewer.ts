import * as l10n from '@vscode/l10n';
import { consume } from '@lit/context';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { keyed } from 'lit/directives/keyed.js';
import type { GridSnapshot } from '../../protocol/page/gridProtocol';
import type { CardItem } from '../../protocol/page/cardProtocol';
import type { ImageInfo } from '../../protocol/page/pictureProtocol';
import { errorMessage } from '../../protocol/channel/wireError';
import { inOneLine } from '../../protocol/text/escapeControls';
import { formatBytes } from '../../protocol/text/formatBytes';
import { cardStyles } from '../card/card.css';
import { displayLanguage, formatNumber } from '../shared/displayLanguage';
import { hostContext, type PageHost } from '../shared/host';
import { closeIcon, minusIcon, nextIcon, plusIcon, previousIcon } from '../shared/icons';
import { type CardContext, cardContext, type ImageCard } from '../card/ImageCard';
import type { ImageQueue } from '../pictures/ImageQueue';
import { ModalLayer } from '../shared/ModalLayer';
import type { PictureStage } from './PictureStage';
import './PictureStage';
import { sharedStyles } from '../shared/shared.css';
import { tagChipsStyles } from '../card/tagChips.css';
import { viewerStyles } from './viewer.css';
import { type ViewerAction, viewerAction } from './viewerKeys';
import { type ViewerCards, ViewerModel } from './ViewerModel';

/**
 * Fired when the viewer closes; `detail` has the last image, its position in the current order, and whether it is
 * listed.
 */
export type ViewerClosed = CustomEvent<{ path: string; index: number; listed: boolean }>;

/** Shows one image large beside its caption, in a layer over the page. Dispatches `viewer-closed` when it closes. */
@customElement('image-viewer')
export class ImageViewer extends LitElement {
  static override styles = [sharedStyles, cardStyles, tagChipsStyles, viewerStyles];

  @consume({ context: hostContext }) host: PageHost | undefined;
  @consume({ context: cardContext, subscribe: true }) @state() context: CardContext | undefined;
  @property({ attribute: false }) images: ImageQueue<HTMLImageElement> | undefined;
  @property({ attribute: false }) snapshot: GridSnapshot | undefined;
  /** The cards that the page knows. */
  @property({ attribute: false }) cards: (ViewerCards & { usesChanged(): void }) | undefined;

  /** Which image is shown. */
  readonly model = new ViewerModel(() => this.cards);
  @state() private info: (ImageInfo & { imageVersion: string; path: string }) | undefined;
  @state() private problem: string | undefined;
  @state() private announcement = '';

  @query('picture-stage') private readonly stage!: PictureStage | null;
  @query('image-card') private readonly card!: ImageCard | null;

  private readonly layer = new ModalLayer(this);
  private ownContext: CardContext | undefined;
  private requestedInfo = '';
  private isAskingInfo = false;

  /**
   * Opens the viewer with an image and focuses its picture, before the next key can be pressed.
   * @param index position of the image; undefined where only its path is known
   * @param path undefined while its card has not come
   */
  show(index: number | undefined, path: string | undefined): void {
    this.problem = undefined;
    this.announcement = '';
    if (!this.model.isOpen) this.layer.open();
    this.model.open(index, path);
    this.moved();
    void this.updateComplete.then(() => this.stage?.focus({ preventScroll: true }));
  }

  /** Moves the focus out of the caption. */
  focusPicture(): void {
    this.stage?.focus({ preventScroll: true });
  }

  /** Called when cards came, or the order of the images changed. */
  cardsChanged(): void {
    if (!this.model.isOpen) return;
    this.model.cardsChanged();
    this.moved();
  }

  /** Called when the picture of an image changed. */
  pictureChanged(): void {
    this.stage?.pictureChanged();
  }

  /** Called when another text is to be shown for a caption. */
  captionChanged(captionPath: string): void {
    if (captionPath === this.model.item?.captionPath) this.card?.requestUpdate();
  }

  /** Called when typing in a caption became an edit of the document. */
  committed(captionPath: string): void {
    if (captionPath === this.model.item?.captionPath) this.card?.committed();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.layer.close();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('context')) this.ownContext = this.contextOf(this.context);
    const { item, isOpen } = this.model;
    if (isOpen && this.snapshot?.matching === 0) this.model.listIsEmpty();
    if (isOpen && item !== undefined) void this.requestInfo(item);
  }

  protected override render(): TemplateResult | typeof nothing {
    if (!this.model.isOpen) return nothing;
    const { item, isPlaced, place, visit } = this.model;
    const total = this.cards?.count ?? 0;
    const info = this.infoOf(item);
    return html`<div
      class="viewer"
      tabindex="-1"
      role="dialog"
      aria-modal="true"
      aria-label=${item === undefined ? l10n.t('Image') : l10n.t('Image {0}', item.path)}
      @keydown=${this.onKeydown}
    >
      <div class="bar">${this.renderBar(item, info, total)}</div>
      <div class="body">
        <picture-stage
          tabindex="0"
          role="group"
          aria-label=${item === undefined ? l10n.t('Picture') : l10n.t('Picture of {0}', item.path)}
          .images=${this.images}
          .image=${item}
          .neighbours=${this.model.around}
          .info=${info}
          @stage-zoom=${() => {
            this.requestUpdate();
          }}
        ></picture-stage>
        <div class="side">
          ${
            // Another element for each image: what is typed into one must not end up in the next.
            keyed(
              visit,
              html`<image-card
                class="viewed"
                .item=${item}
                .place=${item === undefined && isPlaced ? place : undefined}
                .context=${this.ownContext}
                .active=${true}
              ></image-card>`,
            )
          }
        </div>
        ${this.problem === undefined ? nothing : html`<div class="problem" role="alert">${this.problem}</div>`}
      </div>
      <div class="hidden-text" aria-live="polite">${this.announcement}</div>
    </div>`;
  }

  private renderBar(item: CardItem | undefined, info: ImageInfo | undefined, total: number): TemplateResult {
    const { index, isListed } = this.model;
    const percent = this.stage?.percent;
    const button = (
      name: string,
      keys: string,
      content: TemplateResult | string,
      action: ViewerAction,
      disabled = false,
    ): TemplateResult =>
      html`<button
        class="tool"
        aria-label=${name}
        title=${l10n.t('{0} ({1})', name, keys)}
        aria-disabled=${disabled}
        @click=${() => {
          if (!disabled) this.run(action);
        }}
      >
        ${content}
      </button>`;
    return html`<div class="group">
        ${button(l10n.t('Previous Image'), 'Page Up', previousIcon, 'previous', isListed && index === 0)}
        ${button(l10n.t('Next Image'), 'Page Down', nextIcon, 'next', isListed && index >= total - 1)}
        <span class="position"
          >${isListed ? l10n.t('{0} of {1}', formatNumber(index + 1), formatNumber(total)) : this.whyUnlisted}</span
        >
      </div>
      <div class="about">
        <span class="path" title=${item === undefined ? nothing : inOneLine(item.path)}
          >${inOneLine(item?.path ?? '')}</span
        >
        <span class="facts">${info === undefined ? '' : factsOf(info)}</span>
      </div>
      <div class="group">
        ${button(l10n.t('Zoom Out'), '-', minusIcon, 'zoomOut')}
        <span class="zoom">${percent === undefined ? '' : `${formatNumber(Math.round(percent))} %`}</span>
        ${button(l10n.t('Zoom In'), '+', plusIcon, 'zoomIn')} ${button(l10n.t('Fit'), '0', l10n.t('Fit'), 'fit')}
        ${button('100 %', '1', '100 %', 'pixels')} ${button(l10n.t('Close'), 'Escape', closeIcon, 'close')}
      </div>`;
  }

  private get whyUnlisted(): string {
    return this.snapshot?.query === '' ? l10n.t('not in this folder any more') : l10n.t('not in this search');
  }

  private readonly onKeydown = (event: KeyboardEvent): void => {
    const [target] = event.composedPath();
    // During composition, keys belong to the input method.
    if (event.defaultPrevented || event.isComposing || !(target instanceof Element)) return;
    const action = viewerAction(event, {
      isTyping: target.closest('image-card') !== null,
      isOnStage: target.matches('picture-stage'),
      showsAll: this.stage?.showsAll ?? true,
    });
    if (action === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.run(action);
  };

  private run(action: ViewerAction): void {
    switch (action) {
      case 'previous':
        this.move(-1);
        break;
      case 'next':
        this.move(1);
        break;
      case 'first':
        this.move(-Infinity);
        break;
      case 'last':
        this.move(Infinity);
        break;
      case 'zoomIn':
        this.stage?.zoomBy('in');
        break;
      case 'zoomOut':
        this.stage?.zoomBy('out');
        break;
      case 'fit':
        this.stage?.fit();
        break;
      case 'pixels':
        this.stage?.showPixels();
        break;
      case 'left':
      case 'right':
      case 'up':
      case 'down':
        this.stage?.pan(action);
        break;
      case 'edit':
        this.card?.focusCaption();
        break;
      case 'close':
        this.close();
        break;
      default:
        action satisfies never;
    }
  }

  /** Moves to another image, at once. If the focus was in the card, the caption of the new image gets it. */
  private move(by: number): void {
    const { model } = this;
    const isInCard = (this.shadowRoot?.activeElement?.closest('image-card') ?? null) !== null;
    this.commit();
    if (!model.move(by)) {
      this.announcement = by < 0 ? l10n.t('This is the first image') : l10n.t('This is the last image');
      return;
    }
    const [place, total] = [formatNumber(model.index + 1), formatNumber(this.cards?.count ?? 0)];
    this.announcement = l10n.t('{0}, {1} of {2}', model.item?.path ?? l10n.t('Loading'), place, total);
    this.moved();
    if (isInCard) void this.focusCaption();
  }

  /** Puts the focus into the caption of the image that was moved to; all before the next key can be pressed. */
  private async focusCaption(): Promise<void> {
    await this.updateComplete;
    await this.card?.updateComplete;
    this.card?.focusCaption();
    // A caption that cannot be edited and has no tags has nothing that could be focused.
    if (this.shadowRoot?.activeElement === null) this.stage?.focus({ preventScroll: true });
  }

  private saveAndMove(by: number): void {
    this.move(by);
    this.connected()
      .request('save', {})
      .catch((error: unknown) => {
        this.problem = errorMessage(error);
      });
  }

  /** Closes the viewer, if it is open. */
  close(): void {
    if (!this.model.isOpen) return;
    const { item, index, isListed } = this.model;
    this.commit();
    this.layer.close();
    this.model.close();
    this.moved();
    const detail = { path: item?.path ?? '', index, listed: isListed };
    this.dispatchEvent(new CustomEvent('viewer-closed', { detail }) satisfies ViewerClosed);
  }

  /** What was typed becomes an edit, also where it is held because its caption has not come. */
  private commit(): void {
    const { item, place } = this.model;
    if (item !== undefined) this.context?.drafts.commit(item.captionPath);
    else this.context?.held.leave(place);
  }

  /** Other cards are needed, and others are shown. */
  private moved(): void {
    this.cards?.usesChanged();
    this.requestUpdate();
  }

  private infoOf(item: CardItem | undefined): ImageInfo | undefined {
    const { info } = this;
    return info?.path === item?.path && info?.imageVersion === item?.imageVersion ? info : undefined;
  }

  /** Asks for one image at a time: those that the user has passed meanwhile are not needed. */
  private async requestInfo({ path, imageVersion }: CardItem): Promise<void> {
    const name = `${imageVersion}\n${path}`;
    if (this.isAskingInfo || name === this.requestedInfo) return;
    this.requestedInfo = name;
    this.isAskingInfo = true;
    try {
      const info = await this.connected().request('getImageInfo', { path, imageVersion });
      this.info = { ...info, path, imageVersion };
    } catch {
      // The stage shows what is wrong with the image.
    } finally {
      this.isAskingInfo = false;
      this.requestUpdate();
    }
  }

  /** The context of the viewer's card: that of the grid's cards, but without the picture, which the stage shows. */
  private contextOf(context: CardContext | undefined): CardContext | undefined {
    if (context === undefined) return undefined;
    return {
      ...context,
      images: { stateOf: () => ({ state: 'waiting' }), retry: () => undefined, want: () => undefined },
      leave: (_path, target) => {
        if (target === 'cell') this.focusPicture();
        else this.saveAndMove(target === 'next' ? 1 : -1);
      },
    };
  }

  private connected(): PageHost {
    if (this.host === undefined) throw new Error('Not connected');
    return this.host;
  }
}

function factsOf({ width, height, fileSize, format }: ImageInfo): string {
  return `${String(width)} × ${String(height)} · ${formatBytes(fileSize, displayLanguage)} · ${format}`;
}

declare global {
  interface HTMLElementTagNameMap {
    'image-viewer': ImageViewer;
  }
}
