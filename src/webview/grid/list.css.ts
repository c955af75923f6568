import { css } from 'lit';

/** Cards as rows of a list: tick box, thumbnail, path, caption, count and save state side by side. */
export const listStyles = css`
  .grid.list {
    --caption-height: 100%;
    --conflict-height: 100%;
    --picture: 64px;
    border-top: 1px solid var(--line);
  }

  .grid.list.small {
    --picture: 40px;
  }

  .grid.list.large {
    --picture: 112px;
  }

  .list image-card {
    display: grid;
    grid-template-columns: 30px var(--picture) minmax(80px, 1fr) minmax(0, 3fr) 96px;
    grid-template-rows: minmax(0, 1fr);
    column-gap: 8px;
    align-items: stretch;
    padding: 0 8px 0 0;
    border-width: 0 0 1px;
    border-radius: 0;
    background: transparent;
  }

  .list image-card:hover {
    background: var(--vscode-list-hoverBackground);
  }

  .list .cell[aria-selected='true'] image-card {
    background: color-mix(in srgb, var(--vscode-list-activeSelectionBackground) 35%, var(--vscode-editor-background));
    box-shadow: inset 3px 0 0 var(--vscode-list-focusOutline, var(--vscode-focusBorder));
  }

  :host-context(body.vscode-high-contrast) .list .cell[aria-selected='true'] image-card {
    border-width: 2px;
    background: transparent;
  }

  .list image-card .picture {
    grid-area: 1 / 2;
    min-height: 0;
    margin: 4px 0;
    overflow: visible;
    border-radius: 3px;
    background: var(--vscode-sideBar-background);
  }

  .list image-card .check {
    top: calc(50% - 8px);
    left: -30px;
    width: 16px;
    height: 16px;
    opacity: 1;
  }

  .list image-card .tile {
    padding: 0;
    overflow: hidden;
  }

  .list image-card .tile span {
    display: none;
  }

  .list image-card .caption-button {
    top: auto;
    right: auto;
    bottom: 2px;
    left: 2px;
    padding: 0 4px;
    font-size: 10px;
    line-height: 14px;
  }

  .list image-card .caption-button:not(:focus-visible) {
    opacity: 0;
  }

  .list image-card:hover .caption-button,
  .list image-card:focus-within .caption-button {
    opacity: 1;
  }

  .list image-card .job {
    left: 2px;
    bottom: 2px;
    padding: 0 4px;
    font-size: 10px;
    line-height: 14px;
  }

  .list image-card textarea {
    grid-area: 1 / 4;
    align-self: stretch;
    height: auto;
    min-height: 0;
    margin: 3px 0;
    padding: 4px 6px;
    border: 1px solid transparent;
    border-radius: 2px;
  }

  .list image-card textarea:hover:not(:focus, :read-only) {
    border-color: var(--line);
  }

  /* Messages and choices stand at the end of the caption's column. */
  .list image-card .notice:not(.conflict) ~ textarea,
  .list image-card .notice:not(.conflict) ~ tag-chips {
    width: calc(70% - 8px);
  }

  .list image-card .in-conflict,
  .list image-card .notice:not(.conflict) ~ .in-conflict {
    width: calc(42% - 6px);
  }

  .list image-card .theirs {
    grid-area: 1 / 4;
    width: calc(42% - 6px);
    max-height: none;
    margin: 3px 0 3px 42%;
    padding: 4px 6px;
    border: 1px dashed var(--vscode-list-warningForeground, var(--vscode-contrastBorder));
  }

  .list image-card .label,
  .list image-card .notice.conflict {
    display: none;
  }

  .list image-card .choices {
    grid-area: 1 / 4;
    flex-direction: column;
    flex-wrap: nowrap;
    justify-content: safe center;
    justify-self: end;
    width: 16%;
    overflow: hidden auto;
    padding: 2px 0;
    border: none;
    line-height: 15px;
  }

  .list image-card .notice {
    grid-area: 1 / 4;
    align-self: center;
    justify-self: end;
    width: 30%;
    max-height: 100%;
    overflow: hidden auto;
    padding: 0;
    border: none;
  }

  .list image-card .notice:has(~ .in-conflict) {
    display: none;
  }

  .list image-card .foot {
    display: contents;
  }

  .list image-card .facts {
    grid-area: 1 / 5;
    display: flex;
    flex-direction: column;
    align-items: flex-end;
    justify-content: center;
    min-width: 0;
    overflow: hidden;
    text-align: end;
  }

  .list image-card .facts .save.long {
    flex-basis: auto;
  }

  .list image-card .name {
    grid-area: 1 / 3;
    display: block;
    align-self: center;
    max-height: 100%;
    overflow: hidden;
    font-size: 12px;
    line-height: 15px;
    white-space: normal;
    overflow-wrap: anywhere;
  }

  .list:not(.small) image-card .name .folder {
    display: block;
  }

  .list image-card .skeleton {
    grid-area: 1 / 4;
    align-self: center;
    margin: 0;
  }

  .list image-card .skeleton:last-child {
    display: none;
  }

  @media (max-width: 700px) {
    .list image-card {
      grid-template-columns: 26px min(var(--picture), 64px) minmax(0, 2fr) minmax(0, 3fr) 64px;
      column-gap: 6px;
      padding-right: 2px;
    }

    .list image-card .check {
      left: -28px;
    }

    .list image-card .name {
      font-size: 11px;
    }

    .list image-card .in-conflict,
    .list image-card .theirs {
      width: calc(50% - 2px);
    }

    .list image-card .theirs {
      margin-left: 50%;
    }

    .list image-card .choices {
      grid-area: 1 / 3;
      width: 100%;
    }

    .list image-card .choices ~ .foot .name {
      visibility: hidden;
    }

    .list image-card .notice:not(.conflict) ~ textarea,
    .list image-card .notice:not(.conflict) ~ tag-chips {
      width: 100%;
    }

    .list image-card .notice {
      display: none;
    }
  }

  @media (max-width: 480px) {
    .list image-card {
      grid-template-columns: 24px 40px minmax(0, 1fr) minmax(0, 2fr) 48px;
    }

    .list image-card .name .folder,
    .list image-card .characters {
      display: none;
    }
  }
`;
