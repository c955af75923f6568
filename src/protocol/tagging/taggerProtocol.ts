import type { CaptionOptions, EnsembleMerge, TaggerModel } from './captionOptions';
import type { CudaEnvironment, ExecutionOptions, ExecutionReport, PreprocessMode } from './execution';
import type { FoundTags } from '../../tags/FoundTags';
import type { ImageInfo, PictureRegion } from '../page/pictureProtocol';
import type { DownloadProgress, FoundModel, ModelFolders, ModelListing } from './modelListing';

/** A tagger: one model or several, and where and how they run. */
export interface TaggerSetup {
  /** at least one */
  models: TaggerModel[];
  merge: EnsembleMerge;
  execution: ExecutionOptions;
}

/** Hashes that identify a model's files. */
export interface ModelHash {
  /** hexadecimal SHA-256 of the model's file; of a model on a server, of what the server says about it */
  model: string;
  /** the same for the list of its tags */
  tags: string;
}

/** Properties of a loaded model. */
export interface ModelDescription {
  folder: string;
  /** side of the square input, in pixels */
  inputSize: number;
  tagCount: number;
  execution: ExecutionReport;
}

/** Properties of a loaded tagger. */
export interface TaggerDescription {
  models: ModelDescription[];
  /** number of images to keep in flight so that decoder and model are both busy */
  imagesInWork: number;
}

/** A picture to make from an image. */
export interface ThumbnailOrder {
  imagePath: string;
  /** the longer side, in pixels */
  size: number;
  outputPath: string;
  /** only this user may read the picture, and enter the folders that are made for it */
  ownerOnly?: boolean;
  /** only this part of the image */
  region?: PictureRegion;
  /** quality of a lossy format, from 1 to 100; by default what is enough for a thumbnail */
  quality?: number;
  /** priority: of the waiting pictures, those with the lowest rank are made first; 0 by default */
  rank?: number;
}

/** A JPEG to make of an image for a vision-language model. */
export interface JpegOrder {
  imagePath: string;
  /** the longer side, in pixels, at least 1; the picture is never enlarged */
  side: number;
  /** how long the base64 of the JPEG may be, in bytes */
  maximumBytes: number;
}

/** A picture as it is sent to a vision-language model. */
export interface PreparedJpeg {
  /** the file */
  jpeg: Uint8Array;
  /** in pixels */
  width: number;
  /** in pixels */
  height: number;
}

/** The requests that the tagger's child process answers. */
export interface TaggerRequests {
  /** Loads the models (idempotent: later calls are free), verifies what they run on, and describes them. */
  loadTagger(params: { setup: TaggerSetup }): TaggerDescription;
  /** SHA-256 of the files of each model, in the order of the setup. Reads them whole, or asks the server. */
  hashModels(params: { setup: TaggerSetup }): { hashes: ModelHash[] };
  /** The formatted tags of one image, ready to be joined; empty if no tag passes its threshold. */
  captionImage(params: { imagePath: string; setup: TaggerSetup; options: CaptionOptions }): FoundTags;
  /**
   * The score of every tag, in the order of the models; `names` are the raw names of `selected_tags.csv`. With several
   * models, a score is the mean of those models that know the tag.
   */
  scoreImage(params: { imagePath: string; setup: TaggerSetup }): { names: string[]; scores: Float32Array };
  /** The picture as the model sees it: RGB, `size` x `size` x 3 bytes, row by row. */
  prepareImage(params: { imagePath: string; size: number; mode: PreprocessMode }): { pixels: Uint8Array };
  /**
   * Writes a picture whose longer side is at most `size` pixels, never enlarged: a WebP, or JPEG or PNG if `outputPath`
   * has that extension. Returns its dimensions and the size of its file.
   */
  makeThumbnail(params: ThumbnailOrder): { width: number; height: number; bytes: number };
  /** The JPEG of an image that a vision-language model gets: upright, on white, in sRGB. Loads no model. */
  prepareJpeg(params: JpegOrder): PreparedJpeg;
  /** Properties of an image file, read from its header. */
  readImageInfo(params: { imagePath: string }): ImageInfo;

  /** The models of the catalogue and of the extra folders, and where they are on this machine. */
  listModels(params: { folders: ModelFolders }): { models: ModelListing[] };
  /**
   * Downloads a model of the catalogue, or resumes its download; sends `downloadProgress`. With `tagsOnly` the model's
   * own file may be missing afterwards.
   */
  downloadModel(params: { id: string; folders: ModelFolders; token: string | undefined; tagsOnly?: boolean }): {
    found: FoundModel;
  };
  /** Deletes a downloaded model, or its unfinished download. Models of other programs are never touched. */
  deleteModel(params: { id: string; folders: ModelFolders }): { freedBytes: number };

  /** What this machine provides for CUDA. `folders` are searched first for ONNX Runtime's CUDA libraries. */
  findCuda(params: { folders: string[]; installFolder: string }): CudaEnvironment;
  /** Downloads ONNX Runtime's CUDA libraries into `installFolder`; sends `downloadProgress` with the id `cuda`. */
  installCuda(params: { installFolder: string }): CudaEnvironment;
}

/** The events that the child sends. */
export interface TaggerEvents {
  downloadProgress: DownloadProgress;
  /** The process begins to decode an image for a picture: if it crashes now, this image is probably the cause. */
  decoding: { imagePath: string };
  /** The models have been idle for as long as the setup says; the process may be ended. */
  idle: Record<string, never>;
}
