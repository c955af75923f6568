// A process that runs a model on a provider for the first time. A provider may be hundreds of times slower than the
// CPU, as WebGPU is where the graphics card is only software, and a run cannot be ended but with its process.
import { runtimeMessage } from './runtimeMessage';
import { ScoringSession } from './ScoringSession';
import { timeProof } from './scoreProof';
import type { TrialArgument, TrialMessage } from '../../protocol/tagging/providerTrial';
import { endWithParent } from './endWithParent';

const { parent, modelPath, tagCount, options } = JSON.parse(process.argv[2] ?? '') as TrialArgument;
endWithParent(parent);
void main().then(
  () => process.exit(0),
  async (thrown: unknown) => {
    await say({ step: 'failed', message: runtimeMessage(thrown) });
    process.exit(0);
  },
);

async function main(): Promise<void> {
  const session = await ScoringSession.create(modelPath, tagCount, options);
  await say({ step: 'proven', ...(await timeProof(session)) });
  const { milliseconds } = await timeProof(session);
  await say({ step: 'timed', milliseconds });
}

/** Resolves when the message is sent: the next run blocks this process. */
function say(message: TrialMessage): Promise<void> {
  return new Promise((resolve) => {
    process.send?.(message, () => {
      resolve();
    });
  });
}
