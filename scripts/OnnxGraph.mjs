import onnxProto from 'onnx-proto';

const { onnx } = onnxProto;
const { DataType } = onnx.TensorProto;

/** Writes an ONNX graph node by node: each method adds an operator and returns the name of its result. */
export class OnnxGraph {
  #nodes = [];
  #initializers = [];

  /**
   * Adds one operator of the standard set.
   * @param {string} opType
   * @param {string[]} inputs names of results, constants or graph inputs
   * @param {Record<string, number | number[]>} attributes whole numbers only; all that this project's graphs need
   * @param {number} outputs how many results the operator has
   * @returns {any} the result's name, or an array of names where there are several
   */
  add(opType, inputs, attributes = {}, outputs = 1) {
    const output = Array.from({ length: outputs }, (_, index) => `${opType}_${this.#nodes.length}_${index}`);
    const attribute = Object.entries(attributes).map(([name, value]) =>
      Array.isArray(value)
        ? { name, type: onnx.AttributeProto.AttributeType.INTS, ints: value }
        : { name, type: onnx.AttributeProto.AttributeType.INT, i: value },
    );
    this.#nodes.push({ opType, name: output[0], input: inputs, output, attribute });
    return outputs === 1 ? output[0] : output;
  }

  /** A constant of 32-bit floats; without `dims` a single number. */
  float(values, dims = []) {
    const floatData = [values].flat();
    return this.#constant({ dataType: DataType.FLOAT, dims, floatData });
  }

  /**
   * A constant of very many 32-bit floats.
   * @param {Float32Array} values
   * @param {number[]} dims
   */
  weights(values, dims) {
    return this.#constant({
      dataType: DataType.FLOAT,
      dims,
      rawData: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
    });
  }

  /** A constant of 64-bit whole numbers; without `dims` a list. */
  int64(values, dims = [values.length]) {
    return this.#constant({ dataType: DataType.INT64, dims, int64Data: values });
  }

  /**
   * The finished model as the bytes of an `.onnx` file.
   * @param {{ name: string, dims: (number | string)[] }} input float32
   * @param {{ name: string, dims: (number | string)[], from: string }[]} outputs float32; `from` is a result's name
   * @param {number} version of the operator set
   */
  toBytes(input, outputs, version = 13) {
    const node = [
      ...this.#nodes,
      ...outputs.map(({ name, from }) => ({ opType: 'Identity', name, input: [from], output: [name], attribute: [] })),
    ];
    const model = onnx.ModelProto.create({
      irVersion: version < 17 ? 7 : 8,
      producerName: 'dataset-captions',
      opsetImport: [{ domain: '', version }],
      graph: {
        name: 'graph',
        node,
        initializer: this.#initializers,
        input: [valueInfo(input)],
        output: outputs.map(valueInfo),
      },
    });
    return onnx.ModelProto.encode(model).finish();
  }

  #constant(tensor) {
    const name = `constant_${this.#initializers.length}`;
    this.#initializers.push({ name, ...tensor });
    return name;
  }
}

function valueInfo({ name, dims }) {
  const dim = dims.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType: DataType.FLOAT, shape: { dim } } } };
}
