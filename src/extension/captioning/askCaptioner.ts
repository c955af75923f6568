import * as vscode from 'vscode';
import type { JobTarget } from '../../jobs/captionJob';
import type { JobCaptioner } from '../../jobs/jobTypes';
import { missingForPrompt } from '../../jobs/run/missingForPrompt';
import { hasRecords, recordRootOf } from '../../records/recordFolder';
import type { WriteOptions } from '../../tags/writeMode';
import type { DatasetDocument } from '../document/DatasetDocument';
import { detailBeforeAsking, missingTexts, questionBeforeAsking, type PlannedQuestions } from './captionerQuestion';
import { mayBeChanged } from './mayBeChanged';

/** Images that a captioner is to be asked about. */
export interface CaptionerWish {
  captioner: JobCaptioner;
  /** where it is, in words */
  where: string;
  write: WriteOptions;
  targets: readonly JobTarget[];
  /** what the button says that begins it */
  label: string;
  /** ask only where a caption may be changed, or an image is left out: for one image, to which the user pointed */
  onlyIfNeeded: boolean;
}

/** What the user agreed to. */
export interface AgreedWish {
  write: WriteOptions;
  /** without the images that the captioner cannot be asked about */
  targets: readonly JobTarget[];
}

/**
 * Asks the user for consent before a captioner is used: shows its name, where the pictures are sent, and how many;
 * which images are left out because a placeholder of the prompt has nothing for them; and what happens to existing
 * captions.
 * @returns undefined if the user declines, or there is nothing to do, of which the user is told
 */
export async function askBeforeAsking(
  { dataset }: Pick<DatasetDocument, 'dataset'>,
  { captioner, where, write, targets, label, onlyIfNeeded }: CaptionerWish,
): Promise<AgreedWish | undefined> {
  const { profile } = captioner;
  const job = { root: dataset.folder, write, captioner };
  const missing = await missingForPrompt(job, targets, new AbortController().signal, (note) => {
    void vscode.window.showWarningMessage(note);
  });
  const lacking = new Set([...missing.values()].flat());
  const left = targets.filter((target) => !lacking.has(target));
  if (left.length === 0) {
    const what = vscode.l10n.t('Give them that first, or change the prompt of {0}.', profile.name);
    const open = vscode.l10n.t('Open Settings');
    const text = [...missingTexts(missing), what].join(' ');
    if ((await vscode.window.showWarningMessage(text, open)) === open) {
      await vscode.commands.executeCommand('workbench.action.openSettings', '@id:datasetCaptions.captioners');
    }
    return undefined;
  }
  const changed = left.filter(({ caption }) => mayBeChanged(caption, write)).length;
  if (onlyIfNeeded && changed === 0 && missing.size === 0) return { write, targets: left };
  const isRecorded = write.records !== 'off' && hasRecords(recordRootOf(dataset.folder));
  const planned: PlannedQuestions = {
    name: profile.name,
    where,
    mode: write.mode,
    images: left.length,
    changed,
    isRecorded,
    missing,
  };
  const agree = missing.size === 0 ? label : vscode.l10n.t('Leave These Out');
  const replace = vscode.l10n.t('Replace Instead');
  const items = [agree, ...(write.mode === 'update' && changed > 0 ? [replace] : [])];
  const detail = detailBeforeAsking(planned);
  const answer = await vscode.window.showWarningMessage(
    questionBeforeAsking(planned),
    { modal: true, detail },
    ...items,
  );
  if (answer === undefined) return undefined;
  return { write: answer === replace ? { ...write, mode: 'replace' } : write, targets: left };
}
