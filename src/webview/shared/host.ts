import { createContext } from '@lit/context';
import type { Channel } from '../../protocol/channel/Channel';
import type { GridEvents, GridSnapshot, HostRequests, WebviewEvents } from '../../protocol/page/gridProtocol';

/** The channel to the extension host. */
export type HostChannel = Channel<Record<string, never>, HostRequests, GridEvents, WebviewEvents>;

/** The parameters of a request to the host. */
type ParamsOf<K extends keyof HostRequests> = Parameters<HostRequests[K]>[0];
/** The reply to a request. */
type AnswerOf<K extends keyof HostRequests> = ReturnType<HostRequests[K]>;

/** The components' only access to the extension host. */
export interface PageHost {
  /**
   * Sends a request whose failure the caller handles.
   * @param signal aborting it cancels the request; the promise rejects with the signal's reason
   * @throws RemoteError what the host's handler threw, or that the channel is closed
   */
  request<K extends keyof HostRequests>(method: K, params: ParamsOf<K>, signal?: AbortSignal): Promise<AnswerOf<K>>;
  /**
   * Sends a request. On failure, the page shows the error and the promise resolves with undefined.
   * @param signal aborting it cancels the request, which is no failure
   */
  tryRequest<K extends keyof HostRequests>(
    method: K,
    params: ParamsOf<K>,
    signal?: AbortSignal,
  ): Promise<AnswerOf<K> | undefined>;
  /**
   * Sends a user command without waiting for a reply: its effects come back as snapshots. Clears the message about an
   * earlier failure; if this command fails, shows its message.
   */
  command<K extends keyof HostRequests>(method: K, params: ParamsOf<K>): void;
  /** Sends an event. Dropped while the page is not connected. */
  post<K extends keyof WebviewEvents>(name: K, payload: WebviewEvents[K]): void;
  /** Shows the snapshot of a reply, unless the page already shows a later one. */
  applySnapshot(snapshot: GridSnapshot): void;
}

/** Provides the {@link PageHost} to every component of the page. Its value never changes. */
export const hostContext = createContext<PageHost>(Symbol('host'));
