import { css } from 'lit';

/** The look of a card. The card renders into the grid's shadow root, so these are styles of the grid. */
export const cardStyles = css`
  image-card {
    position: relative;
    display: flex;
    flex-direction: column;
    min-width: 0;
    height: var(--cell-height);
    overflow: hidden;
    border: 1px solid var(--line);
    border-radius: 6px;
    background: var(--vscode-sideBar-background);
    color: var(--vscode-foreground);
  }

  image-card:focus-within {
    border-color: var(--vscode-focusBorder);
  }

  image-card:focus-visible {
    outline: 2px solid var(--vscode-focusBorder);
    outline-offset: -2px;
  }

  image-card .picture {
    position: relative;
    flex: 1 1 0;
    min-height: 36px;
    overflow: hidden;
    background: var(--vscode-editor-background);
  }

  image-card .picture img {
    position: absolute;
    inset: 0;
    width: 100%;
    height: 100%;
    object-fit: contain;
  }

  image-card .tile {
    display: flex;
    flex-direction: column;
    align-items: center;
    justify-content: center;
    gap: 8px;
    height: 100%;
    padding: 8px;
    overflow: auto;
    color: var(--vscode-descriptionForeground);
    font-size: 12px;
    text-align: center;
    overflow-wrap: anywhere;
  }

  image-card .caption-button {
    position: absolute;
    top: 6px;
    right: 6px;
    padding: 2px 8px;
    border: 1px solid var(--vscode-button-secondaryBorder, var(--vscode-contrastBorder, transparent));
    border-radius: 4px;
    /* In some themes the button background is transparent and would let the picture show through. */
    background: linear-gradient(var(--button, transparent) 0 0), var(--vscode-editor-background);
    color: var(--vscode-button-secondaryForeground);
    --button: var(--vscode-button-secondaryBackground);
    box-shadow: 0 1px 4px var(--vscode-widget-shadow, transparent);
    font-size: 12px;
    line-height: 18px;
    cursor: pointer;
    opacity: 0;
  }

  image-card .caption-button:hover {
    --button: var(--vscode-button-secondaryHoverBackground);
  }

  image-card .caption-button:focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: 1px;
  }

  image-card:hover .caption-button,
  image-card:focus-within .caption-button,
  image-card .caption-button.shown {
    opacity: 1;
  }

  @media (hover: none) {
    image-card .caption-button {
      opacity: 1;
    }
  }

  image-card .job {
    position: absolute;
    left: 6px;
    bottom: 6px;
    padding: 1px 8px;
    border: 1px solid var(--vscode-contrastBorder, transparent);
    border-radius: 4px;
    background: var(--vscode-editorWidget-background);
    color: var(--vscode-editorWidget-foreground, var(--vscode-foreground));
    font-size: 11px;
    line-height: 18px;
  }

  image-card .working {
    position: absolute;
    inset: auto 0 0;
    height: 2px;
    overflow: hidden;
    background: var(--track);
  }

  image-card .working::before {
    content: '';
    position: absolute;
    inset: 0;
    width: 40%;
    background: var(--vscode-progressBar-background);
    animation: card-working 1.6s ease-in-out infinite;
  }

  :host-context(body.vscode-reduce-motion) image-card .working::before {
    width: 100%;
    animation: none;
  }

  @media (prefers-reduced-motion: reduce) {
    image-card .working::before {
      width: 100%;
      animation: none;
    }
  }

  @keyframes card-working {
    from {
      transform: translateX(-100%);
    }
    to {
      transform: translateX(250%);
    }
  }

  image-card .notice {
    display: flex;
    gap: 6px;
    align-items: flex-start;
    padding: 4px 8px;
    border-top: 1px solid var(--line);
    font-size: 11px;
    line-height: 15px;
    overflow-wrap: anywhere;
  }

  image-card .notice svg {
    margin-top: 2px;
  }

  image-card .notice:not(.whole) > span {
    display: -webkit-box;
    overflow: hidden;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
  }

  image-card .label {
    padding: 4px 8px 0;
    color: var(--vscode-descriptionForeground);
    font-size: 11px;
    line-height: 15px;
  }

  image-card .theirs {
    flex: none;
    max-height: var(--conflict-height);
    overflow: auto;
    padding: 0 8px 4px;
    font-size: 12px;
    line-height: 1.4;
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }

  image-card .theirs.deleted {
    color: var(--vscode-descriptionForeground);
    font-style: italic;
  }

  /* The user did not aim at what has just appeared in the card. */
  image-card .choices .link,
  image-card .notice .link {
    animation: just-come 500ms;
  }

  image-card .choices {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 8px;
    padding: 4px 8px;
    border-top: 1px solid var(--line);
    font-size: 11px;
  }

  image-card textarea {
    display: block;
    flex: none;
    width: 100%;
    height: var(--caption-height);
    margin: 0;
    padding: 6px 8px;
    border: none;
    border-top: 1px solid var(--line);
    border-radius: 0;
    outline: none;
    background: transparent;
    color: inherit;
    font: inherit;
    font-size: 12px;
    line-height: 1.45;
    resize: none;
    overflow-wrap: anywhere;
  }

  /* Italic, because in some themes the placeholder has the same colour as a caption. */
  image-card textarea::placeholder {
    color: var(--vscode-descriptionForeground);
    font-style: italic;
    opacity: 1;
  }

  image-card textarea:hover:not(:focus, :read-only) {
    background: var(--vscode-list-hoverBackground);
  }

  image-card textarea:focus {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
    background: var(--vscode-input-background);
    color: var(--vscode-input-foreground);
  }

  image-card textarea:read-only {
    color: var(--vscode-descriptionForeground);
  }

  image-card textarea.in-conflict {
    height: var(--conflict-height);
    border-top: none;
    padding-top: 1px;
  }

  image-card .foot {
    display: flex;
    gap: 0 8px;
    align-items: center;
    padding: 4px 8px 5px;
    color: var(--vscode-descriptionForeground);
    font-size: 11px;
    line-height: 16px;
  }

  image-card .name {
    display: flex;
    flex: 1 1 80px;
    min-width: 0;
    color: var(--vscode-foreground);
    white-space: pre;
  }

  /* Always one line: the picture must not change its size while the user types. */
  image-card .foot:has(.long),
  .small image-card .foot {
    flex-wrap: wrap;
  }

  image-card .counts {
    white-space: nowrap;
  }

  image-card .duplicates {
    display: flex;
    flex: 0 1000 auto;
    gap: 3px;
    align-items: center;
    min-width: 12px;
    overflow: hidden;
    white-space: nowrap;
  }

  image-card .counts[hidden],
  image-card .duplicates[hidden] {
    display: none;
  }

  image-card .duplicates .word {
    overflow: hidden;
    text-overflow: ellipsis;
  }

  .small image-card .characters {
    display: none;
  }

  .small image-card .duplicates {
    flex: none;
    width: 12px;
  }

  image-card .facts {
    display: contents;
  }

  image-card .name .folder {
    flex: 0 100 auto;
    overflow: hidden;
    color: var(--vscode-descriptionForeground);
    text-overflow: ellipsis;
  }

  /* There is room for the file name only; the folder is shown above the grid. */
  .medium:not(.list) image-card .foot:not(:has(.long)) .folder,
  .small:not(.list) image-card .folder {
    display: none;
  }

  image-card .name .head {
    overflow: hidden;
    text-overflow: ellipsis;
  }

  image-card .name .tail {
    flex: none;
    max-width: 100%;
    overflow: hidden;
  }

  image-card .save:empty {
    display: none;
  }

  /* Without this, Japanese text could wrap between any two characters. */
  image-card .save:not(.long) {
    white-space: nowrap;
  }

  image-card .save.long {
    display: -webkit-box;
    flex-basis: 100%;
    overflow: hidden;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
    overflow-wrap: anywhere;
  }

  .small image-card .name {
    flex-basis: 100%;
  }

  .small image-card .notice.conflict {
    display: none;
  }

  image-card .skeleton {
    flex: none;
    height: 8px;
    margin: 8px 8px 0;
    border-radius: 4px;
    background: var(--vscode-list-hoverBackground);
  }

  image-card .skeleton:last-child {
    width: 40%;
    margin-bottom: 12px;
  }
`;
