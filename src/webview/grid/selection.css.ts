import { css } from 'lit';

/** How a card shows that it is selected. */
export const selectionStyles = css`
  image-card .picture {
    user-select: none;
    -webkit-touch-callout: none;
  }

  .cell[aria-selected='true'] image-card {
    border-color: var(--vscode-list-focusOutline, var(--vscode-focusBorder));
    background: color-mix(in srgb, var(--vscode-list-activeSelectionBackground) 35%, var(--vscode-sideBar-background));
    box-shadow: inset 0 0 0 1px var(--vscode-list-focusOutline, var(--vscode-focusBorder));
  }

  .cell[aria-selected='true'] image-card .picture {
    background: color-mix(in srgb, var(--vscode-list-activeSelectionBackground) 50%, var(--vscode-editor-background));
  }

  :host-context(body.vscode-high-contrast) .cell[aria-selected='true'] image-card {
    border: 2px dashed var(--vscode-contrastActiveBorder);
    background: var(--vscode-editor-background);
    box-shadow: none;
  }

  image-card .check {
    position: absolute;
    z-index: 1;
    top: 6px;
    left: 6px;
    width: 18px;
    height: 18px;
    margin: 0;
    accent-color: var(--vscode-button-background);
    cursor: pointer;
    opacity: 0;
  }

  image-card .check::before {
    /* The touch target is larger than the box that is drawn. */
    content: '';
    position: absolute;
    inset: -6px;
  }

  image-card:hover .check,
  image-card:focus-within .check,
  .cell[aria-selected='true'] image-card .check,
  .selecting image-card .check {
    opacity: 1;
  }

  @media (hover: none) {
    image-card .check {
      opacity: 1;
    }
  }
`;
