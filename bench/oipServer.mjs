// A server of the Open Inference Protocol v2 that computes nothing: it reads each batch and answers zeros, so that what is
// measured is the way there and back. Usage: node bench/oipServer.mjs <tags> <side of the pictures>; prints its port.
import { createServer } from 'node:http';

const [tagCount, size] = process.argv.slice(2).map(Number);
const metadata = Buffer.from(
  JSON.stringify({
    name: 'idle',
    versions: ['1'],
    platform: 'onnxruntime_onnx',
    inputs: [{ name: 'input', datatype: 'FP32', shape: [-1, size, size, 3] }],
    outputs: [{ name: 'output', datatype: 'FP32', shape: [-1, tagCount] }],
  }),
);

const server = createServer((request, response) => {
  if (request.method === 'GET') {
    response.end(request.url?.endsWith('/ready') === true ? undefined : metadata);
    return;
  }
  const headerLength = Number(request.headers['inference-header-content-length']);
  let head = Buffer.alloc(0);
  let length = 0;
  request.on('data', (/** @type {Buffer} */ piece) => {
    if (head.length < headerLength) head = Buffer.concat([head, piece.subarray(0, headerLength - head.length)]);
    length += piece.length;
  });
  request.on('end', () => {
    const { inputs } = JSON.parse(head.toString());
    const [{ shape, parameters }] = inputs;
    if (length !== headerLength + parameters.binary_data_size) {
      response.writeHead(400).end(JSON.stringify({ error: `${length} bytes` }));
      return;
    }
    const scores = Buffer.alloc(shape[0] * tagCount * 4);
    const json = Buffer.from(
      JSON.stringify({
        model_name: 'idle',
        outputs: [
          {
            name: 'output',
            datatype: 'FP32',
            shape: [shape[0], tagCount],
            parameters: { binary_data_size: scores.length },
          },
        ],
      }),
    );
    response.writeHead(200, {
      'content-type': 'application/octet-stream',
      'inference-header-content-length': json.length,
      'content-length': json.length + scores.length,
    });
    response.write(json);
    response.end(scores);
  });
});
server.listen(0, '127.0.0.1', () => {
  console.log(server.address().port);
});
