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

  .line + .line {
    margin-top: 8px;
  }

  .search {
    flex: 1 1 180px;
    min-width: 0;
  }

  .search-icon {
    display: flex;
    color: var(--vscode-descriptionForeground);
  }

  .size {
    flex: none;
    width: 96px;
    min-width: 0;
  }

  .summary {
    flex: 1 1 200px;
    min-width: 0;
    color: var(--vscode-descriptionForeground);
  }

  .summary > span {
    white-space: nowrap;
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

  .tagger-name {
    display: inline-block;
    max-width: 220px;
    overflow: hidden;
    text-overflow: ellipsis;
    vertical-align: bottom;
  }

  .tagger-name::after {
    content: ' ▾';
  }

  @media (max-width: 480px) {
    :host {
      padding-inline: 8px;
    }
  }
`;
