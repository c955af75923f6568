import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { onnx } from 'onnx-proto';
import { convnext } from '../../../bench/convnextGraph.mjs';

const { FLOAT, INT64 } = onnx.TensorProto.DataType;
const { INT, INTS } = onnx.AttributeProto.AttributeType;

function writeModel(folder: string, bytes: Uint8Array, tagCount: number): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'model.onnx'), bytes);
  const tags = Array.from({ length: tagCount }, (_, index) => `${index},tag_${index},0,1`);
  writeFileSync(path.join(folder, 'selected_tags.csv'), `tag_id,name,category,count\n${tags.join('\n')}\n`);
}

/** Writes a ConvNeXt with random weights into a folder. @param depths blocks of each stage */
export function writeConvNext(folder: string, depths: number[], widths: number[], side: number): void {
  writeModel(folder, convnext({ depths, widths, side, tagCount: 24, foundTags: 6 }), 24);
}

type Attributes = Record<string, number | number[]>;

/** A small graph, written node by node. */
class Graph {
  private readonly node: onnx.INodeProto[] = [];
  private readonly initializer: onnx.ITensorProto[] = [];

  add(opType: string, input: string[], output: string[], attributes: Attributes = {}): void {
    const attribute = Object.entries(attributes).map(([name, value]) =>
      typeof value === 'number' ? { name, type: INT, i: value } : { name, type: INTS, ints: value },
    );
    this.node.push({ opType, input, output, attribute });
  }

  floats(name: string, values: number[], dims: number[] = []): void {
    this.initializer.push({ name, dataType: FLOAT, dims, floatData: values });
  }

  ints(name: string, values: number[]): void {
    this.initializer.push({ name, dataType: INT64, dims: [values.length], int64Data: values });
  }

  /** The input is `input` [n, 8, 8, 3], the output `output`. */
  toBytes(tagCount: number): Uint8Array {
    const valueOf = (name: string, dims: (number | string)[]): onnx.IValueInfoProto => {
      const dim = dims.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
      return { name, type: { tensorType: { elemType: FLOAT, shape: { dim } } } };
    };
    const { node, initializer } = this;
    const [input, output] = [[valueOf('input', ['n', 8, 8, 3])], [valueOf('output', ['n', tagCount])]];
    const model = onnx.ModelProto.create({
      irVersion: 7,
      opsetImport: [{ domain: '', version: 13 }],
      graph: { name: 'graph', node, initializer, input, output },
    });
    return onnx.ModelProto.encode(model).finish();
  }

  /** `means`: those of the channels, 0..1. */
  addMeans(): void {
    this.floats('largest', [255]);
    this.add('ReduceMean', ['input'], ['sums'], { axes: [1, 2], keepdims: 0 });
    this.add('Div', ['sums', 'largest'], ['means']);
  }
}

/**
 * Writes a model whose three scores are the means of the channels, and which takes 4.8 kB times the third power of the
 * number of images in a batch: with 64 images more than a GPU gives at once (1 GiB), with 32 no trouble.
 */
export function writeCubeModel(folder: string): void {
  const g = new Graph();
  g.addMeans();
  g.floats('zero', [0]);
  g.floats('zeros', new Array<number>(1200).fill(0), [1, 1, 1, 1200]);
  for (const [name, axes] of [
    ['first', [2, 3]],
    ['second', [0, 3]],
    ['third', [0, 1]],
  ] as const) {
    g.ints(`axes_${name}`, [...axes]);
  }
  g.ints('from', [0]);
  g.ints('to', [1]);
  g.ints('channels', [1]);
  g.add('Slice', ['means', 'from', 'to', 'channels'], ['column']);
  g.add('Mul', ['column', 'zero'], ['none']);
  // Of [n, 1]: [n, 1, 1, 1], [1, n, 1, 1] and [1, 1, n, 1].
  g.add('Unsqueeze', ['column', 'axes_first'], ['first']);
  g.ints('shape_second', [1, -1, 1, 1]);
  g.add('Reshape', ['none', 'shape_second'], ['second']);
  g.ints('shape_third', [1, 1, -1, 1]);
  g.add('Reshape', ['none', 'shape_third'], ['third']);
  g.add('Add', ['first', 'second'], ['plane']);
  g.add('Add', ['third', 'zeros'], ['line']);
  g.add('Add', ['plane', 'line'], ['cube']);
  for (const [name, value] of [
    ['starts', 0],
    ['ends', 1],
  ] as const) {
    g.ints(name, [value, value, value]);
  }
  g.ints('others', [1, 2, 3]);
  g.add('Slice', ['cube', 'starts', 'ends', 'others'], ['corner']);
  g.ints('flat', [-1, 1]);
  g.add('Reshape', ['corner', 'flat'], ['blue']);
  g.ints('end', [3]);
  g.add('Slice', ['means', 'to', 'end', 'channels'], ['rest']);
  g.add('Concat', ['blue', 'rest'], ['output'], { axis: 1 });
  writeModel(folder, g.toBytes(3), 3);
}

/** Writes a model with a step of more buffers than any GPU gives to one: the means of the channels, in 24 parts. */
export function writeManyBuffersModel(folder: string): void {
  const g = new Graph();
  const parts = Array.from({ length: 24 }, (_, index) => `part_${index}`);
  g.addMeans();
  g.add('Concat', new Array<string>(8).fill('means'), ['wide'], { axis: 1 });
  g.add('Split', ['wide'], parts, { axis: 1 });
  g.add('Concat', parts, ['output'], { axis: 1 });
  writeModel(folder, g.toBytes(24), 24);
}
