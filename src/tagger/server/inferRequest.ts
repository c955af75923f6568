import type { ServerContract } from './serverModel';
import type { ServerOrder } from './ServerClient';

/** The header that says how many bytes of a body are JSON: Triton's binary tensor data extension. */
export const jsonLengthHeader = 'inference-header-content-length';

/**
 * A run as `$inference_request` of the Open Inference Protocol v2, with the tensors behind the JSON as they lie in
 * memory (https://github.com/triton-inference-server/server/blob/main/docs/protocol/extension_binary_data.md).
 * @param inputs BGR, 0..255, each in the model's layout; FP32 ones are sent without a copy and must not change
 *   meanwhile
 * @param batch images in the run; padded with the last picture
 */
export function binaryRequest(
  path: string,
  contract: ServerContract,
  inputs: readonly Float32Array[],
  batch: number,
): ServerOrder {
  const tensors = filled(inputs, batch).map((input) => bytesOf(input, contract));
  const size = tensors.reduce((sum, { length }) => sum + length, 0);
  const { inputName: name, outputName, datatype } = contract;
  const json = Buffer.from(
    JSON.stringify({
      inputs: [{ name, shape: shapeOf(contract, batch), datatype, parameters: { binary_data_size: size } }],
      outputs: [{ name: outputName, parameters: { binary_data: true } }],
    }),
  );
  return {
    method: 'POST',
    path,
    headers: { 'content-type': 'application/octet-stream', [jsonLengthHeader]: String(json.length) },
    body: [json, ...tensors],
  };
}

/** The same as {@link binaryRequest} for servers that only know JSON; some ten times slower. */
export function jsonRequest(
  path: string,
  contract: ServerContract,
  inputs: readonly Float32Array[],
  batch: number,
): ServerOrder {
  const { inputName: name, outputName, datatype } = contract;
  const head = JSON.stringify({ name, shape: shapeOf(contract, batch), datatype });
  const data = filled(inputs, batch).map((input) => input.join());
  const outputs = JSON.stringify([{ name: outputName }]);
  const text = `{"inputs":[${head.slice(0, -1)},"data":[${data.join()}]}],"outputs":${outputs}}`;
  return { method: 'POST', path, headers: { 'content-type': 'application/json' }, body: [Buffer.from(text)] };
}

function filled(inputs: readonly Float32Array[], batch: number): Float32Array[] {
  const last = inputs.at(-1);
  return last === undefined ? [] : Array.from({ length: batch }, (_, index) => inputs[index] ?? last);
}

function shapeOf({ size, channelsLast }: ServerContract, batch: number): number[] {
  return channelsLast ? [batch, size, size, 3] : [batch, 3, size, size];
}

function bytesOf(input: Float32Array, { datatype }: ServerContract): Uint8Array {
  // Prepared pictures hold whole numbers, so nothing is lost.
  if (datatype === 'UINT8') return new Uint8Array(input);
  return new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
}
