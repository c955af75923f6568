import * as vscode from 'vscode';
import type { RequestHandlers } from '../../protocol/channel/Channel';
import type { BulkEditRequests } from '../../protocol/page/bulkEditProtocol';
import type { CaptionJobs } from '../captioning/CaptionJobs';
import type { GridSession } from '../grid/GridSession';
import type { PageControls } from '../grid/PageControls';
import { copyCaption, pasteCaption } from '../images/clipboard';
import { deleteImages } from '../images/deleteImages';
import { BulkEdits } from './BulkEdits';

/** Answers a page's requests about bulk edits and the selection; `wantedEdit` is up to the owner of the webview. */
export function bulkEditHandlers(
  session: GridSession,
  jobs: CaptionJobs,
  page: PageControls,
): RequestHandlers<Omit<BulkEditRequests, 'wantedEdit'>> {
  const bulkEdits = new BulkEdits(session);
  return {
    planEdit: ({ scope, form }, signal) => bulkEdits.make(scope, form, signal),
    getPlanItems: async ({ planId, start, count }) => ({ items: await bulkEdits.items(planId, start, count) }),
    tickPlan: ({ planId, index, ticked }) => ({ ticked: bulkEdits.tick(planId, index, ticked) }),
    applyPlan: ({ planId }) => bulkEdits.apply(planId),
    dropPlan: () => {
      bulkEdits.drop();
      return undefined;
    },
    captionImages: async ({ scope }) => {
      const label = scope === 'selection' ? vscode.l10n.t('Caption Selection') : vscode.l10n.t('Caption Found Images');
      await jobs.captionImages(session.document, await session.imagesIn(scope), label);
      return undefined;
    },
    copyCaption: async (target) => {
      await copyCaption(session, target);
      return undefined;
    },
    pasteCaption: async (target) => {
      await pasteCaption(session, target, (wanted) => {
        page.openBulkEdit(wanted);
      });
      return undefined;
    },
    deleteImages: async (target) => {
      await deleteImages(session, target, () => {
        page.returnFocus();
      });
      return undefined;
    },
  };
}
