import { css } from 'lit';

/** The dialog for bulk edits: a form beside its preview, or above it where the editor is narrow. */
export const bulkEditStyles = css`
  dialog {
    width: min(1040px, calc(100% - 32px));
    height: min(720px, calc(100% - 32px));
    max-width: none;
    max-height: none;
    padding: 0;
    border: 1px solid var(--vscode-contrastBorder, var(--vscode-widget-border, var(--vscode-panel-border)));
    border-radius: 8px;
    background: var(--vscode-editorWidget-background);
    color: var(--vscode-editorWidget-foreground, var(--vscode-foreground));
    box-shadow: 0 0 16px var(--vscode-widget-shadow);
    overflow: hidden;
    --edge: var(--vscode-contrastBorder, var(--vscode-widget-border, var(--vscode-panel-border)));
  }

  dialog[open] {
    display: flex;
    flex-direction: column;
  }

  dialog::backdrop {
    background: rgb(0 0 0 / 45%);
  }

  [hidden] {
    display: none !important;
  }

  header,
  footer {
    display: flex;
    flex: none;
    flex-wrap: wrap;
    gap: 8px;
    align-items: center;
    padding: 10px 16px;
  }

  header {
    border-bottom: 1px solid var(--edge);
  }

  footer {
    border-top: 1px solid var(--edge);
  }

  h2 {
    flex: 1;
    margin: 0;
    font-size: 14px;
    font-weight: 600;
  }

  .close {
    display: flex;
    padding: 4px;
    border: none;
    border-radius: 4px;
    background: none;
    cursor: pointer;
  }

  .close:hover {
    background: var(--vscode-toolbar-hoverBackground);
  }

  .body {
    display: grid;
    flex: 1;
    grid-template-columns: 312px minmax(0, 1fr);
    min-height: 0;
  }

  bulk-edit-form {
    display: flex;
    flex-direction: column;
    gap: 14px;
    min-width: 0;
    padding: 14px 16px;
    overflow: auto;
    border-inline-end: 1px solid var(--edge);
  }

  .fields {
    display: flex;
    flex-direction: column;
    gap: 12px;
  }

  .field {
    display: flex;
    flex-direction: column;
    gap: 4px;
  }

  .field > span,
  legend {
    padding: 0;
    color: var(--vscode-descriptionForeground);
  }

  fieldset {
    display: flex;
    flex-direction: column;
    gap: 5px;
    min-width: 0;
    margin: 0;
    padding: 0;
    border: none;
  }

  legend {
    margin-bottom: 5px;
  }

  .facts {
    display: flex;
    flex-direction: column;
    gap: 10px;
    margin: 0;
    overflow-wrap: anywhere;
  }

  .facts dt {
    font-weight: 600;
  }

  .facts dd {
    margin: 2px 0 0;
  }

  .scopes {
    margin-top: auto;
    padding-top: 12px;
    border-top: 1px solid var(--edge);
  }

  .scopes legend {
    float: inline-start;
  }

  .choice {
    display: flex;
    gap: 7px;
    align-items: baseline;
  }

  .choice:has(input:disabled) {
    color: var(--vscode-disabledForeground);
  }

  .choice input {
    flex: none;
    margin: 0;
    accent-color: var(--vscode-button-background);
    transform: translateY(2px);
  }

  .checks {
    display: flex;
    flex-wrap: wrap;
    gap: 6px 14px;
  }

  .inline {
    color: inherit;
  }

  .inline input {
    width: 56px;
    margin-inline: 6px;
  }

  .hint {
    margin: 0;
    color: var(--vscode-descriptionForeground);
    font-size: 12px;
  }

  code {
    font-family: var(--vscode-editor-font-family, monospace);
  }

  input[type='text'],
  input[type='number'],
  textarea,
  select {
    min-width: 0;
    padding: 4px 7px;
    border: 1px solid var(--vscode-input-border, var(--vscode-contrastBorder, transparent));
    border-radius: 3px;
    background: var(--vscode-input-background);
    color: var(--vscode-input-foreground);
    font: inherit;
  }

  select {
    border-color: var(--vscode-dropdown-border, var(--vscode-contrastBorder, transparent));
    background: var(--vscode-dropdown-background);
    color: var(--vscode-dropdown-foreground);
  }

  textarea {
    resize: vertical;
  }

  ::placeholder {
    color: var(--vscode-descriptionForeground);
    opacity: 1;
  }

  :is(input, textarea, select, button, summary, ul, .rows):focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }

  :host-context(body.vscode-high-contrast) .choice input {
    accent-color: var(--vscode-contrastActiveBorder);
  }

  .choice input:focus-visible {
    outline-offset: 2px;
  }

  .prose {
    flex: none;
    margin: 0;
    padding: 8px 16px;
    border-top: 1px solid var(--edge);
    color: var(--vscode-descriptionForeground);
  }

  .left-out {
    flex: none;
    padding: 8px 16px;
    border-top: 1px solid var(--edge);
  }

  .left-out summary {
    color: var(--vscode-list-warningForeground);
    cursor: pointer;
  }

  .left-out ul {
    max-height: 120px;
    margin: 6px 0 0;
    padding-inline-start: 18px;
    overflow: auto;
    overflow-wrap: anywhere;
  }

  .status {
    flex: 1 1 200px;
    min-width: 0;
    color: var(--vscode-descriptionForeground);
    overflow-wrap: anywhere;
  }

  .button {
    padding: 5px 14px;
    border: 1px solid var(--vscode-button-border, var(--vscode-contrastBorder, transparent));
    border-radius: 4px;
    background: var(--vscode-button-background);
    color: var(--vscode-button-foreground);
    cursor: pointer;
  }

  .button:hover {
    background: var(--vscode-button-hoverBackground);
  }

  .button.secondary {
    border-color: var(--vscode-button-secondaryBorder, var(--vscode-contrastBorder, transparent));
    background: var(--vscode-button-secondaryBackground);
    color: var(--vscode-button-secondaryForeground);
  }

  .button.secondary:hover {
    background: var(--vscode-button-secondaryHoverBackground);
  }

  .button:focus-visible {
    outline-offset: 2px;
  }

  .button:disabled {
    opacity: 0.4;
    cursor: default;
  }

  @media (max-width: 720px) {
    dialog {
      width: calc(100% - 12px);
      height: calc(100% - 12px);
    }

    .body {
      display: block;
      overflow: auto;
    }

    bulk-edit-form {
      overflow: visible;
      padding: 12px;
      border-inline-end: none;
      border-bottom: 1px solid var(--edge);
    }

    .scopes {
      margin-top: 0;
    }

    .status {
      flex-basis: 100%;
    }

    footer {
      justify-content: end;
    }

    .preview {
      min-height: 340px;
      height: 60vh;
    }

    .preview .summary,
    .row,
    .left-out,
    header,
    footer {
      padding-inline: 12px;
    }
  }
`;
