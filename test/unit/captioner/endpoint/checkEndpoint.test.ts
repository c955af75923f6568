import assert from 'node:assert/strict';
import { CaptionerError } from '../../../../src/captioner/endpoint/CaptionerError';
import { checkEndpoint, listModels, type EndpointReport } from '../../../../src/captioner/endpoint/checkEndpoint';
import {
  caption,
  json,
  openAiError,
  StandInServer,
  type StandInAnswer,
  type StandInOptions,
} from '../../shared/StandInServer';

const signal = new AbortController().signal;

describe('Looking at a server', function () {
  this.timeout(60_000);
  let server: StandInServer | undefined;
  afterEach(async () => {
    await server?.stop();
    server = undefined;
  });

  const start = async (options: StandInOptions = {}, ...answers: StandInAnswer[]): Promise<StandInServer> => {
    server = await StandInServer.start(options);
    server.script(...answers);
    return server;
  };
  const look = async (options: StandInOptions, model = '', ...answers: StandInAnswer[]): Promise<EndpointReport> => {
    const { url } = await start(options, ...answers);
    return checkEndpoint({ endpoint: url }, model, undefined, signal);
  };
  const problems = (report: EndpointReport): string[] =>
    report.problems.map(({ kind, fatal }) => (fatal ? `${kind}!` : kind));

  const servers: { what: string; options: StandInOptions; expected: Partial<EndpointReport> }[] = [
    {
      what: 'vLLM',
      options: {
        models: [{ id: 'Qwen/Qwen3-VL-8B-Instruct', owned_by: 'vllm', max_model_len: 32768 }],
        pages: { '/version': json(200, { version: '0.11.0' }) },
      },
      expected: { kind: 'vllm', serverName: 'vLLM 0.11.0', model: 'Qwen/Qwen3-VL-8B-Instruct' },
    },
    {
      what: 'Ollama',
      options: {
        models: [{ id: 'qwen3-vl:8b-instruct', owned_by: 'library' }],
        pages: {
          '/api/version': json(200, { version: '0.12.6' }),
          '/api/show': json(200, { capabilities: ['completion', 'vision'] }),
        },
      },
      expected: { kind: 'ollama', serverName: 'Ollama 0.12.6', model: 'qwen3-vl:8b-instruct' },
    },
    {
      what: 'llama.cpp',
      options: {
        models: [{ id: 'model.gguf', owned_by: 'llamacpp' }],
        pages: {
          '/props': json(200, {
            total_slots: 4,
            modalities: { vision: true },
            default_generation_settings: { n_ctx: 8192 },
          }),
        },
      },
      expected: { kind: 'llama.cpp', serverName: 'llama.cpp', slots: 4 },
    },
    {
      what: 'LM Studio',
      options: {
        models: [{ id: 'text-model' }, { id: 'qwen-vl' }],
        pages: {
          '/api/v0/models': json(200, {
            data: [
              { id: 'text-model', type: 'llm', loaded_context_length: 8192 },
              { id: 'qwen-vl', type: 'vlm', loaded_context_length: 8192 },
            ],
          }),
        },
      },
      expected: { kind: 'lmstudio', serverName: 'LM Studio', model: 'qwen-vl' },
    },
    { what: 'any other server', options: {}, expected: { kind: 'other', model: 'stand-in' } },
  ];
  for (const { what, options, expected } of servers) {
    it(`knows ${what}`, async () => {
      const report = await look(options);
      assert.deepEqual(problems(report), []);
      assert.equal(report.works, true);
      for (const [name, value] of Object.entries(expected))
        assert.deepEqual(report[name as keyof EndpointReport], value);
    });
  }

  it('shows a real JPEG to the model', async () => {
    await look({});
    const { jpeg } = server!.asked[0]!;
    assert.deepEqual([...jpeg!.subarray(0, 3)], [0xff, 0xd8, 0xff]);
  });

  const missing: {
    what: string;
    problem: string;
    says: RegExp;
    options?: StandInOptions;
    model?: string;
    answer?: StandInAnswer;
    works?: boolean;
  }[] = [
    {
      what: 'a text-only model',
      problem: 'textOnly!',
      says: /The model "stand-in" takes no pictures there: choose a vision model/,
      answer: openAiError(400, null, 'this model does not support image input'),
    },
    {
      what: 'a projector that is not there',
      problem: 'noProjector!',
      says: /no projector for pictures there: start the server with it/,
      answer: json(500, {
        error: {
          code: 500,
          message: 'image input is not supported - hint: if this is unexpected, you may need to provide the mmproj',
          type: 'server_error',
        },
      }),
    },
    {
      what: 'a model that thinks, by what it says',
      problem: 'thinking',
      says: /thinks before it answers.*"instruct" variant/,
      answer: caption('<think>The picture shows'),
      works: true,
    },
    {
      what: 'a model that thinks, by the tokens that it spends',
      problem: 'thinking',
      says: /may use up all tokens/,
      answer: caption(null, { reasoning: 'The picture shows' }, 'length'),
      works: true,
    },
    {
      what: 'a model that thinks, by what Ollama says',
      problem: 'thinking',
      says: /"instruct" variant/,
      options: {
        models: [{ id: 'qwen3-vl:8b' }],
        pages: {
          '/api/version': json(200, { version: '0.12.6' }),
          '/api/show': json(200, { capabilities: ['completion', 'vision', 'thinking'] }),
        },
      },
      works: true,
    },
    {
      what: 'a context that is too small',
      problem: 'contextTooSmall',
      says: /is 2048 tokens/,
      options: { models: [{ id: 'm', owned_by: 'vllm', max_model_len: 2048 }] },
      works: true,
    },
    {
      what: 'a context that does not even hold the small picture',
      problem: 'contextTooSmall!',
      says: /OLLAMA_CONTEXT_LENGTH/,
      answer: openAiError(400, null, 'maximum context length is 128 tokens'),
    },
    {
      what: 'a model that is not there',
      problem: 'modelNotFound!',
      says: /does not have the model "other"/,
      model: 'other',
      answer: openAiError(404, 'model_not_found', 'The model `other` does not exist'),
    },
    { what: 'all models', problem: 'noModels!', says: /lists no models/, options: { models: [] } },
    { what: 'the right key', problem: 'key!', says: /wants another key/, options: { key: 'sk-other' } },
    {
      what: 'credit',
      problem: 'quota!',
      says: /used up/,
      answer: openAiError(402, 402, 'Insufficient credits'),
    },
  ];
  for (const { what, problem, says, options = {}, model, answer, works = false } of missing) {
    it(`says what is missing: ${what}`, async () => {
      const report = await look(options, model, ...(answer === undefined ? [] : [answer]));
      assert.deepEqual(problems(report), [problem]);
      assert.match(report.problems[0]!.text, says);
      assert.equal(report.works, works);
    });
  }

  it('says that nobody listens', async () => {
    const { url } = await start();
    await server!.stop();
    server = undefined;
    const report = await checkEndpoint({ endpoint: url }, '', undefined, signal);
    assert.deepEqual(problems(report), ['unreachable!']);
    assert.equal(report.works, false);
  });

  it('says that there is something else at the address', async () => {
    const { url } = await start({
      pages: { '/v1/models': { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Hello</html>' } },
    });
    const report = await checkEndpoint({ endpoint: url }, '', undefined, signal);
    assert.deepEqual(problems(report), ['refused!']);
    assert.match(report.problems[0]!.text, /has no list of models/);
  });

  it('needs no list of models where one is named', async () => {
    const report = await look({ pages: { '/v1/models': json(404, { detail: 'Not Found' }) } }, 'm');
    assert.equal(report.works, true);
    assert.deepEqual(problems(report), []);
  });

  it('asks nothing that models refuse which take no other temperature than their own', async () => {
    const report = await look({}, 'm');
    assert.equal(report.works, true);
    assert.deepEqual(Object.keys(server!.asked[0]!.body!).sort(), ['max_tokens', 'messages', 'model', 'stream']);
  });

  it('waits while the server loads its model', async () => {
    const loading = json(503, { error: { code: 503, message: 'Loading model', type: 'unavailable_error' } });
    const report = await look({}, '', loading, loading);
    assert.equal(report.works, true);
  });

  it('refuses an address with a password', async () => {
    await assert.rejects(
      checkEndpoint({ endpoint: 'http://me:secret@localhost' }, ''),
      (error) => error instanceof CaptionerError && error.code === 'ENDPOINT_ADDRESS',
    );
  });

  it('lists the models', async () => {
    const { url } = await start({
      models: [{ id: 'a' }, { id: 'b', architecture: { input_modalities: ['text', 'image'] } }],
    });
    assert.deepEqual(
      (await listModels({ endpoint: url }, signal)).map(({ id, takesPictures }) => [id, takesPictures]),
      [
        ['a', undefined],
        ['b', true],
      ],
    );
  });

  it('throws where there is no list', async () => {
    const { url } = await start({ key: 'sk-other' });
    await assert.rejects(
      listModels({ endpoint: url }, signal),
      (error) => error instanceof CaptionerError && error.code === 'ENDPOINT_KEY',
    );
  });
});
