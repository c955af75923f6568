import { type PictureRegion, previewSizeFor } from '../../protocol/page/pictureProtocol';
import type { ImageKey, Picture } from '../pictures/ImageQueue';
import { type Placement, type Size, visiblePart } from './zoomPan';

/**
 * Maximum size of a picture of a whole image, in pixels. Larger ones would use too much memory; regions are used
 * instead.
 */
const maxWhole = 3072;
/** Edges of regions are multiples of this, in image pixels, so that a small pan reuses the same region. */
const regionStep = 256;
/** The margin on each side of a region, as a fraction of the visible part. */
const regionMargin = 0.25;
/** A picture with at least this fraction of the needed pixels is sharp enough. */
const sharpEnough = 0.9;

/** A region of an image and the size of its picture. */
export interface ShownRegion {
  region: PictureRegion;
  /** longer side of the picture, in pixels */
  pixels: number;
}

/**
 * The preview that fills a stage. It does not depend on the image's aspect ratio, so that neighbours can be prefetched.
 */
export function fittingPreview(key: ImageKey, stage: Size, pixelRatio: number): Picture {
  const size = Math.min(previewSizeFor(Math.max(stage.width, stage.height) * pixelRatio), maxWhole);
  return { path: key.path, imageVersion: key.imageVersion, size };
}

/**
 * The picture with enough pixels for the visible part; undefined when the preview that fills the stage or the shown
 * region has enough.
 * @param image size of the image file in upright orientation
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
  if (Math.min(previewSizeFor(needed), longer) <= maxWhole) {
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
