import * as vscode from 'vscode';
import type { DatasetImage } from '../../dataset/captions/DatasetImage';
import { findImages } from '../../dataset/view/findImages';

/** Maximum number of listed images: a list of a whole dataset would block the window for seconds. */
const maxListed = 100;

interface ImageItem extends vscode.QuickPickItem {
  image?: DatasetImage;
}

/** Items that the quick pick always shows: its own filter does not match words in any order. */
function itemsOf(found: readonly DatasetImage[]): ImageItem[] {
  if (found.length === 0) return [{ label: vscode.l10n.t('No image has these words'), alwaysShow: true }];
  const items: ImageItem[] = found.map((image) => ({
    label: image.path,
    description: image.caption.text,
    alwaysShow: true,
    image,
  }));
  if (found.length < maxListed) return items;
  const more = vscode.l10n.t('The first {0}: type more to find others', maxListed);
  return [...items, { label: more, kind: vscode.QuickPickItemKind.Separator }];
}

/** Lets the user search for an image by its name or caption. @returns undefined if none was chosen */
export async function pickImage(images: readonly DatasetImage[], title: string): Promise<DatasetImage | undefined> {
  const pick = vscode.window.createQuickPick<ImageItem>();
  pick.title = title;
  pick.placeholder = vscode.l10n.t('Type words of its name or caption');
  let search = new AbortController();
  const list = async (typed: string): Promise<void> => {
    search.abort();
    const { signal } = (search = new AbortController());
    pick.busy = true;
    try {
      pick.items = itemsOf(await findImages(images, typed, maxListed, { signal }));
      pick.busy = false;
    } catch (thrown) {
      if (!signal.aborted) throw thrown;
    }
  };
  pick.onDidChangeValue((typed) => void list(typed));
  const image = await new Promise<DatasetImage | undefined>((resolve) => {
    pick.onDidAccept(() => {
      const chosen = pick.selectedItems[0]?.image;
      if (chosen === undefined) return;
      resolve(chosen);
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
    });
    pick.show();
    void list('');
  });
  search.abort();
  pick.dispose();
  return image;
}
