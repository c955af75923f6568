import path from 'node:path';
import * as l10n from '@vscode/l10n';
import { backoff } from '../../base/backoff';
import { displayLanguage } from '../../base/displayLanguage';
import { formatBytes } from '../../protocol/text/formatBytes';
import { DownloadError } from './DownloadError';
import type { DownloadEnvironment, DownloadRequest, FileProgress } from './downloadRequest';
import type { HttpAnswer, HttpClient } from './HttpClient';
import type { PartialFile } from './PartialFile';
import { connectionError, statusError, withoutQuery } from './requestErrors';
import { contentRange, sniffLength, sniffProblem, strongEtag } from './responseContent';
import { SpeedMeter } from './SpeedMeter';

/** The maximum number of retries in a row without a new byte, as in huggingface_hub. */
const maximumRetries = 5;
/** The pauses between retries, in milliseconds. There are few of them, so they need neither a limit nor jitter. */
const retryPauses = { first: 500 };
/** The longest pause that a server may ask for, in milliseconds; beyond it the download fails and says so. */
const longestWait = 120_000;
/** Progress is throttled to one report in this time, in milliseconds. */
const reportInterval = 100;
/** Bytes that stay free on the disk: a full one breaks other programs, too. */
const spareSpace = 32 * 1024 * 1024;

interface Job extends DownloadRequest {
  environment: DownloadEnvironment;
  onProgress: (progress: FileProgress) => void;
}

/** What the first request found out about the file. */
interface RemoteFile {
  size: number | undefined;
  /** the server names the very hash that is expected, so its content cannot have changed */
  isExpected: boolean;
}

/**
 * One download in flight: asks about the file, continues what is there, retries, verifies. The caller holds the lock.
 */
export class Transfer {
  private readonly speed = new SpeedMeter();
  private remote: RemoteFile | undefined;
  /** the length that came with the bytes that are there */
  private announced: number | undefined;
  private receivedNow = 0;
  private lastReport = -Infinity;
  private retry: string | undefined;

  constructor(
    private readonly job: Job,
    private readonly http: HttpClient,
    private readonly partial: PartialFile,
  ) {}

  /** @throws DownloadError; what was thrown when the signal was aborted */
  async run(): Promise<void> {
    const { environment, signal } = this.job;
    let failures = 0;
    let furthest = this.partial.position;
    this.report('downloading');
    for (;;) {
      try {
        await this.attempt();
        break;
      } catch (thrown) {
        const error = await this.toDownloadError(thrown);
        if (this.partial.position > furthest) failures = 0;
        furthest = Math.max(furthest, this.partial.position);
        failures++;
        const wait = error.retry.after ?? backoff(failures, retryPauses);
        if (!error.retry.worthIt || failures > maximumRetries || wait > longestWait) throw error;
        this.retry = error.message;
        this.report('downloading');
        await environment.sleep(wait, signal);
      }
    }
    await this.verifyAndCommit();
  }

  private async attempt(): Promise<void> {
    this.remote ??= await this.requestFacts();
    const { partial } = this;
    const total = this.totalBytes;
    if (total !== undefined) {
      await this.checkSpace(total);
      if (partial.position === total) return;
      if (partial.position > total) await partial.discard();
    }
    const offset = partial.position;
    const answer = await this.http.send('GET', this.job.url, this.rangeHeaders(offset), 'everywhere');
    try {
      const range = contentRange(answer.headers['content-range']);
      if (answer.status === 416 && offset > 0) {
        // Either everything has been received, or the file has become shorter.
        if (range?.total === offset && this.expectedBytes === undefined) return;
        await partial.discard();
        throw this.interrupted(
          (host) => l10n.t('The file from {0} has another length than before. Try again.', host),
          answer,
        );
      }
      if (answer.status !== 200 && answer.status !== 206) {
        throw statusError(answer, this.job.target, this.job.environment.now());
      }
      // Some mirrors answer ranges with 200; the content range is what counts.
      const start = range?.start ?? 0;
      const changed = offset > 0 && start > 0 && this.hasChanged(answer, range?.total);
      if ((start !== 0 && start !== offset) || (answer.status === 206 && range?.start === undefined) || changed) {
        await partial.discard();
        throw this.interrupted(
          (host) =>
            changed
              ? l10n.t('The file from {0} has changed. Try again.', host)
              : l10n.t('The file from {0} sent another part than was asked for. Try again.', host),
          answer,
        );
      }
      const size = range === undefined ? sizeHeader(answer, 'content-length') : range.total;
      await (start === 0 ? this.receiveFromStart(answer, size) : this.receive(answer, answer.body, size));
    } finally {
      answer.body.destroy();
    }
  }

  /** HEAD to the first server: what it says about the file before anything is received. */
  private async requestFacts(): Promise<RemoteFile> {
    const { url, target, hash, environment } = this.job;
    const answer = await this.http.send('HEAD', url, {}, 'sameOrigin');
    await answer.body.dump();
    // Servers that refuse HEAD (signed addresses, old mirrors) may still give the file.
    if ([400, 403, 405, 501].includes(answer.status)) return { size: undefined, isExpected: false };
    if (answer.status >= 400) throw statusError(answer, target, environment.now());
    const linked = strongEtag(answer.headers['x-linked-etag']);
    if (
      hash?.algorithm === 'sha256' &&
      hash.encoding === 'hex' &&
      linked !== undefined &&
      /^[0-9a-f]{64}$/.test(linked)
    ) {
      if (linked !== hash.digest) {
        const message = l10n.t(
          "{0} is another file than expected (sha256 {1}, not {2}). Check the server's address.",
          withoutQuery(url),
          linked,
          hash.digest,
        );
        throw new DownloadError('WRONG_HASH', target, message);
      }
      return { size: sizeHeader(answer, 'x-linked-size'), isExpected: true };
    }
    return { size: sizeHeader(answer, 'x-linked-size'), isExpected: false };
  }

  /** The size that the file must have. */
  private get expectedBytes(): number | undefined {
    return this.job.size ?? this.remote?.size;
  }

  private get totalBytes(): number | undefined {
    return this.expectedBytes ?? this.announced;
  }

  private rangeHeaders(offset: number): Record<string, string> {
    if (offset === 0) return {};
    const { source } = this.partial;
    // Another mirror has other ETags for the same content, and some servers change them at will.
    const condition = source?.url === this.job.url && this.remote?.isExpected === false ? source.etag : undefined;
    return { range: `bytes=${offset}-`, ...(condition === undefined ? {} : { 'if-range': `"${condition}"` }) };
  }

  private hasChanged(answer: HttpAnswer, size: number | undefined): boolean {
    if (this.announced !== undefined && size !== undefined && this.announced !== size) return true;
    const { source } = this.partial;
    if (source?.url !== this.job.url || this.remote?.isExpected === true) return false;
    const etag = strongEtag(answer.headers.etag);
    return etag !== undefined && source.etag !== undefined && etag !== source.etag;
  }

  /** Checks the first bytes before the partial file is restarted: an error page must not cost what is already there. */
  private async receiveFromStart(answer: HttpAnswer, size: number | undefined): Promise<void> {
    const { url, target, hash } = this.job;
    const pieces = (answer.body as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
    let head = Buffer.alloc(0);
    let ended = false;
    while (!ended && head.length < sniffLength) {
      const next = await pieces.next();
      ended = next.done === true;
      if (next.done !== true) head = Buffer.concat([head, next.value]);
    }
    const problem = sniffProblem(head, answer.headers['content-type'], withoutQuery(url));
    if (problem !== undefined) throw new DownloadError(problem.code, target, problem.message);
    this.checkSize(answer, size);
    this.announced = size;
    await this.partial.restart({ url, digest: hash?.digest, etag: strongEtag(answer.headers.etag) });
    await this.receive(answer, precededBy(head, pieces), size);
  }

  private async receive(answer: HttpAnswer, body: AsyncIterable<Buffer>, size: number | undefined): Promise<void> {
    this.checkSize(answer, size);
    this.announced ??= size;
    const total = this.totalBytes;
    if (total !== undefined) await this.checkSpace(total);
    for await (const piece of body) {
      if (total !== undefined && this.partial.position + piece.length > total) {
        await this.partial.discard();
        throw this.wrongSize(answer.url, l10n.t('more than {0}', total), total);
      }
      await this.partial.write(piece);
      this.receivedNow += piece.length;
      this.retry = undefined;
      if (this.job.environment.now() - this.lastReport >= reportInterval) this.report('downloading');
    }
    if (total !== undefined && this.partial.position < total)
      throw this.interrupted((host) => l10n.t('The file from {0} ended too early. Try again.', host), answer);
  }

  private checkSize(answer: HttpAnswer, size: number | undefined): void {
    const expected = this.expectedBytes;
    if (size !== undefined && expected !== undefined && size !== expected) {
      throw this.wrongSize(answer.url, String(size), expected);
    }
  }

  private wrongSize(url: string, size: string, total: number): DownloadError {
    const message = l10n.t(
      "{0} has {1} bytes and not {2}: it is another file than expected. Check the server's address.",
      withoutQuery(url),
      size,
      total,
    );
    return new DownloadError('WRONG_SIZE', this.job.target, message);
  }

  private async checkSpace(total: number): Promise<void> {
    const free = await this.job.environment.freeSpace(path.dirname(this.job.target));
    const needed = total - this.partial.position + spareSpace;
    if (free === undefined || free >= needed || this.partial.position >= total) return;
    const message = l10n.t(
      'The disk has {0} free, and {1} are needed. Free some space, or choose another folder for downloads.',
      formatBytes(free, displayLanguage()),
      formatBytes(needed, displayLanguage()),
    );
    throw new DownloadError('DISK_FULL', this.job.target, message);
  }

  private interrupted(sentence: (host: string) => string, answer: HttpAnswer): DownloadError {
    return new DownloadError('NETWORK', this.job.target, sentence(new URL(answer.url).host), undefined, {
      worthIt: true,
    });
  }

  private async verifyAndCommit(): Promise<void> {
    const { job, partial } = this;
    this.report('verifying');
    if (job.hash !== undefined) {
      const digest = partial.digest();
      if (digest !== job.hash.digest) {
        await partial.discard();
        const message = l10n.t(
          'What came from {0} is damaged or another file ({1} {2}, not {3}) and was deleted. Try again.',
          withoutQuery(job.url),
          job.hash.algorithm,
          digest,
          job.hash.digest,
        );
        throw new DownloadError('WRONG_HASH', job.target, message);
      }
    }
    await partial.commit();
  }

  /** @throws `thrown` itself where it is neither about the connection nor about the file */
  private async toDownloadError(thrown: unknown): Promise<DownloadError> {
    if (this.job.signal?.aborted === true) throw thrown;
    const error =
      thrown instanceof DownloadError
        ? thrown
        : connectionError(thrown, this.http.lastUrl ?? this.job.url, this.job.target);
    if (error === undefined) throw thrown;
    // A full disk breaks other programs, too: the partial file is removed.
    if (error.code === 'DISK_FULL' && error.cause !== undefined) await this.partial.discard();
    return error;
  }

  private report(phase: FileProgress['phase']): void {
    this.lastReport = this.job.environment.now();
    this.job.onProgress({
      phase,
      receivedBytes: this.partial.position,
      totalBytes: this.totalBytes ?? 0,
      bytesPerSecond: phase === 'downloading' ? this.speed.measure(this.receivedNow, this.lastReport) : 0,
      ...(this.retry === undefined ? {} : { retry: this.retry }),
    });
  }
}

async function* precededBy(head: Buffer, pieces: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield head;
  for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) yield next.value;
}

function sizeHeader({ headers }: HttpAnswer, name: string): number | undefined {
  const value = headers[name];
  return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : undefined;
}
