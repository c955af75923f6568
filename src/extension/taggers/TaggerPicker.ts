import { access } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { displayLanguage } from '../../base/displayLanguage';
import { formatBytes } from '../../protocol/text/formatBytes';
import type { ModelListing, ModelSource } from '../../protocol/tagging/modelListing';
import { errorMessage } from '../../protocol/channel/wireError';
import type { Models } from './Models';
import {
  executionOptions,
  isFolderPath,
  paletteTagger,
  selectedTaggers,
  setSelectedTaggers,
} from '../settings/taggerSettings';

/**
 * The ensemble that is offered as one entry. Its models complement each other: one has an older, one a newer tag list.
 */
const usualEnsemble = ['wd-v1-4-moat-tagger-v2', 'wd-convnext-tagger-v3'];
/** The files that a folder must have to be a tagger; if a server runs the models, only the last one. */
const modelFiles = ['model.onnx', 'selected_tags.csv'];
const recentKey = 'recentTaggers';
const recentCount = 8;

/** An item of a list that stands for taggers. */
export interface TaggerItem extends vscode.QuickPickItem {
  /** the taggers that are selected by choosing this item */
  taggers?: readonly string[];
  action?: 'combine' | 'folder';
  listing?: ModelListing;
}

/** What asks the user for a tagger: its part of the list of captioners, and the commands to reveal or delete one. */
export class TaggerPicker {
  private readonly reveal: vscode.QuickInputButton = {
    iconPath: new vscode.ThemeIcon('folder-opened'),
    tooltip: vscode.l10n.t('Reveal'),
  };
  private readonly remove: vscode.QuickInputButton = {
    iconPath: new vscode.ThemeIcon('trash'),
    tooltip: vscode.l10n.t('Delete the download'),
  };

  constructor(
    private readonly models: Models,
    private readonly state: vscode.Memento,
  ) {}

  /**
   * Selects the taggers of an item; models that are not on this machine are downloaded.
   * @returns whether there are taggers that caption now; false if the user gave up, or they cannot be had
   */
  async choose(picked: TaggerItem): Promise<boolean> {
    let taggers = picked.taggers;
    if (picked.action === 'folder') taggers = await this.chooseFolder();
    else if (picked.action === 'combine') taggers = await this.combine();
    if (taggers === undefined || taggers.length === 0) return false;
    for (const tagger of taggers) {
      if (tagger === paletteTagger || isFolderPath(tagger)) continue;
      try {
        if ((await this.models.ensureWithNotification(tagger)) === undefined) return false;
      } catch (thrown) {
        void vscode.window.showErrorMessage(vscode.l10n.t('{0} was not downloaded: {1}', tagger, errorMessage(thrown)));
        return false;
      }
    }
    await this.remember(taggers);
    await setSelectedTaggers(taggers);
    return true;
  }

  /** Does what a button of an item says. */
  press(button: vscode.QuickInputButton, { listing }: TaggerItem): void {
    if (listing === undefined) return;
    if (button === this.remove) void this.deleteListing(listing);
    else if (listing.found !== undefined) void revealFolder(listing.found.folder);
  }

  /** Lets the user choose a downloaded model and deletes it. */
  async deleteDownload(): Promise<void> {
    const title = vscode.l10n.t('Delete Downloaded Tagger');
    const listing = await this.pickListing(title, ({ found, partialBytes }) => {
      return found?.source === 'download' || partialBytes > 0;
    });
    if (listing === undefined) {
      return;
    }
    await this.deleteListing(listing);
  }

  /** Lets the user choose a model that is on this machine and shows its folder. */
  async revealModel(): Promise<void> {
    const listing = await this.pickListing(vscode.l10n.t('Reveal Tagger'), ({ found }) => found !== undefined);
    if (listing?.found !== undefined) await revealFolder(listing.found.folder);
  }

  /**
   * The taggers, as items of a list.
   * @param listings take a moment to load; without them there is only what is known at once
   * @param isInUse whether the selected taggers caption, and not a captioner
   */
  items(listings: readonly ModelListing[], isInUse: boolean): TaggerItem[] {
    const selected = isInUse ? selectedTaggers().join('\n') : undefined;
    const mark = (taggers: readonly string[], text: string): string =>
      taggers.join('\n') === selected ? vscode.l10n.t('selected · {0}', text) : text;
    const byId = new Map(listings.map((listing) => [listing.id, listing]));
    const items: TaggerItem[] = [
      {
        label: vscode.l10n.t('Palette'),
        description: mark([paletteTagger], vscode.l10n.t('built in')),
        detail: vscode.l10n.t('No download. Tags colour and brightness only: greyscale, dark, red theme, …'),
        taggers: [paletteTagger],
      },
    ];
    const parts = usualEnsemble.map((id) => byId.get(id)).filter((part) => part !== undefined);
    if (parts.length === usualEnsemble.length) {
      const missing = parts.filter((part) => !isUsable(part));
      const cost = missing.reduce((sum, part) => sum + part.approximateSize, 0);
      items.push({
        label: usualEnsemble.join(' + '),
        description: mark(usualEnsemble, missing.length === 0 ? vscode.l10n.t('on this machine') : downloadCost(cost)),
        detail: vscode.l10n.t('Both together, merged tag by tag. Takes the time and memory of both.'),
        taggers: usualEnsemble,
      });
    }
    const catalogue = listings.filter(({ inCatalogue }) => inCatalogue);
    if (catalogue.length > 0) items.push(separator(vscode.l10n.t('WD14 taggers')));
    for (const listing of catalogue) items.push(this.item(listing, listing.id, mark));
    const others = listings.filter(({ inCatalogue }) => !inCatalogue);
    const folders = this.recentFolders().filter((folder) => !others.some(({ found }) => found?.folder === folder));
    if (others.length + folders.length > 0) items.push(separator(vscode.l10n.t('Other taggers')));
    for (const listing of others) {
      if (listing.found !== undefined) items.push(this.item(listing, listing.found.folder, mark));
    }
    for (const folder of folders) {
      items.push({
        label: path.basename(folder),
        description: mark([folder], vscode.l10n.t('folder')),
        detail: folder,
        taggers: [folder],
      });
    }
    return items;
  }

  /** What else can be done to get a tagger, as items of a list. */
  actions(): TaggerItem[] {
    return [
      {
        label: vscode.l10n.t('$(layers) Combine Several Taggers…'),
        detail: vscode.l10n.t('Their scores are merged tag by tag, as the setting Ensemble Merge says.'),
        action: 'combine',
      },
      {
        label: vscode.l10n.t('$(folder-opened) Choose a Folder…'),
        detail: vscode.l10n.t('A folder with model.onnx and selected_tags.csv.'),
        action: 'folder',
      },
    ];
  }

  private item(
    listing: ModelListing,
    tagger: string,
    mark: (taggers: readonly string[], text: string) => string,
  ): TaggerItem {
    const { found } = listing;
    const buttons: vscode.QuickInputButton[] = [];
    if (found !== undefined) buttons.push(this.reveal);
    if (found?.source === 'download' || listing.partialBytes > 0) buttons.push(this.remove);
    return {
      label: listing.id,
      description: mark([tagger], whereOf(listing)),
      detail: [listing.hint, found === undefined ? '' : found.folder].filter(Boolean).join(' · '),
      taggers: [tagger],
      listing,
      buttons,
    };
  }

  private async combine(): Promise<string[] | undefined> {
    const selected = new Set(selectedTaggers());
    const listings = await this.models.list();
    const items: TaggerItem[] = listings.map((listing) => {
      const tagger = listing.inCatalogue ? listing.id : (listing.found?.folder ?? listing.id);
      const item = this.item(listing, tagger, (_, text) => text);
      return { ...item, buttons: [], picked: selected.has(tagger) };
    });
    for (const folder of this.recentFolders()) {
      if (listings.some(({ found }) => found?.folder === folder)) continue;
      items.push({ label: path.basename(folder), detail: folder, taggers: [folder], picked: selected.has(folder) });
    }
    const picked = await vscode.window.showQuickPick(items, {
      title: vscode.l10n.t('Combine Several Taggers'),
      placeHolder: vscode.l10n.t('Each takes its own time and memory'),
      canPickMany: true,
      matchOnDetail: true,
    });
    return picked?.flatMap(({ taggers = [] }) => taggers);
  }

  private async chooseFolder(): Promise<string[] | undefined> {
    const picked = await vscode.window.showOpenDialog({
      canSelectFiles: false,
      canSelectFolders: true,
      title: vscode.l10n.t('Folder of a Tagger'),
      openLabel: vscode.l10n.t('Use Tagger'),
    });
    const folder = picked?.[0]?.fsPath;
    if (folder === undefined) return undefined;
    const missing: string[] = [];
    for (const file of modelFiles.slice(executionOptions().provider === 'server' ? -1 : 0)) {
      await access(path.join(folder, file)).catch(() => missing.push(file));
    }
    if (missing.length === 0) return [folder];
    void vscode.window.showErrorMessage(
      vscode.l10n.t('{0} is not a tagger: {1} is missing in it.', folder, missing.join(', ')),
    );
    return undefined;
  }

  private async pickListing(
    title: string,
    suits: (listing: ModelListing) => boolean,
  ): Promise<ModelListing | undefined> {
    const listings = (await this.models.list()).filter(suits);
    if (listings.length === 0) {
      void vscode.window.showInformationMessage(vscode.l10n.t('There is no such tagger on this machine.'));
      return undefined;
    }
    const items = listings.map((listing) => ({
      label: listing.id,
      description: whereOf(listing),
      detail: listing.found?.folder ?? '',
      listing,
    }));
    return (await vscode.window.showQuickPick(items, { title }))?.listing;
  }

  private async deleteListing({ id }: ModelListing): Promise<void> {
    const action = vscode.l10n.t('Delete');
    const question = vscode.l10n.t('Delete the downloaded tagger {0}?', id);
    const detail = vscode.l10n.t('It can be downloaded again.');
    if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, action)) !== action) return;
    try {
      const freed = formatBytes(await this.models.delete(id), displayLanguage());
      void vscode.window.showInformationMessage(vscode.l10n.t('{0} was deleted: {1} are free again.', id, freed));
    } catch (thrown) {
      void vscode.window.showErrorMessage(vscode.l10n.t('{0} was not deleted: {1}', id, errorMessage(thrown)));
    }
  }

  private recentFolders(): string[] {
    const current = selectedTaggers().filter(isFolderPath);
    return [...new Set([...current, ...this.state.get<string[]>(recentKey, [])])];
  }

  private async remember(taggers: readonly string[]): Promise<void> {
    const folders = [...new Set([...taggers.filter(isFolderPath), ...this.recentFolders()])];
    await this.state.update(recentKey, folders.slice(0, recentCount));
  }
}

function isUsable({ found, inCatalogue }: ModelListing): boolean {
  return found !== undefined && (found.verified || !inCatalogue);
}

function whereOf(listing: ModelListing): string {
  const { found, inCatalogue, partialBytes, approximateSize } = listing;
  if (found !== undefined && isUsable(listing)) return vscode.l10n.t('on this machine · {0}', sourceName(found.source));
  if (found !== undefined && inCatalogue) {
    return vscode.l10n.t('{0} has another version · {1}', sourceName(found.source), downloadCost(approximateSize));
  }
  if (partialBytes > 0) {
    return vscode.l10n.t(
      'download goes on at {0} of {1}',
      formatBytes(partialBytes, displayLanguage()),
      formatBytes(approximateSize, displayLanguage()),
    );
  }
  return downloadCost(approximateSize);
}

function downloadCost(bytes: number): string {
  return vscode.l10n.t('downloads {0}', formatBytes(bytes, displayLanguage()));
}

function sourceName(source: ModelSource): string {
  switch (source) {
    case 'download':
      return vscode.l10n.t('downloaded');
    case 'hub-cache':
      return vscode.l10n.t('Hugging Face cache');
    case 'sd-scripts':
      return 'sd-scripts';
    case 'comfyui':
      return 'ComfyUI';
    case 'webui':
      return 'WebUI';
    case 'taggui':
      return 'TagGUI';
    case 'extra-folder':
      return vscode.l10n.t('extra folder');
  }
}

function separator(label: string): TaggerItem {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

/** Shows a folder in the file manager; on a remote machine, which has none, copies its path instead. */
async function revealFolder(folder: string): Promise<void> {
  if (vscode.env.remoteName === undefined) {
    await vscode.commands.executeCommand('revealFileInOS', vscode.Uri.file(folder));
    return;
  }
  await vscode.env.clipboard.writeText(folder);
  void vscode.window.showInformationMessage(vscode.l10n.t('{0} (the path was copied)', folder));
}
