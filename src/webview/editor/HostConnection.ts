import type { CardItem } from '../../protocol/page/cardProtocol';
import type { GridSnapshot, HostRequests, PageStart, WebviewEvents } from '../../protocol/page/gridProtocol';
import { errorMessage, RemoteError } from '../../protocol/channel/wireError';
import type { HostChannel, PageHost } from '../shared/host';

/** The callbacks from the connection to the page. */
interface ConnectedPage {
  showSnapshot(snapshot: GridSnapshot): void;
  /** Shows a failure message; undefined clears it. */
  showProblem(problem: string | undefined): void;
  /** The host said something. */
  heard(): void;
  /** What was typed is about to be sent. */
  draftSent(draft: WebviewEvents['draft']): void;
  /** Cards came, which say what has arrived. */
  itemsCame(items: readonly CardItem[]): void;
}

/** The page's end of the channel to the extension host. Decides which snapshots and which failures are shown. */
export class HostConnection implements PageHost {
  private channel: HostChannel | undefined;
  private isReady = false;
  /** requests that the host has not answered */
  private openRequests = 0;
  /** version of the snapshot on display */
  private version = 0;
  /** Takes what the host sends before it has been asked. */
  onStart: (start: PageStart) => void = () => undefined;
  private readonly sent = new Promise<PageStart>((resolve) => {
    this.onStart = resolve;
  });

  constructor(private readonly page: ConnectedPage) {}

  /** Sets the channel for all further messages. */
  open(channel: HostChannel): void {
    this.channel = channel;
  }

  /**
   * Waits for what the page shows first. Snapshots that arrive before it are dropped: it has a snapshot of its own,
   * together with the position to show.
   * @param asked the answer to `ready`; the host may have sent the same before it was asked
   */
  async started(asked: Promise<PageStart>): Promise<PageStart> {
    const start = await Promise.race([asked, this.sent]);
    this.isReady = true;
    void asked.then(
      (answer) => {
        if (answer !== start) this.applySnapshot(answer.snapshot);
      },
      () => undefined,
    );
    return start;
  }

  request<K extends keyof HostRequests>(
    method: K,
    params: Parameters<HostRequests[K]>[0],
    signal?: AbortSignal,
  ): Promise<ReturnType<HostRequests[K]>> {
    if (this.channel === undefined) return Promise.reject(new Error('Not connected'));
    const answer = this.channel.request(method, params, signal);
    void this.follow(method, answer);
    return answer;
  }

  /** Whether the host has yet to answer a request. */
  get isWaiting(): boolean {
    return this.openRequests > 0;
  }

  async tryRequest<K extends keyof HostRequests>(
    method: K,
    params: Parameters<HostRequests[K]>[0],
    signal?: AbortSignal,
  ): Promise<ReturnType<HostRequests[K]> | undefined> {
    try {
      return await this.request(method, params, signal);
    } catch (error) {
      if (signal?.aborted !== true) this.page.showProblem(errorMessage(error));
      return undefined;
    }
  }

  command<K extends keyof HostRequests>(method: K, params: Parameters<HostRequests[K]>[0]): void {
    this.page.showProblem(undefined);
    void this.tryRequest(method, params);
  }

  post<K extends keyof WebviewEvents>(name: K, payload: WebviewEvents[K]): void {
    if (name === 'draft') this.page.draftSent(payload as WebviewEvents['draft']);
    this.channel?.tell(name, payload);
  }

  applySnapshot(snapshot: GridSnapshot): void {
    if (snapshot.version >= this.version) this.onSnapshot(snapshot);
  }

  /** Shows a snapshot that the host pushed. The host sends them in order, so it is the latest. */
  onSnapshot(snapshot: GridSnapshot): void {
    this.page.heard();
    if (!this.isReady) return;
    this.version = snapshot.version;
    this.page.showSnapshot(snapshot);
  }

  private async follow<K extends keyof HostRequests>(
    method: K,
    answer: Promise<ReturnType<HostRequests[K]>>,
  ): Promise<void> {
    this.openRequests++;
    try {
      const result = await answer;
      this.page.heard();
      if (method === 'getItems' || method === 'getItemsAround') {
        this.page.itemsCame((result as ReturnType<HostRequests['getItems' | 'getItemsAround']>).items);
      }
    } catch (thrown) {
      // Whoever asked handles the failure; here it only counts whether it came from the host.
      if (thrown instanceof RemoteError) this.page.heard();
    }
    this.openRequests--;
  }
}
