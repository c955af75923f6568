/** What of the element of a row is used; unit tests have no DOM. */
interface RowElement {
  readonly id: string;
  scrollIntoView(options: { block: 'nearest' }): void;
}

/** What of the text field is used. */
interface ListboxField {
  ariaActiveDescendantElement: RowElement | null;
  setAttribute(name: string, value: string): void;
}

/** What a listbox needs of the component that it is in. */
export interface ListboxOwner {
  /** Rows in the page. They stay there and are reused: a node that goes ends Chromium's undo run of typing. */
  readonly rowCount: number;
  /** Whether the arrow keys pass through the field, with no row active, between the last row and the first. */
  readonly passesField: boolean;
  /** The element of a row. */
  element: (index: number) => RowElement | undefined;
  /** The user chose the option of a row. */
  accept: (index: number) => void;
  /** The user wants the list gone: to be answered with {@link Listbox.close}. */
  dismiss: () => void;
  /** The rows have to be drawn again. */
  changed: () => void;
}

/** A row as it is to be drawn. */
export interface ListboxRow<T> {
  index: number;
  /** What it says; undefined where it has never shown anything. A hidden row keeps what it showed last. */
  option: T | undefined;
  isActive: boolean;
  isHidden: boolean;
}

/**
 * The list of options below a text field that keeps the focus: which rows there are, which is active, what keys mean to
 * them and what assistive technology is told of them. The component draws the {@link rows}.
 */
export class Listbox<T> {
  private shown: readonly T[] = [];
  private activeIndex = -1;
  /** What each row showed last: a text that becomes empty ends an undo run, like a node that goes. */
  private readonly last: T[] = [];
  private scrollsIntoView = false;

  constructor(private readonly owner: ListboxOwner) {}

  /** The options that are shown. */
  get options(): readonly T[] {
    return this.shown;
  }

  /** Whether there are any. */
  get isOpen(): boolean {
    return this.shown.length > 0;
  }

  /** The row that Enter accepts; -1 for none. */
  get active(): number {
    return this.activeIndex;
  }

  /** All rows, in their order. */
  get rows(): ListboxRow<T>[] {
    return Array.from({ length: this.owner.rowCount }, (_, index) => ({
      index,
      option: this.last[index],
      isActive: index === this.activeIndex,
      isHidden: index >= this.shown.length,
    }));
  }

  /** Shows options, at most one for each row; without any, the list closes. */
  show(options: readonly T[], active = -1): void {
    this.shown = options.slice(0, this.owner.rowCount);
    for (const [index, option] of this.shown.entries()) this.last[index] = option;
    this.activate(active);
  }

  /** Shows nothing. */
  close(): void {
    if (this.isOpen) this.show([]);
  }

  /** Makes a row the active one; -1 for none. */
  activate(index: number): void {
    this.activeIndex = index;
    this.scrollsIntoView = true;
    this.owner.changed();
  }

  /**
   * Does what a key means to the open list: arrows move, Enter and Tab accept the active row, Escape dismisses the
   * list. Which modifier keys are allowed is the caller's business.
   * @returns whether the key meant something
   */
  handleKey(key: string): boolean {
    if (!this.isOpen) return false;
    switch (key) {
      case 'ArrowDown':
        this.activate(this.rowAfter(1));
        return true;
      case 'ArrowUp':
        this.activate(this.rowAfter(-1));
        return true;
      case 'Enter':
      case 'Tab':
        if (this.activeIndex < 0) return false;
        this.owner.accept(this.activeIndex);
        return true;
      case 'Escape':
        this.owner.dismiss();
        return true;
      default:
        return false;
    }
  }

  /** Tells assistive technology which row is active while `field` has the focus; called after each update. */
  describe(field: ListboxField): void {
    const row = this.activeIndex < 0 ? undefined : this.owner.element(this.activeIndex);
    // By id where the rows have ids, which works only within one root.
    if (row === undefined || row.id === '') field.ariaActiveDescendantElement = row ?? null;
    else field.setAttribute('aria-activedescendant', row.id);
  }

  /** Scrolls the active row, else the first, into view if that changed; called after each update. */
  scrollToActive(): void {
    if (!this.isOpen || !this.scrollsIntoView) return;
    this.scrollsIntoView = false;
    this.owner.element(Math.max(this.activeIndex, 0))?.scrollIntoView({ block: 'nearest' });
  }

  private rowAfter(step: 1 | -1): number {
    // The stops that the keys go around: the rows, and the field as -1 before them.
    const first = this.owner.passesField ? -1 : 0;
    const stops = this.shown.length - first;
    const from = step > 0 ? this.activeIndex : Math.max(this.activeIndex, first);
    return ((from + step - first + stops) % stops) + first;
  }
}
