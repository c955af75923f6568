import * as l10n from '@vscode/l10n';
import { headIn } from '../base/pictureHead/headIn';
import type { CaptionerProfile } from '../protocol/captioning/captionerProfile';
import { abortReason } from '../protocol/channel/Channel';
import { AnswerRate } from './AnswerRate';
import { CaptionerError } from './endpoint/CaptionerError';
import { checkEndpoint, firstWithPictures, listWith, noModels, type EndpointReport } from './endpoint/checkEndpoint';
import { maximumPictureBytes } from './endpoint/chatRequest';
import { endpointOrigin } from './endpoint/endpointAddress';
import { EndpointClient, type Reply } from './endpoint/EndpointClient';
import type { ServerAnswer } from './endpoint/ServerAnswer';
import type { LaneState, Patience } from './pace/EndpointLane';
import { EndpointQueue, type Attempt } from './pace/EndpointQueue';
import { machineClock, type PaceClock } from './pace/PaceClock';
import { PictureGate } from './PictureGate';

/** How a captioner is reached, and where its pictures come from. */
export interface CaptionerOptions {
  profile: CaptionerProfile;
  /** by the origin of an endpoint, see `endpointOrigin` */
  keys: ReadonlyMap<string, string>;
  /**
   * Makes the JPEG of an image that is sent: `prepareJpeg` of the tagger's process.
   * @param side the longer side, in pixels, at most
   * @param maximumBytes of its base64
   */
  preparePicture: (imagePath: string, side: number, maximumBytes: number, signal: AbortSignal) => Promise<Uint8Array>;
  /** called at most once a second */
  onStatus?: (status: CaptionerStatus) => void;
  /** called with lines that hold no key, no picture and no caption */
  onLog?: (line: string) => void;
  /**
   * how long all endpoints may be away before waiting requests are rejected, in seconds (default: 300, as large models
   * take long to load)
   */
  patienceSeconds?: number;
  clock?: PaceClock;
}

/** One endpoint of a captioner. */
export interface EndpointStatus {
  endpoint: string;
  /** requests */
  inFlight: number;
  /** how many requests it may have in flight now */
  window: number;
  state: LaneState;
  /** why it gets no requests, or fewer, in sentences; absent while all is well */
  problem?: string;
  /** answers so far, captions or not */
  answered: number;
}

/** What a captioner does now. */
export interface CaptionerStatus {
  /** over the last 30 seconds */
  imagesPerSecond: number;
  /** of the answers; absent where no server reports them */
  tokensPerSecond?: number;
  /** requests to all endpoints */
  inFlight: number;
  endpoints: EndpointStatus[];
}

/** How long an endpoint that has never answered may be away, in milliseconds. */
const patienceAtFirst = 20_000;
/** How many times longer than later answers the first one of an endpoint may take: it may load the model. */
const loadFactor = 5;
/** A picture that was too large for a server is never scaled down below this longer side, in pixels. */
const smallestSide = 224;
const statusInterval = 1000;

/**
 * A vision-language model behind the endpoints of a profile. It applies back-pressure: only as many pictures are
 * prepared and sent as the servers keep up with, the other images wait. Transient errors are retried in here,
 * permanent ones are thrown.
 */
export class Captioner {
  private readonly queue: EndpointQueue;
  private readonly gate: PictureGate;
  private readonly rate = new AnswerRate();
  private readonly clock: PaceClock;
  private readonly models = new Map<EndpointClient, string>();
  private readonly patience: Patience;
  private readonly ending = new AbortController();
  private cancelStatus: (() => void) | undefined;
  private lastStatus = -Infinity;

  private constructor(
    private readonly options: CaptionerOptions,
    private readonly clients: readonly EndpointClient[],
  ) {
    const { profile, clock = machineClock, onLog, patienceSeconds } = options;
    this.clock = clock;
    const usual = patienceSeconds === undefined ? 300_000 : patienceSeconds * 1000;
    this.patience = { usual, atFirst: Math.min(usual, patienceAtFirst) };
    this.gate = new PictureGate(() => 2 * this.queue.width);
    this.queue = new EndpointQueue({
      endpoints: clients.map(({ address }) => address),
      maximumInFlight: profile.maximumInFlight,
      patience: this.patience,
      clock,
      givenUp,
      allAway,
      onChange: () => {
        this.gate.widen();
        this.tellStatus();
      },
      ...(onLog === undefined ? {} : { onLog }),
    });
  }

  /**
   * Opens no connection yet.
   * @throws CaptionerError ENDPOINT_ADDRESS for a profile without endpoints, an invalid address, or a key that would
   *   go over plain HTTP to another machine; ENDPOINT_REFUSED for the address of a proxy
   */
  static async open(options: CaptionerOptions): Promise<Captioner> {
    const { endpoints, maximumInFlight: connections, name } = options.profile;
    if (endpoints.length === 0) {
      throw new CaptionerError('ENDPOINT_ADDRESS', l10n.t('The captioner "{0}" has no address of a server.', name));
    }
    const clients: EndpointClient[] = [];
    try {
      for (const endpoint of endpoints) {
        clients.push(await EndpointClient.open({ endpoint, key: keyOf(endpoint, options), connections }));
      }
    } catch (error) {
      await Promise.all(clients.map((client) => client.close()));
      throw error;
    }
    return new Captioner(options, clients);
  }

  /**
   * How many images to pass to {@link ask} at a time so that no server is idle: those in flight, and as many again
   * that are being prepared. Further ones would wait without taking memory.
   */
  get imagesInWork(): number {
    return 2 * this.clients.length * this.options.profile.maximumInFlight;
  }

  /**
   * Checks all endpoints, with a small picture each.
   * @returns a report for each, in the order of the profile; it says why an endpoint does not work
   * @throws CaptionerError of an address; the signal's reason
   */
  check(signal?: AbortSignal): Promise<EndpointReport[]> {
    const { profile } = this.options;
    return Promise.all(
      profile.endpoints.map((endpoint) =>
        checkEndpoint(
          { endpoint, key: keyOf(endpoint, this.options), timeoutSeconds: profile.timeoutSeconds },
          profile.model,
          undefined,
          signal,
          profile.sampling,
        ),
      ),
    );
  }

  /**
   * Asks about one image. Returns the raw answer of the server.
   * @param prompt as it is sent: placeholders are filled in
   * @param system likewise; that of the profile if left out
   * @throws CaptionerError; what `preparePicture` throws; the signal's reason
   */
  ask(imagePath: string, prompt: string, signal: AbortSignal, system?: string): Promise<ServerAnswer> {
    const words = { prompt, system: system ?? this.options.profile.system };
    const both = AbortSignal.any([signal, this.ending.signal]);
    return this.gate.run(() => this.askWithRoom(imagePath, words, both), both);
  }

  /** What it does now. */
  status(): CaptionerStatus {
    const endpoints = this.queue.endpoints.map(({ endpoint, window, state, problem, answered }) => ({
      endpoint,
      inFlight: window.inFlight,
      window: window.size,
      state,
      ...(problem === undefined ? {} : { problem: problem.message }),
      answered,
    }));
    const inFlight = endpoints.reduce((sum, each) => sum + each.inFlight, 0);
    return { ...this.rate.measure(this.clock.now()), inFlight, endpoints };
  }

  /** Ends all connections; images that wait or are in flight fail with an AbortError. */
  async close(): Promise<void> {
    const reason = new DOMException('The captioner was closed.', 'AbortError');
    this.ending.abort(reason);
    this.queue.close(reason);
    this.cancelStatus?.();
    await Promise.all(this.clients.map((client) => client.close()));
  }

  private async askWithRoom(
    imagePath: string,
    words: { prompt: string; system: string },
    signal: AbortSignal,
  ): Promise<ServerAnswer> {
    const { profile, preparePicture } = this.options;
    let jpeg = await preparePicture(imagePath, profile.imageSide, maximumPictureBytes, signal);
    let isSmaller = false;
    const answer = await this.queue.run(async (index, isFirst, own) => {
      this.rate.begin(this.clock.now());
      const client = this.clients[index];
      if (client === undefined) throw new Error(`There is no endpoint ${index}.`);
      const model = await this.modelOf(client, own);
      if (typeof model !== 'string') return this.attemptOf(model, client, true);
      const timeout = profile.timeoutSeconds * 1000 * (isFirst ? loadFactor : 1);
      const send = (): Promise<Reply> =>
        client.ask({ model, ...words, jpeg, sampling: profile.sampling, timeout }, own);
      const reply = await send();
      if (reply.kind !== 'smaller' || isSmaller) return this.attemptOf(reply, client, true);
      isSmaller = true;
      const side = Math.max(smallestSide, Math.floor(longerSideOf(jpeg, profile.imageSide) / 2));
      jpeg = await preparePicture(imagePath, side, maximumPictureBytes / 2, own);
      // Its time is not measured, as it took two requests.
      return this.attemptOf(await send(), client, false);
    }, signal);
    this.rate.add(this.clock.now(), answer.usage?.completion);
    return answer;
  }

  /** The model of the profile, or else the first that a server lists; what is to be done where it lists none. */
  private async modelOf(client: EndpointClient, signal: AbortSignal): Promise<string | Reply> {
    const { model } = this.options.profile;
    if (model !== '') return model;
    const known = this.models.get(client);
    if (known !== undefined) return known;
    try {
      const first = firstWithPictures((await listWith(client, signal)).models);
      if (first !== '') {
        this.models.set(client, first);
        return first;
      }
      return { kind: 'failed', error: new CaptionerError('MODEL_NOT_FOUND', noModels(client.address), client.address) };
    } catch (thrown) {
      if (signal.aborted) throw abortReason(signal);
      if (!(thrown instanceof CaptionerError)) throw thrown;
      const isAway = thrown.code === 'ENDPOINT_UNREACHABLE' || thrown.code === 'ANSWER_TIMEOUT';
      return isAway ? { kind: 'later', cause: 'away', error: thrown } : { kind: 'failed', error: thrown };
    }
  }

  private attemptOf(reply: Reply, { address }: EndpointClient, isMeasured: boolean): Attempt<ServerAnswer> {
    switch (reply.kind) {
      case 'answered':
        return { kind: 'done', value: reply.answer, isMeasured };
      case 'failed':
        return {
          kind: 'failed',
          error: reply.error,
          ofEndpoint: reply.error.fault === 'machine',
          elsewhere: reply.error.code === 'REQUEST_REFUSED',
        };
      case 'smaller':
        return { kind: 'failed', error: reply.error, ofEndpoint: false };
      case 'later': {
        const { cause, after, error } = reply;
        if (cause === 'away') return { kind: 'later', cause, error, after, isHeard: error.status !== undefined };
        if (cause !== 'overload' || after === undefined || after <= this.patience.usual) {
          return { kind: 'later', cause, error, after };
        }
        const wait = l10n.t('It wants to be asked again in {0} minutes.', Math.ceil(after / 60_000));
        const quota = new CaptionerError('ENDPOINT_QUOTA', `${error.message} ${wait}`, address, error.status);
        return { kind: 'later', cause, error: quota, after };
      }
    }
  }

  private tellStatus(): void {
    const { onStatus } = this.options;
    if (onStatus === undefined || this.cancelStatus !== undefined) return;
    const tell = (): void => {
      this.cancelStatus = undefined;
      this.lastStatus = this.clock.now();
      if (!this.ending.signal.aborted) onStatus(this.status());
    };
    const left = this.lastStatus + statusInterval - this.clock.now();
    if (left <= 0) tell();
    else this.cancelStatus = this.clock.after(left, tell);
  }
}

function keyOf(endpoint: string, { keys }: CaptionerOptions): string | undefined {
  return keys.get(endpointOrigin(endpoint));
}

/** The longer side of a JPEG, in pixels. */
function longerSideOf(jpeg: Uint8Array, otherwise: number): number {
  const head = headIn(Buffer.from(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength));
  return head === undefined ? otherwise : Math.max(head.width, head.height);
}

function givenUp(cause: 'broken' | 'timeout', last: Error): CaptionerError {
  const { endpoint = '', status } = last instanceof CaptionerError ? last : {};
  const code = cause === 'timeout' ? 'ANSWER_TIMEOUT' : 'ANSWER_UNREADABLE';
  const tried = l10n.t('It was tried several times.');
  return new CaptionerError(code, `${last.message} ${tried}`, endpoint, status, last);
}

function allAway(last: Error): CaptionerError {
  if (!(last instanceof CaptionerError)) {
    return new CaptionerError('ENDPOINT_UNREACHABLE', last.message, '', undefined, last);
  }
  if (last.fault === 'machine') return last;
  return new CaptionerError('ENDPOINT_UNREACHABLE', last.message, last.endpoint, last.status, last);
}
