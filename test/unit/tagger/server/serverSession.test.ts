import assert from 'node:assert/strict';
import { errorCode } from '../../../../src/protocol/channel/wireError';
import type { ServerClientOptions } from '../../../../src/tagger/server/ServerClient';
import type { ServerSession } from '../../../../src/tagger/server/ServerSession';
import type { OipBehaviour } from './oipServer';
import { changed, failure, never, OipSessions, picture, rounded, run, scoresOfBlue, status } from './oipSessions';
import { until } from '../../shared/testFolder';

describe('A server that runs a model', function () {
  this.timeout(60_000);
  const at = new OipSessions();
  const open = (more: Partial<ServerClientOptions> = {}, name = 'tiny', tags = 3): Promise<ServerSession> =>
    at.open(more, name, tags);

  describe('that answers', () => {
    it('gives each picture of a batch its own scores, as binary tensors over connections that stay open', async () => {
      const session = await open();
      for (let round = 0; round < 3; round++) {
        const batch = [picture(255, 0, 51), picture(0, 51, 255), picture(102, 102, 0)];
        assert.deepEqual(rounded(await session.run(batch, never)), [
          [1, 0, 0.2],
          [0, 0.2, 1],
          [0.4, 0.4, 0],
        ]);
      }
      assert.ok(
        at.server.connections <= 3,
        `${at.server.connections} connections for ${at.server.seen.length} requests`,
      );
      assert.ok(at.server.runs.every(({ binary }) => binary));
      assert.deepEqual(at.server.runs.at(-1)?.shape, [3, 4, 4, 3]);
      assert.ok(at.server.seen.every(({ headers }) => headers['accept-encoding'] === 'identity'));
    });

    it('takes pictures in planes, and as bytes', async () => {
      at.server.metadata.inputs = [{ name: 'pixels', datatype: 'UINT8', shape: [-1, 3, 4, 4] }];
      const session = await open();
      assert.equal(session.contract.channelsLast, false);
      const planes = Float32Array.from({ length: 48 }, (_, index) => [255, 0, 51][Math.floor(index / 16)]!);
      assert.deepEqual(rounded(await session.run([planes, planes], never)), [...scoresOfBlue, ...scoresOfBlue]);
    });

    it('fills the batch of a model that has a fixed one', async () => {
      at.server.metadata.inputs[0]!.shape[0] = 4;
      const session = await open();
      assert.equal(session.contract.fixedBatch, 4);
      assert.deepEqual(await run(session), scoresOfBlue);
      assert.equal(at.server.runs.at(-1)?.shape[0], 4);
    });

    it('may answer in pieces of any length, or with JSON', async () => {
      const session = await open();
      at.server.next((response, { answer }) => {
        const { head, body } = answer();
        // Without Content-Length: chunked.
        response.writeHead(200, head);
        const send = (at: number): void => {
          if (at >= body.length) response.end();
          else response.write(body.subarray(at, at + 7), () => setImmediate(send, at + 7));
        };
        send(0);
      });
      assert.deepEqual(await run(session), scoresOfBlue);
      at.server.answersJson = true;
      assert.deepEqual(await run(session), scoresOfBlue);
      at.server.next((response) => {
        const outputs = [{ name: 'output', datatype: 'FP32', shape: [1, 3], data: [[1, 0, 0.2]] }];
        response.end(JSON.stringify({ model_name: 'tiny', outputs }));
      });
      assert.deepEqual(await run(session), scoresOfBlue);
    });

    for (const code of [400, 415, 422, 500]) {
      it(`is asked with JSON when it refuses binary tensors with ${code}, and from then on at once`, async () => {
        at.server.binary = { known: false, status: code };
        const session = await open();
        assert.deepEqual(rounded(await session.run([picture(255, 0, 51), picture(0, 0, 255)], never)), [
          ...scoresOfBlue,
          [0, 0, 1],
        ]);
        const kinds = at.server.inferences.map(({ headers }) => headers['content-type']);
        assert.deepEqual(kinds, ['application/octet-stream', 'application/json', 'application/json']);
      });
    }

    it('is used with several requests at a time', async () => {
      const session = await open();
      at.server.delay = 30;
      await Promise.all(Array.from({ length: 9 }, () => run(session)));
      assert.equal(at.server.mostOpen, 3);
      assert.ok(at.server.connections <= 3, `${at.server.connections} connections`);
    });

    it('is known by its address, with or without a path and /v2', async () => {
      for (const url of [`${at.server.url}/`, `${at.server.url}/v2`, `${at.server.url}/v2/`]) {
        assert.deepEqual(await run(await open({ url })), scoresOfBlue);
      }
      const { message } = await failure(open({ url: `${at.server.url}/elsewhere` }));
      assert.match(message, /\/elsewhere\/v2\/models\/tiny answered 404/);
    });
  });

  describe('that has another model than expected', () => {
    const mismatches: [string, () => void, RegExp][] = [
      [
        'another number of tags',
        () => (at.server.metadata.outputs[0]!.shape = [-1, 9083]),
        /^selected_tags\.csv has 3 tags but the model gives 9083 scores\.$/,
      ],
      [
        'an input that is no picture',
        () => (at.server.metadata.inputs[0]!.shape = [-1, 512]),
        /its input \[-1, 512\] is not a batch of colour pictures/,
      ],
      [
        'an input of any size',
        () => (at.server.metadata.inputs[0]!.shape = [-1, -1, -1, 3]),
        /is not square with a fixed size/,
      ],
      [
        'an input of another type',
        () => (at.server.metadata.inputs[0]!.datatype = 'BYTES'),
        /its input is BYTES, not FP32 or UINT8/,
      ],
      [
        'two inputs',
        () => at.server.metadata.inputs.push({ name: 'mask', datatype: 'FP32', shape: [-1, 3] }),
        /exactly one input/,
      ],
      [
        'scores of another type',
        () => (at.server.metadata.outputs[0]!.datatype = 'FP16'),
        /its scores are FP16, not FP32/,
      ],
    ];
    for (const [what, change, sentence] of mismatches) {
      it(`refuses ${what} before anything is sent`, async () => {
        change();
        const { code, message } = await failure(open());
        assert.match(code ?? '', /TAGS_MISMATCH|MODEL_UNSUPPORTED/);
        assert.match(message, sentence);
        assert.equal(at.server.inferences.length, 0);
      });
    }

    it('notices another number of scores where the model leaves it open', async () => {
      at.server.metadata.outputs[0]!.shape = [-1, -1];
      const { code, message } = await failure(open({}, 'tiny', 5));
      assert.equal(code, 'TAGS_MISMATCH');
      assert.match(message, /selected_tags\.csv has 5 tags but the model gives 3 scores/);
    });

    it('notices a model that was replaced behind its back', async () => {
      const session = await open();
      at.server.metadata.outputs[0]!.shape = [-1, 2];
      const { code, message } = await failure(run(session));
      assert.equal(code, 'TAGS_MISMATCH');
      assert.match(message, /has 3 tags but the model gives 2 scores/);
    });

    it('says how to name the model when the server does not know it', async () => {
      const { code, message } = await failure(open({}, 'wd vit/3'));
      assert.equal(code, 'SERVER_REFUSED');
      assert.match(message, /\/v2\/models\/wd%20vit%2F3 answered 404: "unknown model: wd%20vit%2F3"/);
      assert.match(message, /serverModels \(--server-model\)/);
      assert.equal(at.server.seen.length, 1, 'it is not asked again');
    });

    it('says so where the address is that of another kind of server', async () => {
      at.server.metadata = { hello: 'world' } as never;
      const { code, message } = await failure(open());
      assert.equal(code, 'SERVER_REFUSED');
      assert.match(message, /does not describe a model: is it a server of the Open Inference Protocol/);
    });

    const nonsense: [string, number[], RegExp][] = [
      ['no numbers', [NaN, 0, 0], /scores that are no numbers/],
      ['logits', [-8.25, 0, 3], /scores from -8\.25 to 3\.00, not from 0 to 1/],
    ];
    for (const [what, scores, sentence] of nonsense) {
      it(`refuses a model that gives ${what}`, async () => {
        at.server.next(
          changed((_, body) => {
            scores.forEach((score, index) => body.writeFloatLE(score, body.length - 12 + index * 4));
            return body;
          }),
        );
        const { code, message } = await failure(open());
        assert.equal(code, 'SERVER_REFUSED');
        assert.match(message, sentence);
      });
    }
  });

  describe('that gives no numbers for one image of a batch', () => {
    const pictures = [picture(255, 0, 51), picture(0, 0, 255), picture(255, 0, 51)];
    /** What became of each image, with the answer changed. */
    const scored = async (change: (head: Record<string, string>, body: Buffer) => Buffer): Promise<unknown[]> => {
      const session = await open();
      at.server.next(changed(change));
      const found = await session.run(pictures, never);
      return found.map((own) => (own instanceof Error ? errorCode(own) : rounded([own])[0]));
    };

    it('fails that image alone, which is no reason to leave the server', async () => {
      const withNaN = await scored((_, body) => {
        body.writeFloatLE(NaN, body.length - 24);
        return body;
      });
      assert.deepEqual(withNaN, [[1, 0, 0.2], 'SERVER_FAILED', [1, 0, 0.2]]);
    });

    it('does so in JSON, too, where servers write NaN, Infinity or null', async () => {
      for (const written of ['NaN', 'Infinity', '-Infinity', 'null']) {
        const session = await open();
        at.server.answersJson = true;
        at.server.next(
          changed((_, body) => {
            const answer = JSON.parse(body.toString()) as { outputs: [{ data: unknown[] }] };
            answer.outputs[0].data[4] = '?';
            return Buffer.from(JSON.stringify(answer).replace('"?"', written));
          }),
        );
        const found = await session.run(pictures, never);
        assert.deepEqual(
          found.map((own) => (own instanceof Error ? errorCode(own) : rounded([own])[0])),
          [[1, 0, 0.2], 'SERVER_FAILED', [1, 0, 0.2]],
          written,
        );
      }
    });
  });

  describe('that answers nonsense', () => {
    const lengthOf = (head: Record<string, string>, by: number): void => {
      head['inference-header-content-length'] = String(Number(head['inference-header-content-length']) + by);
    };
    const broken: [string, OipBehaviour][] = [
      [
        'a header that calls too few bytes JSON',
        changed((head, body) => {
          lengthOf(head, -1);
          return body;
        }),
      ],
      [
        'a header that calls too many bytes JSON',
        changed((head, body) => {
          lengthOf(head, 1);
          return body;
        }),
      ],
      [
        'a header that counts more than there is',
        changed((head, body) => {
          lengthOf(head, 1000);
          return body;
        }),
      ],
      [
        'a header that is no number',
        changed((head, body) => {
          head['inference-header-content-length'] = 'many';
          return body;
        }),
      ],
      ['a tensor that is too short', changed((_, body) => body.subarray(0, -4))],
      ['a tensor that is too long', changed((_, body) => Buffer.concat([body, Buffer.alloc(4)]))],
      ['no outputs', status(200, '{"model_name":"tiny","outputs":[]}')],
      ['JSON that is no object', status(200, '17')],
      ['an empty body', status(200, '')],
      ['a page', status(200, '<html>Welcome</html>', { 'content-type': 'text/html' })],
      [
        'too few scores as JSON',
        status(200, '{"outputs":[{"name":"output","datatype":"FP32","shape":[1,3],"data":[1,0]}]}'),
      ],
      [
        'the scores of two pictures for one',
        status(200, '{"outputs":[{"name":"output","datatype":"FP32","shape":[2,3],"data":[1,0,0,0,0,0]}]}'),
      ],
      ['compressed data', status(200, 'x', { 'content-encoding': 'gzip' })],
    ];
    for (const [what, behaviour] of broken) {
      it(`takes ${what} for a failure, and the next answer again`, async () => {
        const session = await open();
        at.server.next(behaviour);
        const { code, message } = await failure(run(session));
        assert.equal(code, 'SERVER_FAILED');
        assert.match(message, /\/v2\/models\/tiny\/infer gave an answer that is none: /);
        assert.equal(at.server.inferences.length, 2, 'it is not asked again');
        assert.deepEqual(await run(session), scoresOfBlue);
      });
    }

    it('stops to receive what no scores can be', async () => {
      const session = await open();
      at.server.next((response) => {
        response.writeHead(200);
        const chunk = Buffer.alloc(1e6, ' ');
        const send = (): void => {
          if (!response.destroyed) response.write(chunk, () => setImmediate(send));
        };
        send();
      });
      const { code, message } = await failure(run(session));
      assert.equal(code, 'SERVER_FAILED');
      assert.match(message, /more than 16000000 bytes/);
      await until(() => at.server.broken === 1, 'the connection is closed');
    });
  });
});
