import * as vscode from 'vscode';
import { chooseCaptioner } from '../settings/captionerSettings';

/** Selects a captioner, and asks which images it is to caption. */
export async function goOnCaptioning(captioner: string): Promise<void> {
  await chooseCaptioner(captioner);
  const items = [
    { label: vscode.l10n.t('Caption Empty'), command: 'datasetCaptions.captionEmpty' },
    { label: vscode.l10n.t('Caption Selection…'), command: 'datasetCaptions.captionSelection' },
    { label: vscode.l10n.t('Caption All'), command: 'datasetCaptions.captionAll' },
  ];
  const title = vscode.l10n.t('Caption with {0}', captioner);
  const picked = await vscode.window.showQuickPick(items, { title, ignoreFocusOut: true });
  if (picked !== undefined) await vscode.commands.executeCommand(picked.command);
}
