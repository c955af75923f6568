import assert from 'node:assert/strict';
import { truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { onnx } from 'onnx-proto';
import { outputsOfSigmoids } from '../../../../src/tagger/onnx/modelGraph';
import { testFolder } from '../../shared/testFolder';

describe('The steps of a model', () => {
  const folder = testFolder();
  const file = (): string => path.join(folder(), 'model.onnx');

  async function write(node: onnx.INodeProto[], producer = 'test'): Promise<void> {
    const weights = { name: 'w', dataType: 1, dims: [100_000], rawData: Buffer.alloc(400_000, 0x0a) };
    const graph = { name: 'g', node, initializer: [weights], docString: 'x'.repeat(20_000) };
    const model = onnx.ModelProto.create({ irVersion: 8, producerName: producer, graph });
    await writeFile(file(), onnx.ModelProto.encode(model).finish());
  }

  it('say which values are behind a sigmoid, also when type or shape are changed afterwards', async () => {
    const attribute = [{ name: 'to', type: onnx.AttributeProto.AttributeType.INT, i: -1, docString: 'y'.repeat(9000) }];
    await write(
      [
        { opType: 'Gemm', input: ['x', 'w'], output: ['logits'] },
        { opType: 'Sigmoid', input: ['logits'], output: ['half'] },
        { opType: 'Cast', input: ['half'], output: ['single'], attribute },
        { opType: 'Reshape', input: ['single', 'shape'], output: ['prediction'] },
        { opType: 'Mul', input: ['logits', 'half'], output: ['swish'] },
        { opType: 'Split', input: ['swish'], output: ['left', 'right'] },
      ],
      'p'.repeat(300),
    );
    assert.deepEqual([...outputsOfSigmoids(file())].sort(), ['half', 'prediction', 'single']);
  });

  it('are none in a file that is cut off, is no model or runs in a circle', async () => {
    await write([{ opType: 'Sigmoid', input: ['a'], output: ['b'] }]);
    await truncate(file(), 30);
    assert.equal(outputsOfSigmoids(file()).size, 0);
    for (const bytes of [
      Buffer.alloc(0),
      Buffer.from('no model'),
      Buffer.alloc(1000, 0xff),
      Buffer.from([0x3a, 0xff]),
    ]) {
      await writeFile(file(), bytes);
      assert.equal(outputsOfSigmoids(file()).size, 0);
    }
    assert.equal(outputsOfSigmoids(path.join(folder(), 'gone')).size, 0);
    await write([
      { opType: 'Identity', input: ['b'], output: ['a'] },
      { opType: 'Identity', input: ['a'], output: ['b'] },
    ]);
    assert.equal(outputsOfSigmoids(file()).size, 0);
  });
});
