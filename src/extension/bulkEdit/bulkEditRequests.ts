import * as vscode from 'vscode';
import type { RequestHandlers } from '../../protocol/channel/Channel';
import type { BulkEditRequests } from '../../protocol/page/bulkEditProtocol';
import type { CaptionJobs } from '../captioning/CaptionJobs';
import type { GridPanel } from '../editor/GridPanel';
import { copyCaption, deleteTargets, pasteCaption } from '../images/imageActions';

/** Answers what the webview asks about bulk edits and the selection. */
export function bulkEditHandlers(grid: GridPanel, jobs: CaptionJobs): RequestHandlers<BulkEditRequests> {
  // Looked up when they are needed: the handlers are made while the grid is.
  return {
    wantedEdit: () => {
      const { wanted } = grid.bulkEdits;
      grid.bulkEdits.wanted = undefined;
      return wanted ?? null;
    },
    planEdit: ({ scope, form }, signal) => grid.bulkEdits.make(scope, form, signal),
    getPlanItems: async ({ planId, start, count }) => ({ items: await grid.bulkEdits.items(planId, start, count) }),
    tickPlan: ({ planId, index, ticked }) => ({ ticked: grid.bulkEdits.tick(planId, index, ticked) }),
    applyPlan: ({ planId }) => grid.bulkEdits.apply(planId),
    dropPlan: () => {
      grid.bulkEdits.drop();
      return undefined;
    },
    captionImages: async ({ scope }) => {
      const label = scope === 'selection' ? vscode.l10n.t('Caption Selection') : vscode.l10n.t('Caption Found Images');
      await jobs.captionImages(grid.document, await grid.bulkEdits.imagesIn(scope), label);
      return undefined;
    },
    copyCaption: async (target) => {
      await copyCaption(grid, target);
      return undefined;
    },
    pasteCaption: async (target) => {
      await pasteCaption(grid, target);
      return undefined;
    },
    deleteImages: async (target) => {
      await deleteTargets(grid, target);
      return undefined;
    },
  };
}
