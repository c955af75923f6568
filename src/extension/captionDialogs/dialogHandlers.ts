import type { RequestHandlers } from '../../protocol/channel/Channel';
import type { ReviewRequests, ReviewSummary } from '../../protocol/page/reviewProtocol';
import type { TrialRequests, TrialSummary } from '../../protocol/page/trialProtocol';
import type { PageDialog } from '../grid/PageDialog';
import type { CaptionReview } from './CaptionReview';
import type { CaptionTrial } from './CaptionTrial';

/** A review as far as a page works with it. */
export type ShownReview = Pick<
  CaptionReview,
  'summary' | 'rows' | 'answer' | 'preview' | 'take' | 'discard' | 'takeBack' | 'askAgain'
>;

/** A trial as far as a page works with it. */
export type ShownTrial = Pick<CaptionTrial, 'summary' | 'check' | 'tryOn' | 'use' | 'goOn'>;

/**
 * Answers what a page asks about the review that it shows.
 * @param isActive whether the page's tab is the active editor, to which VS Code's undo applies
 */
export function reviewHandlers(
  dialog: PageDialog<ShownReview, ReviewSummary>,
  isActive: () => boolean,
): RequestHandlers<Omit<ReviewRequests, 'reviewFlagged' | 'dismissJob'>> {
  return {
    wantedReview: () => dialog.wanted(),
    getReviewRows: async ({ id, start, count }) => ({ rows: await dialog.of(id).rows(start, count) }),
    getAnswer: async ({ id, index, isAhead }) => ({ answer: await dialog.of(id).answer(index, isAhead) }),
    previewAnswer: async (wanted, signal) => ({ caption: await dialog.of(wanted.id).preview(wanted, signal) }),
    takeAnswer: (wanted, signal) => dialog.of(wanted.id).take(wanted, signal),
    discardAnswer: ({ id, index }) => dialog.of(id).discard(index),
    takeBackAnswer: ({ id, index }) => dialog.of(id).takeBack(index, isActive),
    askAgain: ({ id, index, captioner, temperature }, signal) =>
      dialog.of(id).askAgain(index, captioner, temperature, signal),
    dropReview: ({ id }) => {
      dialog.drop(id);
      return undefined;
    },
  };
}

/** Answers what a page asks about the trial that it shows. */
export function trialHandlers(dialog: PageDialog<ShownTrial, TrialSummary>): RequestHandlers<TrialRequests> {
  return {
    wantedTrial: () => dialog.wanted(),
    checkTrial: ({ id, trial }, signal) => dialog.of(id).check(trial, signal),
    tryOnImage: ({ id, trial, index }, signal) => dialog.of(id).tryOn(trial, index, signal),
    useTrial: async ({ id, trial }) => ({ captioners: await dialog.of(id).use(trial) }),
    captionAfterTrial: async ({ id, captioner }) => {
      await dialog.of(id).goOn(captioner);
      return undefined;
    },
    dropTrial: ({ id }) => {
      dialog.drop(id);
      return undefined;
    },
  };
}
