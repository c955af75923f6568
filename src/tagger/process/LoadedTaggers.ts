import { noop } from '../../base/noop';
import { SerialQueue } from '../../base/SerialQueue';
import type { TaggerModel } from '../../protocol/tagging/captionOptions';
import type { ExecutionOptions } from '../../protocol/tagging/execution';
import type { TaggerSetup } from '../../protocol/tagging/taggerProtocol';
import { modelFilesOf } from '../inference/modelFiles';
import { OnnxTagger } from '../onnx/OnnxTagger';
import { ServerTagger } from '../server/ServerTagger';
import type { Tagger } from '../inference/Tagger';

interface Entry {
  tagger: Promise<Tagger>;
  users: number;
}

/**
 * The loaded models of this process, an LRU cache: each model once for each way to run it. Beside the models that were
 * just used at most one more stays loaded, because the largest take 1.3 GB each.
 */
export class LoadedTaggers {
  /** least recently used first */
  private readonly entries = new Map<string, Entry>();
  private readonly loads = new SerialQueue();

  /** @param onLoaded called after each model that was loaded */
  constructor(private readonly onLoaded: (tagger: Tagger) => void = () => undefined) {}

  /**
   * Calls `work` with the models of a setup, which stay loaded at least until it returns.
   * @throws ModelError, NativePackageError or ServerError when one of them does not load, and the next call
   *   tries again; what `work` throws
   */
  async use<T>(
    { models, execution }: Pick<TaggerSetup, 'models' | 'execution'>,
    work: (taggers: Tagger[]) => Promise<T> | T,
  ): Promise<T> {
    const held = models.map((model) => this.hold(model, execution));
    try {
      return await work(await Promise.all(held.map(({ tagger }) => tagger)));
    } finally {
      for (const entry of held) entry.users--;
      await this.releaseSurplus(models.length + 1);
    }
  }

  private hold(model: TaggerModel, execution: ExecutionOptions): Entry {
    const key = keyOf(model, execution);
    const entry = this.entries.get(key) ?? this.startLoading(key, model, execution);
    this.entries.delete(key);
    this.entries.set(key, entry);
    entry.users++;
    return entry;
  }

  private startLoading(key: string, model: TaggerModel, execution: ExecutionOptions): Entry {
    const entry = { tagger: this.loadAfterOthers(model, execution), users: 0 };
    // A failed load is not cached; all callers that wait for it get the error.
    entry.tagger.catch(() => {
      if (this.entries.get(key) === entry) this.entries.delete(key);
    });
    return entry;
  }

  /**
   * Models load one after the other: two at a time would distort the probe for the batch size, and loading needs the
   * most memory.
   */
  private loadAfterOthers(model: TaggerModel, execution: ExecutionOptions): Promise<Tagger> {
    const loading = this.loads.run(() => loadOne(model, execution));
    void loading.then(this.onLoaded, noop);
    return loading;
  }

  private async releaseSurplus(kept: number): Promise<void> {
    for (const [key, entry] of this.entries) {
      if (this.entries.size <= kept) return;
      if (entry.users > 0) continue;
      this.entries.delete(key);
      await entry.tagger.then(
        (tagger) => tagger.release(),
        () => undefined,
      );
    }
  }
}

function loadOne(model: TaggerModel, execution: ExecutionOptions): Promise<Tagger> {
  const { provider } = execution;
  return provider === 'server'
    ? ServerTagger.load(model, execution)
    : OnnxTagger.load(model, { ...execution, provider });
}

/** The cache key: everything in which loaded models differ. Preprocess threads and idle time are not among it. */
function keyOf(model: TaggerModel, execution: ExecutionOptions): string {
  const { provider, batchSize, inferenceThreads, preprocess, server } = execution;
  const files = modelFilesOf(model);
  const where = provider === 'server' ? [model.serverModel, server] : [files.model, inferenceThreads];
  return JSON.stringify([files.tags, provider, batchSize, preprocess, where]);
}
