import * as vscode from 'vscode';
import type { SortKey } from '../../protocol/page/imageSort';
import type { GridSession } from '../grid/GridSession';
import type { SavedSearches } from './SavedSearches';

/** Asks for a name and saves the current search of a grid under it. */
export async function saveSearch({ view }: GridSession, searches: SavedSearches): Promise<void> {
  const query = view.query.trim();
  if (query === '' || view.error !== undefined) {
    const message =
      query === ''
        ? vscode.l10n.t('There is no search to save. Type one into the search field first.')
        : vscode.l10n.t('This search has a mistake. Put it right before you save it.');
    void vscode.window.showInformationMessage(message);
    return;
  }
  const name = await vscode.window.showInputBox({
    title: vscode.l10n.t('Save Search'),
    prompt: vscode.l10n.t('The name of the search {0}', query),
    value: searches.nameOf(query) ?? query,
    validateInput: (typed) => {
      if (typed.trim() === '') return vscode.l10n.t('Type a name.');
      const other = searches.saved.find((saved) => saved.name === typed.trim());
      return other === undefined || other.query === query
        ? undefined
        : {
            message: vscode.l10n.t('This replaces the saved search {0}', other.query),
            severity: vscode.InputBoxValidationSeverity.Info,
          };
    },
  });
  if (name !== undefined) await searches.save(name.trim(), query);
}

/** Lists the saved searches and runs the one that the user picks; a button in each line deletes that search. */
export async function openSavedSearch({ view }: GridSession, searches: SavedSearches): Promise<void> {
  if (searches.saved.length === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('No search is saved yet. The star in the search field saves the one that is there.'),
    );
    return;
  }
  const remove: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon('trash'), tooltip: vscode.l10n.t('Delete') };
  const pick = vscode.window.createQuickPick<vscode.QuickPickItem & { query: string }>();
  pick.title = vscode.l10n.t('Open Saved Search');
  pick.matchOnDescription = true;
  const list = (): void => {
    pick.items = searches.saved.map(({ name, query }) => ({
      label: name,
      description: query,
      query,
      buttons: [remove],
    }));
  };
  list();
  pick.onDidTriggerItemButton(async ({ item }) => {
    await searches.delete(item.label);
    list();
  });
  const query = await new Promise<string | undefined>((resolve) => {
    pick.onDidAccept(() => {
      resolve(pick.selectedItems[0]?.query);
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
    });
    pick.show();
  });
  pick.dispose();
  if (query !== undefined) await searches.searchIn(view, query);
}

/** Asks what the images of a grid are sorted by, and in which direction. */
export async function sortImages({ view }: GridSession): Promise<void> {
  const names: Readonly<Record<SortKey, readonly [name: string, ascending: string, descending: string]>> = {
    name: [vscode.l10n.t('Name'), vscode.l10n.t('A to Z'), vscode.l10n.t('Z to A')],
    modified: [vscode.l10n.t('Modified'), vscode.l10n.t('Oldest first'), vscode.l10n.t('Newest first')],
    captionLength: [vscode.l10n.t('Caption Length'), vscode.l10n.t('Shortest first'), vscode.l10n.t('Longest first')],
    tagCount: [vscode.l10n.t('Number of Tags'), vscode.l10n.t('Fewest first'), vscode.l10n.t('Most first')],
    imageSize: [vscode.l10n.t('Image Size'), vscode.l10n.t('Smallest first'), vscode.l10n.t('Largest first')],
    fileSize: [vscode.l10n.t('File Size'), vscode.l10n.t('Smallest first'), vscode.l10n.t('Largest first')],
  };
  const keys = Object.keys(names) as SortKey[];
  const items = keys.flatMap((key) => {
    const [label, ...directions] = names[key];
    return directions.map((description, index) => {
      const sort = { key, descending: index === 1 };
      const isNow = view.sort.key === key && view.sort.descending === sort.descending;
      return { label: isNow ? `$(check) ${label}` : label, description, sort };
    });
  });
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Sort Images'),
    matchOnDescription: true,
  });
  if (picked !== undefined) await view.setSort(picked.sort);
}
