import * as l10n from '@vscode/l10n';
import { scoreMismatch } from '../inference/modelContract';
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

/** How far a score may be outside of 0..1 and still be accepted: some execution providers have rounding errors. */
const tolerance = 0.01;

/**
 * Reads the scores from an answer (`$inference_response` of the Open Inference Protocol v2). The scores are part of the
 * JSON or follow it as binary data.
 * @returns `batch` x `tagCount` scores, 0..1, image by image; a copy, so the answer need not be kept
 * @throws ServerError SERVER_FAILED for a malformed answer, SERVER_REFUSED for scores that are NaN or outside of 0..1;
 *   ModelError TAGS_MISMATCH
 */
export function readScores(answer: ServerAnswer, expected: ExpectedScores): Float32Array {
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
  checkRange(scores, answer);
  return scores;
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
    json = JSON.parse(body.subarray(0, length).toString('utf8'));
  } catch {
    json = undefined;
  }
  if (typeof json !== 'object' || json === null) {
    const what = announced === undefined ? l10n.t('no JSON') : l10n.t('no JSON in the first {0} bytes', length);
    throw malformed(answer, what);
  }
  return { json: json as Record<string, unknown>, rest: body.subarray(length) };
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
    if (numbers.length !== count || !numbers.every((one) => typeof one === 'number')) {
      throw malformed(answer, l10n.t('{0} scores in place of {1}', numbers.length, count));
    }
    return Float32Array.from(numbers);
  }
  if (bytes.length !== count * 4)
    throw malformed(answer, l10n.t('{0} bytes of scores in place of {1}', bytes.length, count * 4));
  // A Float32Array must begin at a multiple of 4 bytes in its buffer. The copy begins at 0.
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

/**
 * Refuses scores that are NaN or outside of 0..1: a model without its last sigmoid, or one that overflows, would put
 * nonsense into thousands of captions.
 */
function checkRange(scores: Float32Array, { url }: ServerAnswer): void {
  let lowest = Infinity;
  let highest = -Infinity;
  for (const score of scores) {
    if (Number.isNaN(score))
      throw new ServerError('SERVER_REFUSED', l10n.t('{0} answered scores that are no numbers.', url), 200);
    if (score < lowest) lowest = score;
    if (score > highest) highest = score;
  }
  if (lowest >= -tolerance && highest <= 1 + tolerance) return;
  const range = l10n.t('from {0} to {1}', lowest.toPrecision(3), highest.toPrecision(3));
  const message = l10n.t('{0} answered scores {1}, not from 0 to 1: does its model lack the last sigmoid?', url, range);
  throw new ServerError('SERVER_REFUSED', message, 200);
}

function malformed({ url }: ServerAnswer, what: string): ServerError {
  return new ServerError('SERVER_FAILED', l10n.t('{0} gave an answer that is none: {1}.', url, what), 200);
}
