import { access } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { errorMessage } from '../protocol/wireError';
import { Disposable } from './Disposable';
import { paletteTagger, selectedTagger, setSelectedTagger } from './settings';

const recentKey = 'recentTaggers';
const recentCount = 8;
/** What a folder must hold to be a tagger. */
const modelFiles = ['model.onnx', 'selected_tags.csv'];

interface TaggerItem extends vscode.QuickPickItem {
  tagger?: string;
}

/** Which tagger captions, and the choice of it. */
export class Taggers extends Disposable {
  private readonly changeEmitter = this.register(new vscode.EventEmitter<void>());
  readonly onDidChange = this.changeEmitter.event;

  constructor(
    private readonly extensionFolder: string,
    private readonly state: vscode.Memento,
  ) {
    super();
    this.register(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('datasetCaptions.tagger')) this.changeEmitter.fire();
      }),
    );
  }

  /** The folder of the selected model. */
  modelFolder(): string {
    const tagger = selectedTagger();
    return tagger === paletteTagger ? path.join(this.extensionFolder, 'dist', 'models', 'palette') : tagger;
  }

  /** The name of the selected tagger, for the toolbar. */
  displayName(): string {
    const tagger = selectedTagger();
    return tagger === paletteTagger ? vscode.l10n.t('Palette') : path.basename(tagger);
  }

  /** Why the selected tagger could not be loaded, and what to do about it. */
  explain(thrown: unknown): string {
    const folder = this.modelFolder();
    return vscode.l10n.t(
      'The tagger in {0} cannot be used. {1} Choose another one with Select Tagger.',
      folder,
      errorMessage(thrown),
    );
  }

  /** Lets the user choose among the built-in tagger, recent ones, and a folder. */
  async select(): Promise<void> {
    const current = selectedTagger();
    const recent = this.state.get<string[]>(recentKey, []);
    const folders = [...new Set([...(current === paletteTagger ? [] : [current]), ...recent])];
    const items: TaggerItem[] = [
      {
        label: vscode.l10n.t('Palette'),
        description: mark(current === paletteTagger),
        detail: vscode.l10n.t('Built in, no download. Tags colour and brightness only: greyscale, dark, red theme, …'),
        tagger: paletteTagger,
      },
      ...folders.map((folder) => ({
        label: path.basename(folder),
        description: mark(folder === current),
        detail: folder,
        tagger: folder,
      })),
      { label: '', kind: vscode.QuickPickItemKind.Separator },
      {
        label: vscode.l10n.t('$(folder-opened) Choose a Folder…'),
        detail: vscode.l10n.t('A folder with model.onnx and selected_tags.csv, such as a WD14 tagger.'),
      },
    ];
    const title = vscode.l10n.t('Select Tagger');
    const picked = await vscode.window.showQuickPick(items, { title, matchOnDetail: true });
    if (picked === undefined) return;
    const tagger = picked.tagger ?? (await this.chooseFolder());
    if (tagger === undefined) return;
    if (tagger !== paletteTagger) {
      const kept = [tagger, ...recent.filter((folder) => folder !== tagger)].slice(0, recentCount);
      await this.state.update(recentKey, kept);
    }
    await setSelectedTagger(tagger);
  }

  private async chooseFolder(): Promise<string | undefined> {
    const picked = await vscode.window.showOpenDialog({
      canSelectFiles: false,
      canSelectFolders: true,
      title: vscode.l10n.t('Folder of a Tagger'),
      openLabel: vscode.l10n.t('Use Tagger'),
    });
    const folder = picked?.[0]?.fsPath;
    if (folder === undefined) return undefined;
    const missing: string[] = [];
    for (const file of modelFiles) {
      await access(path.join(folder, file)).catch(() => missing.push(file));
    }
    if (missing.length === 0) return folder;
    void vscode.window.showErrorMessage(
      vscode.l10n.t('{0} is not a tagger: {1} is missing in it.', folder, missing.join(', ')),
    );
    return undefined;
  }
}

function mark(isCurrent: boolean): string {
  return isCurrent ? vscode.l10n.t('selected') : '';
}
