/** How scores become a caption. */
export interface CaptionOptions {
  /** a general tag is kept when its score is greater; 0..1 */
  generalThreshold: number;
  /** a character tag is kept when its score is greater; 0..1 */
  characterThreshold: number;
  /** tags left out, with spaces or underscores */
  excludedTags: string[];
}

/** What a loaded model is. */
export interface ModelDescription {
  modelFolder: string;
  /** side of the square input, in pixels */
  inputSize: number;
  tagCount: number;
  /** name of the execution provider that runs the model, such as `cpu` */
  executionProvider: string;
}

/** The requests that the tagger's child process answers. */
export interface TaggerRequests {
  /** Loads the model (once; later calls are free) and says what it is. */
  describeModel(params: { modelFolder: string }): ModelDescription;
  /** The caption of one image; an empty string when no tag passes. */
  captionImage(params: { imagePath: string; modelFolder: string; options: CaptionOptions }): { caption: string };
  /** The score of every tag, in the model's order; `names` are the raw names of `selected_tags.csv`. */
  scoreImage(params: { imagePath: string; modelFolder: string }): { names: string[]; scores: Float32Array };
  /** The picture as the model sees it: RGB, `size` x `size` x 3 bytes, row by row. */
  prepareImage(params: { imagePath: string; size: number }): { pixels: Uint8Array };
  /**
   * Writes a picture whose longer side is at most `size` pixels, never enlarged: a WebP, or JPEG or PNG where `outputPath`
   * ends so. Returns its dimensions.
   */
  makeThumbnail(params: { imagePath: string; size: number; outputPath: string }): { width: number; height: number };
}

/** The child sends no events yet. */
export type TaggerEvents = Record<string, never>;
