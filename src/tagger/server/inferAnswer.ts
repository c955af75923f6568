import * as l10n from '@vscode/l10n';
import type { Scored } from '../inference/BatchRunner';
import { scoreMismatch } from '../inference/modelContract';
import { scoreProblem } from '../inference/scoreRange';
import { jsonLengthHeader } from './inferRequest';
import type { ServerAnswer } from './ServerClient';
import { ServerError } from './ServerError';

/** What a server's answer must contain: the output with the scores, and how many scores. */
export interface ExpectedScores {
  outputName: string;
  /** number of images in the request; with a fixed batch size, padding counts too */
  batch: number;
  tagCount: number;
}

/**
 * Reads the scores from an answer (`$inference_response` of the Open Inference Protocol v2). The scores are part of the
 * JSON or follow it as binary data.
 * @returns for each image of the batch, padding included, its scores, 0..1, in a copy, so the answer need not be kept;
 *   or ServerError SERVER_FAILED for scores that are no numbers, SERVER_REFUSED for some outside of 0..1
 * @throws ServerError SERVER_FAILED for a malformed answer; ModelError TAGS_MISMATCH
 */
export function readScores(answer: ServerAnswer, expected: ExpectedScores): Scored[] {
  const { json, rest } = splitAnswer(answer);
  const { outputName, batch, tagCount } = expected;
  const output = findOutput(json, outputName, rest, answer);
  const { shape } = output;
  const perImage = shape.length > 1 && shape[0] === batch ? shape.slice(1).reduce((a, b) => a * b, 1) : NaN;
  if (Number.isNaN(perImage)) {
    throw malformed(answer, l10n.t('scores of the shape [{0}] for {1} images', shape.join(', '), batch));
  }
  if (perImage !== tagCount) throw scoreMismatch(answer.url, tagCount, String(perImage));
  const scores = valuesOf(output, batch * tagCount, answer);
  return Array.from({ length: batch }, (_, image) =>
    checked(scores.subarray(image * tagCount, (image + 1) * tagCount), outputName, answer),
  );
}

/** One `$response_output` of an answer; `bytes` is its tensor, if that follows the JSON as binary data. */
interface Output {
  shape: number[];
  data: unknown;
  bytes: Buffer | undefined;
}

function splitAnswer(answer: ServerAnswer): { json: Record<string, unknown>; rest: Buffer } {
  const { body, headers } = answer;
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw malformed(answer, l10n.t('{0} data, though it was asked for data that is not compressed', encoding));
  }
  const announced = headers[jsonLengthHeader];
  const length = announced === undefined ? body.length : Number(announced);
  if (!Number.isInteger(length) || length <= 0 || length > body.length) {
    throw malformed(answer, l10n.t('{0} bytes, of which the header calls {1} JSON', body.length, String(announced)));
  }
  let json: unknown;
  try {
    json = parseJson(body.subarray(0, length).toString('utf8'));
  } catch {
    json = undefined;
  }
  if (typeof json !== 'object' || json === null) {
    const what = announced === undefined ? l10n.t('no JSON') : l10n.t('no JSON in the first {0} bytes', length);
    throw malformed(answer, what);
  }
  return { json: json as Record<string, unknown>, rest: body.subarray(length) };
}

/**
 * Parses JSON in which NaN and infinite numbers may stand, as Triton and Python write them though JSON has none: they
 * become null.
 */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return JSON.parse(text.replaceAll(/(?<=[[,:]\s*)(?:NaN|[-+]?Inf(?:inity)?)(?=\s*[\],}])/g, 'null'));
  }
}

function findOutput(json: Record<string, unknown>, name: string, rest: Buffer, answer: ServerAnswer): Output {
  const { outputs } = json;
  let at = 0;
  let found: Output | undefined;
  for (const output of Array.isArray(outputs) ? (outputs as Record<string, unknown>[]) : []) {
    const { parameters } = output;
    const size = (parameters as { binary_data_size?: unknown } | undefined)?.binary_data_size;
    const length = size === undefined ? 0 : Number(size);
    if (!Number.isInteger(length) || length < 0) throw malformed(answer, l10n.t('a tensor of {0} bytes', String(size)));
    if (output.name === name) {
      if (output.datatype !== 'FP32')
        throw malformed(answer, l10n.t('scores that are {0}, not FP32', String(output.datatype)));
      const shape = Array.isArray(output.shape) ? output.shape.map(Number) : [];
      found = { shape, data: output.data, bytes: size === undefined ? undefined : rest.subarray(at, at + length) };
    }
    at += length;
  }
  if (found === undefined) throw malformed(answer, l10n.t('no output "{0}"', name));
  if (at !== rest.length)
    throw malformed(answer, l10n.t('{0} bytes of tensors, where {1} are announced', rest.length, at));
  return found;
}

function valuesOf({ data, bytes }: Output, count: number, answer: ServerAnswer): Float32Array {
  if (bytes === undefined) {
    const numbers = Array.isArray(data) ? (data.flat(Infinity) as unknown[]) : [];
    if (numbers.length !== count || !numbers.every((one) => typeof one === 'number' || one === null)) {
      throw malformed(answer, l10n.t('{0} scores in place of {1}', numbers.length, count));
    }
    return Float32Array.from(numbers, (one) => (typeof one === 'number' ? one : NaN));
  }
  if (bytes.length !== count * 4)
    throw malformed(answer, l10n.t('{0} bytes of scores in place of {1}', bytes.length, count * 4));
  // A Float32Array must begin at a multiple of 4 bytes in its buffer. The copy begins at 0.
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

/** The scores of an image, or why they cannot be used: of its own, or because the model gives no probabilities. */
function checked(scores: Float32Array, outputName: string, { url }: ServerAnswer): Scored {
  const problem = scoreProblem(scores);
  if (problem === undefined) return scores;
  if (problem.kind === 'noNumbers') {
    return new ServerError('SERVER_FAILED', l10n.t('{0} answered scores that are no numbers.', url), 200);
  }
  const range = l10n.t('from {0} to {1}', problem.lowest.toPrecision(3), problem.highest.toPrecision(3));
  const message = l10n.t(
    '{0} answered scores {1}, not from 0 to 1, as "{2}": does its model lack the last sigmoid?',
    url,
    range,
    outputName,
  );
  return new ServerError('SERVER_REFUSED', message, 200);
}

function malformed({ url }: ServerAnswer, what: string): ServerError {
  return new ServerError('SERVER_FAILED', l10n.t('{0} gave an answer that is none: {1}.', url, what), 200);
}
