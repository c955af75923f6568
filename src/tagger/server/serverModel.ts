import { createHash } from 'node:crypto';
import * as l10n from '@vscode/l10n';
import { ModelError } from '../inference/ModelError';
import { readModelContract, unsupported, type ModelContract, type ValueFacts } from '../inference/modelContract';
import { modelPath } from './serverAddress';
import { patienceWhileLoading, type ServerAnswer, type ServerClient } from './ServerClient';
import { ServerError } from './ServerError';

/** The tensor types that an input of pictures may have. */
const inputTypes = ['FP32', 'UINT8'] as const;

/** How a server's model takes pictures and gives scores. */
export interface ServerContract extends ModelContract {
  datatype: (typeof inputTypes)[number];
}

/** `$metadata_tensor` of the Open Inference Protocol. */
interface TensorMetadata {
  name: string;
  datatype: string;
  /** -1 for a size that may vary */
  shape: number[];
}

/** `$metadata_model_response` of the Open Inference Protocol. */
export interface ServerModel {
  /** where it is described */
  url: string;
  name: string;
  /** empty where the server knows none */
  versions: string[];
  platform: string;
  inputs: TensorMetadata[];
  outputs: TensorMetadata[];
}

/**
 * Reads a model's metadata from a server, and waits until the model is ready.
 * @param name what the server calls the model
 * @throws ServerError SERVER_REFUSED where it has no such model; as {@link ServerClient.send}
 */
export async function readServerModel(client: ServerClient, name: string, signal: AbortSignal): Promise<ServerModel> {
  const path = modelPath(name);
  const answer = await client.send({ method: 'GET', path }, signal, patienceWhileLoading);
  if (answer.status !== 200) throw noSuchModel(client, answer, name);
  const model = parseModel(answer);
  // Only the status counts: servers disagree on the body, and some have no such endpoint.
  const ready = await client.send({ method: 'GET', path: `${path}/ready` }, signal, patienceWhileLoading);
  if (ready.status >= 400 && ![404, 405, 501].includes(ready.status)) {
    const { message } = client.refusal(ready);
    throw new ServerError(
      'SERVER_UNREACHABLE',
      l10n.t('The model "{0}" is not ready. {1}', name, message),
      ready.status,
    );
  }
  return model;
}

/**
 * Checks that a server's model is a tagger that fits a list of tags.
 * @param tagCount how many scores it must give
 * @throws ModelError MODEL_UNSUPPORTED, TAGS_MISMATCH
 */
export function serverContract({ url, inputs, outputs }: ServerModel, tagCount: number): ServerContract {
  const facts = { inputMetadata: inputs.map(asFacts), outputMetadata: outputs.map(asFacts) };
  const contract = readModelContract(facts, tagCount, url, { inputTypes });
  const output = outputs.find(({ name }) => name === contract.outputName);
  if (output !== undefined && output.datatype !== 'FP32') {
    throw unsupported(url, l10n.t('its scores are {0}, not FP32', output.datatype));
  }
  const datatype = inputs[0]?.datatype === 'UINT8' ? 'UINT8' : 'FP32';
  return { ...contract, datatype };
}

/**
 * Hexadecimal SHA-256 of a model's metadata. It stands for the hash of the model's file and tells whether a model is
 * the same as before.
 */
export function serverModelHash({ name, versions, platform, inputs, outputs }: ServerModel): string {
  return createHash('sha256')
    .update(JSON.stringify([name, versions, platform, inputs.map(asList), outputs.map(asList)]))
    .digest('hex');
}

function noSuchModel(client: ServerClient, answer: ServerAnswer, name: string): ServerError {
  const refusal = client.refusal(answer);
  // Triton answers 400 for a model that it does not know.
  if (answer.status !== 404 && answer.status !== 400) return refusal;
  const message = l10n.t(
    '{0} Say what the server calls the model "{1}": datasetCaptions.serverModels (--server-model).',
    refusal.message,
    name,
  );
  return new ServerError('SERVER_REFUSED', message, answer.status);
}

function parseModel({ body, url }: ServerAnswer): ServerModel {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    value = undefined;
  }
  if (!isRecord(value) || !Array.isArray(value.inputs) || !Array.isArray(value.outputs)) {
    const message = l10n.t(
      '{0} does not describe a model: is it a server of the Open Inference Protocol v2 (KServe)?',
      url,
    );
    throw new ServerError('SERVER_REFUSED', message, 200);
  }
  const { name, versions, platform } = value;
  return {
    url,
    name: typeof name === 'string' ? name : '',
    versions: Array.isArray(versions) ? versions.map(String) : [],
    platform: typeof platform === 'string' ? platform : '',
    inputs: value.inputs.map((tensor) => parseTensor(tensor, url)),
    outputs: value.outputs.map((tensor) => parseTensor(tensor, url)),
  };
}

function parseTensor(value: unknown, url: string): TensorMetadata {
  if (isRecord(value) && typeof value.name === 'string' && typeof value.datatype === 'string') {
    const { name, datatype, shape } = value;
    // Some servers write large numbers as texts.
    const sizes = Array.isArray(shape) ? shape.map(Number) : [];
    if (Array.isArray(shape) && sizes.every(Number.isInteger)) return { name, datatype, shape: sizes };
  }
  throw new ModelError(
    'MODEL_UNSUPPORTED',
    url,
    l10n.t('{0} describes an input or output without name, datatype or shape.', url),
  );
}

function asFacts({ name, datatype, shape }: TensorMetadata): ValueFacts {
  return { name, isTensor: true, type: datatype, shape };
}

function asList({ name, datatype, shape }: TensorMetadata): unknown[] {
  return [name, datatype, shape];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
