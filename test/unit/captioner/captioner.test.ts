import assert from 'node:assert/strict';
import { Captioner, type CaptionerOptions, type CaptionerStatus } from '../../../src/captioner/Captioner';
import { CaptionerError, captionerFault } from '../../../src/captioner/endpoint/CaptionerError';
import type { ServerAnswer } from '../../../src/captioner/endpoint/ServerAnswer';
import type { CaptionerProfile } from '../../../src/protocol/captioning/captionerProfile';
import { caption, dropped, json, openAiError, slow, StandInServer, type StandInOptions } from '../shared/StandInServer';
import { serverRows } from '../shared/serverRows';
import { fastClock, jpegOf, profileAt } from './captionerProfiles';

const key = 'sk-test-0123456789abcdef';

/** What is to be cleaned up after a test, and what was logged in it. */
class Bench {
  readonly log: string[] = [];
  readonly prepared: { imagePath: string; side: number; maximumBytes: number }[] = [];
  private readonly closers: (() => Promise<void>)[] = [];

  async server(options: StandInOptions = {}): Promise<StandInServer> {
    const server = await StandInServer.start(options);
    this.closers.push(() => server.stop());
    return server;
  }

  async captioner(
    servers: readonly StandInServer[],
    profile: Partial<CaptionerProfile> = {},
    more: Partial<CaptionerOptions> = {},
  ): Promise<Captioner> {
    const captioner = await Captioner.open({
      profile: profileAt(
        servers.map(({ url }) => url),
        profile,
      ),
      keys: new Map(servers.map(({ url }) => [new URL(url).origin, key])),
      preparePicture: (imagePath, side, maximumBytes) => {
        this.prepared.push({ imagePath, side, maximumBytes });
        return Promise.resolve(jpegOf(side, side / 2));
      },
      clock: fastClock(50),
      onLog: (line) => this.log.push(line),
      ...more,
    });
    this.closers.unshift(() => captioner.close());
    return captioner;
  }

  async close(): Promise<void> {
    for (const close of this.closers.splice(0)) await close();
    this.log.length = 0;
    this.prepared.length = 0;
  }
}

const signal = new AbortController().signal;

async function failureOf(asked: Promise<unknown>): Promise<CaptionerError> {
  try {
    await asked;
  } catch (error) {
    assert.ok(error instanceof CaptionerError, String(error));
    return error;
  }
  throw new Error('It was answered.');
}

describe('A captioner', function () {
  this.timeout(60_000);
  const bench = new Bench();
  afterEach(() => bench.close());

  it('asks with the text before the picture, the fields of the profile, and no others', async () => {
    const server = await bench.server({ key });
    const sampling = {
      maxTokens: 200,
      temperature: 0.7,
      topP: 0.8,
      seed: 5,
      stop: ['ASSISTANT:'],
      extra: { top_k: 20, chat_template_kwargs: { enable_thinking: false }, messages: [], stream: true },
    };
    const captioner = await bench.captioner([server], { sampling });
    const answer = await captioner.ask('/a.png', 'Describe it.', signal);
    assert.deepEqual(answer, { text: 'A picture, 1.', finish: 'stop', usage: { prompt: 300, completion: 20 } });
    const [{ body, jpeg, headers }] = server.asked as [StandInServer['asked'][number]];
    assert.deepEqual(Object.keys(body!).sort(), [
      ...['chat_template_kwargs', 'max_tokens', 'messages', 'model', 'seed', 'stop', 'stream'],
      ...['temperature', 'top_k', 'top_p'],
    ]);
    assert.equal(body!.stream, false);
    assert.equal(body!.max_tokens, 200);
    assert.deepEqual(body!.messages[0], { role: 'system', content: 'You caption.' });
    const parts = body!.messages[1]!.content as { type: string; text?: string }[];
    assert.deepEqual(
      parts.map(({ type, text }) => [type, text]),
      [
        ['text', 'Describe it.'],
        ['image_url', undefined],
      ],
    );
    assert.deepEqual(jpeg, Buffer.from(jpegOf(1024, 512)));
    assert.equal(headers.authorization, `Bearer ${key}`);
  });

  it('goes to a server on this machine without a proxy, and its key, too', async () => {
    const [server, proxy] = [await bench.server({ key }), await bench.server()];
    const before = process.env.http_proxy;
    process.env.http_proxy = proxy.url;
    try {
      const captioner = await bench.captioner([server]);
      await captioner.ask('/a.png', 'Describe it.', signal);
    } finally {
      if (before === undefined) delete process.env.http_proxy;
      else process.env.http_proxy = before;
    }
    assert.equal(server.asked.length, 1);
    assert.deepEqual(proxy.requests, []);
  });

  it('asks another server where one does not take the requests', async () => {
    const [refuser, other] = [await bench.server(), await bench.server({ latency: 20 })];
    refuser.always(openAiError(400, 'extra_forbidden', 'top_k: Extra inputs are not permitted'));
    const captioner = await bench.captioner([refuser, other]);
    const asked = Array.from({ length: 12 }, (_, at) => captioner.ask(`/${at}.png`, 'Describe it.', signal));
    const answers = await Promise.all(asked);
    assert.ok(answers.every(({ text }) => text.startsWith('A picture')));
    assert.equal(other.asked.length, 12);
    other.always(openAiError(400, 'extra_forbidden', 'top_k: Extra inputs are not permitted'));
    const error = await failureOf(captioner.ask('/z.png', 'Describe it.', signal));
    assert.equal(error.code, 'REQUEST_REFUSED');
  });

  it('tries its servers with the sampling of the profile and nothing else', async () => {
    const server = await bench.server();
    const captioner = await bench.captioner([server], { sampling: { maxTokens: 90, extra: { top_k: 20 } } });
    await captioner.check(signal);
    const { body } = server.asked[0]!;
    assert.deepEqual(Object.keys(body!).sort(), ['max_tokens', 'messages', 'model', 'stream', 'top_k']);
    assert.equal(body!.max_tokens, 90);
  });

  it('sends nothing that the profile leaves to the server', async () => {
    const server = await bench.server();
    const captioner = await bench.captioner([server], { system: '', sampling: { maxTokens: 9, stop: [] } });
    await captioner.ask('/a.png', 'Describe it.', signal);
    const { body } = server.asked[0]!;
    assert.deepEqual(Object.keys(body!).sort(), ['max_tokens', 'messages', 'model', 'stream']);
    assert.equal(body!.messages.length, 1);
  });

  it('asks the first model that takes pictures where the profile names none', async () => {
    const models = [
      { id: 'text', architecture: { input_modalities: ['text'] } },
      { id: 'vision', architecture: { input_modalities: ['text', 'image'] } },
    ];
    const server = await bench.server({ models });
    const captioner = await bench.captioner([server], { model: '' });
    await captioner.ask('/a.png', 'x', signal);
    await captioner.ask('/b.png', 'x', signal);
    assert.deepEqual(
      server.asked.map(({ body }) => body?.model),
      ['vision', 'vision'],
    );
    assert.equal(server.requests.filter(({ path }) => path === '/v1/models').length, 1);
  });

  describe('gets an error', () => {
    for (const { server: name, what, answer, due, code, says } of serverRows) {
      it(`of ${name}: ${what}`, async () => {
        const server = await bench.server();
        const captioner = await bench.captioner([server]);
        server.script(answer);
        if (due === 'pause' || due === 'fail' || due === 'smaller') server.always(answer);
        const asked = captioner.ask('/a.png', 'Describe it.', signal);
        switch (due) {
          case 'pause':
          case 'fail': {
            const error = await failureOf(asked);
            assert.equal(error.code, code);
            assert.equal(error.fault, due === 'pause' ? 'machine' : 'unclear');
            assert.equal(captionerFault(error), error.fault);
            assert.match(error.message, says ?? /answered \d{3}/);
            assert.ok(error.message.includes(server.url) || error.message.includes('127.0.0.1'), error.message);
            assert.equal(server.asked.length, 1, 'a permanent error is never tried again');
            break;
          }
          case 'refused': {
            const { text, finish, refusal } = await asked;
            assert.deepEqual({ text, finish }, { text: '', finish: 'filter' });
            assert.match(refusal ?? '', says!);
            assert.equal(server.asked.length, 1);
            break;
          }
          case 'smaller': {
            const error = await failureOf(asked);
            assert.equal(error.code, code);
            assert.equal(error.fault, 'unclear');
            if (says !== undefined) assert.match(error.message, says);
            assert.deepEqual(
              bench.prepared.map(({ side }) => side),
              [1024, 512],
              'once more, with half the side',
            );
            assert.equal(server.asked.length, 2);
            break;
          }
          case 'later':
            assert.equal((await asked).text, 'A picture, 2.');
            assert.equal(server.asked.length, 2);
            break;
        }
        for (const line of [...bench.log]) assert.ok(line.length < 600);
      });
    }
  });

  describe('takes an answer', () => {
    const answers: [what: string, body: unknown, expected: ServerAnswer][] = [
      [
        'whose content is a list of parts',
        {
          choices: [
            {
              message: {
                content: [
                  { type: 'thinking', thinking: 'Hm.' },
                  { type: 'text', text: 'A cat.' },
                  { type: 'text', text: ' It sits.' },
                ],
              },
              finish_reason: 'stop',
            },
          ],
        },
        { text: 'A cat. It sits.', finish: 'stop' },
      ],
      [
        'with its thoughts in a field of their own, which are left out',
        {
          choices: [
            { message: { content: 'A cat.', reasoning: 'Hm.', reasoning_content: 'Hm.' }, finish_reason: 'stop' },
          ],
        },
        { text: 'A cat.', finish: 'stop' },
      ],
      [
        'that spent all tokens on thoughts',
        { choices: [{ message: { content: null, reasoning: 'Hm, let me see' }, finish_reason: 'length' }] },
        { text: '', finish: 'length' },
      ],
      [
        'with white space and all',
        { choices: [{ message: { content: '\n A cat. \n' }, finish_reason: 'stop' }] },
        { text: '\n A cat. \n', finish: 'stop' },
      ],
      ['without a reason', { choices: [{ message: { content: 'A cat.' } }] }, { text: 'A cat.', finish: 'none' }],
      ...[null, '', 'none'].map((reason): [string, unknown, ServerAnswer] => [
        `whose reason is ${JSON.stringify(reason)}`,
        { choices: [{ message: { content: 'A cat.' }, finish_reason: reason }] },
        { text: 'A cat.', finish: 'none' },
      ]),
      ...['abort', 'cancelled', 'timeout', 'tool_calls', 'insufficient_system_resource'].map(
        (reason): [string, unknown, ServerAnswer] => [
          `that ${reason} ended`,
          { choices: [{ message: { content: 'A cat and the' }, finish_reason: reason }] },
          { text: 'A cat and the', finish: 'other' },
        ],
      ),
      ...['refusal', 'sensitive', 'SAFETY', 'guardrail_intervened'].map((reason): [string, unknown, ServerAnswer] => [
        `that a filter ended as ${reason}`,
        { choices: [{ message: { content: 'A' }, finish_reason: reason }] },
        { text: 'A', finish: 'filter' },
      ]),
      ...['eos_token', 'STOP', 'FINISH_REASON_STOP', 'end_turn'].map((reason): [string, unknown, ServerAnswer] => [
        `that is done as ${reason}`,
        { choices: [{ message: { content: 'A cat.' }, finish_reason: reason }] },
        { text: 'A cat.', finish: 'stop' },
      ]),
      [
        'with a refusal',
        { choices: [{ message: { content: null, refusal: 'No.' }, finish_reason: 'stop' }] },
        { text: '', finish: 'stop', refusal: 'No.' },
      ],
      [
        'that a filter cut',
        { choices: [{ message: { content: 'A' }, finish_reason: 'content_filter' }] },
        { text: 'A', finish: 'filter' },
      ],
      [
        'with a null where others have an error',
        { error: null, choices: [{ error: null, message: { content: 'A cat.' }, finish_reason: 'stop' }] },
        { text: 'A cat.', finish: 'stop' },
      ],
    ];
    for (const [what, body, expected] of answers) {
      it(what, async () => {
        const server = await bench.server();
        const captioner = await bench.captioner([server]);
        server.script(json(200, body));
        assert.deepEqual(await captioner.ask('/a.png', 'x', signal), expected);
      });
    }

    for (const [end, piece] of [
      ['\n\n', '\n'],
      ['\r\n\r\n', '\r\n'],
    ] as const) {
      it(`that comes as a stream though none was asked for, with lines that end in ${JSON.stringify(piece)}`, async () => {
        const server = await bench.server();
        const captioner = await bench.captioner([server]);
        const parts = [
          { choices: [{ delta: { role: 'assistant', content: '' } }] },
          { choices: [{ delta: { reasoning: 'Hm.' } }] },
          { choices: [{ delta: { content: 'A cat – ' } }] },
          { choices: [{ delta: { content: 'on a mat.' }, finish_reason: 'stop' }] },
          { choices: [], usage: { prompt_tokens: 7, completion_tokens: 5 } },
        ];
        const body = `: ping${end}${parts.map((part) => `event: x${piece}data: ${JSON.stringify(part)}${end}`).join('')}data: [DONE]${end}`;
        server.script({ status: 200, headers: { 'content-type': 'text/event-stream' }, body });
        const answer = await captioner.ask('/a.png', 'x', signal);
        assert.deepEqual(answer, { text: 'A cat – on a mat.', finish: 'stop', usage: { prompt: 7, completion: 5 } });
      });
    }
  });

  it('asks for the limit of tokens by its other name where the server wants that, from then on', async () => {
    const server = await bench.server();
    const captioner = await bench.captioner([server]);
    server.script(
      json(400, {
        error: {
          message:
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
          type: 'invalid_request_error',
          param: 'max_tokens',
          code: 'unsupported_parameter',
        },
      }),
    );
    await captioner.ask('/a.png', 'x', signal);
    await captioner.ask('/b.png', 'x', signal);
    const fields = server.asked.map(({ body }) => [body?.max_tokens, body?.max_completion_tokens]);
    assert.deepEqual(fields, [
      [300, undefined],
      [undefined, 300],
      [undefined, 300],
    ]);
  });

  it('takes the caption of the smaller picture', async () => {
    const server = await bench.server();
    const captioner = await bench.captioner([server]);
    server.script(openAiError(400, 'context_length_exceeded', 'maximum context length is 4096 tokens'));
    assert.equal((await captioner.ask('/a.png', 'x', signal)).text, 'A picture, 2.');
    assert.deepEqual(
      server.asked.map(({ jpeg }) => jpeg?.length),
      [jpegOf(1024, 512).length, jpegOf(512, 256).length],
    );
    assert.deepEqual(
      bench.prepared.map(({ side }) => side),
      [1024, 512],
    );
  });

  it('waits as long as the server asks for', async () => {
    const server = await bench.server();
    const captioner = await bench.captioner([server], {}, { clock: fastClock(1) });
    server.script(openAiError(429, 'rate_limit_exceeded', 'slow down', { 'retry-after': '1' }));
    await captioner.ask('/a.png', 'x', signal);
    const [first, second] = server.asked;
    assert.ok(second!.time - first!.time >= 1000, `${second!.time - first!.time} ms`);
  });

  it('pauses where the server wants it to come back in an hour, and says so', async () => {
    const server = await bench.server();
    const captioner = await bench.captioner([server]);
    server.script(openAiError(429, 'rate_limit_exceeded', 'daily limit', { 'retry-after': '3600' }));
    const { code, fault, message } = await failureOf(captioner.ask('/a.png', 'x', signal));
    assert.deepEqual({ code, fault }, { code: 'ENDPOINT_QUOTA', fault: 'machine' });
    assert.match(message, /"daily limit"\. It wants to be asked again in 60 minutes\./);
  });

  it('gives an image up whose answer breaks off five times, and captions the others', async () => {
    const server = await bench.server();
    const captioner = await bench.captioner([server], { maximumInFlight: 1 });
    server.script(...Array.from({ length: 5 }, () => dropped('{"choices"')));
    const error = await failureOf(captioner.ask('/a.png', 'x', signal));
    assert.deepEqual([error.code, error.fault], ['ANSWER_UNREADABLE', 'unclear']);
    assert.equal(server.asked.length, 5);
    assert.equal((await captioner.ask('/b.png', 'x', signal)).text, 'A picture, 6.');
  });

  it('gives an image up that gets no answer in time, twice', async () => {
    const server = await bench.server();
    const captioner = await bench.captioner([server], { timeoutSeconds: 0.2 });
    assert.equal((await captioner.ask('/first.png', 'x', signal)).finish, 'stop');
    server.always(slow(3000, caption('Too late.')));
    const error = await failureOf(captioner.ask('/a.png', 'x', signal));
    assert.deepEqual([error.code, error.fault], ['ANSWER_TIMEOUT', 'unclear']);
    assert.equal(server.asked.length, 3);
  });

  it('gives the first answer of a server five times as long, as it may load its model', async () => {
    const server = await bench.server();
    const captioner = await bench.captioner([server], { timeoutSeconds: 0.2 });
    server.script(slow(600, caption('Loaded.')));
    assert.equal((await captioner.ask('/a.png', 'x', signal)).text, 'Loaded.');
  });

  it('pauses where nobody listens', async () => {
    const server = await bench.server();
    const captioner = await bench.captioner([server]);
    await server.stop();
    const error = await failureOf(captioner.ask('/a.png', 'x', signal));
    assert.deepEqual([error.code, error.fault], ['ENDPOINT_UNREACHABLE', 'machine']);
    assert.match(error.message, /does not answer.*ECONNREFUSED/);
  });

  it('goes on when a server comes back after a restart', async () => {
    const first = await bench.server();
    const { port } = first;
    const captioner = await bench.captioner([first]);
    await captioner.ask('/a.png', 'x', signal);
    await first.stop();
    const asked = captioner.ask('/b.png', 'x', signal);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const second = await bench.server({ port });
    assert.equal((await asked).text, 'A picture, 1.');
    assert.equal(second.asked.length, 1);
    assert.match(bench.log.join('\n'), /Trying again\.\n.*answers again\./);
  });

  it('loses no image of 50 at once', async () => {
    const server = await bench.server({ slots: 4, latency: 20 });
    const captioner = await bench.captioner([server], { maximumInFlight: 16 });
    const paths = Array.from({ length: 50 }, (_, index) => `/${index}.png`);
    const answers = await Promise.all(paths.map((path) => captioner.ask(path, path, signal)));
    assert.equal(answers.length, 50);
    const prompts = server.asked.map(({ body }) => (body!.messages[1]!.content as { text?: string }[])[0]!.text);
    assert.deepEqual([...prompts].sort(), [...paths].sort(), 'each once');
    assert.ok(server.mostInFlight <= 16);
  });

  it('prepares no more pictures ahead than twice what it may send', async () => {
    const server = await bench.server({ latency: 50 });
    const captioner = await bench.captioner([server], { maximumInFlight: 8 });
    const asked = Array.from({ length: 40 }, (_, index) => captioner.ask(`/${index}.png`, 'x', signal));
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(bench.prepared.length, 2);
    await asked[0];
    let worst = 0;
    const watch = setInterval(() => {
      const { window } = captioner.status().endpoints[0]!;
      worst = Math.max(worst, bench.prepared.length - server.answered - 2 * window);
    }, 5);
    await Promise.all(asked);
    clearInterval(watch);
    // A picture that was answered is known here a moment later than there.
    assert.ok(worst <= 8, `${worst} more`);
  });

  it('throws what the picture was to blame for, and asks nobody', async () => {
    const server = await bench.server();
    const captioner = await bench.captioner(
      [server],
      {},
      {
        preparePicture: () => Promise.reject(new Error('The JPEG ends early.')),
      },
    );
    await assert.rejects(captioner.ask('/a.png', 'x', signal), /ends early/);
    assert.equal(server.asked.length, 0);
  });

  it('ends requests that are cancelled', async () => {
    const server = await bench.server({ latency: 2000 });
    const captioner = await bench.captioner([server]);
    const cancel = new AbortController();
    const asked = [0, 1, 2, 3].map((index) => captioner.ask(`/${index}.png`, 'x', cancel.signal));
    const begun = performance.now();
    setTimeout(() => {
      cancel.abort(new Error('Cancelled by the test.'));
    }, 100);
    for (const each of await Promise.allSettled(asked)) {
      assert.equal(each.status === 'rejected' && (each.reason as Error).message, 'Cancelled by the test.');
    }
    assert.ok(performance.now() - begun < 1500);
  });

  it('says how fast it is and what is in flight', async () => {
    const server = await bench.server({ latency: 30 });
    const told: CaptionerStatus[] = [];
    const captioner = await bench.captioner([server], {}, { onStatus: (status) => told.push(status) });
    await Promise.all([1, 2, 3, 4, 5, 6].map((index) => captioner.ask(`/${index}.png`, 'x', signal)));
    const { endpoints, tokensPerSecond, imagesPerSecond, inFlight } = captioner.status();
    assert.equal(inFlight, 0);
    assert.ok(imagesPerSecond > 0);
    assert.ok(Math.abs(tokensPerSecond! / imagesPerSecond - 20) < 0.01, '20 tokens an image');
    assert.deepEqual([endpoints[0]!.endpoint, endpoints[0]!.state, endpoints[0]!.answered], [server.url, 'ready', 6]);
    assert.ok(told.length > 0);
  });

  describe('keeps its key', () => {
    it('from every message and log, also where a server repeats it with the picture', async () => {
      const server = await bench.server();
      const captioner = await bench.captioner([server]);
      const echo = (status: number): void => {
        server.script(async ({ headers, body }, response) => {
          const picture = (body!.messages[1]!.content as { image_url?: { url: string } }[])[1]!.image_url!.url;
          const said = `${'x'.repeat(150)} ${headers.authorization} ${picture} ${headers.authorization}`;
          response.writeHead(status, { 'content-type': 'text/plain' }).end(said);
          return Promise.resolve();
        });
      };
      const seen: string[] = [];
      for (const status of [400, 401]) {
        echo(status);
        const error = await failureOf(captioner.ask('/a.png', 'x', signal));
        seen.push(error.message, error.stack ?? '', JSON.stringify(error));
      }
      const all = [...seen, ...bench.log].join('\n');
      assert.doesNotMatch(all, /0123456789abcdef/);
      assert.ok(!all.includes(key.slice(0, 12)), all);
      assert.doesNotMatch(all, /base64,[A-Za-z0-9+/]{4}/);
      assert.match(all, /\*\*\*/);
    });

    it('from plain HTTP to another machine', async () => {
      const open = Captioner.open({
        profile: profileAt(['http://gpu.example:8000/v1']),
        keys: new Map([['http://gpu.example:8000', key]]),
        preparePicture: () => Promise.resolve(jpegOf(1, 1)),
      });
      const error = await failureOf(open);
      assert.equal(error.code, 'ENDPOINT_ADDRESS');
      assert.match(error.message, /could read it on its way|anybody on the way could read it/);
      assert.ok(!error.message.includes(key));
    });

    it('from other origins', async () => {
      const [mine, other] = [await bench.server(), await bench.server()];
      const captioner = await bench.captioner([mine, other], {}, { keys: new Map([[new URL(mine.url).origin, key]]) });
      await Promise.all([1, 2, 3, 4].map((index) => captioner.ask(`/${index}.png`, 'x', signal)));
      assert.ok(mine.asked.length > 0 && other.asked.length > 0);
      assert.ok(mine.asked.every(({ headers }) => headers.authorization === `Bearer ${key}`));
      assert.ok(other.asked.every(({ headers }) => headers.authorization === undefined));
    });
  });

  it('needs an address', async () => {
    const error = await failureOf(bench.captioner([]));
    assert.equal(error.code, 'ENDPOINT_ADDRESS');
  });
});
