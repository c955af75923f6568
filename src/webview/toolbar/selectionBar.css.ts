import { css } from 'lit';

/** One line over the grid; it wraps where the editor is narrow. No count moves the buttons, which stand at its end. */
export const selectionBarStyles = css`
  :host {
    display: block;
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
    box-shadow: 0 0 8px 2px var(--vscode-widget-shadow);
  }

  .count {
    flex: 1;
    margin-inline-end: 6px;
    white-space: nowrap;
    font-variant-numeric: tabular-nums;
  }

  .count b {
    font-weight: 600;
  }

  .count .hidden {
    color: var(--vscode-descriptionForeground);
  }

  .line {
    width: 1px;
    height: 16px;
    background: var(--line);
  }

  button {
    padding: 3px 8px;
    border: 1px solid transparent;
    border-radius: 3px;
    background: none;
    cursor: pointer;
    white-space: nowrap;
  }

  button:hover:not([aria-disabled='true']) {
    background: var(--vscode-toolbar-hoverBackground);
  }

  button[aria-disabled='true'] {
    color: var(--vscode-disabledForeground);
    cursor: default;
  }

  button:focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }

  @media (max-width: 480px) {
    .count {
      flex-basis: 100%;
    }

    .line {
      display: none;
    }

    .count .hidden {
      white-space: normal;
    }
  }
`;
