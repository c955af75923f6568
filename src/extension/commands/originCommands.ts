import * as vscode from 'vscode';
import type { Dataset } from '../../dataset/Dataset';
import type { DatasetImage } from '../../dataset/captions/DatasetImage';
import { dateText, originText } from '../../protocol/text/originText';
import type { CaptionOrigins } from '../../records/originsOf';
import type { GridSession } from '../grid/GridSession';
import type { Origins } from '../origins/Origins';
import { pathIn } from './commandArguments';
import type { PaletteCommands } from './PaletteCommands';
import { pickImage } from './pickImage';

/** Registers the command that says who wrote what of a caption. */
export function registerOriginCommands(commands: PaletteCommands, origins: Origins): vscode.Disposable {
  return commands.registerOnGrid('datasetCaptions.whoWroteThis', async ({ session }, argument) => {
    const image = await meantImage(session, pathIn(argument));
    if (image !== undefined) await showOrigins(session.document.dataset, image, origins);
  });
}

/** The image on whose menu the command was chosen, else the focused one, else one that the user picks. */
async function meantImage(
  { document, focusedPath }: GridSession,
  path: string | undefined,
): Promise<DatasetImage | undefined> {
  const meant = path ?? focusedPath;
  const image = meant === undefined ? undefined : document.dataset.image(meant);
  return image ?? (await pickImage(document.dataset.allImages, vscode.l10n.t('Who Wrote This')));
}

async function showOrigins(dataset: Dataset, image: DatasetImage, origins: Origins): Promise<void> {
  const { caption } = image;
  if (caption.unreadable !== undefined) throw caption.unreadable;
  const found = (await origins.of(dataset, [caption]))?.[0];
  const items = found === undefined ? [] : itemsOf(found);
  if (items.length > 0) {
    const title = vscode.l10n.t('Who wrote the caption of {0}', image.path);
    const placeHolder = vscode.l10n.t('What no record explains counts as written by hand');
    await vscode.window.showQuickPick(items, { title, placeHolder, matchOnDescription: true });
    return;
  }
  const message =
    found === undefined
      ? vscode.l10n.t('Nothing is recorded of who wrote the captions of this dataset: all of it counts as yours.')
      : vscode.l10n.t('{0} has no caption.', image.path);
  void vscode.window.showInformationMessage(message);
}

function itemsOf({ parts, deleted }: CaptionOrigins): vscode.QuickPickItem[] {
  const { language } = vscode.env;
  const items: vscode.QuickPickItem[] = parts.map((part) => ({
    label: part.text,
    description: originText(part, language),
  }));
  if (deleted.length === 0) return items;
  items.push({ label: vscode.l10n.t('Deleted by hand'), kind: vscode.QuickPickItemKind.Separator });
  for (const { text, when } of deleted) {
    items.push({ label: text, description: when === undefined ? '' : dateText(when, language) });
  }
  return items;
}
