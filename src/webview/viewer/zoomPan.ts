import { clamp } from '../shared/clamp';

export interface Size {
  width: number;
  height: number;
}

/** Where a picture lies in a stage: CSS pixels for each pixel of the image, and where its top left corner is. */
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

/** A small picture that is fitted into the stage is enlarged at most so much. */
const mostFitted = 4;
/** The largest zoom: so many pixels of the screen for one of the image. */
const mostZoomed = 32;

/** The whole picture, as large as the stage allows and at most four times its size. */
export function fitted(image: Size, stage: Size): Placement {
  const scale = Math.min(stage.width / image.width, stage.height / image.height, mostFitted);
  return centred({ scale, x: 0, y: 0 }, image, stage);
}

/** Whether all of the picture can be seen. */
export function isWhole({ scale }: Placement, image: Size, stage: Size): boolean {
  // Rounding: half a pixel does not count.
  return image.width * scale <= stage.width + 0.5 && image.height * scale <= stage.height + 0.5;
}

/**
 * The same point of the picture stays under the given point of the stage while the scale changes.
 * @param pixelRatio pixels of the screen for each CSS pixel; the limits of the zoom depend on it
 */
export function zoomed(
  place: Placement,
  scale: number,
  point: Point,
  image: Size,
  stage: Size,
  pixelRatio: number,
): Placement {
  const least = Math.min(fitted(image, stage).scale, 1 / pixelRatio);
  const next = clamp(scale, least, mostZoomed / pixelRatio);
  const ratio = next / place.scale;
  return within(
    { scale: next, x: point.x - (point.x - place.x) * ratio, y: point.y - (point.y - place.y) * ratio },
    image,
    stage,
  );
}

/** The picture moved, but not out of the stage. */
export function panned(place: Placement, dx: number, dy: number, image: Size, stage: Size): Placement {
  return within({ ...place, x: place.x + dx, y: place.y + dy }, image, stage);
}

/** The nearest placement in which the picture fills the stage, or lies in the middle of what it does not fill. */
export function within(place: Placement, image: Size, stage: Size): Placement {
  const middle = centred(place, image, stage);
  const { scale } = place;
  return {
    scale,
    x: middle.x >= 0 ? middle.x : clamp(place.x, stage.width - image.width * scale, 0),
    y: middle.y >= 0 ? middle.y : clamp(place.y, stage.height - image.height * scale, 0),
  };
}

/** The part of the picture that can be seen, in pixels of the image. */
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
