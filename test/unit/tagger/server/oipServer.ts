import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/*
 * A server of the Open Inference Protocol v2, written from its two specifications and from nothing of ours:
 * REST: https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/inference_rest.md
 * BIN:  https://github.com/triton-inference-server/server/blob/main/docs/protocol/extension_binary_data.md
 * It refuses what they do not allow, so that a client that deviates fails its tests.
 */

/** REST, "Tensor Data Types": bytes of one element. */
const elementSizes: Readonly<Record<string, number>> = { UINT8: 1, FP32: 4 };

/** REST, "Model Metadata Response JSON Object": `$metadata_tensor`; variable sizes are -1. */
export interface TensorMetadata {
  name: string;
  datatype: string;
  shape: number[];
}

/** REST, "Model Metadata Response JSON Object": `$metadata_model_response`. */
export interface ModelMetadata {
  name: string;
  versions?: string[];
  platform: string;
  inputs: TensorMetadata[];
  outputs: TensorMetadata[];
}

/** A run as the server understood it. */
export interface OipRun {
  binary: boolean;
  shape: number[];
  /** all numbers of the batch */
  values: number[];
}

/** What a test has the server do in place of answering one run. */
export type OipBehaviour = (
  response: ServerResponse,
  run: { request: IncomingMessage; body: Buffer; answer: () => { head: Record<string, string>; body: Buffer } },
) => void;

export interface SeenOipRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
}

/** What the specification does not allow; REST, "Inference Response JSON Error Object". */
class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/**
 * A model with a score for each colour: the mean of each channel of a picture, divided by 255, in the order of the
 * input.
 */
export class OipServer {
  readonly seen: SeenOipRequest[] = [];
  readonly runs: OipRun[] = [];
  /** connections that were ever opened */
  connections = 0;
  /** most runs that were open at a time */
  mostOpen = 0;
  /** runs whose connection the client closed before the answer */
  broken = 0;
  /** whether it knows the binary extension, and the status with which it refuses binary requests otherwise */
  binary: { known: true } | { known: false; status: number } = { known: true };
  /** answers as JSON even where binary was asked for, which a server may */
  answersJson = false;
  /** milliseconds that a run takes */
  delay = 0;
  readyStatus = 200;
  /** more pictures than this are refused, in Triton's words */
  largestBatch = Infinity;
  metadata: ModelMetadata;
  private readonly behaviours: OipBehaviour[] = [];
  private server: Server | undefined;
  private port = 0;
  private open = 0;
  private readonly sockets = new Set<Socket>();

  constructor(
    readonly model = 'tiny',
    size = 4,
  ) {
    this.metadata = {
      name: model,
      versions: ['1'],
      platform: 'onnxruntime_onnx',
      inputs: [{ name: 'input', datatype: 'FP32', shape: [-1, size, size, 3] }],
      outputs: [{ name: 'output', datatype: 'FP32', shape: [-1, 3] }],
    };
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get inferences(): SeenOipRequest[] {
    return this.seen.filter(({ path }) => path.endsWith('/infer'));
  }

  /** Starts, at the same address again when it was stopped. */
  async start(): Promise<void> {
    const server = createServer((request, response) => {
      void this.take(request, response);
    });
    server.on('connection', (socket) => {
      this.connections++;
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    });
    server.listen(this.port, '127.0.0.1');
    await once(server, 'listening');
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
  }

  /** Ends as a process that is killed: every connection is broken. */
  async stop(): Promise<void> {
    const { server } = this;
    if (server === undefined) return;
    this.server = undefined;
    server.close();
    for (const socket of this.sockets) socket.destroy();
    await once(server, 'close');
  }

  /** What it does with its next runs, one each. */
  next(...behaviours: OipBehaviour[]): void {
    this.behaviours.push(...behaviours);
  }

  /** Forgets what it was to do with its next runs. */
  forget(): void {
    this.behaviours.length = 0;
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = request;
    this.seen.push({ method, path: url, headers });
    const isRun = url.endsWith('/infer');
    if (isRun) this.mostOpen = Math.max(this.mostOpen, ++this.open);
    response.on('close', () => {
      if (isRun) this.open--;
      if (isRun && !response.writableFinished) this.broken++;
    });
    try {
      const body = Buffer.concat((await request.toArray()) as Buffer[]);
      await new Promise((resolve) => setTimeout(resolve, isRun ? this.delay : 0));
      this.answer(request, response, body);
    } catch (error) {
      if (!(error instanceof Refusal)) return;
      // REST: a failed request has an error status and a body `{"error": $string}`.
      response.writeHead(error.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: error.message }));
    }
  }

  private answer(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
    const { method = '', url = '' } = request;
    // REST, table of the endpoints; the part about versions is optional.
    if (method === 'GET' && /^\/v2\/health\/(live|ready)$/.test(url)) {
      response.writeHead(this.readyStatus).end();
      return;
    }
    const [, name, action] = /^\/v2\/models\/([^/]+)(?:\/(ready|infer))?$/.exec(url) ?? [];
    if (name === undefined) throw new Refusal(404, 'Not Found');
    if (decodeURIComponent(name) !== this.model) throw new Refusal(404, `unknown model: ${name}`);
    if (action === 'infer') {
      if (method !== 'POST') throw new Refusal(405, 'Method Not Allowed');
      this.infer(request, response, body);
      return;
    }
    if (method !== 'GET') throw new Refusal(405, 'Method Not Allowed');
    if (action === 'ready') response.writeHead(this.readyStatus).end();
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(this.metadata));
  }

  private infer(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
    const answer = (): { head: Record<string, string>; body: Buffer } => {
      const { run, wantsBinary } = this.understand(request.headers, body);
      this.runs.push(run);
      return this.encode(run, wantsBinary);
    };
    const behaviour = this.behaviours.shift();
    if (behaviour !== undefined) {
      behaviour(response, { request, body, answer });
      return;
    }
    const { head, body: bytes } = answer();
    response.writeHead(200, { ...head, 'content-length': String(bytes.length) }).end(bytes);
  }

  private understand(headers: IncomingHttpHeaders, body: Buffer): { run: OipRun; wantsBinary: boolean } {
    const binary = headers['content-type'] === 'application/octet-stream';
    // BIN: "Content-Length continues to give the full body length (as HTTP requires)".
    if (Number(headers['content-length']) !== body.length) throw new Refusal(400, 'wrong Content-Length');
    if (binary && !this.binary.known) throw new Refusal(this.binary.status, 'failed to parse the request JSON buffer');
    let length = body.length;
    if (binary) {
      // BIN: "the Inference-Header-Content-Length header must be provided to give the length of the JSON object".
      length = Number(headers['inference-header-content-length']);
      if (!Number.isInteger(length) || length <= 0) throw new Refusal(400, 'no Inference-Header-Content-Length');
    }
    const json = parse(body.subarray(0, length));
    // REST, "Inference Request JSON Object".
    const { inputs, outputs } = json as { inputs?: RequestTensor[]; outputs?: RequestTensor[] };
    const expected = this.metadata.inputs[0]!;
    const input = inputs?.[0];
    if (inputs?.length !== 1 || input?.name !== expected.name)
      throw new Refusal(400, `expected input ${expected.name}`);
    if (input.datatype !== expected.datatype) throw new Refusal(400, `input is ${expected.datatype}`);
    const shape = input.shape ?? [];
    const suits = shape.length === 4 && expected.shape.every((size, axis) => size === -1 || size === shape[axis]);
    if (shape[0]! > this.largestBatch) {
      throw new Refusal(400, `inference request batch-size must be <= ${this.largestBatch} for '${this.model}'`);
    }
    if (!suits) throw new Refusal(400, `unexpected shape for input ${shape.join(',')}`);
    const count = shape.reduce((a, b) => a * b, 1);
    const values = binary ? fromBytes(input, body.subarray(length), count) : fromJson(input, count);
    const output = outputs?.find(({ name }) => name === this.metadata.outputs[0]!.name);
    // REST: outputs are optional, but one that is named has to exist.
    if (outputs !== undefined && output === undefined) throw new Refusal(400, 'unknown output');
    return { run: { binary, shape, values }, wantsBinary: output?.parameters?.binary_data === true };
  }

  private encode(run: OipRun, wantsBinary: boolean): { head: Record<string, string>; body: Buffer } {
    const [batch = 0] = run.shape;
    const scores = Float32Array.from(Array.from({ length: batch }, (_, image) => this.scoresOf(run, image)).flat());
    const output = this.metadata.outputs[0]!;
    const shape = [batch, scores.length / batch];
    const tensor = { name: output.name, datatype: output.datatype, shape };
    const { name } = this.metadata;
    if (!wantsBinary || this.answersJson || !this.binary.known) {
      // REST, "Inference Response JSON Object"; numbers flattened, which "Tensor Data" allows.
      const text = JSON.stringify({ model_name: name, outputs: [{ ...tensor, data: [...scores] }] });
      return { head: { 'content-type': 'application/json' }, body: Buffer.from(text) };
    }
    // BIN: the tensors follow the JSON in the order of the outputs, little-endian, without padding.
    const bytes = Buffer.alloc(scores.length * 4);
    scores.forEach((score, index) => bytes.writeFloatLE(score, index * 4));
    const parameters = { binary_data_size: bytes.length };
    const json = Buffer.from(JSON.stringify({ model_name: name, outputs: [{ ...tensor, parameters }] }));
    return {
      head: { 'content-type': 'application/octet-stream', 'inference-header-content-length': String(json.length) },
      body: Buffer.concat([json, bytes]),
    };
  }

  private scoresOf({ shape, values }: OipRun, image: number): number[] {
    const channelsLast = shape[3] === 3;
    const perImage = values.length / shape[0]!;
    const pixels = perImage / 3;
    const wanted = this.metadata.outputs[0]!.shape[1]!;
    return Array.from({ length: wanted === -1 ? 3 : wanted }, (_, channel) => {
      let sum = 0;
      for (let pixel = 0; pixel < pixels; pixel++) {
        sum += values[image * perImage + (channelsLast ? pixel * 3 + channel : channel * pixels + pixel)] ?? 0;
      }
      return sum / pixels / 255;
    });
  }
}

interface RequestTensor {
  name?: string;
  datatype?: string;
  shape?: number[];
  parameters?: { binary_data_size?: number; binary_data?: boolean };
  data?: unknown;
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new Refusal(400, 'failed to parse the request JSON buffer');
  }
}

function fromBytes({ parameters, datatype = '', data }: RequestTensor, bytes: Buffer, count: number): number[] {
  const size = parameters?.binary_data_size;
  // BIN: "binary_data_size: int64 parameter indicating the size of the tensor binary data, in bytes".
  if (data !== undefined || size === undefined) throw new Refusal(400, 'a binary tensor has a size and no data');
  if (size !== bytes.length) throw new Refusal(400, `${bytes.length} bytes of tensors, ${size} announced`);
  const element = elementSizes[datatype]!;
  if (size !== count * element) throw new Refusal(400, `${size} bytes for ${count} elements of ${datatype}`);
  return Array.from({ length: count }, (_, index) => (element === 1 ? bytes[index]! : bytes.readFloatLE(index * 4)));
}

function fromJson({ data }: RequestTensor, count: number): number[] {
  // REST, "Tensor Data": natural or flattened.
  const numbers = Array.isArray(data) ? (data.flat(Infinity) as unknown[]) : [];
  if (numbers.length !== count) throw new Refusal(400, `${numbers.length} elements, expected ${count}`);
  return numbers.map((value) => {
    if (typeof value !== 'number') throw new Refusal(400, 'an element is no number');
    return value;
  });
}
