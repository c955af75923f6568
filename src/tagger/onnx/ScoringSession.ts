import * as l10n from '@vscode/l10n';
import type { InferenceSession } from 'onnxruntime-node';
import { errorMessage } from '../../protocol/channel/wireError';
import { ModelError } from '../inference/ModelError';
import { readModelContract, scoreMismatch, unsupported, type ModelContract } from '../inference/modelContract';
import { loadOnnxRuntime } from '../native/nativePackages';
import { outputsOfSigmoids } from './modelGraph';
import { plainRuntimeMessage } from './runtimeMessage';

/** A model that ONNX Runtime holds in memory, on one provider. */
export class ScoringSession {
  /** the joined inputs of a batch; reused, as only one run is in flight */
  private batchBuffer = new Float32Array(0);

  private constructor(
    private readonly modelPath: string,
    private readonly tagCount: number,
    private readonly session: InferenceSession,
    readonly contract: ModelContract,
  ) {}

  /**
   * Loads a model.
   * @param tagCount how many scores it must give
   * @throws ModelError MODEL_UNREADABLE, MODEL_UNSUPPORTED, TAGS_MISMATCH; NativePackageError
   */
  static async create(
    modelPath: string,
    tagCount: number,
    options: InferenceSession.SessionOptions,
  ): Promise<ScoringSession> {
    const { InferenceSession } = await loadOnnxRuntime();
    let session: InferenceSession;
    try {
      session = await InferenceSession.create(modelPath, options);
    } catch (error) {
      const message = l10n.t('ONNX Runtime cannot load the model: {0}', plainRuntimeMessage(errorMessage(error)));
      throw new ModelError('MODEL_UNREADABLE', modelPath, message, error);
    }
    try {
      const contract = readModelContract(session, tagCount, modelPath, {
        findProbabilities: () => outputsOfSigmoids(modelPath),
      });
      return new ScoringSession(modelPath, tagCount, session, contract);
    } catch (error) {
      await session.release();
      throw error;
    }
  }

  /** The length of one input in floats: `size` x `size` x 3. */
  get inputLength(): number {
    return this.contract.size ** 2 * 3;
  }

  /**
   * Scores pictures in one run. ONNX Runtime computes on the calling thread, which is blocked meanwhile. Only one run
   * may be in flight.
   * @param inputs BGR, 0..255, each {@link inputLength} floats in the model's layout; they are not changed
   * @param batch images in the run; padded with the last picture
   * @returns for each input one number for each tag as the model gives it, which need be no score: `scoreProblem`
   * @throws ModelError MODEL_RUN_FAILED, TAGS_MISMATCH
   */
  async run(inputs: readonly Float32Array[], batch = inputs.length): Promise<Float32Array[]> {
    const { Tensor } = await loadOnnxRuntime();
    const { inputName, outputName, size, channelsLast } = this.contract;
    const dims = channelsLast ? [batch, size, size, 3] : [batch, 3, size, size];
    let output: unknown;
    try {
      const feeds = { [inputName]: new Tensor('float32', this.joined(inputs, batch), dims) };
      const results = await this.session.run(feeds, [outputName]);
      output = results[outputName]?.data;
    } catch (error) {
      const message = l10n.t('The model failed on this image: {0}', plainRuntimeMessage(errorMessage(error)));
      throw new ModelError('MODEL_RUN_FAILED', this.modelPath, message, error);
    }
    if (!(output instanceof Float32Array))
      throw unsupported(this.modelPath, l10n.t('its scores are not 32-bit floats'));
    const perImage = output.length / batch;
    if (perImage !== this.tagCount) throw scoreMismatch(this.modelPath, this.tagCount, String(perImage));
    const scores = output;
    return inputs.map((_, index) => scores.slice(index * perImage, (index + 1) * perImage));
  }

  /** Frees the model's memory; it cannot be used afterwards. */
  async release(): Promise<void> {
    this.batchBuffer = new Float32Array(0);
    await this.session.release();
  }

  private joined(inputs: readonly Float32Array[], batch: number): Float32Array {
    const [first] = inputs;
    if (first !== undefined && batch === 1) return first;
    const length = batch * this.inputLength;
    if (this.batchBuffer.length < length) this.batchBuffer = new Float32Array(length);
    const joined = this.batchBuffer.subarray(0, length);
    for (let index = 0; index < batch; index++) {
      const input = inputs[Math.min(index, inputs.length - 1)];
      if (input !== undefined) joined.set(input, index * this.inputLength);
    }
    return joined;
  }
}
