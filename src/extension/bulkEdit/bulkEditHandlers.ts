import * as vscode from 'vscode';
import type { RequestHandlers } from '../../protocol/channel/Channel';
import type { BulkEditRequests, ImageTarget, WantedEdit } from '../../protocol/page/bulkEditProtocol';
import { errorMessage } from '../../protocol/channel/wireError';
import type { CaptionJobs } from '../captioning/CaptionJobs';
import type { CaptionPreview } from '../captioning/CaptionPreviews';
import type { GridSession } from '../grid/GridSession';
import type { PageControls } from '../grid/PageControls';
import { copyCaption, noteCopied, pasteCaption } from '../images/clipboard';
import { deleteImages } from '../images/deleteImages';
import { BulkEdits } from './BulkEdits';

/** Captions of a preview that is offered again when it was closed. */
const manyCaptions = 100;

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
    tickPlan: ({ planId, index, ticked }) => bulkEdits.tick(planId, index, ticked),
    applyPlan: ({ planId }) => bulkEdits.apply(planId),
    dropPlan: () => {
      const closed = bulkEdits.close();
      if (closed !== undefined) void offerAgain(session, closed, page);
      return undefined;
    },
    captionImages: async ({ scope }) => {
      const label = scope === 'selection' ? vscode.l10n.t('Caption Selection') : vscode.l10n.t('Caption Found Images');
      await jobs.captionImages(session.document, await session.imagesIn(scope), label);
      return undefined;
    },
    copyCaption: async ({ text, ...target }) => {
      if (text === undefined) await copyCaption(session, target);
      else noteCopied(text);
      return undefined;
    },
    pasteCaption: async ({ text, ...target }) => {
      const openBulkEdit = (wanted: WantedEdit): void => {
        page.openBulkEdit(wanted);
      };
      await pasteCaption(session, target, openBulkEdit, text);
      return undefined;
    },
    deleteImages: (target, signal) => askToDelete(session, target, page, signal),
  };
}

/** Where a preview of many captions, which took long to make, was closed by a key too many it can be had again. */
async function offerAgain(session: GridSession, closed: CaptionPreview, page: PageControls): Promise<void> {
  if (closed.texts.size < manyCaptions) return;
  const again = vscode.l10n.t('Show Again');
  const text = vscode.l10n.t('The preview of {0} was closed. Nothing was written.', closed.label);
  if ((await vscode.window.showInformationMessage(text, again)) !== again) return;
  session.captionPreview = closed;
  page.openBulkEdit({ scope: 'all', form: { operation: 'captionPreview' } });
}

/** Asks and deletes; resolves as soon as the user has answered, as the page takes no keys until then. */
function askToDelete(
  session: GridSession,
  target: ImageTarget,
  page: PageControls,
  signal: AbortSignal,
): Promise<undefined> {
  return new Promise((resolve, reject) => {
    let isAnswered = false;
    const answered = (): void => {
      isAnswered = true;
      resolve(undefined);
      page.returnFocus();
    };
    deleteImages(session, target, answered, signal).then(
      () => {
        resolve(undefined);
      },
      (thrown: unknown) => {
        // The page waits no longer for what goes wrong after the answer.
        if (isAnswered) void vscode.window.showErrorMessage(errorMessage(thrown));
        else reject(thrown instanceof Error ? thrown : new Error(String(thrown)));
      },
    );
  });
}
