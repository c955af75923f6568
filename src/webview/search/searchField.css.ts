import { css } from 'lit';

/** The search field, its list and its message; looks like VS Code's own inputs. */
export const searchFieldStyles = css`
  :host {
    position: relative;
    display: block;
    flex: 1 1 220px;
    min-width: 0;
  }

  [hidden] {
    display: none !important;
  }

  .field {
    display: flex;
    align-items: center;
    height: 26px;
    padding: 0 2px 0 6px;
    border: 1px solid var(--vscode-input-border, transparent);
    border-radius: 4px;
    background: var(--vscode-input-background);
    color: var(--vscode-input-foreground);
  }

  .field:focus-within {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }

  .field.wrong {
    outline: 1px solid var(--vscode-inputValidation-errorBorder);
    outline-offset: -1px;
  }

  .icon-slot {
    display: flex;
    margin-inline-end: 6px;
    color: var(--vscode-descriptionForeground);
  }

  .text {
    position: relative;
    display: flex;
    flex: 1;
    min-width: 0;
  }

  input,
  .mirror {
    width: 100%;
    padding: 0;
    border: none;
    font: inherit;
    line-height: 22px;
  }

  input {
    background: none;
    color: inherit;
    outline: none;
  }

  input::placeholder {
    color: var(--vscode-descriptionForeground);
    opacity: 1;
  }

  /* Repeats the field's text invisibly; only the underline of the mistake is visible. */
  .mirror {
    position: absolute;
    inset: 0;
    overflow: hidden;
    color: transparent;
    white-space: nowrap;
    pointer-events: none;
  }

  .mirror span {
    white-space: pre;
  }

  .mark {
    text-decoration: underline wavy var(--vscode-editorError-foreground, var(--vscode-errorForeground));
    text-decoration-skip-ink: none;
    text-underline-offset: 2px;
  }

  .tool {
    display: flex;
    padding: 3px;
    border: none;
    border-radius: 3px;
    background: none;
    color: var(--vscode-descriptionForeground);
    cursor: pointer;
  }

  .tool:hover {
    background: var(--vscode-toolbar-hoverBackground);
    color: var(--vscode-foreground);
  }

  .tool:focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
  }

  .star.on {
    color: var(--vscode-charts-yellow, var(--vscode-foreground));
  }

  .star.on svg {
    fill: currentColor;
  }

  .popup {
    position: absolute;
    inset: calc(100% + 2px) 0 auto 0;
    z-index: 30;
    min-width: min(280px, 100%);
    border: 1px solid var(--vscode-editorWidget-border, var(--vscode-contrastBorder, var(--vscode-widget-border)));
    border-radius: 4px;
    background: var(--vscode-editorWidget-background);
    color: var(--vscode-editorWidget-foreground);
    box-shadow: 0 2px 8px var(--vscode-widget-shadow, transparent);
    overflow: hidden;
  }

  .mistake {
    padding: 4px 8px;
    border-inline-start: 3px solid var(--vscode-inputValidation-errorBorder);
    background: var(--vscode-inputValidation-errorBackground);
    color: var(--vscode-inputValidation-errorForeground, var(--vscode-editorWidget-foreground));
  }

  ul {
    max-height: 320px;
    margin: 0;
    padding: 2px;
    overflow-y: auto;
    list-style: none;
  }

  li {
    display: flex;
    gap: 12px;
    align-items: baseline;
    padding: 2px 8px;
    border-radius: 3px;
    line-height: 20px;
    cursor: pointer;
  }

  li:hover {
    background: var(--vscode-list-hoverBackground);
  }

  li.active {
    background: var(--vscode-list-activeSelectionBackground, transparent);
    color: var(--vscode-list-activeSelectionForeground, inherit);
    outline: 1px solid var(--vscode-contrastActiveBorder, transparent);
    outline-offset: -1px;
  }

  .label {
    flex: 0 1 auto;
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }

  .detail {
    flex: 1 1 0;
    min-width: 0;
    overflow: hidden;
    color: var(--vscode-descriptionForeground);
    text-align: end;
    text-overflow: ellipsis;
    white-space: nowrap;
  }

  li.active .detail {
    color: inherit;
  }

  [data-kind='saved'] .label {
    font-weight: 600;
  }
`;
