/** An action of the viewer, triggered by a key or a button. */
export type ViewerAction =
  | 'previous'
  | 'next'
  | 'first'
  | 'last'
  | 'zoomIn'
  | 'zoomOut'
  | 'fit'
  | 'pixels'
  | 'left'
  | 'right'
  | 'up'
  | 'down'
  | 'edit'
  | 'close';

/** The context in which a key was pressed. */
export interface KeyPlace {
  /** in the card with the caption */
  isTyping: boolean;
  /** on the picture, not on a button */
  isOnStage: boolean;
  /** the whole picture is visible, so that arrow keys have nothing to pan */
  showsAll: boolean;
}

/** The part of a keyboard event that matters here. */
interface Key {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

const always: Readonly<Record<string, ViewerAction>> = { PageUp: 'previous', PageDown: 'next', Escape: 'close' };
const outsideText: Readonly<Record<string, ViewerAction>> = {
  '+': 'zoomIn',
  '=': 'zoomIn',
  '-': 'zoomOut',
  '0': 'fit',
  '1': 'pixels',
  Home: 'first',
  End: 'last',
  F2: 'edit',
};
const whole: Readonly<Record<string, ViewerAction>> = {
  ArrowLeft: 'previous',
  ArrowUp: 'previous',
  ArrowRight: 'next',
  ArrowDown: 'next',
};
const enlarged: Readonly<Record<string, ViewerAction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};

/**
 * The action of a key in the viewer; undefined for none. In a caption, Escape is handled by the caption and leaves it
 * first.
 */
export function viewerAction(
  { key, ctrlKey, metaKey, altKey, shiftKey }: Key,
  place: KeyPlace,
): ViewerAction | undefined {
  if (ctrlKey || metaKey || altKey) return undefined;
  if (!shiftKey && Object.hasOwn(always, key)) return always[key];
  if (place.isTyping) return undefined;
  if (Object.hasOwn(outsideText, key)) return outsideText[key];
  if (shiftKey) return undefined;
  if (key === 'Enter') return place.isOnStage ? 'edit' : undefined;
  const arrows = place.showsAll ? whole : enlarged;
  return Object.hasOwn(arrows, key) ? arrows[key] : undefined;
}
