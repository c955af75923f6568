import { css } from 'lit';

/** Styles of the chips. They render into the grid's shadow root, so these styles belong to the grid. */
export const tagChipsStyles = css`
  tag-chips {
    display: flex;
    flex: none;
    flex-direction: column;
    width: 100%;
    height: var(--caption-height);
    border-top: 1px solid var(--line);
    font-size: 12px;
    line-height: 18px;
  }

  tag-chips.in-conflict {
    height: var(--conflict-height);
    border-top: none;
  }

  tag-chips:focus-within {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }

  .list image-card tag-chips {
    grid-area: 1 / 4;
    height: auto;
    min-height: 0;
    margin: 3px 0;
    border: 1px solid transparent;
  }

  .list image-card .duplicates {
    flex: none;
    max-width: 100%;
  }

  .chips {
    display: flex;
    flex: 1 1 0;
    flex-wrap: wrap;
    align-content: flex-start;
    gap: 3px;
    min-height: 0;
    padding: 4px 6px;
    overflow: hidden auto;
  }

  .chip-list {
    display: contents;
  }

  .chip {
    position: relative;
    display: flex;
    flex: 0 1 auto;
    min-width: 0;
    max-width: 100%;
    border: 1px solid var(--vscode-contrastBorder, transparent);
    border-radius: 4px;
    background: var(--vscode-badge-background);
    color: var(--vscode-badge-foreground);
  }

  .chip-tag {
    min-width: 0;
    padding: 0 2px 0 6px;
    overflow: hidden;
    border: none;
    border-radius: 3px;
    background: none;
    text-align: start;
    text-overflow: ellipsis;
    white-space: nowrap;
    cursor: default;
    touch-action: pan-y;
  }

  .chip-tag:last-child {
    padding-inline-end: 6px;
  }

  .chip-tag:focus-visible,
  .chip-tag:focus {
    outline: 2px solid var(--vscode-focusBorder);
    outline-offset: 1px;
  }

  .chip-text {
    white-space: pre;
  }

  .chip-mark {
    padding-inline: 2px;
    color: inherit;
    font-size: 11px;
    font-style: italic;
  }

  /* A corner, as of a cell with a note: what a machine wrote. */
  .chip.by-machine > .chip-tag::before {
    content: '';
    position: absolute;
    inset: 0 auto auto 0;
    width: 6px;
    height: 6px;
    border-top-left-radius: 3px;
    background: linear-gradient(135deg, currentColor 50%, transparent 52%);
    opacity: 0.8;
    pointer-events: none;
  }

  .chip.duplicate {
    border: 1px dashed var(--vscode-list-warningForeground, var(--vscode-contrastBorder));
    background: transparent;
    color: var(--vscode-foreground);
  }

  .chip-remove {
    flex: none;
    width: 18px;
    padding: 0;
    border: none;
    border-radius: 3px;
    background: none;
    cursor: pointer;
  }

  .chip-remove:hover {
    background: var(--vscode-toolbar-hoverBackground);
  }

  .prose {
    flex: 1 1 100%;
    min-width: 0;
  }

  .prose > .chip-tag {
    display: block;
    width: 100%;
    padding: 0 4px;
    overflow-wrap: anywhere;
    color: var(--vscode-foreground);
    font-family: inherit;
    font-size: 12px;
    line-height: 18px;
    white-space: normal;
  }

  .prose-text {
    white-space: pre-wrap;
  }

  .prose > .chip-tag:focus {
    outline-offset: -2px;
  }

  .prose > .chip-edit {
    display: block;
    box-sizing: border-box;
    width: 100%;
    height: auto;
    min-height: 20px;
    padding: 0 4px;
    line-height: 18px;
    resize: none;
  }

  .chip.dragged {
    opacity: 0.5;
  }

  .chip.drop-before::before,
  .chip.drop-after::after {
    content: '';
    position: absolute;
    inset: 0 auto 0 -3px;
    width: 2px;
    background: var(--vscode-focusBorder);
  }

  .chip.drop-after::after {
    inset: 0 -3px 0 auto;
  }

  .chip-field,
  .chip-edit {
    min-width: 0;
    max-width: 100%;
    height: 20px;
    padding: 0 4px;
    border: none;
    outline: none;
    background: transparent;
    color: var(--vscode-foreground);
    font: inherit;
    font-size: 12px;
  }

  .chip-field {
    flex: 1 1 72px;
  }

  .chip-field::placeholder {
    color: var(--vscode-descriptionForeground);
    opacity: 1;
  }

  .chip-field:focus {
    background: var(--vscode-input-background);
    color: var(--vscode-input-foreground);
  }

  .chip-edit {
    height: 18px;
    field-sizing: content;
    min-width: 48px;
    border-radius: 3px;
    outline: 1px solid var(--vscode-focusBorder);
    background: var(--vscode-input-background);
    color: var(--vscode-input-foreground);
  }

  .more-lines {
    flex: none;
    padding: 0 8px 2px;
    overflow: hidden;
    color: var(--vscode-descriptionForeground);
    font-size: 11px;
    line-height: 15px;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
`;
