// Validation of the requests to the tagger's process, and of its responses and events.
import * as v from 'valibot';
import { ensembleMerges } from './captionOptions';
import type { ParamsOf, ResultsOf } from '../channel/Channel';
import { checksOf, count, finite, nothing, textByName, texts } from '../channel/checks';
import { providerSpeed } from './providerTrial';
import { executionProviders, preprocessModes } from './execution';
import type { TaggerEvents, TaggerRequests } from './taggerProtocol';

const modelFiles = v.object({ model: v.string(), tags: v.string() });
const model = v.object({
  folder: v.string(),
  files: v.optional(modelFiles),
  serverModel: v.optional(v.string()),
  thresholds: v.object({ general: finite, character: finite }),
});
const providerChoice = v.picklist(['auto', ...executionProviders]);
const execution = v.object({
  provider: providerChoice,
  batchSize: count,
  preprocess: v.picklist(preprocessModes),
  preprocessThreads: count,
  inferenceThreads: count,
  idleSeconds: finite,
  server: v.optional(v.object({ url: v.string(), timeoutSeconds: finite })),
});

/** Schema of a tagger's setup; also used for job files. */
export const taggerSetup = v.object({ models: v.array(model), merge: v.picklist(ensembleMerges), execution });

/** Schema of the caption options; also used for job files. */
export const captionOptions = v.object({
  mcut: v.object({ general: v.boolean(), character: v.boolean() }),
  maximumTags: finite,
  rating: v.picklist(['off', 'first', 'last']),
  ratingNames: textByName,
  characterTagsFirst: v.boolean(),
  expandCharacterTags: v.boolean(),
  order: v.picklist(['confidence', 'model']),
  keepUnderscores: v.boolean(),
  escapeParentheses: v.boolean(),
  excludedTags: texts,
  alwaysFirstTags: texts,
  addedTags: texts,
  replacements: textByName,
});

/** Schema of the hashes that identify a model; also used for job files. */
export const modelHash = v.object({ model: v.string(), tags: v.string() });

const folders = v.object({ downloadFolder: v.string(), extraFolders: texts });
const withSetup = v.object({ setup: taggerSetup });
const foundModel = v.object({
  source: v.picklist(['download', 'hub-cache', 'sd-scripts', 'comfyui', 'webui', 'taggui', 'extra-folder']),
  folder: v.string(),
  model: v.string(),
  tags: v.string(),
  verified: v.boolean(),
});
const notUsed = v.array(v.object({ provider: v.picklist(executionProviders), reason: v.string() }));
const executionReport = v.object({
  requested: providerChoice,
  provider: v.picklist(executionProviders),
  device: v.optional(v.string()),
  notUsed,
  batchSize: count,
  batchSizeFrom: v.picklist(['model', 'option', 'probe', 'default']),
  preprocess: v.picklist(preprocessModes),
  largestDifferenceToCpu: v.optional(v.number()),
  speed: v.optional(providerSpeed),
});
const cudaEnvironment = v.object({
  runtimeFolder: v.undefinedable(v.string()),
  cudaLibraryFolders: texts,
  problem: v.undefinedable(v.string()),
});
const region = v.object({ left: finite, top: finite, width: finite, height: finite });

/** Checks of the parameters of requests to the tagger's process. */
export const taggerParams = checksOf<ParamsOf<TaggerRequests>>()({
  loadTagger: withSetup,
  hashModels: withSetup,
  captionImage: v.object({ imagePath: v.string(), setup: taggerSetup, options: captionOptions }),
  scoreImage: v.object({ imagePath: v.string(), setup: taggerSetup }),
  prepareImage: v.object({ imagePath: v.string(), size: count, mode: v.picklist(preprocessModes) }),
  makeThumbnail: v.object({
    imagePath: v.string(),
    size: finite,
    outputPath: v.string(),
    ownerOnly: v.optional(v.boolean()),
    region: v.optional(region),
    quality: v.optional(finite),
    rank: v.optional(finite),
  }),
  prepareJpeg: v.object({ imagePath: v.string(), side: v.pipe(count, v.minValue(1)), maximumBytes: count }),
  readImageInfo: v.object({ imagePath: v.string() }),
  listModels: v.object({ folders }),
  downloadModel: v.object({
    id: v.string(),
    folders,
    token: v.undefinedable(v.string()),
    tagsOnly: v.optional(v.boolean()),
  }),
  deleteModel: v.object({ id: v.string(), folders }),
  findCuda: v.object({ folders: texts, installFolder: v.string() }),
  installCuda: v.object({ installFolder: v.string() }),
});

/** Checks of the results that the tagger's process returns. */
export const taggerResults = checksOf<ResultsOf<TaggerRequests>>()({
  loadTagger: v.object({
    models: v.array(v.object({ folder: v.string(), inputSize: count, tagCount: count, execution: executionReport })),
    imagesInWork: count,
  }),
  hashModels: v.object({ hashes: v.array(modelHash) }),
  captionImage: v.object({ tags: texts, scores: v.optional(v.array(finite)) }),
  scoreImage: v.object({ names: texts, scores: v.custom<Float32Array>((value) => value instanceof Float32Array) }),
  prepareImage: v.object({ pixels: v.custom<Uint8Array>((value) => value instanceof Uint8Array) }),
  makeThumbnail: v.object({ width: count, height: count, bytes: count }),
  prepareJpeg: v.object({
    jpeg: v.custom<Uint8Array>((value) => value instanceof Uint8Array),
    width: count,
    height: count,
  }),
  readImageInfo: v.object({ width: count, height: count, format: v.string(), fileSize: count }),
  listModels: v.object({
    models: v.array(
      v.object({
        id: v.string(),
        hint: v.string(),
        inCatalogue: v.boolean(),
        size: v.undefinedable(finite),
        approximateSize: finite,
        found: v.undefinedable(foundModel),
        partialBytes: finite,
      }),
    ),
  }),
  downloadModel: v.object({ found: foundModel }),
  deleteModel: v.object({ freedBytes: finite }),
  findCuda: cudaEnvironment,
  installCuda: cudaEnvironment,
});

/** Checks of the events that the tagger's process sends. */
export const taggerEvents = checksOf<TaggerEvents>()({
  downloadProgress: v.object({
    id: v.string(),
    phase: v.picklist(['waiting', 'downloading', 'verifying', 'unpacking']),
    receivedBytes: finite,
    totalBytes: finite,
    bytesPerSecond: finite,
    retry: v.optional(v.string()),
  }),
  decoding: v.object({ imagePath: v.string() }),
  idle: nothing,
});
