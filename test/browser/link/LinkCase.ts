import type { LinkPlayer } from './LinkPlayer';

/** Something that somebody does over a slow link, and what must come of it. */
export interface LinkCase {
  /** a sentence that goes on after "over a link of … ms" */
  title: string;
  /** the pauses at which it went wrong, in milliseconds; the first is played in each test run, all of them in `soak` */
  pauses?: readonly number[];
  /** so many images that not all of their cards are there at once; without it the few of the dataset */
  many?: number;
  /** it went wrong with no delay, too: only such cases are played without one in each test run, all of them in `soak` */
  near?: true;
  play: (player: LinkPlayer, pause: number) => Promise<void>;
}
