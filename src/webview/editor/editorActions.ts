import type { ImageTarget, WantedEdit } from '../../protocol/page/bulkEditProtocol';
import { toggleTag } from '../../dataset/query/tagFilter';
import type { SelectCommand } from '../../protocol/page/gridProtocol';
import type { ImageSort } from '../../protocol/page/imageSort';
import type { EditorActions, ImageActions, SearchActions, SelectionActions } from '../shared/actions';
import type { PageHost } from '../shared/host';
import type { ViewChoices } from '../shared/viewChoices';

/** The effects of actions within the page. */
interface EditorPage {
  host: PageHost;
  /** The search that the page asked for last. */
  query: () => string;
  /** Resolves when the host has sent the results, or an error. */
  search: (query: string) => Promise<void>;
  setSort: (sort: ImageSort) => void;
  show: (choices: Partial<ViewChoices>) => void;
  openBulkEdit: (wanted: WantedEdit) => void;
  announce: (text: string) => void;
  /** Has VS Code ask whether images are to be deleted. */
  askToDelete: (target: ImageTarget) => void;
  /** Commits all pending typing as edits of the document. */
  commitAll: () => void;
  /** An edit follows that is not typed here: the page does not know any more what undo takes back. */
  forgetHistory: () => void;
  /** The focus moved to the card of an image or into it. */
  focusedImage: (path: string) => void;
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
    showLeftOut: () => {
      host.command('showLeftOut', {});
    },
    controlJob: (id, action) => {
      host.command('controlJob', { id, action });
    },
    reviewFlagged: (job) => {
      page.commitAll();
      host.command('reviewFlagged', { job });
    },
    dismissJob: (job) => {
      host.command('dismissJob', { job });
    },
    announce: page.announce,
  };
}

function searchActions({ host, query, search, setSort }: EditorPage): SearchActions {
  const command = (method: 'refreshResults' | 'cancelSearch' | 'rememberSearch' | 'toggleSavedSearch') => () => {
    host.command(method, {});
  };
  return {
    search: (text) => void search(text),
    setSort,
    suggest: async (text, caret) => {
      try {
        return (await host.request('suggestQuery', { text, caret })).suggestions;
      } catch {
        // Suggestions are optional: without them, everything can still be typed.
        return [];
      }
    },
    addFilter: (tag, exclude) => search(toggleTag(query(), tag, exclude)),
    refreshResults: command('refreshResults'),
    cancelSearch: command('cancelSearch'),
    rememberSearch: command('rememberSearch'),
    toggleSavedSearch: command('toggleSavedSearch'),
  };
}

function imageActions({ host, commitAll, forgetHistory, focusedImage }: EditorPage): ImageActions {
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
      focusedImage(path);
      host.post('focus', { path });
    },
  };
}

function selectionActions({ host, openBulkEdit, commitAll, askToDelete, forgetHistory }: EditorPage): SelectionActions {
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
    copyCaption: (target = selection) => {
      commitAll();
      host.command('copyCaption', target);
    },
    pasteCaption: (target = selection, text) => {
      commitAll();
      forgetHistory();
      host.command('pasteCaption', { ...target, ...(text === undefined ? {} : { text }) });
    },
    deleteImages: (target = selection) => {
      commitAll();
      askToDelete(target);
    },
  };
}
