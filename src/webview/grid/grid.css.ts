import { css } from 'lit';

/** The scrolling area and its rows. */
export const gridStyles = css`
  :host {
    display: block;
    position: relative;
    overflow: hidden auto;
    padding: 0 var(--side) 12px;
    --side: 16px;
    overflow-anchor: none;
    contain: strict;
  }

  @media (max-width: 480px) {
    :host {
      --side: 8px;
    }
  }

  .grid {
    --caption-height: 74px;
    --conflict-height: 36px;
    position: relative;
    overflow: clip;
  }

  .grid.small {
    --caption-height: 60px;
    --conflict-height: 36px;
  }

  .grid.large {
    --caption-height: 92px;
    --conflict-height: 70px;
  }

  .cell {
    display: contents;
  }

  .row {
    position: absolute;
    inset: 0 0 auto;
    display: grid;
    grid-template-columns: repeat(var(--columns), minmax(0, 1fr));
    gap: var(--gap);
    height: var(--cell-height);
  }
`;
