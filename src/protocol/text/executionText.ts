import * as l10n from '@vscode/l10n';
import type { ExecutionProvider, ProviderSpeed } from '../tagging/execution';
import type { ModelDescription } from '../tagging/taggerProtocol';

const providerNames: Readonly<Record<Exclude<ExecutionProvider, 'server'>, string>> = {
  cuda: 'CUDA',
  webgpu: 'WebGPU',
  directml: 'DirectML',
  coreml: 'Core ML',
  cpu: 'CPU',
};

/** The name of a provider as its makers write it. */
export function providerName(provider: ExecutionProvider): string {
  return provider === 'server' ? l10n.t('Server') : providerNames[provider];
}

/** What a model runs on, in one line: `CUDA (NVIDIA L4), batch 16`. */
export function describeExecution({ execution }: ModelDescription): string {
  const { provider, device, batchSize, preprocess } = execution;
  const parts = [device === undefined ? providerName(provider) : `${providerName(provider)} (${device})`];
  if (batchSize > 1) parts.push(l10n.t('batch {0}', batchSize));
  if (preprocess === 'fast') parts.push(l10n.t('fast preprocessing'));
  return parts.join(', ');
}

/** Why the better providers are not used, one line each. */
export function describeNotUsed({ execution }: ModelDescription): string[] {
  return execution.notUsed.map(({ provider, reason }) =>
    l10n.t('{0} is not used: {1}', providerName(provider), reason),
  );
}

/** How fast the provider is beside the CPU, in at most one line. */
export function describeSpeed({ execution: { provider, speed } }: ModelDescription): string[] {
  if (speed === undefined) return [];
  const figures = [formatMilliseconds(speed.milliseconds), formatMilliseconds(speed.cpuMilliseconds)] as const;
  return [
    isSlower(speed)
      ? l10n.t(
          '{0} is slower than the CPU here: {1} for a picture, the CPU takes {2}.',
          providerName(provider),
          ...figures,
        )
      : l10n.t('{0} takes {1} for a picture, the CPU {2}.', providerName(provider), ...figures),
  ];
}

export function isSlower({ milliseconds, cpuMilliseconds }: ProviderSpeed): boolean {
  return milliseconds > cpuMilliseconds;
}

/** Why a provider that works is not used. */
export function slowerThanCpu({ milliseconds, cpuMilliseconds, isUnfinished }: ProviderSpeed): string {
  const figures = [formatMilliseconds(milliseconds), formatMilliseconds(cpuMilliseconds)] as const;
  return isUnfinished === true
    ? l10n.t('It is slower than the CPU: a picture was not done after {0}, the CPU takes {1}.', ...figures)
    : l10n.t('It is slower than the CPU: {0} for a picture, the CPU takes {1}.', ...figures);
}

/** A time with two digits, as it compares times: `0.8 ms`, `12 ms`, `2.4 s`, `38 s`. */
function formatMilliseconds(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  const two = (value: number): string => value.toLocaleString(undefined, { maximumFractionDigits: value < 10 ? 1 : 0 });
  return seconds < 1 ? l10n.t('{0} ms', two(milliseconds)) : l10n.t('{0} s', two(seconds));
}
