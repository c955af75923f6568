/** A decoded picture in memory: sRGB, upright, 8 bits for each channel. */
export interface DecodedImage {
  /**
   * `height` x `width` x `channels` bytes, 0..255: row by row from the top, pixel by pixel from the left (HWC), without
   * padding between the rows; RGB or RGBA, alpha not premultiplied
   */
  pixels: Uint8Array;
  /** in pixels */
  width: number;
  /** in pixels */
  height: number;
  /** 3 for RGB, 4 for RGBA */
  channels: 3 | 4;
}
