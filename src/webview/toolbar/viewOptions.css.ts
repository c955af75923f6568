import { css } from 'lit';

/** Small groups of toggle buttons, one of which is pressed. */
export const viewOptionsStyles = css`
  :host {
    display: flex;
    flex: none;
    gap: 6px;
  }

  .group {
    display: flex;
    overflow: hidden;
    border: 1px solid var(--vscode-contrastBorder, var(--vscode-dropdown-border, var(--vscode-panel-border)));
    border-radius: 3px;
  }

  label {
    position: relative;
    display: flex;
    cursor: pointer;
  }

  input {
    position: absolute;
    inset: 0;
    width: 100%;
    height: 100%;
    margin: 0;
    opacity: 0;
    cursor: inherit;
  }

  span {
    display: flex;
    align-items: center;
    justify-content: center;
    min-width: 26px;
    height: 24px;
    padding: 0 5px;
    color: var(--vscode-descriptionForeground);
    font-size: 12px;
    line-height: 1;
  }

  svg.icon {
    font-size: 15px;
  }

  label:hover span {
    background: var(--vscode-toolbar-hoverBackground);
    color: var(--vscode-foreground);
  }

  input:checked + span {
    background: var(--vscode-inputOption-activeBackground);
    color: var(--vscode-inputOption-activeForeground, var(--vscode-foreground));
    box-shadow: inset 0 0 0 1px var(--vscode-inputOption-activeBorder, transparent);
  }

  input:focus-visible + span {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -2px;
  }

  :host-context(body.vscode-high-contrast) input:checked + span {
    outline: 1px dashed var(--vscode-contrastActiveBorder);
    outline-offset: -1px;
  }

  :host-context(body.vscode-high-contrast) input:focus-visible + span {
    outline: 2px solid var(--vscode-focusBorder);
    outline-offset: -3px;
  }

  @media (max-width: 480px) {
    :host {
      flex: 0 1 auto;
      flex-wrap: wrap;
      gap: 4px;
    }

    span {
      min-width: 24px;
      padding: 0 3px;
    }
  }
`;
