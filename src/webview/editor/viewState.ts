import type { KeptTyping } from '../../protocol/page/connectionProtocol';
import { cardSizes } from '../shared/cardSizes';
import type { ViewChoices } from '../shared/viewChoices';

/** The state that survives when VS Code destroys and recreates the page. */
export interface ViewState extends ViewChoices {
  /** index of the first image in view */
  index: number;
  /** path of that image, by which it is found again */
  path: string;
  query: string;
  /** path of the image that had the focus last; empty for none */
  focused: string;
}

/** Fills in defaults for what an older version of the page did not store. */
export function viewStateOf(remembered: Partial<ViewState>): ViewState {
  const { layout, cardSize, captionMode, index, path, query, focused } = remembered;
  return {
    layout: layout === 'list' ? 'list' : 'grid',
    cardSize: cardSize !== undefined && Object.hasOwn(cardSizes, cardSize) ? cardSize : 'medium',
    captionMode: captionMode === 'tags' ? 'tags' : 'text',
    index: typeof index === 'number' ? index : 0,
    path: typeof path === 'string' ? path : '',
    query: typeof query === 'string' ? query : '',
    focused: typeof focused === 'string' ? focused : '',
  };
}

/** Whether nothing is stored except the id of the webview and what was typed. */
export function isNewView(remembered: Partial<ViewState>): boolean {
  return Object.keys(remembered).every((key) => key === 'viewId' || key === 'drafts');
}

/** Storage that survives the page, for its {@link ViewState} and what was typed. */
export interface ViewStateStore {
  read(): Partial<ViewState>;
  write(state: ViewState): void;
  /** What was typed and not confirmed when it was stored last. */
  readDrafts(): KeptTyping[];
  writeDrafts(drafts: readonly KeptTyping[]): void;
}
