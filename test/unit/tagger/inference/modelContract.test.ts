import assert from 'node:assert/strict';
import { readModelContract, type ValueFacts } from '../../../../src/tagger/inference/modelContract';
import { ModelError } from '../../../../src/tagger/inference/ModelError';

const picture: ValueFacts = { name: 'input', isTensor: true, type: 'float32', shape: ['batch', 448, 448, 3] };
const output = (name: string, ...shape: (number | string)[]): ValueFacts => ({
  name,
  isTensor: true,
  type: 'float32',
  shape: ['batch', ...shape],
});

/** The name of the output that is taken for the scores of nine tags. */
function scoresOf(outputs: readonly ValueFacts[], probabilities?: readonly string[]): string {
  const findProbabilities = probabilities === undefined ? undefined : (): Set<string> => new Set(probabilities);
  const metadata = { inputMetadata: [picture], outputMetadata: outputs };
  return readModelContract(metadata, 9, 'model.onnx', findProbabilities && { findProbabilities }).outputName;
}

describe('The scores of a model', () => {
  it('are its only output with a number for each tag, whatever its name', () => {
    assert.equal(scoresOf([output('embedding', 1024), output('logits', 9)]), 'logits');
    assert.equal(scoresOf([output('tokens', 196, 9), output('x', 9)]), 'x');
    assert.equal(scoresOf([output('x', 1024), output('y', 'tags')]), 'y');
    assert.throws(() => scoresOf([output('x', 8)]), ModelError);
  });

  it('are the probabilities by their name, where there are several outputs of that length', () => {
    for (const name of ['prediction', 'predictions_sigmoid', 'probs', 'Probabilities', 'sigmoid_output', 'output']) {
      assert.equal(scoresOf([output('logits', 9), output(name, 9)]), name);
      assert.equal(scoresOf([output(name, 9), output('logits', 9)]), name);
    }
    assert.equal(scoresOf([output('embedding', 9), output('pred_logits', 9), output('prediction', 9)]), 'prediction');
    assert.equal(scoresOf([output('logits', 9), output('prediction', 'tags')]), 'prediction');
  });

  it('are what the model computes with a sigmoid, whatever the names say', () => {
    assert.equal(scoresOf([output('output_0', 9), output('output_1', 9)], ['output_1']), 'output_1');
    assert.equal(scoresOf([output('predictions', 9), output('scores', 9)], ['scores']), 'scores');
    assert.equal(scoresOf([output('output_0', 9), output('output_1', 9)], []), 'output_0');
  });
});
