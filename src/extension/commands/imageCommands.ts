import * as vscode from 'vscode';
import type { ImageTarget } from '../../protocol/page/bulkEditProtocol';
import type { GridPanel } from '../editor/GridPanel';
import type { GridSession } from '../grid/GridSession';
import { copyCaption, copyPaths, pasteCaption } from '../images/clipboard';
import { deleteImages } from '../images/deleteImages';
import { forgetDeletionsOf } from '../images/forgetDeletions';
import { imageUri, targetOf } from '../images/imageTargets';
import { pathIn } from './commandArguments';
import type { PaletteCommands } from './PaletteCommands';

/** Registers what is done with the selection or with one image. */
export function registerImageCommands(commands: PaletteCommands): vscode.Disposable {
  const registerOnFile = (name: string, act: (uri: vscode.Uri) => Thenable<unknown>): vscode.Disposable =>
    commands.registerOnGrid(name, async ({ session }, argument) => {
      const uri = imageUri(session, pathIn(argument));
      if (uri === undefined) void vscode.window.showInformationMessage(vscode.l10n.t('Select images first.'));
      else await act(uri);
    });
  return vscode.Disposable.from(
    commands.registerOnGrid('datasetCaptions.copyCaption', ({ session }, argument) =>
      copyCaption(session, oneImage(session, argument)),
    ),
    commands.registerOnGrid('datasetCaptions.pasteCaption', (grid, argument) =>
      pasteCaption(grid.session, severalImages(grid.session, argument), (wanted) => {
        grid.openBulkEdit(wanted);
      }),
    ),
    commands.registerOnGrid('datasetCaptions.forgetDeletions', (grid, argument) => {
      const { session } = grid;
      const path = pathIn(argument);
      return forgetDeletionsOf(session, path === undefined ? undefined : targetOf(session, path), () => {
        grid.returnFocus();
      });
    }),
    commands.registerOnGrid('datasetCaptions.deleteImages', (grid, argument) => deleteMeant(grid, argument)),
    registerOnFile('datasetCaptions.openImageToSide', (uri) =>
      vscode.commands.executeCommand('vscode.open', uri, vscode.ViewColumn.Beside),
    ),
    registerOnFile('datasetCaptions.revealImage', (uri) => vscode.commands.executeCommand('revealInExplorer', uri)),
    commands.registerOnGrid('datasetCaptions.copyImagePath', ({ session }, argument) =>
      copyPaths(session, severalImages(session, argument)),
    ),
  );
}

function deleteMeant(grid: GridPanel, argument: unknown): Promise<void> {
  return deleteImages(grid.session, severalImages(grid.session, argument), () => {
    grid.returnFocus();
  });
}

/** The image on whose menu a command was chosen, else the focused one. */
function oneImage({ focusedPath }: GridSession, argument: unknown): ImageTarget {
  const path = pathIn(argument) ?? focusedPath;
  return path === undefined ? { scope: 'selection' } : { path };
}

/** What the menu of an image means, else the selection, else the focused image. */
function severalImages(session: GridSession, argument: unknown): ImageTarget {
  return targetOf(session, pathIn(argument) ?? (session.selection.count > 0 ? undefined : session.focusedPath));
}
