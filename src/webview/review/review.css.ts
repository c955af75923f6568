import { css } from 'lit';

/** The dialog in which flagged answers are reviewed: the list beside one answer, or above it where it is narrow. */
export const reviewStyles = css`
  dialog {
    width: min(1180px, calc(100% - 32px));
    height: min(860px, calc(100% - 32px));
  }

  .body {
    grid-template-columns: 270px minmax(0, 1fr);
  }

  .answers {
    border-inline-end: 1px solid var(--edge);
  }

  .answers .row.unticked .thumb {
    opacity: 0.6;
  }

  .row[aria-selected='true'] {
    background: var(--vscode-list-inactiveSelectionBackground);
    color: var(--vscode-list-inactiveSelectionForeground, inherit);
    outline: 1px solid var(--vscode-contrastActiveBorder, transparent);
    outline-offset: -1px;
  }

  .row[aria-selected='true'] .image {
    color: inherit;
  }

  .left {
    color: var(--vscode-descriptionForeground);
    font-variant-numeric: tabular-nums;
  }

  .answer-side {
    display: grid;
    grid-template-columns: repeat(2, minmax(0, 1fr));
    min-width: 0;
    min-height: 0;
  }

  .picture {
    display: flex;
    align-items: center;
    justify-content: center;
    min-height: 0;
    padding: 10px;
    background: var(--vscode-editor-background);
    color: var(--vscode-editor-foreground, inherit);
  }

  .picture img {
    max-width: 100%;
    max-height: 100%;
    object-fit: contain;
  }

  .words {
    display: flex;
    flex-direction: column;
    gap: 8px;
    min-height: 0;
    padding: 12px 16px;
    overflow: auto;
  }

  .words > * {
    flex: none;
  }

  .words p {
    margin: 0;
    overflow-wrap: anywhere;
  }

  .where {
    color: var(--vscode-descriptionForeground);
  }

  .decided {
    padding: 0 6px;
    border: 1px solid var(--vscode-descriptionForeground);
    border-radius: 3px;
  }

  .words h3 {
    margin: 4px 0 0;
    color: var(--vscode-descriptionForeground);
    font-size: inherit;
    font-weight: 400;
  }

  .quoted {
    max-height: 110px;
  }

  #said + .quoted {
    max-height: 220px;
  }

  .again {
    display: flex;
    flex-flow: row wrap;
    gap: 8px 12px;
    align-items: end;
    margin-top: 4px;
  }

  .again legend {
    float: inline-start;
    width: 100%;
    margin: 0;
  }

  .again .field:first-of-type {
    flex: 1 1 180px;
  }

  .again input {
    width: 140px;
  }

  @media (max-width: 960px) {
    .answer-side {
      grid-template-rows: minmax(140px, 40%) minmax(0, 1fr);
      grid-template-columns: minmax(0, 1fr);
    }
  }

  @media (max-width: 720px) {
    .answers {
      height: 110px;
      min-height: 0;
      border-inline-end: none;
      border-bottom: 1px solid var(--edge);
    }

    .answer-side {
      display: block;
    }

    .picture {
      height: 26vh;
    }

    .words {
      overflow: visible;
      padding-inline: 12px;
    }
  }

  /* The buttons have a line to themselves then; the list above goes there, too. */
  @media (max-width: 480px) {
    .step {
      display: none;
    }
  }
`;
