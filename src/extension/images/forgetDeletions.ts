import * as vscode from 'vscode';
import { displayLanguage } from '../../base/displayLanguage';
import { datasetPathOf } from '../../dataset/files/datasetPath';
import type { ImageTarget } from '../../protocol/page/bulkEditProtocol';
import { inOneLine } from '../../protocol/text/escapeControls';
import { deletionsIn, forgetDeletions } from '../../records/edits/forgetDeletions';
import type { PresentCaption } from '../../records/edits/PresentCaption';
import { recordRootOf } from '../../records/recordFolder';
import { textOfRaw } from '../../tags/captionText';
import type { GridSession } from '../grid/GridSession';
import { recordsPlace } from '../settings/settings';
import { imagesOf } from './imageTargets';

/** So many tags are named in the question. */
const namedTags = 10;

/**
 * Lets tags that were deleted by hand come again with a job, after a question.
 * @param target the images; undefined: those of the whole dataset, or of the selection if the user chooses that
 * @param answered called when the question is answered: VS Code does not always give the focus back
 */
export async function forgetDeletionsOf(
  session: GridSession,
  target: ImageTarget | undefined,
  answered: () => void,
): Promise<void> {
  const { document, selection } = session;
  const { dataset, uri } = document;
  const place = recordsPlace(uri);
  if (place === 'off') {
    const message = vscode.l10n.t('Nothing is recorded here (setting {0}): there are no deletions to forget.', setting);
    void vscode.window.showInformationMessage(message);
    return;
  }
  const chosen = target ?? (selection.count === 0 ? wholeDataset : await whichImages(selection.count));
  if (chosen === undefined) return;
  const images = await imagesOf(session, chosen);
  const captions = new Set(images.map(({ caption }) => caption));
  const root = recordRootOf(dataset.folder);
  const texts = Array.from(captions, ({ path: name, onDisk, images: [picture = ''] }): PresentCaption => {
    const text = onDisk === null ? '' : textOfRaw(onDisk.raw);
    return { caption: datasetPathOf(root, dataset.absolute(name)), text, picture: dataset.absolute(picture) };
  });
  const find = { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Looking for deletions…') };
  const deletions = await vscode.window.withProgress(find, () => deletionsIn(root, texts));
  if (deletions.length === 0) {
    const message = vscode.l10n.t('No tag was deleted by hand from these captions, as far as the records say.');
    void vscode.window.showInformationMessage(message);
    return;
  }
  const tags = [...new Set(deletions.flatMap(({ deleted }) => deleted.map(({ text }) => text)))];
  const count = (amount: number): string => amount.toLocaleString(displayLanguage());
  const forget = vscode.l10n.t('Forget');
  const more = tags.length > namedTags ? ', …' : '';
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t('Forget what was deleted by hand? Captions: {0}', count(deletions.length)),
    {
      modal: true,
      detail: vscode.l10n.t(
        'A job may write these tags again: {0}. The captions stay as they are. This cannot be undone.',
        `${tags.slice(0, namedTags).map(inOneLine).join(', ')}${more}`,
      ),
    },
    forget,
  );
  answered();
  if (answer !== forget) return;
  await forgetDeletions(root, deletions, place);
  const done = vscode.l10n.t('Deletions forgotten (captions: {0})', count(deletions.length));
  vscode.window.setStatusBarMessage(done, 5000);
}

const setting = 'datasetCaptions.records';
const wholeDataset: ImageTarget = { scope: 'all' };

async function whichImages(selected: number): Promise<ImageTarget | undefined> {
  const choices: (vscode.QuickPickItem & { target: ImageTarget })[] = [
    {
      label: vscode.l10n.t('Selection'),
      description: vscode.l10n.t('Images: {0}', selected.toLocaleString(displayLanguage())),
      target: { scope: 'selection' },
    },
    { label: vscode.l10n.t('Whole Dataset'), target: wholeDataset },
  ];
  const title = vscode.l10n.t('Forget Deletions');
  return (await vscode.window.showQuickPick(choices, { title }))?.target;
}
