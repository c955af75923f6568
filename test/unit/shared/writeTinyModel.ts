import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { onnx } from 'onnx-proto';

/** A model without weights: each score is the mean of one channel of the input, divided by 255. */
export interface TinyModel {
  inputName: string;
  /** of the input, with a name for a free dimension */
  inputShape: (number | string)[];
  outputName: string;
  /** adds an output with another length in front of the scores */
  withEmbedding?: boolean;
}

/**
 * Writes `model.onnx`, whose three scores are the means of the input's channels in their order there, and
 * `selected_tags.csv` with a tag for each.
 */
export function writeTinyModel(folder: string, { inputName, inputShape, outputName, withEmbedding }: TinyModel): void {
  const { FLOAT, INT64 } = onnx.TensorProto.DataType;
  const channelsLast = inputShape[3] === 3;
  const ints = (name: string, values: number[]): onnx.IAttributeProto => ({
    name,
    type: onnx.AttributeProto.AttributeType.INTS,
    ints: values,
  });
  const keepdims = { name: 'keepdims', type: onnx.AttributeProto.AttributeType.INT, i: 0 };
  const node: onnx.INodeProto[] = [
    {
      opType: 'ReduceMean',
      input: [inputName],
      output: ['means'],
      attribute: [ints('axes', channelsLast ? [1, 2] : [2, 3]), keepdims],
    },
    { opType: 'Div', input: ['means', 'largest'], output: [outputName] },
  ];
  const output = [tensorType(outputName, [inputShape[0]!, 3])];
  if (withEmbedding === true) {
    node.push({ opType: 'Unsqueeze', input: ['means', 'axis'], output: ['embedding'] });
    output.unshift(tensorType('embedding', [inputShape[0]!, 3, 1]));
  }
  const model = onnx.ModelProto.create({
    irVersion: 7,
    opsetImport: [{ domain: '', version: 13 }],
    graph: {
      name: 'tiny',
      node,
      initializer: [
        { name: 'largest', dataType: FLOAT, dims: [], floatData: [255] },
        { name: 'axis', dataType: INT64, dims: [1], int64Data: [2] },
      ],
      input: [tensorType(inputName, inputShape)],
      output,
    },
  });
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'model.onnx'), onnx.ModelProto.encode(model).finish());
  writeFileSync(
    path.join(folder, 'selected_tags.csv'),
    'tag_id,name,category,count\n1,first,0,1\n2,second,0,1\n3,third,0,1\n',
  );
}

function tensorType(name: string, dims: (number | string)[]): onnx.IValueInfoProto {
  const dim = dims.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType: onnx.TensorProto.DataType.FLOAT, shape: { dim } } } };
}
