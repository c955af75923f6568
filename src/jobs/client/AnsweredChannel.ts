import * as l10n from '@vscode/l10n';
import { Channel, type ChannelRules, type EventHandlers, type Port } from '../../protocol/channel/Channel';
import { withLimit } from '../../protocol/channel/withLimit';
import type { RunnerEvents, RunnerRequests } from './runnerProtocol';

/** Timeouts for the heartbeat of the process that runs jobs. */
export interface AnswerLimits {
  /** for an answer that costs no work, in milliseconds */
  answer: number;
  /** interval at which it is asked, in milliseconds */
  ping: number;
}

export const answerLimits: AnswerLimits = { answer: 5000, ping: 10_000 };

/** The process that runs jobs does not answer: it was stopped, hangs, or the machine is out of memory. */
export class RunnerSilentError extends Error {
  readonly code = 'RUNNER_SILENT';

  constructor(readonly pid: number) {
    super(
      l10n.t(
        'The process that runs jobs does not answer (process {0}). If it does not go on, end it; then its jobs can be resumed.',
        String(pid),
      ),
    );
    this.name = 'RunnerSilentError';
  }
}

export interface AnsweredChannelOptions {
  /** id of the process on the other side */
  pid: number;
  limits: AnswerLimits;
  /** aborting it ends the waiting for every answer at once */
  signal: AbortSignal | undefined;
  /** called once the other side does not answer any more, after all requests in flight have failed */
  onSilent: () => void;
}

type Nothing = Record<string, never>;
type Request = keyof RunnerRequests;

/** These cost the runner no work. */
const answeredAtOnce: ReadonlySet<Request> = new Set(['hello', 'ping', 'retire']);

/**
 * The channel to the process that runs jobs, with a heartbeat: if it stops, every request fails with {@link
 * RunnerSilentError} instead of waiting for ever.
 */
export class AnsweredChannel extends Channel<Nothing, RunnerRequests, RunnerEvents, Nothing> {
  private pings: NodeJS.Timeout | undefined;

  constructor(
    port: Port,
    listeners: EventHandlers<RunnerEvents>,
    rules: ChannelRules<Nothing, RunnerRequests, RunnerEvents>,
    private readonly options: AnsweredChannelOptions,
  ) {
    super(port, {}, listeners, rules);
  }

  /** @throws RunnerSilentError; as that of every channel */
  override async request<K extends Request>(
    method: K,
    params: Parameters<RunnerRequests[K]>[0],
    signal = this.options.signal,
  ): Promise<ReturnType<RunnerRequests[K]>> {
    const answer = super.request(method, params, signal);
    if (!answeredAtOnce.has(method)) return answer;
    const { limits, pid } = this.options;
    const result = await withLimit(answer, limits.answer, () => new RunnerSilentError(pid), signal);
    if (method === 'hello') this.pings ??= setInterval(() => void this.ping(), limits.ping).unref();
    return result;
  }

  override close(error?: Error): void {
    clearInterval(this.pings);
    super.close(error);
  }

  private async ping(): Promise<void> {
    try {
      await this.request('ping', {});
    } catch (thrown) {
      // Any other error is an answer, too.
      if (!(thrown instanceof RunnerSilentError)) return;
      this.close(thrown);
      this.options.onSilent();
    }
  }
}
