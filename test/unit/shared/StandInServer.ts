import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A request as the stand-in got it. */
export interface SeenRequest {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  /** the JSON of its body; undefined where it has none */
  body: ChatBody | undefined;
  /** the bytes of the picture in it */
  jpeg: Buffer | undefined;
  /** in milliseconds since 1970 */
  time: number;
}

/** What a request for chat completions holds. */
export interface ChatBody {
  model: string;
  messages: {
    role: string;
    content: string | { type: string; text?: string; image_url?: { url: string } }[];
  }[];
  [field: string]: unknown;
}

/** An answer: a status with a body, or whatever a function does to the connection. */
export type StandInAnswer =
  | { status: number; headers?: Record<string, string>; body: string }
  | ((request: SeenRequest, response: ServerResponse) => void | Promise<void>);

/** How a stand-in works. */
export interface StandInOptions {
  /** how many requests it works on at a time; the others wait (default: all) */
  slots?: number;
  /** how long it works on one, in milliseconds (default: 0) */
  latency?: number | ((request: SeenRequest) => number);
  /** requests beyond this number get 429 at once (default: none) */
  refuseAbove?: number;
  /** the key that it wants */
  key?: string;
  /** of its list of models */
  models?: object[];
  /** answers to other paths than those of chat completions and of the list */
  pages?: Record<string, StandInAnswer>;
  port?: number;
}

/** A server with chat completions over real HTTP, which answers what a test wants. */
export class StandInServer {
  /** requests for chat completions, in the order in which they came */
  readonly asked: SeenRequest[] = [];
  /** all requests */
  readonly requests: SeenRequest[] = [];
  /** the most requests for chat completions at a time */
  mostInFlight = 0;
  inFlight = 0;
  answered = 0;
  refused = 0;
  private readonly scripted: StandInAnswer[] = [];
  private usual: StandInAnswer | undefined;
  private working = 0;
  private readonly waiting: (() => void)[] = [];
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly options: StandInOptions,
  ) {}

  static async start(options: StandInOptions = {}): Promise<StandInServer> {
    const server = createServer((request, response) => void standIn.serve(request, response));
    const standIn = new StandInServer(server, options);
    server.on('connection', (socket) => {
      standIn.sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => standIn.sockets.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
    return standIn;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** The base of its API. */
  get url(): string {
    return `http://127.0.0.1:${this.port}/v1`;
  }

  /** The next requests for chat completions get these answers, one each; the others the usual one. */
  script(...answers: StandInAnswer[]): void {
    this.scripted.push(...answers);
  }

  /** What requests get from now on for which nothing is scripted. */
  always(answer: StandInAnswer | undefined): void {
    this.usual = answer;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    try {
      for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
    } catch {
      return;
    }
    const seen = seenOf(request, Buffer.concat(pieces));
    this.requests.push(seen);
    const { key, models = [{ id: 'stand-in', object: 'model' }], pages = {} } = this.options;
    const isWrong = key !== undefined && seen.headers.authorization !== `Bearer ${key}`;
    const page = pages[seen.path];
    if (isWrong) {
      const said = `Incorrect API key provided: ${seen.headers.authorization}`;
      give(response, openAiError(401, 'invalid_api_key', said));
    } else if (page !== undefined) await this.giveAny(page, seen, response);
    else if (seen.path === '/v1/models') give(response, json(200, { object: 'list', data: models }));
    else if (seen.path === '/v1/chat/completions') await this.complete(seen, response);
    else give(response, json(404, { detail: 'Not Found' }));
  }

  private async complete(seen: SeenRequest, response: ServerResponse): Promise<void> {
    const { slots = Infinity, latency = 0, refuseAbove = Infinity } = this.options;
    this.asked.push(seen);
    this.inFlight++;
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
    let isIn = true;
    const leave = (): void => {
      if (isIn) this.inFlight--;
      isIn = false;
    };
    response.on('close', leave);
    if (this.inFlight > refuseAbove) {
      this.refused++;
      leave();
      give(response, openAiError(429, 'rate_limit_exceeded', 'Too many concurrent requests'));
      return;
    }
    if (this.working >= slots) await new Promise<void>((resolve) => this.waiting.push(resolve));
    this.working++;
    const time = typeof latency === 'function' ? latency(seen) : latency;
    if (time > 0) await new Promise((resolve) => setTimeout(resolve, time));
    this.working--;
    this.waiting.shift()?.();
    leave();
    this.answered++;
    return this.giveAny(
      this.scripted.shift() ?? this.usual ?? caption(`A picture, ${this.asked.length}.`),
      seen,
      response,
    );
  }

  private async giveAny(answer: StandInAnswer, seen: SeenRequest, response: ServerResponse): Promise<void> {
    if (typeof answer === 'function') await answer(seen, response);
    else give(response, answer);
  }
}

/** A caption, as servers answer it. */
export function caption(content: unknown, more: Record<string, unknown> = {}, finish: unknown = 'stop'): StandInAnswer {
  return json(200, {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    choices: [{ index: 0, message: { role: 'assistant', content, ...more }, finish_reason: finish }],
    usage: { prompt_tokens: 300, completion_tokens: 20, total_tokens: 320 },
  });
}

/** An answer of JSON. */
export function json(status: number, value: unknown, headers: Record<string, string> = {}): StandInAnswer & object {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(value) };
}

/** An error in OpenAI's shape. */
export function openAiError(
  status: number,
  code: string | number | null,
  message: string,
  headers: Record<string, string> = {},
): StandInAnswer & object {
  return json(status, { error: { message, type: 'invalid_request_error', param: null, code } }, headers);
}

/** Pieces of an answer as server-sent events. */
export function events(pieces: readonly unknown[], end = 'data: [DONE]\n\n'): StandInAnswer {
  const body = pieces.map((piece) => `data: ${JSON.stringify(piece)}\n\n`).join('') + end;
  return { status: 200, headers: { 'content-type': 'text/event-stream' }, body };
}

/** Breaks the connection off. @param sent what comes before, as the beginning of an answer */
export function dropped(sent = ''): StandInAnswer {
  return (_request, response) => {
    if (sent === '') response.socket?.destroy();
    else {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100000' });
      response.write(sent, () => response.socket?.destroy());
    }
  };
}

/** Answers after a time. @param time in milliseconds */
export function slow(time: number, answer: StandInAnswer): StandInAnswer {
  return async (request, response) => {
    await new Promise((resolve) => setTimeout(resolve, time));
    if (typeof answer === 'function') await answer(request, response);
    else give(response, answer);
  };
}

function give(response: ServerResponse, answer: StandInAnswer): void {
  if (typeof answer === 'function') throw new Error('Only an answer with a status is given.');
  response.writeHead(answer.status, answer.headers);
  response.end(answer.body);
}

function seenOf({ method = '', url = '', headers }: IncomingMessage, bytes: Buffer): SeenRequest {
  const body = bytes.length === 0 ? undefined : (JSON.parse(bytes.toString('utf8')) as ChatBody);
  const { messages = [] } = (body ?? {}) as Partial<ChatBody>;
  const parts = messages.flatMap(({ content }) => (typeof content === 'string' ? [] : content));
  const picture = parts.find(({ image_url }) => image_url !== undefined)?.image_url?.url;
  const base64 = /^data:image\/jpeg;base64,(.*)$/.exec(picture ?? '')?.[1];
  const jpeg = base64 === undefined ? undefined : Buffer.from(base64, 'base64');
  return { method, path: url, headers, body, jpeg, time: Date.now() };
}
