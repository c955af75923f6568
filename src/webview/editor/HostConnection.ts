import type {
  GridSnapshot,
  GridSettings,
  HostRequests,
  PageState,
  WebviewEvents,
} from '../../protocol/page/gridProtocol';
import { errorMessage } from '../../protocol/channel/wireError';
import type { HostChannel, PageHost } from '../shared/host';

/** What the connection shows in the page. */
interface ConnectedPage {
  showSnapshot(snapshot: GridSnapshot): void;
  /** Shows what went wrong; undefined clears it. */
  showProblem(problem: string | undefined): void;
}

/** The page's end of the channel to the extension host: which snapshots are shown, and which failures. */
export class HostConnection implements PageHost {
  private channel: HostChannel | undefined;
  private isReady = false;
  /** the version of the snapshot that the page shows */
  private version = 0;

  constructor(private readonly page: ConnectedPage) {}

  /** Uses a channel from now on. */
  open(channel: HostChannel): void {
    this.channel = channel;
  }

  /**
   * Says that the page has started. Snapshots that the host sends before its answer are dropped: the answer's own comes
   * with the place to show.
   */
  async ready(): Promise<{ snapshot: GridSnapshot; settings: GridSettings; page: PageState }> {
    const answer = await this.request('ready', {});
    this.isReady = true;
    return answer;
  }

  request<K extends keyof HostRequests>(
    method: K,
    params: Parameters<HostRequests[K]>[0],
    signal?: AbortSignal,
  ): Promise<ReturnType<HostRequests[K]>> {
    if (this.channel === undefined) return Promise.reject(new Error('Not connected'));
    return this.channel.request(method, params, signal);
  }

  async tryRequest<K extends keyof HostRequests>(
    method: K,
    params: Parameters<HostRequests[K]>[0],
  ): Promise<ReturnType<HostRequests[K]> | undefined> {
    try {
      return await this.request(method, params);
    } catch (error) {
      this.page.showProblem(errorMessage(error));
      return undefined;
    }
  }

  command<K extends keyof HostRequests>(method: K, params: Parameters<HostRequests[K]>[0]): void {
    this.page.showProblem(undefined);
    void this.tryRequest(method, params);
  }

  post<K extends keyof WebviewEvents>(name: K, payload: WebviewEvents[K]): void {
    this.channel?.tell(name, payload);
  }

  applySnapshot(snapshot: GridSnapshot): void {
    if (snapshot.version >= this.version) this.onSnapshot(snapshot);
  }

  /** Shows a snapshot that the host sent by itself: it sends them in order, so it is the latest. */
  onSnapshot(snapshot: GridSnapshot): void {
    if (!this.isReady) return;
    this.version = snapshot.version;
    this.page.showSnapshot(snapshot);
  }
}
