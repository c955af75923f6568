import { css } from 'lit';

/** The layer that shows one image large beside its caption. */
export const viewerStyles = css`
  .viewer {
    position: fixed;
    z-index: 20;
    inset: 0;
    display: flex;
    flex-direction: column;
    outline: none;
    background: var(--vscode-editor-background);
    color: var(--vscode-foreground);
  }

  .bar {
    display: flex;
    flex: none;
    flex-wrap: wrap;
    gap: 4px 16px;
    align-items: center;
    padding: 6px 10px;
    border-bottom: 1px solid var(--line);
    background: var(--vscode-sideBar-background);
  }

  .group {
    display: flex;
    gap: 2px;
    align-items: center;
  }

  .tool {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    min-width: 28px;
    height: 26px;
    padding: 0 6px;
    border: 1px solid transparent;
    border-radius: 4px;
    background: none;
    color: var(--vscode-icon-foreground, inherit);
    font-size: 12px;
    cursor: pointer;
  }

  .tool svg.icon {
    font-size: 16px;
  }

  .tool:hover:not([aria-disabled='true']) {
    border-color: var(--vscode-contrastActiveBorder, transparent);
    background: var(--vscode-toolbar-hoverBackground);
  }

  .tool:focus-visible {
    border-color: var(--vscode-focusBorder);
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }

  .tool[aria-disabled='true'] {
    color: var(--vscode-disabledForeground);
    cursor: default;
  }

  .position,
  .zoom {
    padding: 0 6px;
    font-size: 12px;
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }

  .zoom {
    min-width: 58px;
    padding: 0 2px;
    text-align: center;
  }

  .about {
    display: flex;
    flex: 1 1 200px;
    flex-wrap: wrap;
    gap: 0 12px;
    min-width: 0;
  }

  .path {
    flex: 0 1 auto;
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }

  .facts {
    color: var(--vscode-descriptionForeground);
    white-space: nowrap;
  }

  /* Over the body: nothing moves when it comes. */
  .problem {
    position: absolute;
    z-index: 1;
    inset: 0 0 auto;
    padding: 6px 10px;
    background: var(--vscode-inputValidation-errorBackground);
    color: var(--vscode-inputValidation-errorForeground, inherit);
  }

  .body {
    position: relative;
    display: flex;
    flex: 1;
    min-height: 0;
  }

  picture-stage {
    flex: 1 1 0;
    min-width: 0;
    outline: none;
  }

  .side {
    display: flex;
    flex: 0 0 clamp(240px, 30%, 380px);
    min-height: 0;
    border-left: 1px solid var(--line);
    --caption-height: 100%;
    --conflict-height: 30%;
  }

  image-card.viewed {
    flex: 1;
    height: auto;
    min-height: 0;
    overflow: hidden auto;
    border: none;
    border-radius: 0;
  }

  /* The stage shows the picture, so this part of the card keeps only the button and the job's state. */
  image-card.viewed .picture {
    display: flex;
    flex: none;
    justify-content: flex-end;
    min-height: 0;
    padding: 6px 8px;
    background: none;
  }

  image-card.viewed .tile,
  image-card.viewed .check {
    display: none;
  }

  image-card.viewed .caption-button,
  image-card.viewed .job {
    position: static;
    opacity: 1;
  }

  image-card.viewed textarea {
    flex: 1 1 90px;
    height: auto;
    min-height: 60px;
    font-size: 13px;
  }

  image-card.viewed tag-chips {
    flex: 1 1 auto;
    height: auto;
    min-height: 0;
  }

  @media (max-width: 640px) {
    .body {
      flex-direction: column;
    }

    .side {
      flex: 0 0 38%;
      border-top: 1px solid var(--line);
      border-left: none;
    }

    .bar {
      gap: 2px 8px;
      padding: 4px 6px;
    }

    .about {
      flex-basis: 100%;
      order: 1;
      padding: 0 6px;
    }

    .group:last-child {
      margin-left: auto;
    }
  }
`;
