// The long version of the test of a cluster: 20,000 captions while its workers are killed and frozen, and its queue is
// killed. npm run soak -- cluster
import { table } from './measure.mjs';
import { runSuites } from './runSuites.mjs';

const images = 20_000;

/**
 * @param {{ root: string }} options
 * @returns {Promise<Record<string, number | string>>}
 */
export async function measure({ root }) {
  return {
    images,
    ...(await runSuites(root, ['unit/clusterKills'], { DATASET_CAPTIONS_CLUSTER_IMAGES: `${images}` })),
  };
}

/** @param {any} result */
export function describe(result) {
  return table([result]);
}
