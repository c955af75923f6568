import * as l10n from '@vscode/l10n';
import { consume } from '@lit/context';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { GridSnapshot } from '../../protocol/page/gridProtocol';
import type { CardItem } from '../../protocol/page/cardProtocol';
import type { ImageInfo } from '../../protocol/page/pictureProtocol';
import { errorMessage } from '../../protocol/channel/wireError';
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
import { ViewerWindow } from './ViewerWindow';

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

  @state() private isOpen = false;
  @state() private info: (ImageInfo & { imageVersion: string; path: string }) | undefined;
  @state() private problem: string | undefined;
  @state() private announcement = '';

  @query('picture-stage') private readonly stage!: PictureStage | null;
  @query('image-card') private readonly card!: ImageCard | null;

  private readonly layer = new ModalLayer(this);
  private readonly list = new ViewerWindow(
    {
      items: (start, count) => this.connected().request('getItems', { start, count }),
      locate: (path) => this.connected().request('locate', { path }),
    },
    () => {
      this.requestUpdate();
    },
    (error) => {
      this.problem = l10n.t('The images could not be listed: {0}', errorMessage(error));
    },
  );
  private ownContext: CardContext | undefined;
  private requestedInfo = '';

  /** Opens the viewer with an image and focuses its picture. */
  async show(path: string): Promise<void> {
    this.problem = undefined;
    this.announcement = '';
    if (!this.isOpen) {
      this.isOpen = true;
      this.layer.open();
    }
    await this.list.show(path);
    await this.updateComplete;
    this.stage?.focus({ preventScroll: true });
  }

  /** Called when a picture or draft of an image changed: re-renders what shows it. */
  changed(path: string): void {
    this.stage?.pictureChanged();
    if (path === this.list.item?.path) this.card?.requestUpdate();
  }

  /** Called when typing in the caption of an image became an edit of the document. */
  committed(path: string): void {
    if (path === this.list.item?.path) this.card?.committed();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.layer.close();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('context')) this.ownContext = this.contextOf(this.context);
    if (changed.has('snapshot') && this.isOpen) void this.list.refresh();
    const { item } = this.list;
    if (this.isOpen && item !== undefined) void this.requestInfo(item);
  }

  protected override render(): TemplateResult | typeof nothing {
    if (!this.isOpen) return nothing;
    const { item } = this.list;
    const total = this.snapshot?.matching ?? 0;
    const info = this.infoOf(item);
    return html`<div
      class="viewer"
      role="dialog"
      aria-modal="true"
      aria-label=${item === undefined ? l10n.t('Image') : l10n.t('Image {0}', item.path)}
      @keydown=${this.onKeydown}
    >
      <div class="bar">${this.renderBar(item, info, total)}</div>
      ${this.problem === undefined ? nothing : html`<div class="problem" role="alert">${this.problem}</div>`}
      <div class="body">
        <picture-stage
          tabindex="0"
          role="group"
          aria-label=${item === undefined ? l10n.t('Picture') : l10n.t('Picture of {0}', item.path)}
          .images=${this.images}
          .image=${item}
          .neighbours=${this.list.around}
          .info=${info}
          @stage-zoom=${() => {
            this.requestUpdate();
          }}
        ></picture-stage>
        <div class="side">
          <image-card class="viewed" .item=${item} .context=${this.ownContext} .active=${true}></image-card>
        </div>
      </div>
      <div class="hidden-text" aria-live="polite">${this.announcement}</div>
    </div>`;
  }

  private renderBar(item: CardItem | undefined, info: ImageInfo | undefined, total: number): TemplateResult {
    const { index, isListed } = this.list;
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
        ?disabled=${disabled}
        @click=${() => {
          this.run(action);
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
        <span class="path" title=${item?.path ?? nothing}>${item?.path ?? ''}</span>
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
        void this.move(-1);
        break;
      case 'next':
        void this.move(1);
        break;
      case 'first':
        void this.move(-Infinity);
        break;
      case 'last':
        void this.move(Infinity);
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

  /** Moves to another image. If the caption had the focus, the caption of the new image gets it. */
  private async move(by: number): Promise<void> {
    const { item } = this.list;
    const isTyping = this.shadowRoot?.activeElement?.matches('image-card textarea, tag-chips input') === true;
    if (item !== undefined) this.context?.drafts.commit(item.path);
    const total = this.snapshot?.matching ?? 0;
    if (!(await this.list.move(by, total))) {
      this.announcement = by < 0 ? l10n.t('This is the first image') : l10n.t('This is the last image');
      return;
    }
    const place = formatNumber(this.list.index + 1);
    this.announcement = l10n.t('{0}, {1} of {2}', this.list.item?.path ?? '', place, formatNumber(total));
    await this.updateComplete;
    await this.card?.updateComplete;
    if (isTyping) this.card?.focusCaption();
  }

  private async saveAndMove(by: number): Promise<void> {
    void this.move(by);
    try {
      await this.connected().request('save', {});
    } catch (error) {
      this.problem = errorMessage(error);
    }
  }

  /** Closes the viewer, if it is open. */
  close(): void {
    if (!this.isOpen) return;
    const { item, index, isListed } = this.list;
    if (item !== undefined) this.context?.drafts.commit(item.path);
    this.layer.close();
    this.isOpen = false;
    this.list.close();
    const detail = { path: item?.path ?? '', index, listed: isListed };
    this.dispatchEvent(new CustomEvent('viewer-closed', { detail }) satisfies ViewerClosed);
  }

  private infoOf(item: CardItem | undefined): ImageInfo | undefined {
    const { info } = this;
    return info?.path === item?.path && info?.imageVersion === item?.imageVersion ? info : undefined;
  }

  private async requestInfo({ path, imageVersion }: CardItem): Promise<void> {
    const name = `${imageVersion}\n${path}`;
    if (name === this.requestedInfo) return;
    this.requestedInfo = name;
    try {
      const info = await this.connected().request('getImageInfo', { path, imageVersion });
      if (name === this.requestedInfo) this.info = { ...info, path, imageVersion };
    } catch {
      // The stage shows what is wrong with the image.
    }
  }

  /** The context of the viewer's card: that of the grid's cards, but without the picture, which the stage shows. */
  private contextOf(context: CardContext | undefined): CardContext | undefined {
    if (context === undefined) return undefined;
    return {
      ...context,
      images: { stateOf: () => ({ state: 'waiting' }), retry: () => undefined, want: () => undefined },
      leave: (_path, target) => {
        if (target === 'cell') this.stage?.focus({ preventScroll: true });
        else void this.saveAndMove(target === 'next' ? 1 : -1);
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
