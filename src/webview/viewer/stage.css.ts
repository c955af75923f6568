import { css } from 'lit';

/** Styles of the viewer's picture and of the background behind its transparent parts. */
export const stageStyles = css`
  :host {
    display: block;
    position: relative;
    overflow: hidden;
    touch-action: none;
    user-select: none;
  }

  /* A pseudo-element, because the picture would cover an outline. */
  :host(:focus-visible)::after {
    content: '';
    position: absolute;
    inset: 0;
    border: 2px solid var(--vscode-focusBorder);
    pointer-events: none;
  }

  .ground {
    position: absolute;
    inset: 0 auto auto 0;
    background: repeating-conic-gradient(
        var(--vscode-editor-background) 0 25%,
        var(--vscode-editorWidget-background) 0 50%
      )
      0 0 / 16px 16px;
  }

  .ground.movable {
    cursor: grab;
  }

  .ground.movable:active {
    cursor: grabbing;
  }

  .ground > img,
  .part > img {
    display: block;
    width: 100%;
    height: 100%;
  }

  .part {
    position: absolute;
  }

  .squares img {
    image-rendering: pixelated;
  }

  .message {
    display: flex;
    flex-direction: column;
    gap: 8px;
    align-items: center;
    justify-content: center;
    height: 100%;
    padding: 16px;
    color: var(--vscode-descriptionForeground);
    text-align: center;
    overflow-wrap: anywhere;
  }
`;
