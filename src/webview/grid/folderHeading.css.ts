import { css } from 'lit';

/** One line above the images. */
export const folderHeadingStyles = css`
  :host {
    display: flex;
    flex: none;
    gap: 6px;
    align-items: center;
    min-width: 0;
    margin: 4px 16px -4px;
  }

  :host([hidden]) {
    display: none;
  }

  /* What comes later has its place from the beginning, and keeps it: the images must not move. */
  :host([hidden][placed]) {
    display: flex;
    visibility: hidden;
  }

  .icon {
    display: flex;
    color: var(--vscode-descriptionForeground);
  }

  h2 {
    display: flex;
    min-width: 0;
    margin: 0;
    font-size: 13px;
    font-weight: 600;
    white-space: pre;
  }

  .parents,
  .name {
    overflow: hidden;
    text-overflow: ellipsis;
  }

  .parents {
    flex: 0 100 auto;
    color: var(--vscode-descriptionForeground);
    font-weight: normal;
  }

  .count {
    flex: 1;
    color: var(--vscode-descriptionForeground);
    font-size: 12px;
    white-space: nowrap;
  }

  button {
    display: flex;
    padding: 3px;
    border: 1px solid transparent;
    border-radius: 3px;
    background: none;
    color: var(--vscode-foreground);
    cursor: pointer;
  }

  button:hover:not([aria-disabled='true']) {
    background: var(--vscode-toolbar-hoverBackground);
  }

  button:focus-visible {
    border-color: var(--vscode-focusBorder);
    outline: none;
  }

  button[aria-disabled='true'] {
    color: var(--vscode-disabledForeground);
    cursor: default;
  }

  @media (max-width: 480px) {
    :host {
      margin-inline: 8px;
    }
  }
`;
