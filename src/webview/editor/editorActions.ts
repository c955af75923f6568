import type { ImageTarget, WantedEdit } from '../../protocol/page/bulkEditProtocol';
import type { SelectCommand } from '../../protocol/page/gridProtocol';
import type { EditorActions, ImageActions, SearchActions, SelectionActions } from '../shared/actions';
import type { PageHost } from '../shared/host';
import type { ViewChoices } from '../shared/viewChoices';

/** The effects of actions within the page. */
interface EditorPage {
  host: PageHost;
  search: (query: string) => void;
  show: (choices: Partial<ViewChoices>) => void;
  openBulkEdit: (wanted: WantedEdit) => void;
  announce: (text: string) => void;
  /** Commits all pending typing as edits of the document. */
  commitAll: () => void;
  /** An edit follows that is not typed here: the page does not know any more what undo takes back. */
  forgetHistory: () => void;
}

const selection: ImageTarget & { scope: 'selection' } = { scope: 'selection' };

/**
 * Creates the {@link EditorActions} of a page. Most send a request to the host, whose effects come back as snapshots.
 */
export function editorActions(page: EditorPage): EditorActions {
  const { host } = page;
  /** A command about captions. Pending typing is committed first, so that the command sees it. */
  const afterCommit = (method: 'captionEmpty' | 'captionAll' | 'save') => () => {
    page.commitAll();
    host.command(method, {});
  };
  return {
    ...searchActions(page),
    ...imageActions(page),
    ...selectionActions(page),
    show: page.show,
    selectTagger: () => {
      host.command('selectTagger', {});
    },
    captionEmpty: afterCommit('captionEmpty'),
    captionAll: afterCommit('captionAll'),
    save: afterCommit('save'),
    refresh: () => {
      host.command('refresh', {});
    },
    controlJob: (id, action) => {
      host.command('controlJob', { id, action });
    },
    announce: page.announce,
  };
}

function searchActions({ host, search }: EditorPage): SearchActions {
  const command = (method: 'refreshResults' | 'cancelSearch' | 'rememberSearch' | 'toggleSavedSearch') => () => {
    host.command(method, {});
  };
  return {
    search,
    setSort: (sort) => {
      host.command('setSort', { sort });
    },
    suggest: async (text, caret) => {
      try {
        return (await host.request('suggestQuery', { text, caret })).suggestions;
      } catch {
        // Suggestions are optional: without them, everything can still be typed.
        return [];
      }
    },
    addFilter: (tag, exclude) => {
      host
        .request('addFilter', { tag, exclude })
        .then(({ query }) => {
          search(query);
        })
        .catch(() => undefined);
    },
    refreshResults: command('refreshResults'),
    cancelSearch: command('cancelSearch'),
    rememberSearch: command('rememberSearch'),
    toggleSavedSearch: command('toggleSavedSearch'),
  };
}

function imageActions({ host, commitAll, forgetHistory }: EditorPage): ImageActions {
  return {
    captionImage: (path) => {
      commitAll();
      host.command('captionImage', { path });
    },
    convertToUtf8: (path) => {
      commitAll();
      forgetHistory();
      host.command('convertToUtf8', { path });
    },
    resolveConflict: (path, choice) => {
      commitAll();
      forgetHistory();
      host.command('resolveConflict', { path, choice });
    },
    focusedImage: (path) => {
      host.post('focus', { path });
    },
  };
}

function selectionActions({ host, openBulkEdit, commitAll, forgetHistory }: EditorPage): SelectionActions {
  const onTarget = (method: 'copyCaption' | 'pasteCaption' | 'deleteImages') => (target?: ImageTarget) => {
    commitAll();
    if (method === 'pasteCaption') forgetHistory();
    host.command(method, target ?? selection);
  };
  const select = async (command: SelectCommand): Promise<void> => {
    const answer = await host.tryRequest('select', { command });
    if (answer !== undefined) host.applySnapshot(answer.snapshot);
  };
  return {
    editTags: openBulkEdit,
    selectAll: () => void select({ kind: 'all' }),
    clearSelection: () => void select({ kind: 'none' }),
    captionSelection: () => {
      commitAll();
      host.command('captionImages', selection);
    },
    copyCaption: onTarget('copyCaption'),
    pasteCaption: onTarget('pasteCaption'),
    deleteImages: onTarget('deleteImages'),
  };
}
