// Runs a model as fast as it goes, with nothing around it: ONNX Runtime as it comes, one picture for each run, one after
// another. Usage: node bench/bareRun.mjs <model.onnx> <seconds>; prints images/s.
import { performance } from 'node:perf_hooks';
import { InferenceSession, Tensor } from 'onnxruntime-node';

const [modelPath = '', seconds = '5'] = process.argv.slice(2);
const session = await InferenceSession.create(modelPath, { logSeverityLevel: 3 });
const [input] = session.inputMetadata;
const dims = input.shape.map((size) => (typeof size === 'number' && size > 0 ? size : 1));
const values = Float32Array.from({ length: dims.reduce((a, b) => a * b) }, (_, index) => (index * 7919) % 256);
const run = () => session.run({ [input.name]: new Tensor('float32', values, dims) });

for (let i = 0; i < 3; i++) await run();
const start = performance.now();
let runs = 0;
while (performance.now() - start < Number(seconds) * 1000 || runs < 3) {
  await run();
  runs++;
}
console.log((runs * dims[0] * 1000) / (performance.now() - start));
