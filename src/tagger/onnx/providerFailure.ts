import * as l10n from '@vscode/l10n';
import type { LocalProvider } from '../../protocol/tagging/execution';
import { plainRuntimeMessage, runtimeMessage } from './runtimeMessage';

const names: Record<LocalProvider, string> = {
  cuda: 'CUDA',
  webgpu: 'WebGPU',
  directml: 'DirectML',
  coreml: 'Core ML',
  cpu: 'The CPU',
};

/** The platforms of each provider; undefined where it may be anywhere. */
const platforms: Record<LocalProvider, string | undefined> = {
  cuda: 'Linux on x64',
  webgpu: undefined,
  directml: 'Windows',
  coreml: 'macOS',
  cpu: undefined,
};

/** What says that there is not enough memory: ONNX Runtime, CUDA, Direct3D, Vulkan and Dawn, its WebGPU. */
const outOfMemory = [
  /out of memory|failed to allocate|not enough (?:memory|GPU)|8007000E|bad_?alloc|allocation failed/i,
  /OUT_OF_(?:DEVICE|HOST)_MEMORY|exceeds the max buffer size/i,
  // Dawn says the reason, that an allocation failed, to its log only.
  /\[Invalid Buffer.*\] is invalid due to a previous error/,
];

/** The error messages of ONNX Runtime and the drivers, and a sentence for the user for each. */
const known: [RegExp, (name: string) => string][] = [
  ...outOfMemory.map((pattern): [RegExp, (name: string) => string] => [
    pattern,
    () => l10n.t('There is not enough memory on the GPU for this model.'),
  ]),
  [
    /adapter_result\.status|no supported adapters|failed to get a webgpu adapter/i,
    () => l10n.t('WebGPU found no GPU with a driver that it can use (on Linux, Vulkan).'),
  ],
  [
    /driver version is insufficient|CUDA failure 35\b/i,
    () => l10n.t('The NVIDIA driver is older than this version of CUDA needs.'),
  ],
  [/no CUDA-capable device|CUDA failure 100\b/i, () => l10n.t('There is no NVIDIA GPU that this process may use.')],
  [
    /no kernel image is available|CUDA failure 209\b/i,
    () => l10n.t('This NVIDIA GPU is not among those that ONNX Runtime was built for.'),
  ],
  [/device\W+(?:was |is )?lost|DEVICE_LOST|device removed|887A0005/i, (name) => l10n.t('{0} lost the GPU.', name)],
  [
    /too many storage buffers/i,
    (name) => l10n.t('{0} cannot run this model: one of its steps takes more buffers than the GPU gives it.', name),
  ],
];

/** Whether a run or the loading of a model failed because there was not enough memory. */
export function isOutOfMemory(thrown: unknown): boolean {
  const message = runtimeMessage(thrown);
  return outOfMemory.some((pattern) => pattern.test(message));
}

/** Why a provider failed, in one sentence for a person. */
export function providerFailure(provider: LocalProvider, thrown: unknown): string {
  const message = runtimeMessage(thrown);
  if (/no available backend|backend not found/i.test(message)) return notOnThisPlatform(provider);
  for (const [pattern, sentence] of known) if (pattern.test(message)) return sentence(names[provider]);
  // `CUDA failure 36: API call is not supported ; GPU=0 ; …` in the middle of C++ signatures.
  const failure = /\b(CU[A-Z]+) failure \d+: ([^;]+)/.exec(message);
  if (failure !== null) return l10n.t('{0} failed: {1}.', failure[1] ?? '', failure[2]?.trim() ?? '');
  return l10n.t('{0} failed: {1}.', names[provider], plainRuntimeMessage(message));
}

/** The sentence for a provider that computed right at first, and gives no numbers any more. */
export function withoutNumbers(provider: LocalProvider): string {
  return l10n.t('{0} computes scores that are no numbers.', names[provider]);
}

/** The sentence for a provider that crashed. @param how the signal or exit code of its process */
export function endedItsProcess(how: string): string {
  return l10n.t('It ended its process when it was tried ({0}).', how);
}

/** The sentence for a provider that ONNX Runtime does not have here. */
export function notOnThisPlatform(provider: LocalProvider): string {
  const where = platforms[provider];
  const here = `${process.platform} on ${process.arch}`;
  return where === undefined
    ? l10n.t('ONNX Runtime has no {0} for {1}.', names[provider], here)
    : l10n.t('{0} runs on {1} only.', names[provider], where);
}
