import { JobFaultError } from '../jobs/run/jobFault';
import type { TaggerManifest } from '../jobs/jobTypes';
import { describeExecution, describeNotUsed, describeSpeed } from '../protocol/text/executionText';
import { loadTagger } from '../protocol/child/loadTagger';
import type { TaggerProcess } from '../protocol/child/TaggerProcess';
import type { TaggerDescription, TaggerSetup } from '../protocol/tagging/taggerProtocol';
import { localSetup, type LocalModels } from './localModels';

interface Prepared {
  key: string;
  setup: TaggerSetup;
  providers: string;
}

/** The tagger of the job that a worker works on, loaded and checked on this machine. */
export class PreparedTagger {
  private prepared: Prepared | undefined;

  constructor(
    private readonly tagger: Pick<TaggerProcess, 'request' | 'stop'>,
    private readonly local: LocalModels,
    private readonly onLog: (line: string) => void,
  ) {}

  /**
   * Makes the tagger of a job ready; returns at once if it is.
   * @returns the setup with the models of this machine, and the maximum number of images in flight
   * @throws JobFaultError if its models are not here, or it fell back to another provider; the signal's reason
   */
  async prepare(manifest: TaggerManifest, signal: AbortSignal): Promise<{ setup: TaggerSetup; imagesInWork: number }> {
    const { tagger, place } = manifest;
    if (place.kind !== 'cluster') throw new JobFaultError('TAGGER_FAILED', 'This is not a job of a cluster.');
    const key = JSON.stringify([tagger.setup, tagger.hashes, place.models]);
    const known = this.prepared?.key === key ? this.prepared : undefined;
    try {
      const setup = known?.setup ?? (await localSetup(this.tagger, tagger, place, this.local, signal));
      const description = await loadTagger(this.tagger, setup, signal);
      const providers = description.models.map(({ execution }) => execution.provider).join(' ');
      if (known !== undefined && known.providers !== providers) throw this.lost(description);
      if (known === undefined)
        for (const model of description.models) {
          this.onLog([`Runs on ${describeExecution(model)}.`, ...describeSpeed(model)].join(' '));
        }
      this.prepared = { key, setup, providers };
      return { setup, imagesInWork: description.imagesInWork };
    } catch (thrown) {
      this.prepared = undefined;
      throw thrown;
    }
  }

  /** Ends the tagger's process, as a lost GPU comes back in a new process only. */
  private lost({ models }: TaggerDescription): JobFaultError {
    this.tagger.stop();
    const why = models.flatMap(describeNotUsed).at(-1);
    return new JobFaultError('PROVIDER_LOST', `The tagger lost what it ran on. ${why ?? ''}`.trim());
  }
}
