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
  /** [batch, size, size, 3], else [batch, 3, size, size] */
  channelsLast: boolean;
}

/** What a model says about one of its inputs or outputs; a free dimension is a name, or a number below 1. */
export type ValueFacts =
  | { name: string; isTensor: false }
  | { name: string; isTensor: true; type: string; shape: readonly (number | string)[] };

/**
 * Reads names, layout, size and batch from a model.
 * @param tagCount how many scores it must give
 * @param modelPath for errors
 * @param inputTypes the tensor types that the input may have
 * @throws ModelError MODEL_UNSUPPORTED, TAGS_MISMATCH
 */
export function readModelContract(
  { inputMetadata, outputMetadata }: { inputMetadata: readonly ValueFacts[]; outputMetadata: readonly ValueFacts[] },
  tagCount: number,
  modelPath: string,
  inputTypes: readonly string[] = ['float32'],
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
  const outputName = findOutput(outputMetadata, tagCount, modelPath);
  return { inputName: name, outputName, fixedBatch, size: height, channelsLast };
}

/** The first output with one number for each tag, else the first one whose length the model leaves open. */
function findOutput(outputMetadata: readonly ValueFacts[], tagCount: number, modelPath: string): string {
  const outputs = outputMetadata.map((output) => ({
    name: output.name,
    length: output.isTensor ? output.shape.at(-1) : undefined,
  }));
  const found = outputs.find(({ length }) => length === tagCount) ?? outputs.find(({ length }) => !isFixed(length));
  if (found === undefined) {
    throw scoreMismatch(modelPath, tagCount, outputs.map(({ length }) => String(length)).join(' or '));
  }
  return found.name;
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
