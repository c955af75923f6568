/** A field in which text is typed. */
export type TextField = HTMLTextAreaElement | HTMLInputElement;

/** What of a field decides where its letters are. */
const copied = [
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
 * Finds out where in a field a letter is: browsers do not say, so its text is laid out a second time, out of sight. The
 * nodes stay where they are, because taking one away would end the run of typing that one undo takes back.
 */
export class CaretFinder {
  private readonly before = document.createTextNode('');
  private readonly at = document.createTextNode('\u200B');
  private readonly marker = document.createElement('span');
  private readonly mirror: HTMLElement;

  /** @param mirror an empty element that is laid out but not seen */
  constructor(mirror: HTMLElement) {
    this.mirror = mirror;
    this.marker.append(this.at);
    mirror.append(this.before, this.marker);
  }

  /** Where the letter at `position` is in the window, in CSS pixels: its left edge, and the top and bottom of its line. */
  find(field: TextField, position: number): { left: number; top: number; bottom: number } {
    const style = getComputedStyle(field);
    const own = this.mirror.style;
    for (const name of copied) own.setProperty(name, style.getPropertyValue(name));
    const multiline = field instanceof HTMLTextAreaElement;
    own.setProperty('white-space', multiline ? 'pre-wrap' : 'pre');
    // A scroll bar takes its part of the width.
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
