import { type PictureRegion, previewSizeFor, previewSizes } from '../../protocol/page/pictureProtocol';
import type { ImageKey, Picture } from '../pictures/ImageQueue';
import { type Placement, type Size, visiblePart } from './zoomPan';

/** Larger pictures of whole images take too much memory in the page: what has more pixels is shown as regions. */
const largestWhole = previewSizes[2] ?? 3072;
/** Regions begin and end at multiples of this, so that a small movement needs no other one; in pixels of the image. */
const regionStep = 256;
/** A region is larger than what can be seen by this part of it, on each side. */
const regionMargin = 0.25;
/** Stretched by so little, a picture is sharp enough. */
const sharpEnough = 0.9;

/** The part of an image that a picture shows. */
export interface ShownRegion {
  region: PictureRegion;
  /** longer side of the picture, in pixels */
  pixels: number;
}

/** The preview that fills a stage, whatever shape the image has: the same for neighbours, which are loaded before they are seen. */
export function fittingPreview(key: ImageKey, stage: Size, pixelRatio: number): Picture {
  const size = Math.min(previewSizeFor(Math.max(stage.width, stage.height) * pixelRatio), largestWhole);
  return { path: key.path, imageVersion: key.imageVersion, size };
}

/**
 * The picture that shows what can be seen now with the pixels of the screen, where the one that fills the stage has too
 * few of them; undefined where it has enough, or the region that is there does.
 * @param image the size of the image file, upright
 */
export function sharperPicture(
  key: ImageKey,
  place: Placement,
  image: Size,
  stage: Size,
  pixelRatio: number,
  shown?: ShownRegion,
): Picture | undefined {
  const longer = Math.max(image.width, image.height);
  const needed = Math.min(longer, longer * place.scale * pixelRatio) * sharpEnough;
  if (needed <= (fittingPreview(key, stage, pixelRatio).size ?? 0)) return undefined;
  const { path, imageVersion } = key;
  if (Math.min(previewSizeFor(needed), longer) <= largestWhole) {
    return { path, imageVersion, size: previewSizeFor(needed) };
  }
  const visible = visiblePart(place, image, stage);
  const density = Math.min(1, place.scale * pixelRatio);
  if (shown !== undefined && contains(shown.region, visible)) {
    const has = shown.pixels / Math.max(shown.region.width, shown.region.height);
    if (has >= density * sharpEnough) return undefined;
  }
  const region = regionAround(visible, image);
  return { path, imageVersion, region, size: previewSizeFor(Math.max(region.width, region.height) * density) };
}

function regionAround(visible: PictureRegion, image: Size): PictureRegion {
  const span = (start: number, length: number, limit: number): [from: number, size: number] => {
    const margin = length * regionMargin;
    const from = Math.max(0, Math.floor((start - margin) / regionStep) * regionStep);
    const to = Math.min(limit, Math.ceil((start + length + margin) / regionStep) * regionStep);
    return [from, to - from];
  };
  const [left, width] = span(visible.left, visible.width, image.width);
  const [top, height] = span(visible.top, visible.height, image.height);
  return { left, top, width, height };
}

function contains(outer: PictureRegion, inner: PictureRegion): boolean {
  return (
    outer.left <= inner.left + 0.5 &&
    outer.top <= inner.top + 0.5 &&
    outer.left + outer.width >= inner.left + inner.width - 0.5 &&
    outer.top + outer.height >= inner.top + inner.height - 0.5
  );
}
