/** The sizes a card can have. */
export type CardSize = 'small' | 'medium' | 'large';

/** Cards side by side (`grid`), or as rows one below the other (`list`). */
export type GridMode = 'grid' | 'list';

/** Cell dimensions per card size, in CSS pixels: cells are at least `minWidth` wide and exactly `height` tall. */
export const cardSizes: Readonly<Record<CardSize, { minWidth: number; height: number }>> = {
  small: { minWidth: 140, height: 226 },
  medium: { minWidth: 220, height: 294 },
  large: { minWidth: 340, height: 436 },
};
