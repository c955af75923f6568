import { css } from 'lit';

/** Styles shared by all components: text, links that are buttons, and text for screen readers only. */
export const sharedStyles = css`
  * {
    box-sizing: border-box;
  }

  button {
    font: inherit;
    color: inherit;
  }

  .link {
    padding: 0;
    border: none;
    border-radius: 2px;
    background: none;
    color: var(--vscode-textLink-foreground);
    cursor: pointer;
    text-align: start;
    text-decoration: underline;
    text-underline-offset: 2px;
  }

  .link:hover {
    color: var(--vscode-textLink-activeForeground);
  }

  .link:focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: 1px;
  }

  /* VS Code's chart green is meant for areas; it is too pale for small text on a light background. */
  .good {
    color: color-mix(in srgb, var(--vscode-charts-green) 75%, var(--vscode-foreground));
  }

  .warning {
    color: var(--vscode-list-warningForeground);
  }

  .error {
    color: var(--vscode-list-errorForeground);
  }

  /* Lets presses through, to what stood there before: for 500 ms, as an animation of what comes. */
  @keyframes just-come {
    from,
    to {
      pointer-events: none;
    }
  }

  .hidden-text {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }

  svg.icon {
    flex: none;
    width: 1em;
    height: 1em;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.3;
    vertical-align: -0.125em;
  }
`;
