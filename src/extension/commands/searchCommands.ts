import * as vscode from 'vscode';
import { toggleTag } from '../../dataset/query/tagFilter';
import type { DatasetEditorProvider } from '../editor/DatasetEditorProvider';
import type { GridPanel } from '../editor/GridPanel';
import type { SavedSearches } from '../search/SavedSearches';
import { openSavedSearch, saveSearch, sortImages } from '../search/searchQuestions';

/** Registers the commands that search, sort and filter the dataset in front. */
export function registerSearchCommands(editors: DatasetEditorProvider, searches: SavedSearches): vscode.Disposable {
  const onActive =
    <Argument>(action: (grid: GridPanel, argument: Argument) => unknown) =>
    async (argument: Argument): Promise<void> => {
      if (editors.active !== undefined) await action(editors.active, argument);
    };
  const filter = (exclude: boolean): ((node?: unknown) => Promise<void>) =>
    onActive((grid, node?: unknown) => {
      const tag = tagOf(node);
      if (tag === undefined) return undefined;
      // Another tab may be in front; the focus stays in the view for the next tag.
      if (!grid.panel.visible) grid.panel.reveal(undefined, true);
      // The walkthrough's step: VS Code does not tell it of commands that lines of a view run.
      void vscode.commands.executeCommand('setContext', 'datasetCaptions.filteredByTag', true);
      return grid.search(toggleTag(grid.view.query, tag, exclude));
    });
  return vscode.Disposable.from(
    vscode.commands.registerCommand(
      'datasetCaptions.saveSearch',
      onActive((grid) => saveSearch(grid, searches)),
    ),
    vscode.commands.registerCommand(
      'datasetCaptions.openSavedSearch',
      onActive((grid) => openSavedSearch(grid, searches)),
    ),
    vscode.commands.registerCommand('datasetCaptions.sortImages', onActive(sortImages)),
    vscode.commands.registerCommand(
      'datasetCaptions.refreshResults',
      onActive(({ view }) => view.refresh()),
    ),
    vscode.commands.registerCommand('datasetCaptions.filterByTag', filter(false)),
    vscode.commands.registerCommand('datasetCaptions.excludeTag', filter(true)),
  );
}

/** The tag that a line of the tag view, or whoever calls the command, means. */
function tagOf(node: unknown): string | undefined {
  if (typeof node === 'string') return node;
  return typeof node === 'object' && node !== null && 'tag' in node && typeof node.tag === 'string'
    ? node.tag
    : undefined;
}
