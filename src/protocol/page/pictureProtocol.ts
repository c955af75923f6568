/** The longer side of a thumbnail, in pixels. */
export const thumbnailSize = 300;

/**
 * The available sizes of previews: their longer side, in pixels. There are few, so that a preview is usually reused;
 * the small ones are for cards, of which a screen shows many, and have hardly more pixels than those.
 */
export const previewSizes: readonly number[] = [448, 576, 768, 1536, 3072, 6144];

/** The longer side of the largest preview, in pixels. Finer detail of larger pictures is shown in regions. */
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

/** Properties of an image file. */
export interface ImageInfo {
  /** as shown, that is upright, in pixels */
  width: number;
  height: number;
  /** such as `JPEG` */
  format: string;
  /** in bytes */
  fileSize: number;
}

/** When a card loads a picture that is sharper than its thumbnail. */
export type SharpImages = 'auto' | 'always' | 'never';

/** How pictures are loaded: the settings of the user. */
export interface PictureSettings {
  /** `auto`: where the card shows more pixels than the thumbnail has */
  sharpImages: SharpImages;
  /** how long a card must be in view before its sharp picture is loaded, in milliseconds */
  sharpImageDelay: number;
  /** number of retries for a picture that could not be loaded */
  retries: number;
  /** the pause before the first retry, in milliseconds; each further pause is twice as long */
  retryDelay: number;
}

export const defaultPictureSettings: PictureSettings = {
  sharpImages: 'auto',
  sharpImageDelay: 2000,
  retries: 3,
  retryDelay: 500,
};

/** A picture that the page requests. */
export interface PictureQuestion {
  path: string;
  imageVersion: string;
  /** do not use cached results: the previous response could not be loaded, or the user asked to retry */
  fresh?: boolean;
}

/** Requests from the webview to the host about pictures. */
export interface PictureRequests {
  /**
   * Returns the thumbnail, which is made if needed; `uri` can be the `src` of an img. Throws with a reason that the
   * card can show.
   */
  getThumbnail(params: PictureQuestion): { uri: string };
  /**
   * Like {@link getThumbnail}, for a larger picture.
   * @param size longer side in pixels, one of {@link previewSizes}; an image that is smaller is not enlarged
   * @param region only this part of the picture
   * @param urgent the user is viewing this picture alone: it takes precedence over thumbnails
   */
  getPreview(params: PictureQuestion & { size: number; region?: PictureRegion; urgent?: boolean }): { uri: string };
  getImageInfo(params: { path: string; imageVersion: string }): ImageInfo;
}
