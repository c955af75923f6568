/** The longer side of a thumbnail, in pixels. */
export const thumbnailSize = 300;

/** The longer sides that previews are made in, in pixels: so few that one made once is mostly used again. */
export const previewSizes: readonly number[] = [768, 1536, 3072, 6144];

/** The longer side of the largest preview, in pixels. What of a picture has more is shown as regions of it. */
export const largestPreview = 6144;

/** The smallest preview whose longer side has at least this many pixels; the largest preview where none has. */
export function previewSizeFor(pixels: number): number {
  return previewSizes.find((size) => size >= pixels) ?? largestPreview;
}

/** A part of a picture, in pixels of the picture as it is shown upright. */
export interface PictureRegion {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** What an image file is. */
export interface ImageInfo {
  /** as it is shown, upright, in pixels */
  width: number;
  height: number;
  /** such as `JPEG` */
  format: string;
  /** in bytes */
  fileSize: number;
}

/** When a card gets a picture that is sharper than its thumbnail. */
export type SharpImages = 'auto' | 'always' | 'never';

/** How pictures are loaded: the settings of the user. */
export interface PictureSettings {
  /** `auto`: where the card shows more pixels than the thumbnail has */
  sharpImages: SharpImages;
  /** how long a card is in view before it gets its sharp picture, in milliseconds */
  sharpImageDelay: number;
  /** how often a picture that could not be loaded is tried again */
  retries: number;
  /** the pause before the first of these attempts, in milliseconds; each further pause is twice as long */
  retryDelay: number;
}

export const defaultPictureSettings: PictureSettings = {
  sharpImages: 'auto',
  sharpImageDelay: 2000,
  retries: 3,
  retryDelay: 500,
};

/** A picture that the page asks for. */
export interface PictureQuestion {
  path: string;
  imageVersion: string;
  /** what was answered before could not be loaded, or the user asks to try once more: nothing remembered counts */
  fresh?: boolean;
}

/** What the webview asks the host about pictures. */
export interface PictureRequests {
  /** Makes the thumbnail if needed; `uri` can be the `src` of an img. Throws with a reason the tile can show. */
  getThumbnail(params: PictureQuestion): { uri: string };
  /**
   * The same for a larger picture.
   * @param size its longer side in pixels, one of {@link previewSizes}; an image that has fewer is not enlarged
   * @param region only this part of it
   * @param urgent somebody looks at it alone: it comes before thumbnails
   */
  getPreview(params: PictureQuestion & { size: number; region?: PictureRegion; urgent?: boolean }): { uri: string };
  getImageInfo(params: { path: string; imageVersion: string }): ImageInfo;
}
