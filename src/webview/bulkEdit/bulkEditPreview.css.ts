import { css } from 'lit';

/** The right half of the dialog for bulk edits: the changes, caption by caption. */
export const bulkEditPreviewStyles = css`
  .preview {
    display: flex;
    flex-direction: column;
    min-width: 0;
    min-height: 0;
    background: var(--vscode-editor-background);
    color: var(--vscode-editor-foreground, inherit);
  }

  .preview .summary {
    flex: none;
    padding: 10px 16px;
    border-bottom: 1px solid var(--edge);
  }

  .preview .line {
    display: flex;
    gap: 12px;
    align-items: baseline;
  }

  .spring {
    flex: 1;
  }

  .link[aria-disabled='true'] {
    color: var(--vscode-disabledForeground);
    text-decoration: none;
    cursor: default;
  }

  .tags {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 10px;
    max-height: 66px;
    margin-top: 6px;
    overflow: auto;
  }

  .tag {
    max-width: 100%;
    overflow: hidden;
    color: var(--vscode-descriptionForeground);
    text-overflow: ellipsis;
    white-space: nowrap;
  }

  bulk-edit-preview {
    display: flex;
    flex: 1;
    min-height: 0;
  }

  .rows {
    flex: 1;
    min-width: 0;
    overflow: hidden auto;
    overflow-anchor: none;
  }

  .spacer {
    position: relative;
    overflow: clip;
  }

  .row {
    position: absolute;
    inset: 0 0 auto;
    display: flex;
    gap: 10px;
    align-items: flex-start;
    height: 66px;
    padding: 7px 16px;
    cursor: pointer;
  }

  .row:hover {
    background: var(--vscode-list-hoverBackground);
  }

  .rows:focus-visible .row.active {
    outline: 1px solid var(--vscode-list-focusOutline, var(--vscode-focusBorder));
    outline-offset: -2px;
  }

  .box {
    position: relative;
    flex: none;
    width: 16px;
    height: 16px;
    margin-top: 2px;
    border: 1px solid var(--vscode-settings-checkboxBorder, var(--vscode-descriptionForeground));
    border-radius: 3px;
    background: var(--vscode-input-background);
  }

  .row:not(.unticked) .box::after {
    content: '';
    position: absolute;
    inset: 0 4px 3px;
    border: solid var(--vscode-foreground);
    border-width: 0 2px 2px 0;
    transform: rotate(42deg) scale(0.75, 0.95);
  }

  .thumb {
    display: flex;
    flex: none;
    align-items: center;
    justify-content: center;
    width: 52px;
    height: 52px;
    overflow: hidden;
    border-radius: 3px;
    background: var(--vscode-editorWidget-background);
  }

  .thumb img {
    width: 100%;
    height: 100%;
    object-fit: cover;
  }

  .what {
    flex: 1;
    min-width: 0;
  }

  .image {
    display: flex;
    gap: 6px;
    color: var(--vscode-descriptionForeground);
    font-size: 12px;
    white-space: nowrap;
  }

  /* Where there is little room, it is the name that is cut: the note says what happened. */
  .image .name {
    min-width: 40px;
    overflow: hidden;
    text-overflow: ellipsis;
  }

  .image > i {
    flex: 0 1 auto;
    overflow: hidden;
    text-overflow: ellipsis;
  }

  .answers .image > i {
    flex: none;
  }

  .diff {
    display: -webkit-box;
    overflow: hidden;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
    overflow-wrap: anywhere;
  }

  .diff.text {
    white-space: pre-wrap;
  }

  .diff.tags :is(.kept, .moved):not(:last-child)::after {
    content: ',';
    color: var(--vscode-descriptionForeground);
  }

  /* Paler, but as easy to read: rows that are not ticked, and all rows while a new plan is being made. */
  :is(.unticked, .planning) .thumb {
    opacity: 0.6;
  }

  :is(.unticked, .planning) :is(.diff, ins, del, .moved) {
    background: none;
    color: var(--vscode-descriptionForeground);
  }

  ins,
  del,
  .moved {
    padding: 0 3px;
    border: 1px solid transparent;
    border-radius: 3px;
    box-decoration-break: clone;
    color: var(--vscode-editor-foreground, inherit);
  }

  ins {
    border-color: var(--vscode-diffEditor-insertedTextBorder, transparent);
    background: var(--vscode-diffEditor-insertedTextBackground, transparent);
    text-decoration: none;
  }

  ins::before {
    content: '+\u00a0';
  }

  del {
    border-color: var(--vscode-diffEditor-removedTextBorder, transparent);
    background: var(--vscode-diffEditor-removedTextBackground, transparent);
    text-decoration: line-through;
  }

  .moved {
    border-color: var(--vscode-descriptionForeground);
  }

  .moved::before {
    content: '\u21c4\u00a0';
  }

  .skipped {
    color: var(--vscode-descriptionForeground);
    font-style: italic;
  }

  .skipped::before {
    content: '\u2026 ';
  }

  .skipped::after {
    content: ' \u2026';
  }

  .nothing {
    margin: auto;
    padding: 24px;
    color: var(--vscode-descriptionForeground);
    text-align: center;
  }
`;
