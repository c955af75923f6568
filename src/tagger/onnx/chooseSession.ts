import { cudaProblemVariable } from '../../protocol/child/cudaEnvironmentVariables';
import type { ExecutionReport, LocalExecution, LocalProvider } from '../../protocol/tagging/execution';
import { cudaLibraryProblem, cudaLoadFailure, loadProblem, runtimeLibraries } from './cudaRuntime';
import { loadOnnxRuntime, runtimeOrigin, type RuntimeOrigin } from '../native/nativePackages';
import { compareScores, proofPicture } from '../inference/proofPicture';
import { notOnThisPlatform, providerFailure } from './providerFailure';
import { ProviderTrials } from './ProviderTrials';
import { ScoringSession } from './ScoringSession';
import { runtimeNames, sessionOptions } from './sessionOptions';

/** A model file to be loaded. */
export interface ModelToLoad {
  path: string;
  /** of the file, in bytes */
  size: number;
  /** time of the last change of the file, in milliseconds since 1970 */
  modified: number;
  /** how many scores it must give */
  tagCount: number;
}

/** A model on the provider that was found to work. */
export interface ChosenSession extends Pick<ExecutionReport, 'notUsed' | 'largestDifferenceToCpu'> {
  provider: LocalProvider;
  session: ScoringSession;
}

/** The proofs of this process: the largest difference of a provider that works, the reason of one that does not. */
const proofs = new Map<string, { largestDifference: number } | { problem: string }>();

/**
 * Loads a model on the best provider that works, else on the CPU. Each provider is proven by a first run, whose scores
 * are compared with those of the CPU for the same picture. A provider that does not work is never an error.
 * @param trials keeps providers that ended the process from being tried again
 * @throws ModelError when the model does not load on the CPU either; NativePackageError
 */
export async function chooseSession(
  model: ModelToLoad,
  { provider: wanted, inferenceThreads }: Pick<LocalExecution, 'provider' | 'inferenceThreads'>,
  trials = ProviderTrials.fromEnvironment(process.env),
): Promise<ChosenSession> {
  const notUsed: ExecutionReport['notUsed'] = [];
  const open = (provider: LocalProvider): Promise<ScoringSession> =>
    ScoringSession.create(model.path, model.tagCount, sessionOptions(provider, model.size, inferenceThreads));
  const reference = new CpuReference(() => open('cpu'));
  for (const provider of candidates(wanted)) {
    const attempt = new Attempt(provider, model, wanted !== 'auto', trials);
    const result = await attempt.run(() => open(provider), reference);
    if ('session' in result) {
      await reference.release();
      return { ...result, provider, notUsed };
    }
    notUsed.push({ provider, reason: result.problem });
  }
  return { session: await reference.session(), provider: 'cpu', notUsed };
}

function candidates(wanted: LocalExecution['provider']): LocalProvider[] {
  if (wanted === 'cpu') return [];
  if (wanted !== 'auto') return [wanted];
  switch (process.platform) {
    case 'win32':
      return ['directml', 'webgpu'];
    case 'darwin':
      return ['coreml', 'webgpu'];
    default:
      return process.arch === 'x64' ? ['cuda', 'webgpu'] : [];
  }
}

/** The model on the CPU: what the others are compared with, and what is used when none of them works. */
class CpuReference {
  private opened: Promise<ScoringSession> | undefined;
  private scores: Promise<Float32Array> | undefined;

  constructor(private readonly open: () => Promise<ScoringSession>) {}

  session(): Promise<ScoringSession> {
    this.opened ??= this.open();
    return this.opened;
  }

  proofScores(): Promise<Float32Array> {
    this.scores ??= this.session().then(scoreProof);
    return this.scores;
  }

  async release(): Promise<void> {
    await (await this.opened)?.release();
  }
}

/** One provider on trial. */
class Attempt {
  constructor(
    private readonly provider: LocalProvider,
    private readonly model: ModelToLoad,
    private readonly askedFor: boolean,
    private readonly trials: ProviderTrials,
  ) {}

  async run(
    open: () => Promise<ScoringSession>,
    reference: CpuReference,
  ): Promise<{ session: ScoringSession; largestDifferenceToCpu: number } | { problem: string }> {
    const { provider, model, trials } = this;
    const origin = await runtimeOrigin();
    const key = [provider, model.path, model.size, model.modified].join('\n');
    const known = proofs.get(key);
    if (known !== undefined && 'problem' in known) return known;
    const obstacle = (await this.obstacle(origin)) ?? (await trials.objection(provider, origin.version, this.askedFor));
    if (obstacle !== undefined) return { problem: obstacle };
    return trials.guard(provider, origin.version, async () => {
      let session: ScoringSession | undefined;
      try {
        session = await open();
        if (known !== undefined) return { session, largestDifferenceToCpu: known.largestDifference };
        const scores = await scoreProof(session);
        const { problem, largestDifference } = compareScores(scores, await reference.proofScores());
        if (problem === undefined) {
          proofs.set(key, { largestDifference });
          return { session, largestDifferenceToCpu: largestDifference };
        }
        await session.release();
        proofs.set(key, { problem });
        return { problem };
      } catch (thrown) {
        await session?.release().catch(() => undefined);
        return { problem: this.failureReason(thrown, origin) };
      }
    });
  }

  /**
   * Why the provider cannot work here, as far as that is known without loading the model; undefined where it may work.
   */
  private async obstacle({ folder, version, copyProblem }: RuntimeOrigin): Promise<string | undefined> {
    const { provider } = this;
    const { listSupportedBackends } = await loadOnnxRuntime();
    const supported = listSupportedBackends().some(({ name }) => name === runtimeNames[provider]);
    if (!supported) return notOnThisPlatform(provider);
    if (provider === 'cuda') {
      // The parent has searched the whole machine, so it knows best what is missing.
      const searched = process.env[cudaProblemVariable];
      return copyProblem ?? searched ?? cudaLibraryProblem(runtimeLibraries(folder), version);
    }
    if (provider === 'webgpu' && process.platform === 'linux' && loadProblem('libvulkan.so.1') !== undefined) {
      return 'WebGPU needs Vulkan: libvulkan.so.1 was not found.';
    }
    return undefined;
  }

  private failureReason(thrown: unknown, { folder }: RuntimeOrigin): string {
    if (this.provider === 'cuda' && String(thrown).includes('Failed to load shared library')) {
      return cudaLoadFailure(runtimeLibraries(folder));
    }
    return providerFailure(this.provider, thrown);
  }
}

/** The scores of the proof picture; throws what the run throws. */
export async function scoreProof(session: ScoringSession): Promise<Float32Array> {
  const { fixedBatch } = session.contract;
  const [scores] = await session.run([proofPicture(session.contract)], fixedBatch);
  return scores ?? new Float32Array(0);
}
