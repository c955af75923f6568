import * as l10n from '@vscode/l10n';
import type { GridSnapshot, HostRequests } from '../../protocol/page/gridProtocol';
import type { ImageSort } from '../../protocol/page/imageSort';
import type { SearchSuggestion } from '../../protocol/page/searchProtocol';
import { formatNumber, plural } from '../shared/displayLanguage';
import type { Host } from '../shared/viewState';

/** What the page can ask for about searching and sorting. */
export interface SearchActions {
  setSort: (sort: ImageSort) => void;
  /** What may be typed next; an empty list where the host does not know. */
  suggest: (text: string, caret: number) => Promise<readonly SearchSuggestion[]>;
  /** Asks for a tag, or excludes it; takes it out where the search does that already. */
  addFilter: (tag: string, exclude: boolean) => void;
  /** Searches and sorts anew, after edits that did neither. */
  refreshResults: () => void;
  cancelSearch: () => void;
  rememberSearch: () => void;
  toggleSavedSearch: () => void;
}

/** The part of the page that {@link searchActions} works on. */
interface SearchPage {
  host: () => Host;
  /** asks the host for something whose result shows by itself */
  ask: <K extends keyof HostRequests>(method: K, params: Parameters<HostRequests[K]>[0]) => void;
  search: (query: string) => void;
}

/** Makes the {@link SearchActions} of a page. */
export function searchActions({ host, ask, search }: SearchPage): SearchActions {
  return {
    setSort: (sort) => {
      ask('setSort', { sort });
    },
    suggest: async (text, caret) => {
      try {
        return (await host().request('suggestQuery', { text, caret })).suggestions;
      } catch {
        // Suggestions are a help; without them everything can still be typed.
        return [];
      }
    },
    addFilter: (tag, exclude) => {
      host()
        .request('addFilter', { tag, exclude })
        .then(({ query }) => {
          search(query);
        })
        .catch(() => undefined);
    },
    refreshResults: () => {
      ask('refreshResults', {});
    },
    cancelSearch: () => {
      ask('cancelSearch', {});
    },
    rememberSearch: () => {
      ask('rememberSearch', {});
    },
    toggleSavedSearch: () => {
      ask('toggleSavedSearch', {});
    },
  };
}

/** What a screen reader says after a search. */
export function searchAnnouncement({ query, search, matching, total }: GridSnapshot): string {
  if (search.mistake !== null) return '';
  if (query === '') return plural(l10n.t('{0} image|{0} images'), total);
  const forms = l10n.t('{0} of {1} image found|{0} of {1} images found');
  return plural(forms, total, formatNumber(matching), formatNumber(total));
}
