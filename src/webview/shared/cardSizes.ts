/** The sizes a card can have. */
export type CardSize = 'small' | 'medium' | 'large';

/** Cards side by side, or one below the other as rows. */
export type GridMode = 'grid' | 'list';

/** What a card size means, in CSS pixels: a cell is never narrower than `minWidth` and always `height` tall. */
export const cardSizes: Readonly<Record<CardSize, { minWidth: number; height: number }>> = {
  small: { minWidth: 140, height: 226 },
  medium: { minWidth: 220, height: 294 },
  large: { minWidth: 340, height: 436 },
};
