import type { CaptionOptions, EnsembleMerge, TaggerModel } from './captionOptions';
import type { CudaEnvironment, ExecutionOptions, ExecutionReport, PreprocessMode } from './execution';
import type { ImageInfo, PictureRegion } from '../page/pictureProtocol';
import type { DownloadProgress, FoundModel, ModelFolders, ModelListing } from './modelListing';

/** What captions: one model or several, and on what they run. */
export interface TaggerSetup {
  /** at least one */
  models: TaggerModel[];
  merge: EnsembleMerge;
  execution: ExecutionOptions;
}

/** What a model's files are, to know them again. */
export interface ModelHash {
  /** hexadecimal SHA-256 of the model's file; of a model on a server, of what the server says about it */
  model: string;
  /** the same of the list of its tags */
  tags: string;
}

/** What a loaded model is. */
export interface ModelDescription {
  folder: string;
  /** side of the square input, in pixels */
  inputSize: number;
  tagCount: number;
  execution: ExecutionReport;
}

/** What a loaded tagger is. */
export interface TaggerDescription {
  models: ModelDescription[];
  /** number of images to keep in flight so that decoder and model are both busy */
  imagesInWork: number;
}

/** A picture that is to be made of an image. */
export interface ThumbnailOrder {
  imagePath: string;
  /** the longer side, in pixels */
  size: number;
  outputPath: string;
  /** only this part of the image */
  region?: PictureRegion;
  /** of a lossy format, from 1 to 100; without it what is enough for a thumbnail */
  quality?: number;
  /** of the pictures that wait, those of the lowest rank are made first; 0 without it */
  rank?: number;
}

/** The requests that the tagger's child process answers. */
export interface TaggerRequests {
  /** Loads the models (once; later calls are free), proves what they run on, and says what they are. */
  loadTagger(params: { setup: TaggerSetup }): TaggerDescription;
  /** SHA-256 of the files of each model, in the order of the setup. Reads them whole, or asks the server. */
  hashModels(params: { setup: TaggerSetup }): { hashes: ModelHash[] };
  /** The tags of one image, ready to be joined; none when no tag passes. */
  captionImage(params: { imagePath: string; setup: TaggerSetup; options: CaptionOptions }): { tags: string[] };
  /**
   * The score of every tag, in the order of the models; `names` are the raw names of `selected_tags.csv`. Of several
   * models, the mean of those that know the tag.
   */
  scoreImage(params: { imagePath: string; setup: TaggerSetup }): { names: string[]; scores: Float32Array };
  /** The picture as the model sees it: RGB, `size` x `size` x 3 bytes, row by row. */
  prepareImage(params: { imagePath: string; size: number; mode: PreprocessMode }): { pixels: Uint8Array };
  /**
   * Writes a picture whose longer side is at most `size` pixels, never enlarged: a WebP, or JPEG or PNG where
   * `outputPath` ends so. Returns its dimensions and the size of its file.
   */
  makeThumbnail(params: ThumbnailOrder): { width: number; height: number; bytes: number };
  /** What an image file is, by its header. */
  readImageInfo(params: { imagePath: string }): ImageInfo;

  /** The models of the catalogue and of the extra folders, and where they are on this machine. */
  listModels(params: { folders: ModelFolders }): { models: ModelListing[] };
  /**
   * Downloads a model of the catalogue, or goes on with its download; sends `downloadProgress`. With `tagsOnly` the
   * file of the model need not be there afterwards.
   */
  downloadModel(params: { id: string; folders: ModelFolders; token: string | undefined; tagsOnly?: boolean }): {
    found: FoundModel;
  };
  /** Deletes a downloaded model, or what there is of it. Models of other programs are never touched. */
  deleteModel(params: { id: string; folders: ModelFolders }): { freedBytes: number };

  /** What this machine has for CUDA. `folders` are searched first for ONNX Runtime's CUDA libraries. */
  findCuda(params: { folders: string[]; installFolder: string }): CudaEnvironment;
  /** Downloads ONNX Runtime's CUDA libraries into `installFolder`; sends `downloadProgress` with the id `cuda`. */
  installCuda(params: { installFolder: string }): CudaEnvironment;
}

/** The events that the child sends. */
export interface TaggerEvents {
  downloadProgress: DownloadProgress;
  /** The models were not used for as long as the setup says; the process may be ended. */
  idle: Record<string, never>;
}
