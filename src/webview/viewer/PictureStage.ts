import * as l10n from '@vscode/l10n';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { ImageInfo, PictureRegion } from '../../protocol/page/pictureProtocol';
import type { ImageKey, ImageQueue, Picture } from '../pictures/ImageQueue';
import { fittingPreview, sharperPicture, type ShownRegion } from './pictureNeeds';
import { PointerGestures } from './PointerGestures';
import { sharedStyles } from '../shared/shared.css';
import { stageStyles } from './stage.css';
import { styleProperties } from '../shared/styleProperties';
import { fitted, isWhole, panned, type Placement, type Point, type Size, within, zoomed } from './zoomPan';

/** The zoom factor per key press or button click. */
const zoomStep = 1.25;
/** The fraction of the stage by which an arrow key pans. */
const panStep = 0.12;
/** Debounce of requests for sharper pictures after zooming and panning, in milliseconds. */
const settleDelay = 150;
/** Minimum magnification (device pixels per image pixel) at which pixels are drawn as sharp squares. */
const minSquares = 4;

/** One picture, fitted into the stage or zoomed. Dispatches `stage-zoom` when the zoom changed. */
@customElement('picture-stage')
export class PictureStage extends LitElement {
  static override styles = [sharedStyles, stageStyles];

  @property({ attribute: false }) images: ImageQueue<HTMLImageElement> | undefined;
  /** the image on display; undefined for none */
  @property({ attribute: false }) image: ImageKey | undefined;
  /** images whose pictures are prefetched */
  @property({ attribute: false }) neighbours: readonly ImageKey[] = [];
  /** metadata of the image file; undefined until it has arrived */
  @property({ attribute: false }) info: ImageInfo | undefined;

  @state() private place: Placement | undefined;
  /** the pictures on display: the sharpest loaded one of the whole image, and a sharper one of a region */
  @state() private whole: HTMLImageElement | undefined;
  @state() private detail: (ShownRegion & { image: HTMLImageElement }) | undefined;

  private stage: Size = { width: 0, height: 0 };
  /** whether to fit the picture again when the stage is resized: true until the user zooms */
  private isFitted = true;
  private sharper: Picture | undefined;
  private settling: ReturnType<typeof setTimeout> | undefined;
  /** the pictures in the queue from which {@link whole} and {@link detail} were copied, or are being copied */
  private chosen: { whole?: HTMLImageElement; part?: HTMLImageElement } = {};
  private readonly resizes = new ResizeObserver(([entry]) => {
    if (entry === undefined) return;
    const { width, height } = entry.contentRect;
    const isFirst = this.stage.width <= 0;
    this.stage = { width, height };
    this.arrange();
    // What the stage needs was not known until now; it changes with its size only after that has settled.
    if (isFirst) this.requestPictures();
  });

  override connectedCallback(): void {
    super.connectedCallback();
    this.resizes.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.resizes.disconnect();
    clearTimeout(this.settling);
    this.images?.view([], []);
  }

  /** Zoom in percent; at 100, one image pixel is one device pixel. Undefined until the image's size is known. */
  get percent(): number | undefined {
    return this.place === undefined || this.info === undefined
      ? undefined
      : this.place.scale * window.devicePixelRatio * 100;
  }

  /** Whether the whole picture is visible. */
  get showsAll(): boolean {
    return this.place === undefined || isWhole(this.place, this.size, this.stage);
  }

  /** Zooms in or out around the centre of the stage. */
  zoomBy(direction: 'in' | 'out'): void {
    this.scaleTo((this.place?.scale ?? 1) * (direction === 'in' ? zoomStep : 1 / zoomStep));
  }

  /** Fits the whole picture into the stage. */
  fit(): void {
    this.isFitted = true;
    this.arrange();
  }

  /** Zooms to 100 %: one image pixel is one device pixel. */
  showPixels(): void {
    this.scaleTo(1 / window.devicePixelRatio);
  }

  /** Pans a zoomed picture. */
  pan(direction: 'left' | 'right' | 'up' | 'down'): void {
    const dx = { left: 1, right: -1, up: 0, down: 0 }[direction] * this.stage.width * panStep;
    const dy = { left: 0, right: 0, up: 1, down: -1 }[direction] * this.stage.height * panStep;
    this.setPlace(this.place === undefined ? undefined : panned(this.place, dx, dy, this.size, this.stage));
  }

  /** Called when the state of a picture in the queue changed. */
  pictureChanged(): void {
    this.choosePictures();
    this.requestUpdate();
  }

  protected override firstUpdated(): void {
    new PointerGestures(this, {
      pan: (dx, dy) => {
        if (this.place !== undefined) this.setPlace(panned(this.place, dx, dy, this.size, this.stage));
      },
      zoom: (factor, point) => {
        this.scaleTo((this.place?.scale ?? 1) * factor, point);
      },
      toggle: (point) => {
        this.toggle(point);
      },
    });
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('image') && nameOf(changed.get('image')) !== nameOf(this.image)) {
      const isOther = changed.get('image')?.path !== this.image?.path;
      this.chosen = {};
      this.detail = undefined;
      this.sharper = undefined;
      if (isOther) {
        this.whole = undefined;
        this.isFitted = true;
      }
      this.choosePictures();
      this.arrange();
    } else if (changed.has('info')) {
      this.arrange();
    }
    if (changed.has('image') || changed.has('neighbours')) this.requestPictures();
  }

  protected override render(): TemplateResult | typeof nothing {
    const { image, place, whole, detail } = this;
    if (image === undefined) return nothing;
    const state = this.images?.stateOfPicture({ path: image.path, imageVersion: image.imageVersion });
    if (state?.state === 'failed') {
      return html`<div class="message" role="alert">
        <span class="error">${l10n.t("Can't show this image")}</span><span>${state.reason}</span>
        <button
          class="link"
          @click=${() => {
            this.images?.retry(image);
          }}
        >
          ${l10n.t('Retry')}
        </button>
      </div>`;
    }
    if (place === undefined || whole === undefined) return html`<div class="message">${l10n.t('Loading…')}</div>`;
    const { width, height } = this.size;
    const squares = place.scale * window.devicePixelRatio >= minSquares ? 'squares' : '';
    return html`<div
      class="ground ${squares} ${this.showsAll ? '' : 'movable'}"
      ${styleProperties({
        width: `${width * place.scale}px`,
        height: `${height * place.scale}px`,
        transform: `translate(${place.x}px, ${place.y}px)`,
      })}
    >
      ${whole}
      ${
        detail === undefined
          ? nothing
          : html`<div
              class="part"
              ${styleProperties({
                left: `${(100 * detail.region.left) / width}%`,
                top: `${(100 * detail.region.top) / height}%`,
                width: `${(100 * detail.region.width) / width}%`,
                height: `${(100 * detail.region.height) / height}%`,
              })}
            >
              ${detail.image}
            </div>`
      }
    </div>`;
  }

  /** The size of the image; until it is known, a large size with the same aspect ratio. */
  private get size(): Size {
    if (this.info !== undefined) return this.info;
    const known = this.chosen.whole ?? this.whole;
    return known === undefined
      ? { width: 4096, height: 4096 }
      : { width: known.naturalWidth * 16, height: known.naturalHeight * 16 };
  }

  /**
   * Handles a double click. A zoomed picture is fitted. A fitted picture is zoomed around the point to 100 %, or, if it
   * is about that large or larger when fitted, to twice its fitted size.
   */
  private toggle(point: Point): void {
    const { scale } = fitted(this.size, this.stage);
    const pixels = 1 / window.devicePixelRatio;
    if (this.place === undefined || Math.abs(this.place.scale / scale - 1) > 0.01) this.fit();
    else this.scaleTo(pixels > scale * 1.05 ? pixels : scale * 2, point);
  }

  private scaleTo(scale: number, point: Point = { x: this.stage.width / 2, y: this.stage.height / 2 }): void {
    if (this.place === undefined) return;
    this.isFitted = false;
    this.setPlace(zoomed(this.place, scale, point, this.size, this.stage, window.devicePixelRatio));
  }

  /** Recomputes the placement after the stage, the image or its size changed. */
  private arrange(): void {
    if (this.stage.width <= 0 || this.stage.height <= 0 || this.image === undefined) return;
    if (this.isFitted || this.place === undefined) this.setPlace(fitted(this.size, this.stage));
    else this.setPlace(within(this.place, this.size, this.stage));
  }

  private setPlace(place: Placement | undefined): void {
    this.place = place;
    this.dispatchEvent(new CustomEvent('stage-zoom'));
    clearTimeout(this.settling);
    this.settling = setTimeout(() => {
      this.requestPictures();
    }, settleDelay);
  }

  /**
   * Tells the queue what to load: first the thumbnail, which is usually cached, then a picture that fills the stage.
   */
  private requestPictures(): void {
    const { image, images, info, place, stage } = this;
    if (images === undefined) return;
    if (image === undefined || stage.width <= 0) {
      images.view([], []);
      return;
    }
    const ratio = window.devicePixelRatio;
    const { path, imageVersion } = image;
    const now: Picture[] = [{ path, imageVersion }, fittingPreview(image, stage, ratio)];
    if (place !== undefined && info !== undefined) {
      const sharper = sharperPicture(image, place, info, stage, ratio, this.detail);
      if (sharper !== undefined) this.sharper = sharper;
    }
    if (this.sharper !== undefined) now.push(this.sharper);
    const next = this.neighbours.flatMap((neighbour) => [
      { path: neighbour.path, imageVersion: neighbour.imageVersion },
      fittingPreview(neighbour, stage, ratio),
    ]);
    images.view(now, next);
    this.choosePictures();
  }

  /** Shows the sharpest pictures that are loaded. */
  private choosePictures(): void {
    const { image, images } = this;
    if (image === undefined || images === undefined) return;
    const ready = (picture: Picture | undefined): HTMLImageElement | undefined => {
      const found = picture === undefined ? undefined : images.stateOfPicture(picture);
      return found?.state === 'ready' ? found.image : undefined;
    };
    const { sharper } = this;
    const thumbnail = { path: image.path, imageVersion: image.imageVersion };
    const whole =
      (sharper?.region === undefined ? ready(sharper) : undefined) ??
      ready(this.stage.width > 0 ? fittingPreview(image, this.stage, window.devicePixelRatio) : undefined) ??
      ready(thumbnail);
    // When zoomed in, the sharper picture is a region; the picture of the whole image keeps its previous sharpness.
    const before = this.chosen.whole;
    if (whole !== undefined && whole !== before && whole.naturalWidth >= (before?.naturalWidth ?? 0)) {
      this.chosen.whole = whole;
      void this.show(whole, (own) => {
        if (this.chosen.whole !== whole) return;
        this.whole = own;
        if (this.info === undefined) this.arrange();
      });
    }
    const part = sharper?.region === undefined ? undefined : ready(sharper);
    if (part !== undefined && sharper?.region !== undefined && part !== this.chosen.part) {
      const region: PictureRegion = sharper.region;
      this.chosen.part = part;
      void this.show(part, (own) => {
        if (this.chosen.part !== part) return;
        this.detail = { region, image: own, pixels: Math.max(own.naturalWidth, own.naturalHeight) };
      });
    }
  }

  /**
   * Copies a picture, whose element may be in use by a card, and decodes the copy, so that it is drawn without delay.
   */
  private async show(image: HTMLImageElement, then: (own: HTMLImageElement) => void): Promise<void> {
    const own = image.cloneNode() as HTMLImageElement;
    await own.decode().catch(() => undefined);
    then(own);
  }
}

function nameOf(key: ImageKey | undefined): string {
  return key === undefined ? '' : `${key.imageVersion}\n${key.path}`;
}

declare global {
  interface HTMLElementTagNameMap {
    'picture-stage': PictureStage;
  }
}
