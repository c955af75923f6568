import { css } from 'lit';

/** Each job is one line with its progress bar below. */
export const jobStyles = css`
  :host {
    display: block;
  }

  .jobs {
    padding: 8px 16px 0;
  }

  .job {
    display: grid;
    grid-template-columns: 1fr auto;
    gap: 6px 12px;
    align-items: center;
    padding: 6px 10px 8px;
    border: 1px solid var(--line);
    border-radius: 4px;
  }

  .job + .job {
    margin-top: 6px;
  }

  .words {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 10px;
    min-width: 0;
    min-height: 26px;
    align-items: center;
    color: var(--vscode-descriptionForeground);
  }

  .words b {
    color: var(--vscode-foreground);
    font-weight: 600;
  }

  .completed .state {
    color: color-mix(in srgb, var(--vscode-charts-green) 75%, var(--vscode-foreground));
  }

  .job.error .state {
    color: var(--vscode-list-errorForeground);
  }

  .job.error {
    color: inherit;
  }

  .paused .state,
  .interrupted .state {
    color: var(--vscode-list-warningForeground);
  }

  .buttons {
    display: flex;
    flex-wrap: wrap;
    gap: 6px;
    justify-content: flex-end;
  }

  [hidden] {
    display: none;
  }

  .message {
    min-width: 0;
    overflow-wrap: anywhere;
  }

  .link.error {
    color: var(--vscode-list-errorForeground);
  }

  .track {
    grid-column: 1 / -1;
    height: 3px;
    overflow: hidden;
    border-radius: 2px;
    background: var(--track);
  }

  .bar {
    height: 100%;
    background: var(--vscode-progressBar-background);
    transform-origin: left;
  }

  .failures {
    grid-column: 1 / -1;
    max-height: 120px;
    margin: 0;
    padding: 0 0 0 16px;
    overflow: auto;
    font-size: 12px;
    overflow-wrap: anywhere;
  }

  .failures .path {
    color: var(--vscode-foreground);
  }

  .failures li {
    color: var(--vscode-descriptionForeground);
  }

  @media (max-width: 480px) {
    .jobs {
      padding-inline: 8px;
    }

    .job {
      grid-template-columns: 1fr;
    }

    .buttons {
      justify-content: flex-start;
    }
  }
`;
