import { describeQuery } from '../../dataset/query/describeQuery';
import type { ImageView } from '../../dataset/view/ImageView';
import { parseQuery, topLevelParts } from '../../dataset/query/parseQuery';
import { suggestQuery } from '../../dataset/query/suggestQuery';
import type { RequestHandlers } from '../../protocol/channel/Channel';
import type { SearchRequests, SearchView } from '../../protocol/page/searchProtocol';
import type { Origins } from '../origins/Origins';
import type { GridSession } from '../grid/GridSession';
import type { SavedSearches } from './SavedSearches';
import { openSavedSearch, saveSearch } from './searchDialogs';

/** Answers the requests of a page's search field. */
export function searchHandlers(
  session: GridSession,
  searches: SavedSearches,
  origins: Origins,
): RequestHandlers<SearchRequests> {
  const { view, document } = session;
  return {
    suggestQuery: async ({ text, caret }) => {
      const { saved, recent } = searches;
      const { tagCounts } = document.dataset;
      // Without them, the others are suggested.
      const writers = (): Promise<readonly string[]> => origins.names(document.dataset).catch(() => []);
      return { suggestions: await suggestQuery(text, caret, { tagCounts, saved, recent, writers }) };
    },
    refreshResults: async () => {
      await view.refresh();
      return undefined;
    },
    cancelSearch: () => {
      view.cancel();
      return undefined;
    },
    rememberSearch: async () => {
      if (view.error === undefined) await searches.remember(view.query);
      return undefined;
    },
    toggleSavedSearch: async () => {
      const name = searches.nameOf(view.query);
      if (name === undefined) await saveSearch(session, searches);
      else await searches.delete(name);
      return undefined;
    },
    openSavedSearch: async () => {
      await openSavedSearch(session, searches);
      return undefined;
    },
  };
}

/** What the page shows about the current search. */
export function searchView(view: ImageView, searches: SavedSearches): SearchView {
  const { query, error, searching, staleImages, cancelled } = view;
  return {
    mistake: error ?? null,
    terms: topLevelParts(parseQuery(query).tree).map((part) => ({
      label: describeQuery(part),
      start: part.start,
      end: part.end,
      excluded: part.kind === 'not',
    })),
    progress: searching ?? null,
    stale: staleImages,
    cancelled,
    savedAs: query.trim() === '' ? null : (searches.nameOf(query) ?? null),
  };
}
