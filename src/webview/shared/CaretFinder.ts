/** A text field. */
export type TextField = HTMLTextAreaElement | HTMLInputElement;

/** The style properties that determine where a field places its characters. */
const layoutProperties = [
  'border-bottom-width',
  'border-left-width',
  'border-right-width',
  'border-top-width',
  'box-sizing',
  'direction',
  'font-family',
  'font-size',
  'font-stretch',
  'font-style',
  'font-variant',
  'font-weight',
  'letter-spacing',
  'line-height',
  'overflow-wrap',
  'padding-bottom',
  'padding-left',
  'padding-right',
  'padding-top',
  'tab-size',
  'text-align',
  'text-indent',
  'text-transform',
  'word-break',
  'word-spacing',
];

/**
 * Finds the position of a character in a field. Browsers have no API for that, so the text is laid out again in a
 * hidden mirror element. Its nodes stay in the DOM, because removing a node ends Chromium's undo step of typing.
 */
export class CaretFinder {
  private readonly before = document.createTextNode('');
  private readonly at = document.createTextNode('\u200B');
  private readonly marker = document.createElement('span');
  private readonly mirror: HTMLElement;

  /** @param mirror an empty element that is laid out but invisible */
  constructor(mirror: HTMLElement) {
    this.mirror = mirror;
    this.marker.append(this.at);
    mirror.append(this.before, this.marker);
  }

  /** The position of a character in the window, in CSS pixels: its left edge, and the top and bottom of its line. */
  find(field: TextField, position: number): { left: number; top: number; bottom: number } {
    const style = getComputedStyle(field);
    const own = this.mirror.style;
    for (const name of layoutProperties) own.setProperty(name, style.getPropertyValue(name));
    const multiline = field instanceof HTMLTextAreaElement;
    own.setProperty('white-space', multiline ? 'pre-wrap' : 'pre');
    // A scroll bar reduces the width that is left for the text.
    const borders = field.offsetWidth - field.clientWidth;
    const scrollBar = multiline
      ? borders - Number.parseFloat(style.borderLeftWidth) - Number.parseFloat(style.borderRightWidth)
      : 0;
    own.setProperty('width', `${field.offsetWidth - scrollBar}px`);
    this.before.data = field.value.slice(0, position);
    const mirror = this.mirror.getBoundingClientRect();
    const marker = this.marker.getBoundingClientRect();
    const box = field.getBoundingClientRect();
    const left = box.left + marker.left - mirror.left - field.scrollLeft;
    const top = multiline ? box.top + marker.top - mirror.top - field.scrollTop : box.top;
    const bottom = multiline ? top + marker.height : box.bottom;
    const clampX = (x: number): number => Math.min(Math.max(x, box.left), box.right);
    const clampY = (y: number): number => Math.min(Math.max(y, box.top), box.bottom);
    return { left: clampX(left), top: clampY(top), bottom: clampY(bottom) };
  }
}
