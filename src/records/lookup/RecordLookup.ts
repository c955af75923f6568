import * as l10n from '@vscode/l10n';
import { noop } from '../../base/noop';
import { WorkerThread } from '../../base/WorkerThread';
import type { CaptionOrigins } from '../originsOf';
import { hasRecords, recordSources } from '../recordFolder';
import { RecordError } from '../RecordError';
import type { LookupReply, LookupRequest } from './lookupMessages';
import type { OriginTerm } from '../../dataset/query/QueryNode';
import { matchesWithoutRecords } from './originTerms';
import type { CaptionQuestion } from './RecordIndex';

/** A thread ends after so long without a question, in milliseconds, to free its memory. */
const idleEnd = 120_000;

interface Waiting {
  resolve: (reply: LookupReply) => void;
  reject: (error: Error) => void;
}

type Asked<Request> = Request extends unknown ? Omit<Request, 'id'> : never;

/**
 * Answers who wrote what in the captions of one dataset. A worker thread, started with the first question, reads the
 * records. Without records there is no thread.
 */
export class RecordLookup {
  private thread: WorkerThread<LookupRequest, LookupReply> | undefined;
  private readonly waiting = new Map<number, Waiting>();
  private nextId = 1;
  private idle: NodeJS.Timeout | undefined;
  private isDisposed = false;
  private readonly saidLater = new Set<string>();

  /**
   * @param root of the records, absolute
   * @param workerFile the thread's script, `dist/lookupWorker.js`
   * @param onLater called once with each file of a later version of the program, which this version cannot read
   */
  constructor(
    readonly root: string,
    private readonly workerFile: string,
    private readonly onLater: (file: string) => void = noop,
  ) {}

  /** Whether its thread has read records. */
  get isReading(): boolean {
    return this.thread !== undefined;
  }

  /**
   * Who wrote what in captions, by all records up to now.
   * @returns undefined if there are no records
   * @throws RecordError if they cannot be read
   */
  async originsOf(questions: readonly CaptionQuestion[]): Promise<CaptionOrigins[] | undefined> {
    if (!(await this.hasRecords(questions))) return undefined;
    const reply = await this.ask({ task: 'origins', questions });
    return 'origins' in reply ? reply.origins : undefined;
  }

  /**
   * Which captions match which terms of a search.
   * @param isFirst first read what was recorded since the last question
   * @returns for each caption a byte for each term: 1 if it matches
   * @throws RecordError if the records cannot be read
   */
  async matches(
    questions: readonly CaptionQuestion[],
    terms: readonly OriginTerm[],
    isFirst: boolean,
  ): Promise<Uint8Array> {
    if (!(await this.hasRecords(questions))) return matchesWithoutRecords(questions, terms);
    const reply = await this.ask({ task: 'match', questions, terms, isFirst });
    return 'matches' in reply ? reply.matches : new Uint8Array(0);
  }

  /** The names of taggers and captioners in the records. @throws RecordError if they cannot be read */
  async names(): Promise<string[]> {
    if (!(await this.hasRecords())) return [];
    const reply = await this.ask({ task: 'names' });
    return 'names' in reply ? reply.names : [];
  }

  /** Ends the thread; waiting and later questions fail. */
  dispose(): void {
    this.isDisposed = true;
    this.end(l10n.t('The dataset was closed.'), undefined);
  }

  private async hasRecords(questions: readonly CaptionQuestion[] = []): Promise<boolean> {
    try {
      if (this.thread !== undefined || (await recordSources(this.root)).length > 0) return true;
      return hasRecords(
        this.root,
        questions.map(({ caption }) => caption),
      );
    } catch (thrown) {
      throw this.failure(thrown instanceof Error ? thrown.message : String(thrown), thrown);
    }
  }

  private ask(request: Asked<LookupRequest>): Promise<LookupReply> {
    return new Promise((resolve, reject) => {
      if (this.isDisposed) {
        reject(this.failure(l10n.t('The dataset was closed.'), undefined));
        return;
      }
      const id = this.nextId++;
      this.waiting.set(id, { resolve, reject });
      clearTimeout(this.idle);
      const thread = (this.thread ??= this.start());
      thread.holdProcess(true);
      thread.post({ id, ...request });
    });
  }

  private start(): WorkerThread<LookupRequest, LookupReply> {
    return new WorkerThread<LookupRequest, LookupReply>({
      file: this.workerFile,
      workerData: { root: this.root },
      onReply: (reply) => {
        const waiting = this.waiting.get(reply.id);
        this.waiting.delete(reply.id);
        for (const file of reply.later ?? []) this.sayLater(file);
        if (this.waiting.size === 0) this.rest();
        if ('failure' in reply) waiting?.reject(this.failure(reply.failure, undefined));
        else waiting?.resolve(reply);
      },
      onLost: (_, cause) => {
        this.end(l10n.t('The thread that reads them ended.'), cause);
      },
    });
  }

  private sayLater(file: string): void {
    if (this.saidLater.has(file)) return;
    this.saidLater.add(file);
    this.onLater(file);
  }

  private rest(): void {
    this.thread?.holdProcess(false);
    this.idle = setTimeout(() => {
      this.end('', undefined);
    }, idleEnd);
    this.idle.unref();
  }

  private end(reason: string, cause: unknown): void {
    clearTimeout(this.idle);
    void this.thread?.retire();
    this.thread = undefined;
    for (const { reject } of this.waiting.values()) reject(this.failure(reason, cause));
    this.waiting.clear();
  }

  private failure(reason: string, cause: unknown): RecordError {
    return new RecordError(l10n.t('The records of who wrote what cannot be read: {0}', reason), this.root, cause);
  }
}
