import { css } from 'lit';

/** The dialog in which a captioner is tried: its words beside the images, or above them where it is narrow. */
export const trialStyles = css`
  dialog {
    width: min(1240px, calc(100% - 32px));
    height: min(860px, calc(100% - 32px));
  }

  .body {
    grid-template-columns: minmax(260px, 34%) minmax(0, 1fr);
  }

  .form {
    display: flex;
    flex-direction: column;
    gap: 10px;
    min-width: 0;
    padding: 14px 16px;
    overflow: auto;
    border-inline-end: 1px solid var(--edge);
  }

  .form > * {
    flex: none;
  }

  .purpose,
  .traits {
    display: flex;
    flex-direction: column;
    gap: 8px;
  }

  .traits .button {
    align-self: start;
  }

  .pairs {
    display: grid;
    grid-template-columns: repeat(2, minmax(0, 1fr));
    gap: 12px;
  }

  .tried {
    display: flex;
    flex-direction: column;
    gap: 10px;
    min-width: 0;
    min-height: 0;
    padding: 12px 16px;
    overflow: auto;
    background: var(--vscode-editor-background);
    color: var(--vscode-editor-foreground, inherit);
  }

  .card {
    display: grid;
    flex: none;
    grid-template-columns: clamp(84px, 24%, 160px) minmax(0, 1fr);
    gap: 12px;
    padding: 10px;
    border: 1px solid var(--edge);
    border-radius: 4px;
  }

  .thumb {
    display: flex;
    align-items: center;
    justify-content: center;
    max-height: 160px;
    min-height: 84px;
    overflow: hidden;
    border-radius: 3px;
    background: var(--vscode-editorWidget-background);
  }

  .thumb img {
    max-width: 100%;
    max-height: 160px;
    object-fit: contain;
  }

  .pair {
    display: grid;
    grid-template-columns: repeat(2, minmax(0, 1fr));
    gap: 4px 12px;
    align-content: start;
    min-width: 0;
  }

  .pair .where {
    grid-column: 1 / -1;
    margin: 0;
    overflow-wrap: anywhere;
  }

  .side h3 {
    margin: 0 0 4px;
    color: var(--vscode-descriptionForeground);
    font-size: inherit;
    font-weight: 400;
  }

  .side p {
    margin: 0 0 4px;
    overflow-wrap: anywhere;
  }

  .quoted {
    max-height: 150px;
  }

  @media (max-width: 720px) {
    .form {
      padding: 12px;
      overflow: visible;
      border-inline-end: none;
      border-bottom: 1px solid var(--edge);
    }

    .tried {
      padding: 12px;
      overflow: visible;
    }

    .card {
      grid-template-columns: minmax(0, 1fr);
    }

    .pair {
      grid-template-columns: minmax(0, 1fr);
    }
  }
`;
