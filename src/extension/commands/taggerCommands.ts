import * as vscode from 'vscode';
import type { CudaSupport } from '../taggers/CudaSupport';
import type { Models } from '../taggers/Models';
import type { ServerToken } from '../taggers/ServerToken';
import type { TaggerPicker } from '../taggers/TaggerPicker';
import type { PaletteCommands } from './PaletteCommands';

/** Registers the commands about taggers and what they run on. */
export function registerTaggerCommands(
  commands: PaletteCommands,
  picker: TaggerPicker,
  models: Models,
  cuda: CudaSupport,
  serverToken: ServerToken,
): vscode.Disposable {
  return vscode.Disposable.from(
    commands.register('datasetCaptions.revealTagger', () => picker.revealModel()),
    commands.register('datasetCaptions.deleteTagger', () => picker.deleteDownload()),
    commands.register('datasetCaptions.setHubToken', () => models.askForToken()),
    commands.register('datasetCaptions.setServerToken', () => serverToken.ask()),
    commands.register('datasetCaptions.installCuda', () => cuda.install()),
  );
}
