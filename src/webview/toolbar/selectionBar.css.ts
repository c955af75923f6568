import { css } from 'lit';

/** One line below the toolbar; it wraps where the editor is narrow. */
export const selectionBarStyles = css`
  :host {
    display: block;
    margin: 8px 16px 0;
  }

  :host([hidden]) {
    display: none;
  }

  .bar {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 4px;
    align-items: center;
    padding: 3px 4px 3px 10px;
    border: 1px solid var(--vscode-contrastActiveBorder, var(--vscode-focusBorder));
    border-radius: 4px;
    background: var(--vscode-editorWidget-background);
    color: var(--vscode-editorWidget-foreground, inherit);
  }

  .count {
    margin-inline-end: 6px;
    white-space: nowrap;
  }

  .count b {
    font-weight: 600;
  }

  .count .hidden {
    color: var(--vscode-descriptionForeground);
  }

  .spring {
    flex: 1;
  }

  button {
    padding: 3px 8px;
    border: 1px solid transparent;
    border-radius: 3px;
    background: none;
    cursor: pointer;
    white-space: nowrap;
  }

  button:hover {
    background: var(--vscode-toolbar-hoverBackground);
  }

  button:focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }

  @media (max-width: 480px) {
    :host {
      margin-inline: 8px;
    }

    .count .hidden {
      white-space: normal;
    }
  }
`;
