import { open, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import { errorCode, errorMessage } from '../protocol/wireError';
import { availableCores } from './availableCores';
import { ModelError } from './ModelError';
import { loadOnnxRuntime } from './nativePackages';
import { parseSelectedTags, type ModelTag } from './selectedTags';

const modelFile = 'model.onnx';
const tagsFile = 'selected_tags.csv';

/** How the input tensor is laid out. */
interface InputLayout {
  name: string;
  /** images for each run */
  batch: number;
  /** side of the square picture, in pixels */
  size: number;
  channelsLast: boolean;
}

/** A WD tagger on ONNX Runtime's CPU provider: `model.onnx` and `selected_tags.csv` in one folder. */
export class OnnxTagger {
  readonly executionProvider = 'cpu';

  private constructor(
    readonly modelFolder: string,
    /** in the order of the model's outputs */
    readonly tags: readonly ModelTag[],
    private readonly session: InferenceSession,
    private readonly input: InputLayout,
    private readonly outputName: string,
  ) {}

  /** Side of the square input, in pixels. */
  get inputSize(): number {
    return this.input.size;
  }

  /**
   * Loads a model. Names, layout, size and batch are read from it: they differ between generations of WD taggers.
   * @throws ModelError with what is wrong with the folder; NativePackageError when ONNX Runtime does not load
   */
  static async load(modelFolder: string): Promise<OnnxTagger> {
    const modelPath = path.join(modelFolder, modelFile);
    await checkModelFile(modelPath);
    const tagsPath = path.join(modelFolder, tagsFile);
    const tags = parseSelectedTags(await readTagsFile(tagsPath), tagsPath);
    const { InferenceSession } = await loadOnnxRuntime();
    let session: InferenceSession;
    try {
      session = await InferenceSession.create(modelPath, sessionOptions());
    } catch (error) {
      const message = `ONNX Runtime cannot load the model: ${errorMessage(error)}`;
      throw new ModelError('MODEL_UNREADABLE', modelPath, message, error);
    }
    try {
      const input = readInputLayout(session, modelPath);
      return new OnnxTagger(modelFolder, tags, session, input, findOutput(session, tags.length, modelPath));
    } catch (error) {
      await session.release();
      throw error;
    }
  }

  /**
   * Scores one picture. The runtime computes on the calling thread: nothing else of this process runs meanwhile, except
   * what libuv decodes.
   * @param pixels RGB, `inputSize` x `inputSize` x 3 bytes, row by row
   * @returns one score for each tag, 0..1
   * @throws ModelError MODEL_RUN_FAILED, TAGS_MISMATCH
   */
  async score(pixels: Uint8Array): Promise<Float32Array> {
    const { Tensor } = await loadOnnxRuntime();
    const { name, batch, size, channelsLast } = this.input;
    const dims = channelsLast ? [batch, size, size, 3] : [batch, 3, size, size];
    const values = new Float32Array(batch * size * size * 3);
    // A model whose batch is fixed above one gets zeros for the other pictures; row 0 is ours.
    (channelsLast ? fillChannelsLast : fillChannelsFirst)(pixels, values);
    let output: unknown;
    try {
      const results = await this.session.run({ [name]: new Tensor('float32', values, dims) }, [this.outputName]);
      output = results[this.outputName]?.data;
    } catch (error) {
      const message = `The model failed on this image: ${errorMessage(error)}`;
      throw new ModelError('MODEL_RUN_FAILED', path.join(this.modelFolder, modelFile), message, error);
    }
    if (!(output instanceof Float32Array)) throw unsupported(this.modelFolder, 'its scores are not 32-bit floats');
    const perImage = output.length / batch;
    if (perImage !== this.tags.length) throw mismatch(this.modelFolder, this.tags.length, String(perImage));
    return output.slice(0, perImage);
  }

  /** Frees the model's memory; it cannot be used afterwards. */
  async release(): Promise<void> {
    await this.session.release();
  }
}

function sessionOptions(): InferenceSession.SessionOptions {
  return {
    executionProviders: ['cpu'],
    graphOptimizationLevel: 'all',
    executionMode: 'sequential',
    // One core is left to the decoder of the next images.
    intraOpNumThreads: Math.max(1, availableCores() - 1),
    // Electron's allocator ends the process at a single allocation of 1 to 2 GB, which the arena asks for with the
    // large models (electron#44291).
    enableCpuMemArena: process.versions.electron === undefined,
    // Idle threads sleep instead of spinning: the cores are shared with the decoder and with the editor.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  };
}

async function checkModelFile(modelPath: string): Promise<void> {
  let head: Buffer;
  try {
    const file = await open(modelPath);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0);
      head = buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') {
      throw new ModelError('MODEL_MISSING', modelPath, `The folder has no ${modelFile}.`, error);
    }
    throw new ModelError('MODEL_UNREADABLE', modelPath, `${modelFile} cannot be read: ${errorMessage(error)}`, error);
  }
  if (head.length === 0) throw new ModelError('MODEL_UNREADABLE', modelPath, `${modelFile} is empty (0 bytes).`);
  if (head.toString('latin1').startsWith('version https://git-lfs')) {
    const message = `${modelFile} is a Git LFS pointer, not the model: run "git lfs pull", or download the file itself.`;
    throw new ModelError('MODEL_IS_LFS_POINTER', modelPath, message);
  }
}

async function readTagsFile(tagsPath: string): Promise<string> {
  try {
    return await readFile(tagsPath, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') {
      throw new ModelError('TAGS_MISSING', tagsPath, `The folder has no ${tagsFile}.`, error);
    }
    throw new ModelError('TAGS_INVALID', tagsPath, `${tagsFile} cannot be read: ${errorMessage(error)}`, error);
  }
}

function readInputLayout(session: InferenceSession, modelPath: string): InputLayout {
  const [input] = session.inputMetadata;
  if (input?.isTensor !== true || session.inputMetadata.length !== 1) {
    throw unsupported(modelPath, 'it does not have exactly one input');
  }
  const { name, type, shape } = input;
  if (type !== 'float32') throw unsupported(modelPath, `its input is ${type}, not float32`);
  const channelsLast = shape[3] === 3;
  const [height, width] = channelsLast ? [shape[1], shape[2]] : [shape[2], shape[3]];
  if (shape.length !== 4 || (!channelsLast && shape[1] !== 3)) {
    throw unsupported(modelPath, `its input [${shape.join(', ')}] is not a batch of colour pictures`);
  }
  if (typeof height !== 'number' || height <= 0 || height !== width) {
    throw unsupported(modelPath, `its input [${shape.join(', ')}] is not square with a fixed size`);
  }
  // A free dimension is a name, or a number below 1 in some exporters.
  const batch = typeof shape[0] === 'number' && shape[0] > 0 ? shape[0] : 1;
  return { name, batch, size: height, channelsLast };
}

/** The first output with one number for each tag; an output whose length the model leaves open may be it, too. */
function findOutput(session: InferenceSession, tagCount: number, modelPath: string): string {
  const outputs = session.outputMetadata.map((output) => ({
    name: output.name,
    length: output.isTensor ? output.shape.at(-1) : undefined,
  }));
  const found = outputs.find(({ length }) => length === tagCount) ?? outputs.find(({ length }) => !isFixed(length));
  if (found === undefined)
    throw mismatch(modelPath, tagCount, outputs.map(({ length }) => String(length)).join(' or '));
  return found.name;
}

function isFixed(length: number | string | undefined): boolean {
  return typeof length === 'number' && length > 0;
}

/** RGB bytes to BGR floats, 0..255, [size, size, 3]. */
function fillChannelsLast(pixels: Uint8Array, values: Float32Array): void {
  for (let i = 0; i < pixels.length; i += 3) {
    values[i] = pixels[i + 2] ?? 0;
    values[i + 1] = pixels[i + 1] ?? 0;
    values[i + 2] = pixels[i] ?? 0;
  }
}

/** RGB bytes to BGR floats, 0..255, [3, size, size]. */
function fillChannelsFirst(pixels: Uint8Array, values: Float32Array): void {
  const plane = pixels.length / 3;
  for (let i = 0; i < plane; i++) {
    values[i] = pixels[i * 3 + 2] ?? 0;
    values[plane + i] = pixels[i * 3 + 1] ?? 0;
    values[2 * plane + i] = pixels[i * 3] ?? 0;
  }
}

function unsupported(modelPath: string, reason: string): ModelError {
  return new ModelError('MODEL_UNSUPPORTED', modelPath, `This model cannot be used as a tagger: ${reason}.`);
}

function mismatch(modelPath: string, tagCount: number, scoreCount: string): ModelError {
  const message = `${tagsFile} has ${tagCount} tags but the model gives ${scoreCount} scores.`;
  return new ModelError('TAGS_MISMATCH', modelPath, message);
}
