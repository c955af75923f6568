import type { ImageTarget, WantedEdit } from '../../protocol/page/bulkEditProtocol';
import type { HostRequests, SelectCommand } from '../../protocol/page/gridProtocol';
import type { EditorActions } from '../shared/viewState';

/** What the actions need of the page. */
interface SelectionPage {
  ask<K extends keyof HostRequests>(method: K, params: Parameters<HostRequests[K]>[0]): void;
  select(command: SelectCommand): void;
  openBulkEdit(wanted: WantedEdit): void;
  /** Makes what was typed last an edit of the document. */
  commitAll(): void;
}

type SelectionActions = Pick<
  EditorActions,
  'editTags' | 'selectAll' | 'clearSelection' | 'captionSelection' | 'copyCaption' | 'pasteCaption' | 'deleteImages'
>;

const selection: ImageTarget & { scope: 'selection' } = { scope: 'selection' };

/** What can be done with the selected images, or with one that is named. */
export function selectionActions(page: SelectionPage): SelectionActions {
  const onTyped = (method: 'copyCaption' | 'pasteCaption' | 'deleteImages') => (target?: ImageTarget) => {
    page.commitAll();
    page.ask(method, target ?? selection);
  };
  return {
    editTags: (wanted) => {
      page.openBulkEdit(wanted);
    },
    selectAll: () => {
      page.select({ kind: 'all' });
    },
    clearSelection: () => {
      page.select({ kind: 'none' });
    },
    captionSelection: () => {
      page.commitAll();
      page.ask('captionImages', selection);
    },
    copyCaption: onTyped('copyCaption'),
    pasteCaption: onTyped('pasteCaption'),
    deleteImages: onTyped('deleteImages'),
  };
}
