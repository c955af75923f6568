import { css } from 'lit';

/** The left half of a comparison: between what, how much, and which tags. */
export const comparisonStyles = css`
  .facts {
    display: flex;
    flex-direction: column;
    gap: 12px;
    min-width: 0;
    min-height: 0;
    padding: 14px 16px;
    overflow: auto;
    border-inline-end: 1px solid var(--edge);
  }

  dl {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    gap: 2px 10px;
    margin: 0;
  }

  dt {
    color: var(--vscode-descriptionForeground);
  }

  dd {
    margin: 0;
    overflow-wrap: anywhere;
  }

  .totals,
  .totals ul {
    margin: 0;
    padding: 0;
    list-style: none;
  }

  .totals ul {
    padding-inline-start: 14px;
    color: var(--vscode-descriptionForeground);
  }

  compared-tags {
    display: flex;
    flex: 1;
    flex-direction: column;
    gap: 4px;
    min-height: 120px;
  }

  .tag-list {
    flex: 1;
    min-height: 0;
    margin: 0 -8px;
    overflow: hidden auto;
  }

  .tag-list:focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }

  .compared {
    position: relative;
    display: flex;
    gap: 6px;
    align-items: baseline;
    padding: 2px 8px;
    border-radius: 3px;
    cursor: pointer;
  }

  .compared .name {
    flex: 1;
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }

  .compared .removed {
    padding: 0 3px;
    border: 1px solid var(--vscode-diffEditor-removedTextBorder, transparent);
    border-radius: 3px;
    background: var(--vscode-diffEditor-removedTextBackground, transparent);
  }

  .compared :is(ins, .removed) {
    flex: none;
    color: inherit;
    font-variant-numeric: tabular-nums;
  }

  .compared:hover {
    background: var(--vscode-list-hoverBackground);
  }

  .compared[aria-selected='true'] {
    background: var(--vscode-list-inactiveSelectionBackground);
    color: var(--vscode-list-inactiveSelectionForeground, inherit);
    outline: 1px solid var(--vscode-contrastActiveBorder, transparent);
    outline-offset: -1px;
  }

  .tag-list:focus-visible .compared.active {
    outline: 1px solid var(--vscode-list-focusOutline, var(--vscode-focusBorder));
    outline-offset: -1px;
  }

  @media (max-width: 720px) {
    .facts {
      gap: 10px;
      padding: 12px;
      overflow: visible;
      border-inline-end: none;
      border-bottom: 1px solid var(--edge);
    }

    compared-tags {
      min-height: 0;
    }

    .tag-list {
      max-height: 140px;
    }
  }
`;
