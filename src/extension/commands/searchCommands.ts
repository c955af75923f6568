import * as vscode from 'vscode';
import { togglePhrase, toggleTag } from '../../dataset/query/tagFilter';
import type { GridPanel } from '../editor/GridPanel';
import type { TagTree } from '../editor/TagTree';
import type { SavedSearches } from '../search/SavedSearches';
import { openSavedSearch, saveSearch, sortImages } from '../search/searchDialogs';
import { textIn } from './commandArguments';
import type { PaletteCommands } from './PaletteCommands';

/** Registers the commands that search, sort and filter the dataset in front, and sort the tag view. */
export function registerSearchCommands(
  commands: PaletteCommands,
  searches: SavedSearches,
  tags: TagTree,
): vscode.Disposable {
  const registerFilter = (name: string, exclude: boolean): vscode.Disposable =>
    commands.registerOnGrid(name, async (grid, argument) => {
      const tag = typeof argument === 'string' ? argument : textIn(argument, 'tag');
      const phrase = textIn(argument, 'phrase');
      if (tag !== undefined) await filterBy(grid, searches, (query) => toggleTag(query, tag, exclude));
      else if (phrase !== undefined) await filterBy(grid, searches, (query) => togglePhrase(query, phrase, exclude));
    });
  return vscode.Disposable.from(
    commands.registerOnGrid('datasetCaptions.search', (grid) => {
      grid.focusSearch();
    }),
    commands.registerOnGrid('datasetCaptions.saveSearch', ({ session }) => saveSearch(session, searches)),
    commands.registerOnGrid('datasetCaptions.openSavedSearch', ({ session }) => openSavedSearch(session, searches)),
    commands.registerOnGrid('datasetCaptions.sortImages', ({ session }) => sortImages(session)),
    commands.registerOnGrid('datasetCaptions.refreshResults', ({ session }) => session.view.refresh()),
    registerFilter('datasetCaptions.filterByTag', false),
    registerFilter('datasetCaptions.excludeTag', true),
    commands.register('datasetCaptions.sortTagsByName', () => tags.sortBy('name')),
    commands.register('datasetCaptions.sortTagsByCount', () => tags.sortBy('count')),
  );
}

async function filterBy(grid: GridPanel, searches: SavedSearches, toggled: (query: string) => string): Promise<void> {
  // Another tab may be in front; the focus stays in the tag view for the next tag.
  if (!grid.isVisible) grid.show(true);
  // Completes a step of the walkthrough: VS Code does not notice commands that the lines of a view run.
  void vscode.commands.executeCommand('setContext', 'datasetCaptions.filteredByTag', true);
  const { view } = grid.session;
  await searches.searchIn(view, toggled(view.query));
}
