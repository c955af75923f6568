import * as vscode from 'vscode';
import {
  blankEditForm,
  type EditForm,
  type EditOperation,
  type ImageTarget,
  type WantedEdit,
} from '../../protocol/page/bulkEditProtocol';
import { errorMessage } from '../../protocol/channel/wireError';
import type { CaptionJobs } from '../captioning/CaptionJobs';
import type { DatasetEditorProvider } from '../editor/DatasetEditorProvider';
import type { GridPanel } from '../editor/GridPanel';
import { copyCaption, copyPaths, deleteTargets, imageUri, pasteCaption, targetOf } from '../images/imageActions';

/** Registers the commands for bulk edits and for what is done with the selection or with one image. */
export function registerImageCommands(editors: DatasetEditorProvider, jobs: CaptionJobs): vscode.Disposable {
  /** A command of the palette has no argument; one of a card's context menu says which card. */
  const run = (action: (grid: GridPanel, argument: unknown) => unknown) => async (argument?: unknown) => {
    const grid = editors.active;
    if (grid === undefined) {
      void vscode.window.showInformationMessage(vscode.l10n.t('Open a folder as a dataset first.'));
      return;
    }
    try {
      await action(grid, argument);
    } catch (thrown) {
      void vscode.window.showErrorMessage(errorMessage(thrown));
    }
  };
  const edit = (form: Partial<EditForm>) =>
    run((grid, argument) => {
      openEdit(grid, argument, form);
    });
  /** For a tag of the tag view, in all captions. */
  const editTag = (operation: EditOperation) =>
    run((grid, argument) => {
      const find = textIn(argument, 'tag');
      if (find === undefined) return;
      grid.openBulkEdit({ scope: 'all', form: { operation, find, replacement: '', match: 'exact' } });
    });
  const caption = async (grid: GridPanel, target: ImageTarget): Promise<void> => {
    if ('path' in target) {
      const image = grid.document.dataset.image(target.path);
      if (image !== undefined) await jobs.captionImage(grid.document, image);
      return;
    }
    const label =
      target.scope === 'selection' ? vscode.l10n.t('Caption Selection') : vscode.l10n.t('Caption Found Images');
    const images = await grid.bulkEdits.imagesIn(target.scope);
    if (images.length > 0) await jobs.captionImages(grid.document, images, label, { notify: true });
    else void vscode.window.showInformationMessage(vscode.l10n.t('Select images first.'));
  };
  const onFile = (command: string) =>
    run(async (grid, argument) => {
      const uri = imageUri(grid, pathIn(argument));
      if (uri === undefined) void vscode.window.showInformationMessage(vscode.l10n.t('Select images first.'));
      else if (command === 'vscode.open') await vscode.commands.executeCommand(command, uri, vscode.ViewColumn.Beside);
      else await vscode.commands.executeCommand(command, uri);
    });
  /** The image whose menu it is, else the one that has the focus. */
  const meantOne = (grid: GridPanel, argument: unknown): ImageTarget => {
    const path = pathIn(argument) ?? grid.focusedPath;
    return path === undefined ? { scope: 'selection' } : { path };
  };
  /** The selection, else the image that has the focus. */
  const meant = (grid: GridPanel, argument: unknown): ImageTarget =>
    targetOf(grid, pathIn(argument) ?? (grid.selection.count > 0 ? undefined : grid.focusedPath));
  return vscode.Disposable.from(
    vscode.commands.registerCommand('datasetCaptions.editTags', edit({})),
    vscode.commands.registerCommand('datasetCaptions.addTags', edit({ operation: 'addTags' })),
    vscode.commands.registerCommand('datasetCaptions.removeTags', edit({ operation: 'removeTags' })),
    vscode.commands.registerCommand('datasetCaptions.replaceTags', edit({ operation: 'replaceTags' })),
    vscode.commands.registerCommand('datasetCaptions.renameTag', editTag('replaceTags')),
    vscode.commands.registerCommand('datasetCaptions.removeTag', editTag('removeTags')),
    vscode.commands.registerCommand(
      'datasetCaptions.captionSelection',
      run((grid, argument) => caption(grid, targetOf(grid, pathIn(argument)))),
    ),
    vscode.commands.registerCommand(
      'datasetCaptions.captionFound',
      run((grid) => caption(grid, { scope: 'filtered' })),
    ),
    vscode.commands.registerCommand(
      'datasetCaptions.copyCaption',
      run((grid, argument) => copyCaption(grid, meantOne(grid, argument))),
    ),
    vscode.commands.registerCommand(
      'datasetCaptions.pasteCaption',
      run((grid, argument) => pasteCaption(grid, meant(grid, argument))),
    ),
    vscode.commands.registerCommand(
      'datasetCaptions.deleteImages',
      run((grid, argument) => deleteTargets(grid, meant(grid, argument))),
    ),
    vscode.commands.registerCommand('datasetCaptions.openImageToSide', onFile('vscode.open')),
    vscode.commands.registerCommand('datasetCaptions.revealImage', onFile('revealInExplorer')),
    vscode.commands.registerCommand(
      'datasetCaptions.copyImagePath',
      run((grid, argument) => copyPaths(grid, meant(grid, argument))),
    ),
  );
}

/**
 * Opens the dialog for bulk edits.
 * @param argument a card's context (`path`), or what to fill in: `scope` and fields of the form
 */
function openEdit(grid: GridPanel, argument: unknown, form: Partial<EditForm>): void {
  const imagePath = pathIn(argument);
  if (imagePath !== undefined && !grid.selection.has(imagePath)) {
    grid.selection.only(imagePath);
    grid.update();
  }
  const wanted = wantedIn(argument);
  grid.openBulkEdit({ ...wanted, form: { ...wanted.form, ...form } });
}

/** The card whose context menu a command comes from, by its image's path. */
export function pathIn(argument: unknown): string | undefined {
  return textIn(argument, 'path');
}

function textIn(argument: unknown, name: string): string | undefined {
  if (typeof argument !== 'object' || argument === null) return undefined;
  const value = (argument as Record<string, unknown>)[name];
  return typeof value === 'string' ? value : undefined;
}

function wantedIn(argument: unknown): WantedEdit {
  if (typeof argument !== 'object' || argument === null) return { form: {} };
  const given = argument as Record<string, unknown>;
  const entries = Object.entries(blankEditForm).filter(([name, usual]) => typeof given[name] === typeof usual);
  const form = Object.fromEntries(entries.map(([name]) => [name, given[name]])) as Partial<EditForm>;
  const { scope } = given;
  return scope === 'selection' || scope === 'filtered' || scope === 'all' ? { scope, form } : { form };
}
