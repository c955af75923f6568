// Models with the operators of a real tagger, of any size.
import { OnnxGraph } from '../scripts/OnnxGraph.mjs';

/** A graph whose weights are random and always the same. */
class RandomGraph extends OnnxGraph {
  #state = 1;

  /** Even numbers between -spread and +spread around `centre` (xorshift32). */
  random(dims, spread, centre = 0) {
    const values = new Float32Array(dims.reduce((product, size) => product * size, 1));
    let state = this.#state;
    for (let i = 0; i < values.length; i++) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      values[i] = centre + (state / 2_147_483_648) * spread;
    }
    this.#state = state;
    return this.weights(values, dims);
  }

  layerNorm(input, width) {
    return this.add('LayerNormalization', [input, this.random([width], 0.1, 1), this.random([width], 0.1)], {
      axis: -1,
    });
  }

  channelsLast(input) {
    return this.add('Transpose', [input], { perm: [0, 2, 3, 1] });
  }

  channelsFirst(input) {
    return this.add('Transpose', [input], { perm: [0, 3, 1, 2] });
  }

  convolution(input, from, to, kernel, attributes) {
    const groups = attributes.group ?? 1;
    const inputs = (from / groups) * kernel * kernel;
    const weights = this.random([to, from / groups, kernel, kernel], Math.sqrt(3 / inputs));
    return this.add('Conv', [input, weights, this.random([to], 0.02)], {
      kernel_shape: [kernel, kernel],
      ...attributes,
    });
  }

  linear(input, from, to) {
    const product = this.add('MatMul', [input, this.random([from, to], Math.sqrt(3 / from))]);
    return this.add('Add', [product, this.random([to], 0.02)]);
  }

  /** x / 2 * (1 + erf(x / sqrt 2)), as exporters write it. */
  gelu(input) {
    const erf = this.add('Erf', [this.add('Div', [input, this.float(Math.SQRT2)])]);
    return this.add('Mul', [this.add('Mul', [input, this.add('Add', [erf, this.float(1)])]), this.float(0.5)]);
  }

  block(input, width) {
    const spatial = this.convolution(input, width, width, 7, { group: width, pads: [3, 3, 3, 3] });
    const normed = this.layerNorm(this.channelsLast(spatial), width);
    const mixed = this.linear(this.gelu(this.linear(normed, width, width * 4)), width * 4, width);
    const scaled = this.add('Mul', [mixed, this.random([width], 0.1, 0.1)]);
    return this.add('Add', [input, this.channelsFirst(scaled)]);
  }
}

/**
 * A ConvNeXt as the bytes of an `.onnx` file, with the contract of SmilingWolf's third generation. Its weights are random
 * and always the same: it says nothing about pictures.
 * @param {{ depths: number[], widths: number[], side: number, tagCount: number, foundTags: number }} shape blocks and
 *   channels of each stage, side of the input in pixels, and how many tags pass the usual threshold
 */
export function convnext({ depths, widths, side, tagCount, foundTags }) {
  const g = new RandomGraph();
  const image = g.add('Transpose', ['input'], { perm: [0, 3, 1, 2] });
  let x = g.add('Sub', [g.add('Div', [image, g.float(127.5)]), g.float(1)]);
  for (const [stage, width] of widths.entries()) {
    if (stage === 0) {
      x = g.convolution(x, 3, width, 4, { strides: [4, 4] });
      x = g.channelsFirst(g.layerNorm(g.channelsLast(x), width));
    } else {
      const before = widths[stage - 1];
      x = g.channelsFirst(g.layerNorm(g.channelsLast(x), before));
      x = g.convolution(x, before, width, 2, { strides: [2, 2] });
    }
    for (let block = 0; block < depths[stage]; block++) x = g.block(x, width);
  }
  const width = widths.at(-1);
  const pooled = g.layerNorm(g.add('Flatten', [g.add('GlobalAveragePool', [x])]), width);
  const weights = g.random([tagCount, width], 0.01);
  const bias = Float32Array.from({ length: tagCount }, (_, index) => (index >= 4 && index < 4 + foundTags ? 2 : -5));
  const logits = g.add('Gemm', [pooled, weights, g.weights(bias, [tagCount])], { transB: 1 });
  const output = [{ name: 'output', dims: ['batch_size', tagCount], from: g.add('Sigmoid', [logits]) }];
  return g.toBytes({ name: 'input', dims: ['batch_size', side, side, 3] }, output, 17);
}
