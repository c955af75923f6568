import { cardSizes } from '../shared/cardSizes';
import type { ViewChoices } from '../shared/viewChoices';

/** What is remembered of the page when VS Code throws it away and makes it again. */
export interface ViewState extends ViewChoices {
  /** index of the first image in view */
  index: number;
  /** its path, by which it is found again */
  path: string;
  query: string;
}

/** Completes what was remembered, where an older version of the page knew less. */
export function viewStateOf(remembered: Partial<ViewState>): ViewState {
  const { layout, cardSize, captionMode, index, path, query } = remembered;
  return {
    layout: layout === 'list' ? 'list' : 'grid',
    cardSize: cardSize !== undefined && Object.hasOwn(cardSizes, cardSize) ? cardSize : 'medium',
    captionMode: captionMode === 'tags' ? 'tags' : 'text',
    index: typeof index === 'number' ? index : 0,
    path: typeof path === 'string' ? path : '',
    query: typeof query === 'string' ? query : '',
  };
}

/** Whether nothing was remembered but the id of the webview. */
export function isNewView(remembered: Partial<ViewState>): boolean {
  return Object.keys(remembered).every((key) => key === 'viewId');
}

/** Where the {@link ViewState} is kept. */
export interface ViewStateStore {
  read(): Partial<ViewState>;
  write(state: ViewState): void;
}
