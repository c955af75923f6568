import { css } from 'lit';

/** The two lines above the grid; they wrap where the editor is narrow. */
export const toolbarStyles = css`
  :host {
    display: block;
    padding: 8px 16px 0;
  }

  .line {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    align-items: center;
  }

  .line ~ .line {
    margin-top: 8px;
  }

  .line:has(> .facts) {
    align-items: flex-start;
  }

  .facts {
    flex: 1 1 240px;
    min-width: 0;
  }

  .summary {
    display: flex;
    height: 28px;
    overflow: hidden;
    line-height: 28px;
    white-space: nowrap;
    color: var(--vscode-descriptionForeground);
    font-variant-numeric: tabular-nums;
  }

  .numbers {
    overflow: hidden;
    text-overflow: ellipsis;
  }

  .left-out {
    flex: none;
    padding-left: 0.3em;
  }

  /* A line of its own, also while it is empty: a search must not move the images. */
  .filters {
    display: flex;
    gap: 6px;
    align-items: center;
    height: 20px;
    overflow: hidden;
    white-space: nowrap;
    color: var(--vscode-descriptionForeground);
  }

  filter-chips {
    flex: 0 1 auto;
  }

  search-status {
    flex: none;
    max-width: 100%;
  }

  .summary b {
    color: var(--vscode-foreground);
    font-weight: 600;
  }

  .summary b.warning {
    color: var(--vscode-list-warningForeground);
  }

  .buttons {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    min-width: 0;
  }

  .buttons vscode-button {
    flex: none;
    max-width: 100%;
    border-radius: 4px;
    white-space: nowrap;
  }

  vscode-button[appearance='secondary'] {
    /* Overrides the border of the primary button, which the toolkit would use. */
    --button-border: var(--vscode-button-secondaryBorder, var(--vscode-contrastBorder, transparent));
  }

  /* As wide as with the longest number, so that counting does not move the buttons beside it. */
  .sized::after {
    content: attr(data-widest);
    display: block;
    height: 0;
    overflow: hidden;
    visibility: hidden;
  }

  .tagger-name {
    /* The toolkit treats every span in a button as an icon, so its sizes are reset. */
    width: auto;
    height: auto;
    display: block;
    max-width: 260px;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }

  .tagger [slot='end'] {
    margin-inline-start: 6px;
  }

  @media (max-width: 480px) {
    :host {
      padding-inline: 8px;
    }

    search-field {
      flex-basis: 100%;
    }

    .summary {
      height: 20px;
      line-height: 20px;
    }
  }
`;
