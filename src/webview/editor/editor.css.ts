import { css } from 'lit';

/** Styles of the page as a whole and of the messages that replace the grid. */
export const editorStyles = css`
  :host {
    /* Cancels the padding that VS Code gives the body of a webview. */
    position: fixed;
    inset: 0;
    display: flex;
    flex-direction: column;
    overflow: hidden auto;
    background: var(--vscode-editor-background);
    color: var(--vscode-foreground);
    font-family: var(--vscode-font-family);
    font-size: var(--vscode-font-size, 13px);
    line-height: 1.4;
    --line: var(--vscode-contrastBorder, var(--vscode-panel-border));
    --track: var(--vscode-panel-border);
  }

  /* For what the browser draws: checkboxes, dropdown lists, scroll bars. */
  :host-context(body.vscode-dark),
  :host-context(body.vscode-high-contrast:not(.vscode-high-contrast-light)) {
    color-scheme: dark;
  }

  /* In high contrast themes, borders and bars have the same colour, so the empty part of a bar gets none. */
  :host-context(body.vscode-high-contrast) {
    --track: transparent;
  }

  dataset-toolbar {
    flex: none;
  }

  image-area {
    display: contents;
  }

  image-grid {
    flex: 1 1 auto;
    min-height: 240px;
    margin-top: 6px;
  }

  .notice {
    display: flex;
    gap: 8px;
    align-items: flex-start;
    padding: 6px 10px;
    border: 1px solid var(--vscode-contrastBorder, var(--vscode-widget-border, var(--line)));
    border-radius: 4px;
    background: var(--vscode-editorWidget-background);
    color: var(--vscode-editorWidget-foreground, inherit);
    box-shadow: 0 0 8px 2px var(--vscode-widget-shadow);
  }

  .notice[hidden] {
    display: none;
  }

  .notice.problem {
    border-color: var(--vscode-inputValidation-errorBorder, var(--line));
    background: var(--vscode-inputValidation-errorBackground);
    color: var(--vscode-inputValidation-errorForeground, inherit);
  }

  /* It has no controls, and it is seen over the viewer and the dialogs, too. */
  .notice.connection {
    border-color: var(--vscode-inputValidation-warningBorder, var(--line));
    background: var(--vscode-inputValidation-warningBackground, var(--vscode-editorWidget-background));
    color: var(--vscode-inputValidation-warningForeground, inherit);
    pointer-events: none;
  }

  overlay-stack[inert] {
    z-index: 35;
  }

  overlay-stack[inert] > :not(.connection) {
    visibility: hidden;
  }

  .notice q {
    white-space: pre-wrap;
    user-select: text;
  }

  .notice-text {
    flex: 1;
    min-width: 0;
    /* Typed text may be long: the notices must not grow over the top of the page. */
    max-height: 25vh;
    overflow: hidden auto;
    overflow-wrap: anywhere;
  }

  .page {
    display: flex;
    flex: 1;
    flex-direction: column;
    align-items: center;
    justify-content: center;
    gap: 10px;
    min-height: 220px;
    padding: 24px 16px;
    text-align: center;
    overflow-wrap: anywhere;
  }

  .page-icon {
    color: var(--vscode-descriptionForeground);
    font-size: 40px;
    line-height: 1;
  }

  .page-icon svg.icon {
    stroke-width: 0.8;
  }

  .page h1 {
    margin: 0;
    font-size: 1.25em;
    font-weight: 600;
  }

  .page p {
    max-width: 60ch;
    margin: 0;
    color: var(--vscode-descriptionForeground);
  }

  /* The query may be any pasted text, so it is clipped. */
  .page .no-match {
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 6;
    overflow: hidden;
  }

  .page .path {
    font-family: var(--vscode-editor-font-family, monospace);
    font-size: 12px;
  }

  .page vscode-button {
    margin-top: 6px;
  }

  .scan {
    position: relative;
    width: min(240px, 60%);
    height: 2px;
    overflow: hidden;
    background: var(--track);
  }

  .scan::before {
    content: '';
    position: absolute;
    inset: 0;
    width: 30%;
    background: var(--vscode-progressBar-background);
    animation: scan 1.6s ease-in-out infinite;
  }

  @keyframes scan {
    from {
      transform: translateX(-100%);
    }
    to {
      transform: translateX(340%);
    }
  }

  :host-context(body.vscode-reduce-motion) .scan::before {
    width: 100%;
    animation: none;
    opacity: 0.5;
  }

  @media (prefers-reduced-motion: reduce) {
    .scan::before {
      width: 100%;
      animation: none;
      opacity: 0.5;
    }
  }
`;
