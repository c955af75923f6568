import { availableParallelism } from 'node:os';
import type { InferenceSession } from 'onnxruntime-node';
import type { LocalProvider } from '../../protocol/tagging/execution';
import { availableCores } from '../native/availableCores';

/** What ONNX Runtime calls the providers. */
export const runtimeNames: Readonly<Record<LocalProvider, string>> = {
  cuda: 'cuda',
  webgpu: 'webgpu',
  directml: 'dml',
  coreml: 'coreml',
  cpu: 'cpu',
};

/**
 * Models with a smaller file than this, in bytes, compute faster than pictures are decoded: more threads would only
 * take cores from the decoders. The smallest published tagger has 100 MB.
 */
const smallModel = 16e6;

/**
 * The options with which ONNX Runtime runs a model on a provider.
 * @param modelSize of the file, in bytes
 * @param threads of a run on the CPU; 0 for the best number
 */
export function sessionOptions(
  provider: LocalProvider,
  modelSize: number,
  threads: number,
): InferenceSession.SessionOptions {
  const onCpu = provider === 'cpu';
  const intraOpNumThreads = threads > 0 ? threads : onCpu ? cpuThreads(modelSize) : 1;
  return {
    executionProviders: [{ name: runtimeNames[provider] }],
    graphOptimizationLevel: 'all',
    executionMode: 'sequential',
    // Errors only: warnings about the graph concern the author of the model. What fails on a GPU is thrown, too, and
    // said in a sentence.
    logSeverityLevel: onCpu ? 3 : 4,
    intraOpNumThreads,
    // DirectML works without memory patterns only.
    enableMemPattern: provider !== 'directml',
    // Electron's allocator ends the process at a single allocation of 1 to 2 GB, which the arena asks for with the
    // large models (electron#44291).
    enableCpuMemArena: process.versions.electron === undefined,
    extra: { session: { intra_op: { allow_spinning: onCpu && intraOpNumThreads !== 1 ? '1' : '0' } } },
  };
}

/**
 * 0 lets ONNX Runtime use every physical core, whose number Node does not know. A container's CPU quota is unknown to
 * ONNX Runtime, so with one it gets a number.
 */
function cpuThreads(modelSize: number): number {
  if (modelSize < smallModel) return 1;
  const cores = availableCores();
  return cores < availableParallelism() ? cores : 0;
}
