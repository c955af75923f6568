import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import sharp from 'sharp';
import { Dataset } from '../../../src/dataset/Dataset';
import { planCaptionJob, type CaptionScope } from '../../../src/jobs/captionJob';
import { captionerHash } from '../../../src/jobs/captionerHash';
import { JobFolder } from '../../../src/jobs/folder/JobFolder';
import { jobImages } from '../../../src/jobs/folder/jobTargets';
import { captionerPresets } from '../../../src/protocol/captioning/captionerPresets';
import type { CaptionerProfile } from '../../../src/protocol/captioning/captionerProfile';
import type { TaggerProcess } from '../../../src/protocol/child/TaggerProcess';
import { defaultWriteOptions, type WriteOptions } from '../../../src/tags/writeMode';

/** A captioner that asks for each image by the name of its file. */
export function testProfile(endpoint: string, more: Partial<CaptionerProfile> = {}): CaptionerProfile {
  return {
    ...captionerPresets.general,
    name: 'Test captioner',
    endpoints: [endpoint],
    model: 'test-model',
    prompt: 'Describe {filename}, please.',
    ...more,
  };
}

/** What a server says: a text as an answer, or a status with a body. */
export type Said = string | { status: number; body: unknown };

/** A server of chat completions that answers by what it is asked. */
export class ChatServer {
  /** the names of the images that were asked about, in the order of the requests */
  readonly asked: string[] = [];
  /** all prompts of images, as they were sent */
  readonly prompts: string[] = [];
  /** the system texts of these requests */
  readonly systems: string[] = [];
  readonly keys = new Set<string | undefined>();

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  /** @param answer says what a server says about the image of that name, without its extension */
  static async start(answer: (image: string, prompt: string) => Said | Promise<Said>): Promise<ChatServer> {
    const server = createServer((request, response) => {
      const send = ({ status, body }: { status: number; body: unknown }): void => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      };
      started.keys.add(request.headers.authorization);
      if (request.method === 'GET') {
        send({ status: 200, body: { object: 'list', data: [{ id: 'test-model', object: 'model' }] } });
        return;
      }
      void wordsOf(request).then(async ({ prompt, system }) => {
        const image = /Describe (\S+), please/.exec(prompt)?.[1];
        if (image !== undefined) started.asked.push(image);
        if (image !== undefined) started.prompts.push(prompt);
        if (image !== undefined) started.systems.push(system);
        const said = image === undefined ? 'A small square.' : await answer(image, prompt);
        send(typeof said === 'string' ? { status: 200, body: completion(said) } : said);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const started = new ChatServer(server, `http://127.0.0.1:${String(port)}/v1`);
    return started;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close').catch(() => undefined);
  }
}

/** How often each image was asked about. */
export function timesAsked({ asked }: ChatServer): Map<string, number> {
  const times = new Map<string, number>();
  for (const image of asked) times.set(image, (times.get(image) ?? 0) + 1);
  return times;
}

async function wordsOf(request: IncomingMessage): Promise<{ prompt: string; system: string }> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { messages } = JSON.parse(Buffer.concat(chunks).toString()) as {
    messages: { role: string; content: string | { type: string; text?: string }[] }[];
  };
  const textOf = (wanted: string): string => {
    const content = messages.find(({ role }) => role === wanted)?.content ?? '';
    return typeof content === 'string' ? content : content.map(({ text = '' }) => text).join('');
  };
  return { prompt: textOf('user'), system: textOf('system') };
}

function completion(text: string): unknown {
  return {
    object: 'chat.completion',
    model: 'test-model',
    choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 },
  };
}

/** A process of the tagger that prepares pictures, and has no model. */
export async function preparesPictures(): Promise<Pick<TaggerProcess, 'request'>> {
  const red = sharp({ create: { width: 8, height: 8, channels: 3, background: '#d01010' } });
  const jpeg = new Uint8Array(await red.jpeg().toBuffer());
  const request = (name: string): Promise<unknown> =>
    name === 'prepareJpeg'
      ? Promise.resolve({ jpeg, width: 8, height: 8 })
      : Promise.reject(new Error(`A captioner needs no ${name}.`));
  return { request: request as TaggerProcess['request'] };
}

/** Writes a job by a captioner, of all images of a folder or the empty ones. */
export async function makeCaptionerJob(
  jobsFolder: string,
  root: string,
  profile: CaptionerProfile,
  more: { mode?: CaptionScope; write?: Partial<WriteOptions> } = {},
): Promise<JobFolder> {
  const { mode = 'empty', write } = more;
  const dataset = new Dataset(root, { captionExtension: '.txt', emptiedCaption: 'delete' });
  await dataset.load();
  const options = { ...defaultWriteOptions, ...write };
  return JobFolder.create(
    jobsFolder,
    {
      label: mode === 'all' ? 'Caption All' : 'Caption Empty',
      root,
      captionExtension: '.txt',
      mode,
      write: options,
      captioner: { profile, hash: captionerHash(profile) },
      place: { kind: 'local' },
    },
    await jobImages(await planCaptionJob(dataset.allImages, mode, options.mode)),
  );
}
