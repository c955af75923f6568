/** What may run a model on this machine. */
export const localProviders = ['cuda', 'webgpu', 'directml', 'coreml', 'cpu'] as const;
export type LocalProvider = (typeof localProviders)[number];

/** What may run a model: `server` is another machine that speaks the Open Inference Protocol. */
export const executionProviders = [...localProviders, 'server'] as const;
export type ExecutionProvider = (typeof executionProviders)[number];
export type ProviderChoice = 'auto' | ExecutionProvider;

/**
 * How pictures become the model's input: `exact` is bit for bit what the model's author does; `fast` shrinks large JPEG
 * and WebP pictures while they are decoded and differs a little.
 */
export const preprocessModes = ['exact', 'fast'] as const;
export type PreprocessMode = (typeof preprocessModes)[number];

/** A server that runs models. A token is no part of this: it is in the environment, see {@link serverTokenVariable}. */
export interface ServerOptions {
  /** its address, without a user name or password, such as `http://gpu.example:8000`; empty where nobody said it */
  url: string;
  /**
   * seconds after which a request without an answer counts as failed; a server that is away for twice as long in the
   * middle of a job is given up
   */
  timeoutSeconds: number;
}

/** On what and how a tagger runs. */
export interface ExecutionOptions {
  provider: ProviderChoice;
  /** images for each run; 0 finds the best one. A model with a fixed batch keeps its own. */
  batchSize: number;
  preprocess: PreprocessMode;
  /** threads that decode and resize; 0 for some more than there are cores */
  preprocessThreads: number;
  /** threads of a run on the CPU; 0 for as many as there are cores */
  inferenceThreads: number;
  /** seconds without work after which the model is unloaded, so that others get the memory of the GPU; 0 never */
  idleSeconds: number;
  /** for the provider `server` */
  server?: ServerOptions;
}

/** On what and how a tagger runs on this machine. */
export type LocalExecution = ExecutionOptions & { provider: 'auto' | LocalProvider };

/** The seconds that a server has for an answer, unless the user says otherwise. */
export const defaultServerTimeout = 60;

/** The environment variable that has the bearer token for the server: it goes to the server's origin only. */
export const serverTokenVariable = 'DATASET_CAPTIONS_SERVER_TOKEN';

/** The best that the machine can do, without a loss. */
export const defaultExecution: Readonly<ExecutionOptions> = {
  provider: 'auto',
  batchSize: 0,
  preprocess: 'exact',
  preprocessThreads: 0,
  inferenceThreads: 0,
  idleSeconds: 300,
};

/** What a model really runs on. */
export interface ExecutionReport {
  requested: ProviderChoice;
  provider: ExecutionProvider;
  /** name of the device where it is known; of a server, its host */
  device?: string;
  /** providers that were tried or asked for and are not used, each with one sentence */
  notUsed: { provider: ExecutionProvider; reason: string }[];
  /**
   * images for each run, and whether the model, the user, a probe, or experience decided that: on the CPU larger
   * batches gain nothing, and a server joins those of several users
   */
  batchSize: number;
  batchSizeFrom: 'model' | 'option' | 'probe' | 'default';
  preprocess: PreprocessMode;
  /** largest difference of a score to the same picture's on the CPU; absent on the CPU and for a server */
  largestDifferenceToCpu?: number;
}

/** What a process needs in its environment to run models with CUDA. */
export interface CudaEnvironment {
  /** a folder with ONNX Runtime and its CUDA libraries side by side; undefined where there is none */
  runtimeFolder: string | undefined;
  /** folders of CUDA and cuDNN libraries, for `LD_LIBRARY_PATH` */
  cudaLibraryFolders: string[];
  /** what is missing for CUDA, in one sentence; undefined where all is there */
  problem: string | undefined;
}
