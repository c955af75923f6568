import { css } from 'lit';

/** Styles of `suggestion-popup`. It has no shadow root, so the root that contains it needs them. */
export const suggestionStyles = css`
  suggestion-popup {
    display: contents;
  }

  .suggestions {
    position: fixed;
    z-index: 40;
    inset: 0 auto auto 0;
    width: max-content;
    min-width: 180px;
    max-width: min(420px, calc(100vw - 8px));
    max-height: min(260px, calc(100vh - 8px));
    overflow: hidden auto;
    padding: 2px;
    border: 1px solid
      var(--vscode-contrastBorder, var(--vscode-editorSuggestWidget-border, var(--vscode-widget-border)));
    border-radius: 4px;
    background: var(--vscode-editorSuggestWidget-background, var(--vscode-editorWidget-background));
    color: var(--vscode-editorSuggestWidget-foreground, var(--vscode-foreground));
    box-shadow: 0 2px 8px var(--vscode-widget-shadow, transparent);
    font-size: 12px;
    line-height: 20px;
    user-select: none;
  }

  .suggestions[hidden],
  .suggestion[hidden] {
    display: none;
  }

  .suggestion {
    display: flex;
    gap: 12px;
    padding: 1px 6px;
    border: 1px solid transparent;
    border-radius: 3px;
    cursor: pointer;
  }

  .suggestion .names {
    flex: 1 1 auto;
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: pre;
  }

  .suggestion .origin {
    color: var(--vscode-descriptionForeground);
  }

  .suggestion .names::highlight(typed-tag) {
    color: var(--vscode-editorSuggestWidget-highlightForeground, var(--vscode-textLink-foreground));
  }

  .suggestion .origin {
    flex: none;
    font-size: 11px;
    font-variant-numeric: tabular-nums;
  }

  .suggestion:hover {
    background: var(--vscode-list-hoverBackground);
  }

  .suggestion[aria-selected='true'] {
    border-color: var(--vscode-contrastActiveBorder, transparent);
    background: var(--vscode-list-activeSelectionBackground);
    color: var(--vscode-list-activeSelectionForeground);
  }

  .suggestion[aria-selected='true'] .origin {
    color: inherit;
  }

  .suggestion[aria-selected='true'] .names::highlight(typed-tag) {
    color: var(--vscode-list-activeSelectionForeground);
    text-decoration: underline;
  }

  .caret-mirror {
    position: fixed;
    inset: 0 auto auto 0;
    visibility: hidden;
    border-style: solid;
    pointer-events: none;
  }
`;
