import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { onnx } from 'onnx-proto';

/**
 * Writes a tagger with three tags, whose scores all are computed of the mean m of the picture's channels:
 * - `sigmoid`: `logits` = (m - 128) / 20, and behind it its sigmoid, as newer taggers are exported
 * - `root`: the square root of (m - 128) / 128, which is no number for a picture darker than 128
 * @param outputs names of the model's outputs, in their order; of `sigmoid` the first is what comes before it
 */
export function writeScoreModel(folder: string, kind: 'sigmoid' | 'root', outputs: readonly [string, string?]): void {
  const { FLOAT } = onnx.TensorProto.DataType;
  const { INT, INTS } = onnx.AttributeProto.AttributeType;
  const [first, second = 'scores'] = outputs;
  const type = (name: string, dims: (number | string)[]): onnx.IValueInfoProto => {
    const dim = dims.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
    return { name, type: { tensorType: { elemType: FLOAT, shape: { dim } } } };
  };
  const model = onnx.ModelProto.create({
    irVersion: 7,
    opsetImport: [{ domain: '', version: 13 }],
    graph: {
      name: 'scores',
      node: [
        {
          opType: 'ReduceMean',
          input: ['input'],
          output: ['mean'],
          attribute: [
            { name: 'axes', type: INTS, ints: [1, 2] },
            { name: 'keepdims', type: INT, i: 0 },
          ],
        },
        { opType: 'Sub', input: ['mean', 'half'], output: ['centred'] },
        ...(kind === 'sigmoid'
          ? [
              { opType: 'Div', input: ['centred', 'twenty'], output: [first] },
              { opType: 'Sigmoid', input: [first], output: ['between'] },
              // Exporters of models in half precision end with a cast.
              { opType: 'Identity', input: ['between'], output: [second] },
            ]
          : [
              { opType: 'Div', input: ['centred', 'half'], output: ['part'] },
              { opType: 'Sqrt', input: ['part'], output: [first] },
            ]),
      ],
      initializer: [
        { name: 'half', dataType: FLOAT, dims: [], floatData: [128] },
        { name: 'twenty', dataType: FLOAT, dims: [], floatData: [20] },
      ],
      input: [type('input', ['batch', 8, 8, 3])],
      output: outputs.flatMap((name) => (name === undefined ? [] : [type(name, ['batch', 3])])),
    },
  });
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'model.onnx'), onnx.ModelProto.encode(model).finish());
  writeFileSync(
    path.join(folder, 'selected_tags.csv'),
    'tag_id,name,category,count\n1,first,0,1\n2,second,0,1\n3,third,0,1\n',
  );
}
