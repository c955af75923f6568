import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { onnx } from 'onnx-proto';

/** Side of the input, in pixels. */
export const sumModelSize = 448;
/** More than a sum may be, 448 x 255, and a power of two: a score is below 1, and the division loses nothing. */
const divisor = 2 ** 17;

/**
 * Writes a model whose scores are the sums of each row and of each column of its input, for each channel, divided by
 * 2^17. The sums are whole numbers below 2^24, so exact in 32-bit floats, and no pixel can change without changing two
 * of them.
 * @param batch of the input: a number, or a name for a free one
 * @param channelsLast whether the input is [batch, 448, 448, 3] or [batch, 3, 448, 448]
 */
export function writeSumModel(folder: string, batch: number | string, channelsLast: boolean): void {
  const { FLOAT, INT64 } = onnx.TensorProto.DataType;
  const scores = 2 * sumModelSize * 3;
  const sum = (axis: string, output: string): onnx.INodeProto => ({
    opType: 'ReduceSum',
    input: ['input', axis],
    output: [output],
    attribute: [{ name: 'keepdims', type: onnx.AttributeProto.AttributeType.INT, i: 0 }],
  });
  const reshape = (input: string, output: string): onnx.INodeProto => ({
    opType: 'Reshape',
    input: [input, 'flat'],
    output: [output],
  });
  const int64 = (name: string, values: number[]): onnx.ITensorProto => ({
    name,
    dataType: INT64,
    dims: [values.length],
    int64Data: values,
  });
  const type = (name: string, dims: (number | string)[]): onnx.IValueInfoProto => {
    const dim = dims.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
    return { name, type: { tensorType: { elemType: FLOAT, shape: { dim } } } };
  };
  const [rows, columns] = channelsLast ? [1, 2] : [2, 3];
  const axis = { name: 'axis', type: onnx.AttributeProto.AttributeType.INT, i: 1 };
  const model = onnx.ModelProto.create({
    irVersion: 7,
    opsetImport: [{ domain: '', version: 13 }],
    graph: {
      name: 'sums',
      node: [
        sum('columns', 'ofRows'),
        sum('rows', 'ofColumns'),
        reshape('ofRows', 'flatRows'),
        reshape('ofColumns', 'flatColumns'),
        { opType: 'Concat', input: ['flatRows', 'flatColumns'], output: ['sums'], attribute: [axis] },
        { opType: 'Div', input: ['sums', 'divisor'], output: ['output'] },
      ],
      initializer: [
        int64('rows', [rows]),
        int64('columns', [columns]),
        int64('flat', [0, -1]),
        { name: 'divisor', dataType: FLOAT, dims: [], floatData: [divisor] },
      ],
      input: [
        type('input', channelsLast ? [batch, sumModelSize, sumModelSize, 3] : [batch, 3, sumModelSize, sumModelSize]),
      ],
      output: [type('output', [batch, scores])],
    },
  });
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'model.onnx'), onnx.ModelProto.encode(model).finish());
  const tags = Array.from({ length: scores }, (_, index) => `${index},sum_${index},0,1`);
  writeFileSync(path.join(folder, 'selected_tags.csv'), `tag_id,name,category,count\n${tags.join('\n')}\n`);
}

/**
 * The scores of that model for a picture.
 * @param pixels RGB, 448 x 448 x 3 bytes, row by row
 */
export function sumsOf(pixels: Uint8Array, channelsLast: boolean): Float32Array {
  const side = sumModelSize;
  const sums = new Float32Array(2 * side * 3);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      for (let channel = 0; channel < 3; channel++) {
        // The model's channels are blue, green, red.
        const value = pixels[(y * side + x) * 3 + 2 - channel]!;
        const ofRow = channelsLast ? y * 3 + channel : channel * side + y;
        const ofColumn = side * 3 + (channelsLast ? x * 3 + channel : channel * side + x);
        sums[ofRow]! += value;
        sums[ofColumn]! += value;
      }
    }
  }
  return sums.map((sum) => sum / divisor);
}
