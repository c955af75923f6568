import { defaultThresholds } from '../../src/protocol/captionOptions';
import { defaultExecution } from '../../src/protocol/execution';
import type { TaggerSetup } from '../../src/protocol/taggerProtocol';

/** One model on the CPU, everything else as usual. */
export function setupOf(folder: string): TaggerSetup {
  return {
    models: [{ folder, thresholds: { ...defaultThresholds } }],
    merge: 'mean',
    execution: { ...defaultExecution, provider: 'cpu' },
  };
}
