// All cases of a slow link at several delays and pauses in the real VS Code, and 2,000 random sequences of keys:
// npm run soak -- linkKeys
import { table } from './measure.mjs';
import { runSuites } from './runSuites.mjs';

/** @param {{ root: string }} options */
export async function measure({ root }) {
  const sequences = await runSuites(root, ['browser/slowLinkKeys'], {
    DATASET_CAPTIONS_LINK_SEQUENCES: '2000',
    DATASET_CAPTIONS_LINK_DELAYS: '150',
  });
  const cases = await runSuites(root, ['browser/slowLink'], {
    DATASET_CAPTIONS_LINK_DELAYS: '25,75,150',
    DATASET_CAPTIONS_LINK_PAUSES: 'all',
  });
  const history = await runSuites(root, ['browser/historyKeysWorkbench'], { DATASET_CAPTIONS_LINK_DELAYS: '0,150' });
  return { sequences, cases, history };
}

/** @param {Awaited<ReturnType<typeof measure>>} result */
export function describe({ sequences, cases, history }) {
  return table([
    { what: '2,000 random sequences', ...sequences },
    { what: 'cases in VS Code at 25, 75, 150 ms', ...cases },
    { what: 'the history of captions by keys at 0, 150 ms', ...history },
  ]);
}
