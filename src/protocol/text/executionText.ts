import * as l10n from '@vscode/l10n';
import type { ExecutionProvider } from '../tagging/execution';
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
