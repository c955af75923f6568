import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Steps that give values between 0 and 1. `QLinearSigmoid` is that of quantized models. */
const sigmoids: ReadonlySet<string> = new Set(['Sigmoid', 'HardSigmoid', 'QLinearSigmoid', 'Softmax']);
/** Steps after which probabilities are still probabilities: they change the type or the shape only. */
const passing: ReadonlySet<string> = new Set([
  'Cast',
  'Clip',
  'DequantizeLinear',
  'Flatten',
  'Identity',
  'QuantizeLinear',
  'Reshape',
  'Squeeze',
  'Unsqueeze',
]);

/**
 * The numbers of the fields that are read, of the messages ModelProto, GraphProto and NodeProto
 * (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
 */
const graphOfModel = 7;
const nodeOfGraph = 1;
const fieldsOfNode = { input: 1, output: 2, operation: 4 } as const;

interface Step {
  operation: string;
  /** the name of its first input */
  input: string;
}

/**
 * The names of all values that a model computes with a sigmoid as the last step, so that they lie between 0 and 1.
 * Reads the list of the model's steps, and neither its weights nor files beside it.
 * @returns none if the file is not an ONNX model that can be read; ONNX Runtime says what is wrong with it
 */
export function outputsOfSigmoids(modelPath: string): ReadonlySet<string> {
  let steps: Map<string, Step>;
  try {
    steps = readSteps(modelPath);
  } catch {
    return new Set();
  }
  return new Set([...steps.keys()].filter((name) => isBehindSigmoid(name, steps)));
}

function isBehindSigmoid(output: string, steps: ReadonlyMap<string, Step>): boolean {
  let step = steps.get(output);
  // A graph has no circles, but a damaged file may.
  for (let length = 0; step !== undefined && length < steps.size; length++) {
    if (sigmoids.has(step.operation)) return true;
    if (!passing.has(step.operation)) return false;
    step = steps.get(step.input);
  }
  return false;
}

/** The steps of a model's graph, by the names of their outputs. @throws Error for a file that is no such model */
function readSteps(modelPath: string): Map<string, Step> {
  const steps = new Map<string, Step>();
  const handle = openSync(modelPath, 'r');
  try {
    const file = new MessageReader(handle);
    for (const graph of file.fields(0, fstatSync(handle).size)) {
      if (graph.number !== graphOfModel) continue;
      for (const node of file.fields(graph.start, graph.end)) {
        if (node.number === nodeOfGraph) addStep(file, node, steps);
      }
    }
  } finally {
    closeSync(handle);
  }
  return steps;
}

function addStep(file: MessageReader, node: Field, steps: Map<string, Step>): void {
  const outputs: string[] = [];
  const step: Partial<Step> = {};
  for (const field of file.fields(node.start, node.end)) {
    if (field.number === fieldsOfNode.input) step.input ??= file.text(field);
    else if (field.number === fieldsOfNode.output) outputs.push(file.text(field));
    else if (field.number === fieldsOfNode.operation) step.operation = file.text(field);
  }
  for (const name of outputs) steps.set(name, { operation: step.operation ?? '', input: step.input ?? '' });
}

/** A field of a message, and where in the file its content lies. */
interface Field {
  number: number;
  start: number;
  end: number;
}

/** Names are short; a longer text is no name. */
const longestText = 4096;

/**
 * Reads messages of Protocol Buffers from a file (https://protobuf.dev/programming-guides/encoding). What is not asked
 * for is skipped and never read, because the weights of a model take a gigabyte.
 */
class MessageReader {
  private readonly buffer = Buffer.alloc(16 * 1024);
  /** where in the file the buffer begins, and how much of it is filled */
  private start = 0;
  private length = 0;
  private position = 0;

  constructor(private readonly handle: number) {}

  /** The fields of the message that lies between two positions. @throws Error if it is damaged */
  *fields(start: number, end: number): Generator<Field> {
    for (let at = start; at < end;) {
      this.position = at;
      const key = this.number();
      let length: number;
      switch (key % 8) {
        case 0:
          this.number();
          length = 0;
          break;
        case 1:
          length = 8;
          break;
        case 2:
          length = this.number();
          break;
        case 5:
          length = 4;
          break;
        default:
          throw new Error('The message is damaged.');
      }
      const field = { number: Math.floor(key / 8), start: this.position, end: this.position + length };
      if (field.end > end) throw new Error('The message ends early.');
      at = field.end;
      yield field;
    }
  }

  /** The content of a field that is a text. */
  text({ start, end }: Field): string {
    if (end - start > longestText) return '';
    this.position = start;
    const bytes = Buffer.alloc(end - start);
    for (let index = 0; index < bytes.length; index++) bytes[index] = this.byte();
    return bytes.toString();
  }

  /** The variable-length number at the position; inexact above 2^53, which no length is. */
  private number(): number {
    let value = 0;
    for (let factor = 1; factor <= 2 ** 63; factor *= 128) {
      const byte = this.byte();
      value += (byte % 128) * factor;
      if (byte < 128) return value;
    }
    throw new Error('The message is damaged.');
  }

  private byte(): number {
    const { position, start, length } = this;
    if (position < start || position >= start + length) {
      this.start = position;
      this.length = readSync(this.handle, this.buffer, 0, this.buffer.length, position);
      if (this.length === 0) throw new Error('The file ends early.');
    }
    return this.buffer[this.position++ - this.start] ?? 0;
  }
}
