import { defaultThresholds } from '../../../src/protocol/tagging/captionOptions';
import { defaultExecution } from '../../../src/protocol/tagging/execution';
import type { TaggerSetup } from '../../../src/protocol/tagging/taggerProtocol';

/** One model on the CPU, everything else as usual. */
export function setupOf(folder: string): TaggerSetup {
  return {
    models: [{ folder, thresholds: { ...defaultThresholds } }],
    merge: 'mean',
    execution: { ...defaultExecution, provider: 'cpu' },
  };
}
