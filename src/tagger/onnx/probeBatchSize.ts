/** The batch sizes that are tried. Larger ones take more memory than they are worth. */
const sizes = [1, 2, 4, 8, 16, 32];
/** A size must be faster than the one before by this factor to be worth its memory. */
const smallestGain = 1.05;
/** After this time, in milliseconds, the best size so far is good enough. */
const budget = 4000;

/**
 * Finds how many images a provider should get for each run: doubles the size while that makes it faster.
 * @param run runs one batch of that size; throws when there is not enough memory
 * @param now milliseconds, from any start
 * @returns the best size, at least 1
 */
export async function probeBatchSize(
  run: (size: number) => Promise<void>,
  now: () => number = () => performance.now(),
): Promise<number> {
  const start = now();
  let best = 1;
  let bestRate = 0;
  for (const size of sizes) {
    let rate: number;
    try {
      // The first run of a size allocates and compiles.
      await run(size);
      rate = size / (await fastest(() => run(size), now));
    } catch {
      break;
    }
    if (rate < bestRate * smallestGain) break;
    best = size;
    bestRate = rate;
    if (now() - start > budget) break;
  }
  return best;
}

/** The faster of two runs, in milliseconds: anything may hold up one of them. */
async function fastest(run: () => Promise<void>, now: () => number): Promise<number> {
  let least = Infinity;
  for (let i = 0; i < 2; i++) {
    const before = now();
    await run();
    least = Math.min(least, now() - before);
  }
  return least;
}
