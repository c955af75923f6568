import { createContext } from '@lit/context';
import type { CardSize, GridMode } from './cardSizes';

/** Whether captions are shown as text or as tags. */
export type CaptionDisplay = 'text' | 'tags';

/** How the images are shown. */
export interface ViewChoices {
  layout: GridMode;
  cardSize: CardSize;
  captionMode: CaptionDisplay;
}

/** Provides the current {@link ViewChoices}. Each change creates a new object, so consumers must subscribe. */
export const viewChoicesContext = createContext<ViewChoices>(Symbol('view choices'));
