import * as l10n from '@vscode/l10n';
import { ModelError } from './ModelError';

/** How a tagger takes pictures and gives scores. These differ between generations of WD taggers. */
export interface ModelContract {
  inputName: string;
  outputName: string;
  /** images in a run where the model fixes their number, else undefined */
  fixedBatch: number | undefined;
  /** side of the square picture, in pixels */
  size: number;
  /** the layout of the input: `[batch, size, size, 3]` if true, else `[batch, 3, size, size]` */
  channelsLast: boolean;
}

/** What a model says about one of its inputs or outputs; a free dimension is a name, or a number below 1. */
export type ValueFacts =
  | { name: string; isTensor: false }
  | { name: string; isTensor: true; type: string; shape: readonly (number | string)[] };

/** What else is known of a model when its contract is read. */
export interface ContractOptions {
  /** the tensor types that the input may have (default: `float32`) */
  inputTypes?: readonly string[];
  /**
   * finds out which outputs are probabilities by what the model computes; asked only where several outputs may be the
   * scores
   */
  findProbabilities?: () => ReadonlySet<string>;
}

/**
 * Reads names, layout, size and batch from a model.
 * @param tagCount how many scores it must give
 * @param modelPath for errors
 * @throws ModelError MODEL_UNSUPPORTED, TAGS_MISMATCH
 */
export function readModelContract(
  { inputMetadata, outputMetadata }: { inputMetadata: readonly ValueFacts[]; outputMetadata: readonly ValueFacts[] },
  tagCount: number,
  modelPath: string,
  { inputTypes = ['float32'], findProbabilities }: ContractOptions = {},
): ModelContract {
  const [input] = inputMetadata;
  if (input?.isTensor !== true || inputMetadata.length !== 1) {
    throw unsupported(modelPath, l10n.t('it does not have exactly one input'));
  }
  const { name, type, shape } = input;
  if (!inputTypes.includes(type))
    throw unsupported(modelPath, l10n.t('its input is {0}, not {1}', type, inputTypes.join(' or ')));
  const channelsLast = shape[3] === 3;
  const [height, width] = channelsLast ? [shape[1], shape[2]] : [shape[2], shape[3]];
  if (shape.length !== 4 || (!channelsLast && shape[1] !== 3)) {
    throw unsupported(modelPath, l10n.t('its input [{0}] is not a batch of colour pictures', shape.join(', ')));
  }
  if (typeof height !== 'number' || height <= 0 || height !== width) {
    throw unsupported(modelPath, l10n.t('its input [{0}] is not square with a fixed size', shape.join(', ')));
  }
  const fixedBatch = typeof shape[0] === 'number' && shape[0] > 0 ? shape[0] : undefined;
  const outputName = findOutput(outputMetadata, tagCount, modelPath, findProbabilities);
  return { inputName: name, outputName, fixedBatch, size: height, channelsLast };
}

/** Names that exporters give to probabilities, such as `prediction`, `predictions_sigmoid` or `probs`. */
const probabilityName = /prob|predict|sigmoid/i;
/** Names of what comes before the last sigmoid, or is no score at all. */
const otherName = /logit|embed|feature|hidden|pre_?sigmoid/i;

/**
 * The output with the scores: among those with one number for each tag, else among those whose length the model leaves
 * open, the one with probabilities. Newer taggers give what comes before the last sigmoid as well, often first.
 */
function findOutput(
  outputMetadata: readonly ValueFacts[],
  tagCount: number,
  modelPath: string,
  findProbabilities?: () => ReadonlySet<string>,
): string {
  const flat = outputMetadata.filter(isFlat);
  const fitting = flat.filter((output) => lengthOf(output) === tagCount);
  const open = flat.filter((output) => !isFixed(lengthOf(output)));
  const mayBeScores = fitting.some(({ name }) => !isOtherThanScores(name));
  const candidates = (mayBeScores ? fitting : [...fitting, ...open]).map(({ name }) => name);
  const [first, second] = candidates;
  if (first === undefined) {
    throw scoreMismatch(modelPath, tagCount, outputMetadata.map((output) => String(lengthOf(output))).join(' or '));
  }
  if (second === undefined) return first;
  const computed = findProbabilities?.();
  return (
    candidates.find((name) => computed?.has(name)) ??
    candidates.find((name) => probabilityName.test(name) && !isOtherThanScores(name)) ??
    candidates.find((name) => !isOtherThanScores(name)) ??
    first
  );
}

function isOtherThanScores(name: string): boolean {
  return otherName.test(name);
}

/** Whether an output may be one list of numbers for each picture, as far as the model says. */
function isFlat(output: ValueFacts): boolean {
  return !output.isTensor || output.shape.slice(1, -1).every((size) => !isFixed(size) || size === 1);
}

/** The last dimension of an output; undefined if it is not known. */
function lengthOf(output: ValueFacts): number | string | undefined {
  return output.isTensor ? output.shape.at(-1) : undefined;
}

function isFixed(length: number | string | undefined): boolean {
  return typeof length === 'number' && length > 0;
}

/** The error for a model that cannot be a tagger; `reason` completes a sentence. */
export function unsupported(modelPath: string, reason: string): ModelError {
  return new ModelError('MODEL_UNSUPPORTED', modelPath, l10n.t('This model cannot be used as a tagger: {0}.', reason));
}

/** The error for a list of tags that belongs to another model. */
export function scoreMismatch(modelPath: string, tagCount: number, scoreCount: string): ModelError {
  const message = l10n.t('selected_tags.csv has {0} tags but the model gives {1} scores.', tagCount, scoreCount);
  return new ModelError('TAGS_MISMATCH', modelPath, message);
}
