import * as vscode from 'vscode';
import { errorMessage } from '../../protocol/channel/wireError';
import type { CudaSupport } from '../taggers/CudaSupport';
import type { Models } from '../taggers/Models';
import type { ServerToken } from '../taggers/ServerToken';
import type { TaggerPicker } from '../taggers/TaggerPicker';

/** Registers the commands about taggers and what they run on. */
export function registerTaggerCommands(
  picker: TaggerPicker,
  models: Models,
  cuda: CudaSupport,
  serverToken: ServerToken,
): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.commands.registerCommand(
      'datasetCaptions.selectTagger',
      explained(() => picker.select()),
    ),
    vscode.commands.registerCommand(
      'datasetCaptions.revealTagger',
      explained(() => picker.revealModel()),
    ),
    vscode.commands.registerCommand(
      'datasetCaptions.deleteTagger',
      explained(() => picker.deleteDownload()),
    ),
    vscode.commands.registerCommand(
      'datasetCaptions.setHubToken',
      explained(() => models.askForToken()),
    ),
    vscode.commands.registerCommand(
      'datasetCaptions.setServerToken',
      explained(() => serverToken.ask()),
    ),
    vscode.commands.registerCommand(
      'datasetCaptions.installCuda',
      explained(() => cuda.install()),
    ),
  );
}

/** An error of a command is shown as what it says, without VS Code's words around it. */
function explained(action: () => Promise<void>): () => Promise<void> {
  return async () => {
    try {
      await action();
    } catch (thrown) {
      void vscode.window.showErrorMessage(errorMessage(thrown));
    }
  };
}
