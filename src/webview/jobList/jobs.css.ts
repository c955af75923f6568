import { css } from 'lit';

/** Each job is one line with its progress bar below. */
export const jobStyles = css`
  :host {
    display: block;
  }

  /* A job that comes lies on top of the others, which keep their places. */
  .jobs {
    display: flex;
    flex-direction: column;
    gap: 4px;
    max-height: 40vh;
    overflow: auto;
    reading-flow: flex-visual;
  }

  .job {
    display: grid;
    flex: none;
    grid-template-columns: minmax(0, 1fr) auto;
    gap: 6px 12px;
    align-items: end;
    padding: 6px 10px 8px;
    border: 1px solid var(--vscode-contrastBorder, var(--vscode-widget-border, var(--line)));
    border-radius: 4px;
    background: var(--vscode-editorWidget-background);
    color: var(--vscode-editorWidget-foreground, inherit);
    box-shadow: 0 0 8px 2px var(--vscode-widget-shadow);
  }

  /* One line while the job is under way: what it says changes all the time, and must not change the row's height. */
  .words {
    display: flex;
    gap: 2px 10px;
    min-width: 0;
    height: 26px;
    overflow: hidden;
    align-items: center;
    color: var(--vscode-descriptionForeground);
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }

  .job.error .words,
  .job.interrupted .words {
    flex-wrap: wrap;
    height: auto;
    min-height: 26px;
    white-space: normal;
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
    overflow: hidden;
    overflow-wrap: anywhere;
    text-overflow: ellipsis;
  }

  .execution {
    flex: 0 1 auto;
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
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

  /* Above the line with its button, which so stays where it was pressed. */
  .failures {
    order: -1;
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
    .job {
      grid-template-columns: 1fr;
    }

    .words {
      flex-wrap: wrap;
      height: 42px;
    }

    .buttons {
      justify-content: flex-start;
    }
  }
`;
