import type { ImageFacts } from '../ImageFacts';

/** What a search and an order need of {@link ImageFacts}. */
export type FactSource = Pick<ImageFacts, 'get' | 'loadStats' | 'loadSizes'>;
