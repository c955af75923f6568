import path from 'node:path';
import * as vscode from 'vscode';
import { pathBelow } from '../../dataset/files/datasetPath';
import { ApiError } from '../api/ApiError';
import { directory as existing } from '../api/apiArguments';
import { resolvedPath, type DatasetAccess, type FoundDirectory } from '../api/DatasetAccess';
import type { DatasetEditorProvider } from '../editor/DatasetEditorProvider';
import { datasetEditorViewType } from '../standIns/viewType';

/**
 * Restricts language models to the folders of the workspace and the open datasets: a text in a caption could try to
 * make a model read other folders (prompt injection).
 */
export class ToolFolders {
  constructor(
    private readonly access: DatasetAccess,
    private readonly editors: DatasetEditorProvider,
  ) {}

  /**
   * The images of a folder.
   * @param named absolute, or relative to the workspace; by default the active dataset, or the only folder of the
   * workspace
   * @throws ApiError, CaptionError when it cannot be read; the signal's reason
   */
  async read(named: string | undefined, signal: AbortSignal): Promise<FoundDirectory> {
    return this.access.directory(await this.folder(named), signal);
  }

  /** Like {@link read}, but opens the folder as a dataset first, so that the user can see and undo changes. */
  async open(named: string | undefined, signal: AbortSignal): Promise<FoundDirectory> {
    const found = await this.read(named, signal);
    if (found.document !== undefined) return found;
    const uri = vscode.Uri.file(found.directory);
    await vscode.commands.executeCommand('vscode.openWith', uri, datasetEditorViewType, { preserveFocus: true });
    return this.access.directory(found.directory, signal);
  }

  private async folder(named: string | undefined): Promise<string> {
    const front = this.editors.active?.session.document.uri.fsPath;
    const folders = (vscode.workspace.workspaceFolders ?? [])
      .filter(({ uri }) => uri.scheme === 'file')
      .map(({ uri }) => uri.fsPath);
    if (named === undefined) {
      const folder = front ?? (folders.length === 1 ? folders[0] : undefined);
      if (folder !== undefined) return folder;
      throw new ApiError('DIRECTORY_NOT_FOUND', 'No dataset is open. Say which "directory" is meant.');
    }
    const [first] = folders;
    const wanted = path.isAbsolute(named) || first === undefined ? named : path.join(first, named);
    const folder = await existing(wanted);
    const allowed = [...folders, ...[...this.access.documents].map(({ uri }) => uri.fsPath)];
    const real = await resolvedPath(folder);
    for (const root of allowed) if (pathBelow(await resolvedPath(root), real) !== undefined) return folder;
    const message = `${folder} is neither in the workspace nor open as a dataset. Ask the user to open it.`;
    throw new ApiError('DIRECTORY_NOT_FOUND', message, folder);
  }
}
