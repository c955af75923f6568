import path from 'node:path';
import type { TaggerModel } from '../../protocol/tagging/captionOptions';
import type { ExecutionOptions, ExecutionReport } from '../../protocol/tagging/execution';
import { taggerFault } from '../../protocol/tagging/taggerFault';
import type { ModelDescription, ModelHash } from '../../protocol/tagging/taggerProtocol';
import { BatchRunner } from '../inference/BatchRunner';
import { modelFilesOf, readTags, tagsHash } from '../inference/modelFiles';
import type { ModelTag } from '../inference/selectedTags';
import type { Tagger } from '../inference/Tagger';
import { ServerClient } from './ServerClient';
import { ServerError } from './ServerError';
import { readServerModel, serverModelHash } from './serverModel';
import { serverClientOptions, ServerSession } from './ServerSession';

/**
 * Requests in flight: one that the server computes, one that it receives meanwhile, one whose scores are on their way
 * back.
 */
const requestsInFlight = 3;
/**
 * Images for each request: enough to keep a GPU busy where the server joins requests into batches; 19 MB of FP32 at 448
 * pixels.
 */
const defaultBatch = 8;

/** A WD tagger that a server runs, with the list of its tags on this machine. */
export class ServerTagger implements Tagger {
  readonly runsInFlight = requestsInFlight;
  private readonly runner: BatchRunner;

  private constructor(
    readonly folder: string,
    readonly tags: readonly ModelTag[],
    private readonly session: ServerSession,
    private readonly execution: ExecutionOptions,
    private readonly batch: Pick<ExecutionReport, 'batchSize' | 'batchSizeFrom'>,
  ) {
    const engine = {
      runsInFlight: requestsInFlight,
      run: (inputs: readonly Float32Array[], _batch: number, signal: AbortSignal) => session.run(inputs, signal),
      isOutOfMemory: isTooLarge,
      isHopeless: (thrown: unknown) => taggerFault(thrown) === 'machine',
    };
    this.runner = new BatchRunner(engine, batch.batchSize, session.contract.fixedBatch === undefined);
  }

  get inputSize(): number {
    return this.session.contract.size;
  }

  get channelsLast(): boolean {
    return this.session.contract.channelsLast;
  }

  get batchSize(): number {
    return this.runner.batchSize;
  }

  /**
   * Checks that a server has the model and that it goes with the tags on this machine.
   * @throws ServerError; ModelError TAGS_MISSING, TAGS_INVALID, MODEL_UNSUPPORTED, TAGS_MISMATCH
   */
  static async load(model: TaggerModel, execution: ExecutionOptions): Promise<ServerTagger> {
    const tags = await readTags(modelFilesOf(model).tags);
    const options = serverClientOptions(execution.server, requestsInFlight);
    const session = await ServerSession.open(options, serverModelName(model), tags.length);
    return new ServerTagger(model.folder, tags, session, execution, batchOf(session, execution.batchSize));
  }

  score(prepared: Promise<Float32Array>, signal: AbortSignal): Promise<Float32Array> {
    return this.runner.score(prepared, signal);
  }

  describe(): ModelDescription {
    return {
      folder: this.folder,
      inputSize: this.inputSize,
      tagCount: this.tags.length,
      execution: {
        requested: 'server',
        provider: 'server',
        device: this.session.host,
        notUsed: [],
        batchSize: this.batchSize,
        batchSizeFrom: this.batch.batchSizeFrom,
        preprocess: this.execution.preprocess,
      },
    };
  }

  async release(): Promise<void> {
    await this.session.release();
  }
}

/**
 * The hashes of a server's model: of the metadata that the server gives, which stands for its file, and of the list of
 * its tags on this machine.
 * @throws ServerError; ModelError TAGS_MISSING, TAGS_INVALID; the signal's reason
 */
export async function hashServerModel(
  model: TaggerModel,
  { server }: Pick<ExecutionOptions, 'server'>,
  signal: AbortSignal,
): Promise<ModelHash> {
  const tags = await tagsHash(model, signal);
  const client = await ServerClient.open(serverClientOptions(server, 1));
  try {
    return { model: serverModelHash(await readServerModel(client, serverModelName(model), signal)), tags };
  } finally {
    await client.close();
  }
}

function serverModelName({ serverModel, folder }: Pick<TaggerModel, 'serverModel' | 'folder'>): string {
  return serverModel ?? path.basename(folder);
}

function batchOf({ contract }: ServerSession, wanted: number): Pick<ExecutionReport, 'batchSize' | 'batchSizeFrom'> {
  if (contract.fixedBatch !== undefined) return { batchSize: contract.fixedBatch, batchSizeFrom: 'model' };
  if (wanted > 0) return { batchSize: wanted, batchSizeFrom: 'option' };
  return { batchSize: defaultBatch, batchSizeFrom: 'default' };
}

/**
 * Whether a request failed because it had too many images: Triton answers 400 for more than its largest batch, a proxy
 * 413.
 */
function isTooLarge(thrown: unknown): boolean {
  if (!(thrown instanceof ServerError)) return false;
  const { status, message } = thrown;
  return status === 400 || status === 413 || (status === 500 && /out of memory|failed to allocate/i.test(message));
}
