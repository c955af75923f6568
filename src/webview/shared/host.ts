import { createContext } from '@lit/context';
import type { Channel } from '../../protocol/channel/Channel';
import type { GridEvents, GridSnapshot, HostRequests, WebviewEvents } from '../../protocol/page/gridProtocol';

/** The channel to the extension host. */
export type HostChannel = Channel<Record<string, never>, HostRequests, GridEvents, WebviewEvents>;

/** The parameters of a request. */
type ParamsOf<K extends keyof HostRequests> = Parameters<HostRequests[K]>[0];
/** What a request is answered with. */
type AnswerOf<K extends keyof HostRequests> = ReturnType<HostRequests[K]>;

/** The extension host as the components of the page see it: their only way to it. */
export interface PageHost {
  /**
   * Sends a request whose failure the caller handles.
   * @param signal aborting it cancels the request; the promise rejects with the signal's reason
   * @throws RemoteError what the host's handler threw, or that the channel is closed
   */
  request<K extends keyof HostRequests>(method: K, params: ParamsOf<K>, signal?: AbortSignal): Promise<AnswerOf<K>>;
  /** Sends a request whose failure the page shows to the user; resolves with undefined then. */
  tryRequest<K extends keyof HostRequests>(method: K, params: ParamsOf<K>): Promise<AnswerOf<K> | undefined>;
  /**
   * Sends what the user asked for, where nobody waits for the answer: its effects come as snapshots. Clears the problem
   * that the page shows; a failure is shown in its place.
   */
  command<K extends keyof HostRequests>(method: K, params: ParamsOf<K>): void;
  /** Sends an event. Before the page is connected there is nobody to hear it, and it is dropped. */
  post<K extends keyof WebviewEvents>(name: K, payload: WebviewEvents[K]): void;
  /** Shows the snapshot that an answer brought, unless the page shows a later one already. */
  applySnapshot(snapshot: GridSnapshot): void;
}

/** Provides the {@link PageHost} to every component of the page. Its value never changes. */
export const hostContext = createContext<PageHost>(Symbol('host'));
