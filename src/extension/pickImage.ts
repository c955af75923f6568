import * as vscode from 'vscode';
import type { DatasetImage } from '../dataset/Dataset';
import { findImages } from '../dataset/findImages';

/** More than this nobody reads; a list of a whole dataset would keep the window busy for seconds. */
const mostListed = 100;

/** Lets the user look for an image by its name or caption. @returns undefined when none was chosen */
export async function pickImage(images: readonly DatasetImage[], title: string): Promise<DatasetImage | undefined> {
  const pick = vscode.window.createQuickPick<vscode.QuickPickItem & { image: DatasetImage }>();
  pick.title = title;
  pick.placeholder = vscode.l10n.t('Type words of its name or caption');
  let search = new AbortController();
  const list = async (typed: string): Promise<void> => {
    search.abort();
    const { signal } = (search = new AbortController());
    pick.busy = true;
    try {
      const found = await findImages(images, typed, mostListed, { signal });
      // What was found is shown as it is: the list's own search knows no words in any order.
      pick.items = found.map((image) => ({
        ...{ label: image.path, description: image.caption.text, alwaysShow: true },
        image,
      }));
      pick.busy = false;
    } catch (thrown) {
      if (!signal.aborted) throw thrown;
    }
  };
  pick.onDidChangeValue((typed) => void list(typed));
  const image = await new Promise<DatasetImage | undefined>((resolve) => {
    pick.onDidAccept(() => {
      resolve(pick.selectedItems[0]?.image);
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
