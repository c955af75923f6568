import { clamp } from '../shared/clamp';

export interface Size {
  width: number;
  height: number;
}

/** The placement of a picture in a stage: CSS pixels per image pixel, and the position of its top left corner. */
export interface Placement {
  scale: number;
  x: number;
  y: number;
}

/** A point of the stage, in CSS pixels from its top left corner. */
export interface Point {
  x: number;
  y: number;
}

/** Maximum scale of a fitted picture, in CSS pixels per image pixel. */
const maxFitted = 4;
/** Maximum zoom, in device pixels per image pixel. */
const maxZoomed = 32;

/** The whole picture, as large as the stage allows, up to four times its size. */
export function fitted(image: Size, stage: Size): Placement {
  const scale = Math.min(stage.width / image.width, stage.height / image.height, maxFitted);
  return centred({ scale, x: 0, y: 0 }, image, stage);
}

/** Whether the whole picture is visible. */
export function isWhole({ scale }: Placement, image: Size, stage: Size): boolean {
  // Half a pixel of tolerance for rounding.
  return image.width * scale <= stage.width + 0.5 && image.height * scale <= stage.height + 0.5;
}

/**
 * Changes the scale and keeps the same point of the picture under the given point of the stage.
 * @param pixelRatio device pixels per CSS pixel; the zoom limits depend on it
 */
export function zoomed(
  place: Placement,
  scale: number,
  point: Point,
  image: Size,
  stage: Size,
  pixelRatio: number,
): Placement {
  const minScale = Math.min(fitted(image, stage).scale, 1 / pixelRatio);
  const next = clamp(scale, minScale, maxZoomed / pixelRatio);
  const ratio = next / place.scale;
  return within(
    { scale: next, x: point.x - (point.x - place.x) * ratio, y: point.y - (point.y - place.y) * ratio },
    image,
    stage,
  );
}

/** The placement moved by `dx` and `dy` CSS pixels, limited to the stage. */
export function panned(place: Placement, dx: number, dy: number, image: Size, stage: Size): Placement {
  return within({ ...place, x: place.x + dx, y: place.y + dy }, image, stage);
}

/** The nearest placement in which the picture fills the stage or, where it is smaller, is centred in it. */
export function within(place: Placement, image: Size, stage: Size): Placement {
  const middle = centred(place, image, stage);
  const { scale } = place;
  return {
    scale,
    x: middle.x >= 0 ? middle.x : clamp(place.x, stage.width - image.width * scale, 0),
    y: middle.y >= 0 ? middle.y : clamp(place.y, stage.height - image.height * scale, 0),
  };
}

/** The visible part of the picture, in image pixels. */
export function visiblePart(
  { scale, x, y }: Placement,
  image: Size,
  stage: Size,
): { left: number; top: number } & Size {
  const left = clamp(-x / scale, 0, image.width);
  const top = clamp(-y / scale, 0, image.height);
  return {
    left,
    top,
    width: clamp((stage.width - x) / scale, 0, image.width) - left,
    height: clamp((stage.height - y) / scale, 0, image.height) - top,
  };
}

function centred({ scale }: Placement, image: Size, stage: Size): Placement {
  return { scale, x: (stage.width - image.width * scale) / 2, y: (stage.height - image.height * scale) / 2 };
}
