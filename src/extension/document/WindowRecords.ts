import path from 'node:path';
import * as vscode from 'vscode';
import { errorMessage } from '../../protocol/channel/wireError';
import { EditRecords } from '../../records/edits/EditRecords';
import { recordsPlace } from '../settings/settings';

/** The setting that says where records are. */
const setting = 'datasetCaptions.records';

/** The records of who wrote what in a folder, as its setting wants them. */
export class WindowRecords extends EditRecords implements vscode.Disposable {
  private readonly settings: vscode.Disposable;

  /** @param warn called with a line for the log */
  constructor(uri: vscode.Uri, warn: (line: string) => void) {
    const name = path.basename(uri.fsPath);
    super(uri.fsPath, {
      onFirst: (folder) => {
        sayFirst(name, folder).catch((thrown: unknown) => {
          warn(errorMessage(thrown));
        });
      },
      onProblem: (thrown) => {
        const problem = vscode.l10n.t(
          'Who wrote what in {0} is not recorded, so that it counts as written by hand: {1}',
          name,
          errorMessage(thrown),
        );
        warn(problem);
        void vscode.window.showWarningMessage(problem);
      },
    });
    const follow = (): void => {
      this.at = recordsPlace(uri);
    };
    follow();
    this.settings = vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(setting, uri)) follow();
    });
  }

  dispose(): void {
    this.settings.dispose();
    void this.close();
  }
}

/** Says once for each dataset that there is a new folder in it. */
async function sayFirst(name: string, folder: string): Promise<void> {
  const change = vscode.l10n.t('Change Setting');
  const told = vscode.l10n.t(
    'Who wrote what in the captions of {0} is kept from now on, in its hidden folder {1}.',
    name,
    path.basename(path.dirname(folder)),
  );
  const chosen = await vscode.window.showInformationMessage(told, change);
  if (chosen === change) await vscode.commands.executeCommand('workbench.action.openSettings', `@id:${setting}`);
}
