import type { WantedEdit } from '../../protocol/page/bulkEditProtocol';

/** What only the owner of a grid's webview can do; handlers get it beside the session. */
export interface PageControls {
  /** Opens the dialog for bulk edits. */
  openBulkEdit(wanted: WantedEdit): void;
  /** Gives the keyboard focus back to the page after a dialog of VS Code, which does not always do so. */
  returnFocus(): void;
}
