import * as l10n from '@vscode/l10n';
import { readWireError, RemoteError, toWireError, type WireError } from './wireError';

/** The transport of a channel: a child process, a webview panel, or `acquireVsCodeApi()`. */
export interface Port {
  post(message: unknown): void;
  /** Registers the one listener for incoming messages and returns the function that removes it. */
  listen(listener: (message: unknown) => void): () => void;
}

/** Maps request names to functions of one parameter object: the requests that one side of a channel answers. */
export type RequestMap<T> = { [K in keyof T]: (params: never) => unknown };
/** The implementation of a request map: each handler also gets a signal that aborts when the caller cancels. */
export type RequestHandlers<T extends RequestMap<T>> = {
  [K in keyof T]: (params: Parameters<T[K]>[0], signal: AbortSignal) => ReturnType<T[K]> | Promise<ReturnType<T[K]>>;
};
/** The listeners for the events that the other side sends, by name. */
export type EventHandlers<E> = { [K in keyof E]: (payload: E[K]) => void };

/** A type guard: whether a received value has its declared type. */
export type Check<T> = (value: unknown) => value is T;
/** The parameters of each request of a map. */
export type ParamsOf<T extends RequestMap<T>> = { [K in keyof T]: Parameters<T[K]>[0] };
/** The result of each request of a map. */
export type ResultsOf<T extends RequestMap<T>> = { [K in keyof T]: ReturnType<T[K]> };

/** How one side of a channel validates what it receives, before anything is done with it. */
export interface ChannelRules<Serves extends RequestMap<Serves>, Calls extends RequestMap<Calls>, Hears> {
  params: { [K in keyof Serves]: Check<ParamsOf<Serves>[K]> };
  results: { [K in keyof Calls]: Check<ResultsOf<Calls>[K]> };
  events: { [K in keyof Hears]: Check<Hears[K]> };
  /**
   * called with a sentence for a log, once for each kind of message; the sentence contains nothing of the message's
   * content
   */
  onInvalid: (problem: string) => void;
}

type WireMessage =
  | { type: 'request'; id: number; method: string; params: unknown }
  | { type: 'result'; id: number; result: unknown }
  | { type: 'error'; id: number; error: WireError }
  | { type: 'cancel'; id: number }
  | { type: 'event'; name: string; payload: unknown };

/** Error code of the requests that are in flight when their channel is closed. */
export const channelClosed = 'CHANNEL_CLOSED';

/** Error code for a message that does not have the agreed shape. */
export const messageInvalid = 'MESSAGE_INVALID';

interface OpenCall {
  method: string;
  resolve(result: unknown): void;
  reject(error: Error): void;
  done(): void;
}

/**
 * A typed, bidirectional channel of requests and events over a {@link Port}. Errors thrown by a handler reach the
 * caller as {@link RemoteError}; aborting the caller's signal aborts the handler's; closing rejects every request in
 * flight.
 *
 * @typeParam Serves requests that this side answers
 * @typeParam Calls requests that the other side answers
 * @typeParam Hears events that this side receives
 * @typeParam Tells events that this side sends
 */
export class Channel<Serves extends RequestMap<Serves>, Calls extends RequestMap<Calls>, Hears, Tells> {
  private nextId = 1;
  private closed = false;
  private readonly openCalls = new Map<number, OpenCall>();
  private readonly openHandlers = new Map<number, AbortController>();
  private readonly stopListening: () => void;
  /** kinds of invalid messages that were reported already */
  private readonly reportedKinds = new Set<string>();

  /** @param rules omit them only where the other side is trusted, because this side belongs to it */
  constructor(
    private readonly port: Port,
    private readonly handlers: RequestHandlers<Serves>,
    private readonly listeners: EventHandlers<Hears>,
    private readonly rules?: ChannelRules<Serves, Calls, Hears>,
  ) {
    this.stopListening = port.listen((message) => {
      this.receive(message);
    });
  }

  /**
   * Sends a request and waits for the response.
   * @param signal aborting it cancels the request on the other side; the promise rejects with the signal's reason
   * @throws RemoteError with what the other side's handler threw, or with the code {@link channelClosed}
   */
  request<K extends keyof Calls & string>(
    method: K,
    params: Parameters<Calls[K]>[0],
    signal?: AbortSignal,
  ): Promise<ReturnType<Calls[K]>> {
    return new Promise<unknown>((resolve, reject) => {
      if (this.closed) {
        reject(closedError());
        return;
      }
      if (signal?.aborted === true) {
        reject(abortReason(signal));
        return;
      }
      const id = this.nextId++;
      const onAbort = (): void => {
        this.settle(id)?.reject(abortReason(signal));
        this.port.post({ type: 'cancel', id } satisfies WireMessage);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.openCalls.set(id, {
        method,
        resolve,
        reject,
        done: () => signal?.removeEventListener('abort', onAbort),
      });
      try {
        this.port.post({ type: 'request', id, method, params } satisfies WireMessage);
      } catch (thrown) {
        this.settle(id)?.reject(thrown instanceof Error ? thrown : new Error(String(thrown)));
      }
    }) as Promise<ReturnType<Calls[K]>>;
  }

  /** Sends an event, which has no response. Does nothing after {@link close}. */
  tell<K extends keyof Tells & string>(name: K, payload: Tells[K]): void {
    if (!this.closed) this.port.post({ type: 'event', name, payload } satisfies WireMessage);
  }

  /**
   * Stops listening, aborts running handlers and rejects requests in flight with `error` (code {@link channelClosed}).
   */
  close(error: Error = closedError()): void {
    if (this.closed) return;
    this.closed = true;
    this.stopListening();
    for (const controller of this.openHandlers.values()) controller.abort(error);
    for (const id of [...this.openCalls.keys()]) this.settle(id)?.reject(error);
  }

  private settle(id: number): OpenCall | undefined {
    const call = this.openCalls.get(id);
    this.openCalls.delete(id);
    call?.done();
    return call;
  }

  private receive(raw: unknown): void {
    if (!isWireMessage(raw)) {
      this.reportInvalid('A message');
      return;
    }
    switch (raw.type) {
      case 'request':
        void this.answer(raw.id, raw.method, raw.params);
        break;
      case 'result': {
        const call = this.settle(raw.id);
        if (call === undefined) return;
        if (this.fits('results', call.method, raw.result)) call.resolve(raw.result);
        else call.reject(this.reportInvalid(`The answer to ${call.method}`));
        break;
      }
      case 'error':
        this.settle(raw.id)?.reject(new RemoteError(readWireError(raw.error)));
        break;
      case 'cancel':
        this.openHandlers.get(raw.id)?.abort(new DOMException('Cancelled', 'AbortError'));
        break;
      case 'event':
        this.receiveEvent(raw.name, raw.payload);
        break;
      default:
        raw satisfies never;
    }
  }

  private receiveEvent(name: string, payload: unknown): void {
    // An event without a listener need not be valid.
    if (!Object.hasOwn(this.listeners, name)) return;
    if (this.fits('events', name, payload)) this.listeners[name as keyof Hears](payload as Hears[keyof Hears]);
    else this.reportInvalid(`The event ${name}`);
  }

  private fits(kind: 'params' | 'results' | 'events', name: string, value: unknown): boolean {
    if (this.rules === undefined) return true;
    const checks = this.rules[kind] as Record<string, Check<unknown>>;
    return Object.hasOwn(checks, name) && checks[name]?.(value) === true;
  }

  /** Reports invalid messages, once for each kind. @returns the error for the caller that waits for this message */
  private reportInvalid(what: string): RemoteError {
    const message = `${what} has not the shape that was agreed on; it was ignored.`;
    if (!this.reportedKinds.has(what)) this.rules?.onInvalid(message);
    this.reportedKinds.add(what);
    return new RemoteError({ name: 'MessageError', message, code: messageInvalid });
  }

  private async answer(id: number, method: string, params: unknown): Promise<void> {
    const controller = new AbortController();
    this.openHandlers.set(id, controller);
    let reply: WireMessage;
    try {
      if (!Object.hasOwn(this.handlers, method)) throw new Error(`Unknown request "${method}"`);
      if (!this.fits('params', method, params)) throw this.reportInvalid(`The request ${method}`);
      const handler = this.handlers[method as keyof Serves];
      const result: unknown = await handler(params as never, controller.signal);
      reply = { type: 'result', id, result };
    } catch (thrown) {
      reply = { type: 'error', id, error: toWireError(thrown) };
    }
    this.openHandlers.delete(id);
    if (this.closed) return;
    try {
      this.port.post(reply);
    } catch (thrown) {
      // The result cannot be serialized (a function, a handle): without a reply the caller would wait forever.
      this.port.post({ type: 'error', id, error: toWireError(thrown) } satisfies WireMessage);
    }
  }
}

function closedError(): Error {
  return new RemoteError({
    name: 'ChannelClosedError',
    message: l10n.t('The connection was closed.'),
    code: channelClosed,
  });
}

/** The error with which an aborted request rejects: the signal's reason, or an AbortError if that is not an Error. */
export function abortReason(signal: AbortSignal | undefined): Error {
  return signal?.reason instanceof Error ? signal.reason : new DOMException('Cancelled', 'AbortError');
}

function isWireMessage(raw: unknown): raw is WireMessage {
  if (typeof raw !== 'object' || raw === null || !('type' in raw)) return false;
  const message = raw as { type: unknown; id?: unknown; method?: unknown; name?: unknown };
  switch (message.type) {
    case 'request':
      return typeof message.id === 'number' && typeof message.method === 'string';
    case 'error':
    case 'result':
    case 'cancel':
      return typeof message.id === 'number';
    case 'event':
      return typeof message.name === 'string';
    default:
      return false;
  }
}
