import * as vscode from 'vscode';
import type { CudaSupport } from '../taggers/CudaSupport';
import type { Models } from '../taggers/Models';
import type { ServerToken } from '../taggers/ServerToken';
import type { PaletteCommands } from './PaletteCommands';

/** Registers the commands about taggers and what they run on. */
export function registerTaggerCommands(
  commands: PaletteCommands,
  models: Models,
  cuda: CudaSupport,
  serverToken: ServerToken,
): vscode.Disposable {
  return vscode.Disposable.from(
    commands.register('datasetCaptions.setHubToken', () => models.askForToken()),
    commands.register('datasetCaptions.setServerToken', () => serverToken.ask()),
    commands.register('datasetCaptions.installCuda', () => cuda.install()),
  );
}
