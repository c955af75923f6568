import { cudaProblemVariable } from '../../protocol/child/cudaEnvironmentVariables';
import type { ExecutionReport, LocalExecution, LocalProvider, ProviderSpeed } from '../../protocol/tagging/execution';
import { cudaLibraryProblem, cudaLoadFailure, loadProblem, runtimeLibraries } from './cudaRuntime';
import { loadOnnxRuntime, runtimeOrigin, type RuntimeOrigin } from '../native/nativePackages';
import { compareScores } from '../inference/proofPicture';
import { slowerThanCpu } from '../../protocol/text/executionText';
import { CpuReference } from './CpuReference';
import { endedItsProcess, notOnThisPlatform, providerFailure } from './providerFailure';
import { ProviderTrials } from './ProviderTrials';
import { runtimeMessage } from './runtimeMessage';
import { timeProof, type TimedProof } from './scoreProof';
import { ScoringSession } from './ScoringSession';
import { runtimeNames, sessionOptions } from './sessionOptions';
import { SlowProviders, type TriedModel } from './SlowProviders';
import { tryProvider } from './tryProvider';

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
export interface ChosenSession extends Pick<ExecutionReport, 'notUsed' | 'largestDifferenceToCpu' | 'speed'> {
  provider: LocalProvider;
  session: ScoringSession;
}

/** What is known of a provider that works. */
interface Proof {
  largestDifference: number;
  speed: ProviderSpeed;
}

/** How providers are tried; tests give their own. */
export interface ProviderTools {
  /** keeps providers that ended the process from being tried again */
  trials: ProviderTrials;
  /** keeps providers that were slower than the CPU from being tried again */
  slow: SlowProviders;
  /** tries a provider in a process of its own */
  tryProvider: typeof tryProvider;
}

/**
 * The providers that software can pretend to be, hundreds of times slower than the CPU: they are tried in a process
 * that can be ended, unless the user chose them. SwiftShader and Mesa's lavapipe are such drivers of Vulkan.
 */
const maybeSoftware: ReadonlySet<LocalProvider> = new Set(['webgpu']);
/** How long a GPU may take to load a model and to compile its steps, in milliseconds. */
const setUpTime = 20_000;
/** How many times as long as the CPU a trial may take, besides that. */
const slowest = 10;
/** The longest trial, in milliseconds: the tagger's process must not seem to do nothing for too long. */
const longestTrial = 60_000;
/** A first run that takes longer is not repeated to measure it without its compilation, in milliseconds. */
const longestFirstRun = 60_000;

/** The proofs of this process, or the reasons of providers that are not to be used. */
const proofs = new Map<string, Proof | { problem: string }>();

/**
 * Loads a model on the fastest provider that works. Each is proven by a first run, whose scores are compared with those
 * of the CPU for the same picture, and its time is, too. A provider that does not work is never an error; one that is
 * slower than the CPU is used only if the user chose it.
 * @throws ModelError when the model does not load on the CPU either; NativePackageError
 */
export async function chooseSession(
  model: ModelToLoad,
  { provider: wanted, inferenceThreads }: Pick<LocalExecution, 'provider' | 'inferenceThreads'>,
  tools: ProviderTools = toolsOfProcess(),
): Promise<ChosenSession> {
  const notUsed: ExecutionReport['notUsed'] = [];
  const loader = (provider: LocalProvider): Loader => {
    const options = sessionOptions(provider, model.size, inferenceThreads);
    return { options, open: () => ScoringSession.create(model.path, model.tagCount, options) };
  };
  const reference = new CpuReference(loader('cpu').open);
  for (const provider of candidates(wanted)) {
    const attempt = new Attempt(provider, model, loader(provider), wanted !== 'auto', tools);
    const result = await attempt.run(reference);
    if ('session' in result) {
      await reference.release();
      return { ...result, provider, notUsed };
    }
    notUsed.push({ provider, reason: result.problem });
  }
  return { session: await reference.session(), provider: 'cpu', notUsed };
}

function toolsOfProcess(): ProviderTools {
  const { env } = process;
  return { trials: ProviderTrials.fromEnvironment(env), slow: SlowProviders.fromEnvironment(env), tryProvider };
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

/** Loads a model on one provider. */
interface Loader {
  options: ReturnType<typeof sessionOptions>;
  open: () => Promise<ScoringSession>;
}

type Success = Pick<ChosenSession, 'session' | 'largestDifferenceToCpu' | 'speed'>;

/** One provider on trial. */
class Attempt {
  /** of {@link proofs} */
  private readonly key: string;

  constructor(
    private readonly provider: LocalProvider,
    private readonly model: ModelToLoad,
    private readonly loader: Loader,
    private readonly askedFor: boolean,
    private readonly tools: ProviderTools,
  ) {
    this.key = [provider, askedFor, model.path, model.size, model.modified].join('\n');
  }

  async run(reference: CpuReference): Promise<Success | { problem: string }> {
    const { provider, askedFor } = this;
    const { trials } = this.tools;
    const origin = await runtimeOrigin();
    const known = proofs.get(this.key);
    if (known !== undefined && 'problem' in known) return known;
    const obstacle = (await this.obstacle(origin)) ?? (await trials.objection(provider, origin.version, askedFor));
    if (obstacle !== undefined) return { problem: obstacle };
    const isApart = known === undefined && !askedFor && maybeSoftware.has(provider);
    const slow = isApart ? await this.tools.slow.speedOf(this.tried(origin)) : undefined;
    if (slow !== undefined) return { problem: slowerThanCpu(slow) };
    return trials.guard(provider, origin.version, async () => {
      let session: ScoringSession | undefined;
      try {
        const before = isApart ? await this.proveApart(reference, origin) : known;
        if (before !== undefined && 'problem' in before) return before;
        session = await this.loader.open();
        const proof = before ?? (await this.judge(await proveHere(session), reference, origin));
        if (!('problem' in proof)) {
          return { session, largestDifferenceToCpu: proof.largestDifference, speed: proof.speed };
        }
        await session.release();
        return proof;
      } catch (thrown) {
        await session?.release().catch(() => undefined);
        return { problem: this.failureReason(thrown, origin) };
      }
    });
  }

  /** Proves the provider in a process that is ended when it takes far longer than the CPU. */
  private async proveApart(reference: CpuReference, origin: RuntimeOrigin): Promise<Proof | { problem: string }> {
    const { model, loader } = this;
    const { milliseconds: cpu } = await reference.proof();
    const limit = Math.min(longestTrial, setUpTime + reference.loadTime + slowest * cpu);
    const request = { modelPath: model.path, tagCount: model.tagCount, options: loader.options };
    const result = await this.tools.tryProvider(request, limit);
    switch (result.kind) {
      case 'timed':
        return this.judge(result, reference, origin);
      case 'tooSlow':
        return this.isTooSlow(
          result.milliseconds === undefined
            ? { milliseconds: limit, cpuMilliseconds: cpu, isUnfinished: true }
            : { milliseconds: result.milliseconds, cpuMilliseconds: cpu },
          origin,
        );
      case 'failed':
        return { problem: this.failureReason(new Error(result.message), origin) };
      case 'crashed':
        return { problem: endedItsProcess(result.how) };
    }
  }

  private async judge(
    { scores, milliseconds }: TimedProof,
    reference: CpuReference,
    origin: RuntimeOrigin,
  ): Promise<Proof | { problem: string }> {
    const { problem, largestDifference } = compareScores(scores, (await reference.proof()).scores);
    if (problem !== undefined) {
      proofs.set(this.key, { problem });
      return { problem };
    }
    const speed = { milliseconds, cpuMilliseconds: await reference.fastest(milliseconds) };
    if (!this.askedFor && speed.milliseconds > speed.cpuMilliseconds) return this.isTooSlow(speed, origin);
    const proof = { largestDifference, speed };
    proofs.set(this.key, proof);
    return proof;
  }

  private async isTooSlow(speed: ProviderSpeed, origin: RuntimeOrigin): Promise<{ problem: string }> {
    if (maybeSoftware.has(this.provider)) await this.tools.slow.remember(this.tried(origin), speed);
    const problem = slowerThanCpu(speed);
    proofs.set(this.key, { problem });
    return { problem };
  }

  private tried({ version }: RuntimeOrigin): TriedModel {
    return { ...this.model, provider: this.provider, version };
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
    if (this.provider === 'cuda' && runtimeMessage(thrown).includes('Failed to load shared library')) {
      return cudaLoadFailure(runtimeLibraries(folder));
    }
    return providerFailure(this.provider, thrown);
  }
}

/** The scores of the proof picture, and the time of a run without compilation. */
async function proveHere(session: ScoringSession): Promise<TimedProof> {
  const first = await timeProof(session);
  if (first.milliseconds > longestFirstRun) return first;
  const { milliseconds } = await timeProof(session);
  return { scores: first.scores, milliseconds: Math.min(first.milliseconds, milliseconds) };
}
