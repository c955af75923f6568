import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as l10n from '@vscode/l10n';
import type { TaggerModel } from '../../protocol/tagging/captionOptions';
import type { ExecutionReport, LocalExecution } from '../../protocol/tagging/execution';
import type { ModelDescription } from '../../protocol/tagging/taggerProtocol';
import { BatchRunner, type Scored } from '../inference/BatchRunner';
import { chooseSession, type ChosenSession, type ModelToLoad } from './chooseSession';
import { ModelError } from '../inference/ModelError';
import { checkModelFile, modelFilesOf, readTags } from '../inference/modelFiles';
import { probeBatchSize } from './probeBatchSize';
import { proofPicture } from '../inference/proofPicture';
import { isSlower } from '../../protocol/text/executionText';
import { isOutOfMemory, providerFailure, withoutNumbers } from './providerFailure';
import { areNumbers, scoreProblem } from '../inference/scoreRange';
import { scoreProof } from './scoreProof';
import type { ModelTag } from '../inference/selectedTags';
import { taggerSummary, type Tagger } from '../inference/Tagger';

/**
 * After this many images in a row without numbers, the provider is at fault. The same number of failures that may be
 * the fault of no image ends a job.
 */
const longestWithoutNumbers = 8;

/** A WD tagger: a model and its tags, on the best provider that works. */
export class OnnxTagger implements Tagger {
  readonly runsInFlight = 1;
  private readonly runner: BatchRunner;
  private readonly batchSizeFrom: ExecutionReport['batchSizeFrom'];
  /** how many images in a row the provider gave no numbers for */
  private missedInARow = 0;

  private constructor(
    readonly folder: string,
    /** in the order of the model's outputs */
    readonly tags: readonly ModelTag[],
    private readonly model: ModelToLoad,
    private readonly execution: LocalExecution,
    private chosen: ChosenSession,
    batch: Pick<ExecutionReport, 'batchSize' | 'batchSizeFrom'>,
  ) {
    this.batchSizeFrom = batch.batchSizeFrom;
    this.runner = new BatchRunner(
      { run: (inputs, size) => this.run(inputs, size), isOutOfMemory },
      batch.batchSize,
      chosen.session.contract.fixedBatch === undefined,
    );
  }

  /** Side of the square input, in pixels. */
  get inputSize(): number {
    return this.chosen.session.contract.size;
  }

  /** Whether an input is [size, size, 3]; else it is [3, size, size]. */
  get channelsLast(): boolean {
    return this.chosen.session.contract.channelsLast;
  }

  /** The maximum number of images in a run. */
  get batchSize(): number {
    return this.runner.batchSize;
  }

  /**
   * Loads a model and finds the best provider and batch size for it. Names, layout, size and batch are read from it.
   * @throws ModelError with what is wrong with the model; NativePackageError when ONNX Runtime does not load
   */
  static async load(model: Pick<TaggerModel, 'folder' | 'files'>, execution: LocalExecution): Promise<OnnxTagger> {
    const files = modelFilesOf(model);
    const facts = await checkModelFile(files.model);
    const tags = await readTags(files.tags);
    const toLoad: ModelToLoad = { path: files.model, ...facts, tagCount: tags.length };
    const chosen = await chooseSession(toLoad, execution);
    try {
      const batch = await chooseBatchSize(chosen, execution.batchSize);
      return new OnnxTagger(model.folder, tags, toLoad, execution, chosen, batch);
    } catch (error) {
      await chosen.session.release();
      throw error;
    }
  }

  /**
   * Scores one picture, in a batch with others that come at the same time.
   * @param prepared BGR, 0..255, `inputSize` x `inputSize` x 3 floats in the model's layout; may still be pending
   * @returns one score for each tag, 0..1
   * @throws ModelError MODEL_RUN_FAILED, TAGS_MISMATCH, SCORES_NOT_NUMBERS, SCORES_OUT_OF_RANGE; what `prepared`
   *   throws; the signal's reason
   */
  score(prepared: Promise<Float32Array>, signal: AbortSignal): Promise<Float32Array> {
    return this.runner.score(prepared, signal);
  }

  /** What it is, and what it really runs on. */
  describe(): ModelDescription {
    const { provider, notUsed, largestDifferenceToCpu, speed } = this.chosen;
    const { provider: requested, preprocess } = this.execution;
    const device = provider === 'cuda' ? gpuName() : undefined;
    return {
      folder: this.folder,
      inputSize: this.inputSize,
      tagCount: this.tags.length,
      execution: {
        requested,
        provider,
        ...(device === undefined ? {} : { device }),
        notUsed,
        batchSize: this.batchSize,
        batchSizeFrom: this.batchSizeFrom,
        preprocess,
        ...(largestDifferenceToCpu === undefined ? {} : { largestDifferenceToCpu }),
        ...(speed === undefined ? {} : { speed }),
      },
    };
  }

  /** Frees the model's memory; it cannot be used afterwards. */
  async release(): Promise<void> {
    await this.chosen.session.release();
  }

  private async run(inputs: readonly Float32Array[], batch: number): Promise<Scored[]> {
    const scores = await this.runOnProvider(inputs, batch);
    const { provider } = this.chosen;
    const isLost = provider !== 'cpu' && (await this.givesNoNumbers(scores));
    return (isLost ? await this.runOnCpu(inputs, withoutNumbers(provider)) : scores).map((own) => this.checked(own));
  }

  private async runOnProvider(inputs: readonly Float32Array[], batch: number): Promise<Float32Array[]> {
    const { session, provider } = this.chosen;
    const { fixedBatch } = session.contract;
    // GPUs compile and allocate anew for each batch size, so batches are padded to one size. On the CPU padding costs
    // as much as an image.
    const filled = fixedBatch ?? (provider === 'cpu' ? inputs.length : batch);
    try {
      return await session.run(inputs, filled);
    } catch (thrown) {
      if (provider === 'cpu' || !(await this.isLost(thrown, filled))) throw thrown;
      return this.runOnCpu(inputs, providerFailure(provider, thrown));
    }
  }

  private async runOnCpu(inputs: readonly Float32Array[], whyNotOnProvider: string): Promise<Float32Array[]> {
    await this.continueOnCpu(whyNotOnProvider);
    const { session } = this.chosen;
    return session.run(inputs, session.contract.fixedBatch);
  }

  /** The scores of an image, or why they cannot be used. */
  private checked(scores: Float32Array): Scored {
    const problem = scoreProblem(scores);
    if (problem === undefined) return scores;
    const { path: file } = this.model;
    if (problem.kind === 'noNumbers') {
      return new ModelError('SCORES_NOT_NUMBERS', file, l10n.t('The model gave no numbers for this image.'));
    }
    const message = l10n.t(
      'The output "{0}" of {1} has values from {2} to {3}, not from 0 to 1: the model gives no probabilities.',
      this.chosen.session.contract.outputName,
      path.basename(file),
      problem.lowest.toPrecision(3),
      problem.highest.toPrecision(3),
    );
    return new ModelError('SCORES_OUT_OF_RANGE', file, message);
  }

  /**
   * Whether the provider gives no numbers any more, as some do from the second run on: not for a picture for which it
   * did when it was chosen, or for many images in a row.
   */
  private async givesNoNumbers(scores: readonly Float32Array[]): Promise<boolean> {
    let isProven = false;
    for (const own of scores) {
      if (areNumbers(own)) {
        this.missedInARow = 0;
        continue;
      }
      // One of several images is run again alone, and counts then.
      if (scores.length === 1) this.missedInARow++;
      if (this.missedInARow >= longestWithoutNumbers) return true;
      isProven ||= this.missedInARow > 1 || (await this.canScoreProof());
      if (!isProven) return true;
    }
    return false;
  }

  private canScoreProof(): Promise<boolean> {
    return scoreProof(this.chosen.session).then(areNumbers, () => false);
  }

  /** Whether the provider itself does not work any more. Else the images or the batch size made the run fail. */
  private async isLost(thrown: unknown, batch: number): Promise<boolean> {
    const { session } = this.chosen;
    if (isOutOfMemory(thrown)) return batch === 1 || session.contract.fixedBatch !== undefined;
    return !(await this.canScoreProof());
  }

  private async continueOnCpu(reason: string): Promise<void> {
    const { session, provider, notUsed } = this.chosen;
    await session.release().catch(() => undefined);
    const onCpu = await chooseSession(this.model, { ...this.execution, provider: 'cpu' });
    this.chosen = { ...onCpu, notUsed: [...notUsed, { provider, reason }] };
    if (onCpu.session.contract.fixedBatch === undefined) this.runner.shrinkTo(1);
    console.log(taggerSummary(this.describe()));
  }
}

/** Fixed by the model, else as the user wants it, else what a probe finds on a GPU. */
async function chooseBatchSize(
  { session, provider, speed }: ChosenSession,
  wanted: number,
): Promise<Pick<ExecutionReport, 'batchSize' | 'batchSizeFrom'>> {
  const { fixedBatch } = session.contract;
  if (fixedBatch !== undefined) return { batchSize: fixedBatch, batchSizeFrom: 'model' };
  if (wanted > 0) return { batchSize: wanted, batchSizeFrom: 'option' };
  // Measured: 1.34, 1.38 and 1.31 images/s with batches of 1, 2 and 4.
  if (provider === 'cpu') return { batchSize: 1, batchSizeFrom: 'default' };
  // The user chose it though it is slower: no run of it is wasted.
  if (speed !== undefined && isSlower(speed)) return { batchSize: 1, batchSizeFrom: 'default' };
  const picture = proofPicture(session.contract);
  const batchSize = await probeBatchSize(async (size) => {
    await session.run([picture], size);
  });
  return { batchSize, batchSizeFrom: 'probe' };
}

/**
 * The name of the NVIDIA GPU as its driver on Linux gives it; undefined where it is not known, or where GPUs of several
 * kinds leave open which one is used.
 */
function gpuName(): string | undefined {
  const folder = '/proc/driver/nvidia/gpus';
  try {
    const names = readdirSync(folder).map(
      (gpu) => /^Model:\s*(.+?)\s*$/m.exec(readFileSync(path.join(folder, gpu, 'information'), 'utf8'))?.[1],
    );
    return new Set(names).size === 1 ? names[0] : undefined;
  } catch {
    return undefined;
  }
}
