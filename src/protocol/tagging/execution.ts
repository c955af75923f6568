/** The execution providers that can run a model on this machine. */
export const localProviders = ['cuda', 'webgpu', 'directml', 'coreml', 'cpu'] as const;
export type LocalProvider = (typeof localProviders)[number];

/** All execution providers; `server` is another machine that speaks the Open Inference Protocol. */
export const executionProviders = [...localProviders, 'server'] as const;
export type ExecutionProvider = (typeof executionProviders)[number];
export type ProviderChoice = 'auto' | ExecutionProvider;

/**
 * How pictures are preprocessed to the model's input: `exact` gives bit for bit what the code of the model's author
 * gives; `fast` downscales large JPEG and WebP pictures while it decodes them, with slightly different results.
 */
export const preprocessModes = ['exact', 'fast'] as const;
export type PreprocessMode = (typeof preprocessModes)[number];

/**
 * A server that runs models. The token is not part of these options: it is in the environment, see
 * {@link serverTokenVariable}.
 */
export interface ServerOptions {
  /** its address, without a user name or password, such as `http://gpu.example:8000`; empty if not set */
  url: string;
  /**
   * seconds after which a request without a response counts as failed; during a job, a server that is unreachable for
   * twice as long is given up
   */
  timeoutSeconds: number;
}

/** Where and how a tagger runs. */
export interface ExecutionOptions {
  provider: ProviderChoice;
  /** images per run of the model; 0 to find the best size. A model with a fixed batch size keeps it. */
  batchSize: number;
  preprocess: PreprocessMode;
  /** threads that decode and resize; 0 for slightly more than the number of cores */
  preprocessThreads: number;
  /** threads of a run on the CPU; 0 for the number of cores */
  inferenceThreads: number;
  /** seconds without work after which the model is unloaded, to free the GPU's memory for others; 0 for never */
  idleSeconds: number;
  /** for the provider `server` */
  server?: ServerOptions;
}

/** Where and how a tagger runs on this machine. */
export type LocalExecution = ExecutionOptions & { provider: 'auto' | LocalProvider };

/** Default timeout for a server's response, in seconds. */
export const defaultServerTimeout = 60;

/** The environment variable with the bearer token for the server; the token is sent only to the server's origin. */
export const serverTokenVariable = 'DATASET_CAPTIONS_SERVER_TOKEN';

/** The fastest execution that the machine supports without loss of accuracy. */
export const defaultExecution: Readonly<ExecutionOptions> = {
  provider: 'auto',
  batchSize: 0,
  preprocess: 'exact',
  preprocessThreads: 0,
  inferenceThreads: 0,
  idleSeconds: 300,
};

/** What a model actually runs on. */
export interface ExecutionReport {
  requested: ProviderChoice;
  provider: ExecutionProvider;
  /** name of the device, if known; for a server, its host */
  device?: string;
  /** providers that were tried or requested but are not used, each with the reason in one sentence */
  notUsed: { provider: ExecutionProvider; reason: string }[];
  /**
   * images per run, and what decided it: the model, the user's option, a probe, or a default from experience (on the
   * CPU larger batches gain nothing, and a server combines the batches of several users)
   */
  batchSize: number;
  batchSizeFrom: 'model' | 'option' | 'probe' | 'default';
  preprocess: PreprocessMode;
  /** largest difference between a score and the CPU's score for the same picture; absent on the CPU and for a server */
  largestDifferenceToCpu?: number;
  /** how fast it is beside the CPU; absent on the CPU and for a server */
  speed?: ProviderSpeed;
}

/** How long one picture took, in milliseconds. */
export interface ProviderSpeed {
  milliseconds: number;
  cpuMilliseconds: number;
  /** it was ended after that time, before the picture was done */
  isUnfinished?: boolean;
}

/** What a process needs in its environment to run models with CUDA. */
export interface CudaEnvironment {
  /** a folder with ONNX Runtime and its CUDA libraries side by side; undefined if there is none */
  runtimeFolder: string | undefined;
  /** folders of CUDA and cuDNN libraries, for `LD_LIBRARY_PATH` */
  cudaLibraryFolders: string[];
  /** what is missing for CUDA, in one sentence; undefined if nothing is missing */
  problem: string | undefined;
}
