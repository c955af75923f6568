/** The part of a row's element that is used; unit tests have no DOM. */
interface RowElement {
  readonly id: string;
  scrollIntoView(options: { block: 'nearest' }): void;
}

/** The part of the text field that is used. */
interface ListboxField {
  ariaActiveDescendantElement: RowElement | null;
  setAttribute(name: string, value: string): void;
}

/** The interface of the component that contains the listbox. */
export interface ListboxOwner {
  /**
   * Number of rows in the DOM. Rows are reused and never removed: removing a node ends Chromium's undo step of typing.
   */
  readonly rowCount: number;
  /** Whether the arrow keys have a stop at the field, with no active row, between the last row and the first. */
  readonly passesField: boolean;
  /** Returns the element of a row. */
  element: (index: number) => RowElement | undefined;
  /** Called when the user chose the option of a row. */
  accept: (index: number) => void;
  /** Called when the user dismissed the list; the owner is expected to call {@link Listbox.close}. */
  dismiss: () => void;
  /** Called when the rows have to be rendered again. */
  changed: () => void;
}

/** The state of a row for rendering. */
export interface ListboxRow<T> {
  index: number;
  /** The option to show; undefined when the row has never shown one. A hidden row keeps its last option. */
  option: T | undefined;
  isActive: boolean;
  isHidden: boolean;
}

/**
 * The logic of a list of options below a text field that keeps the focus: its rows, the active row, the keys, and the
 * ARIA attributes. The component renders the {@link rows}.
 */
export class Listbox<T> {
  private shown: readonly T[] = [];
  private activeIndex = -1;
  /** The last option of each row: a text that becomes empty ends an undo step, like a removed node. */
  private readonly last: T[] = [];
  private scrollsIntoView = false;

  constructor(private readonly owner: ListboxOwner) {}

  /** The options on display. */
  get options(): readonly T[] {
    return this.shown;
  }

  /** Whether the list shows options. */
  get isOpen(): boolean {
    return this.shown.length > 0;
  }

  /** Index of the row that Enter accepts; -1 for none. */
  get active(): number {
    return this.activeIndex;
  }

  /** All rows in order, hidden ones included. */
  get rows(): ListboxRow<T>[] {
    return Array.from({ length: this.owner.rowCount }, (_, index) => ({
      index,
      option: this.last[index],
      isActive: index === this.activeIndex,
      isHidden: index >= this.shown.length,
    }));
  }

  /** Shows options, at most {@link ListboxOwner.rowCount}; an empty list closes the listbox. */
  show(options: readonly T[], active = -1): void {
    this.shown = options.slice(0, this.owner.rowCount);
    for (const [index, option] of this.shown.entries()) this.last[index] = option;
    this.activate(active);
  }

  /** Hides all options. */
  close(): void {
    if (this.isOpen) this.show([]);
  }

  /** Sets the active row; -1 for none. */
  activate(index: number): void {
    this.activeIndex = index;
    this.scrollsIntoView = true;
    this.owner.changed();
  }

  /**
   * Handles a key for the open list: arrows move, Enter and Tab accept the active row, Escape dismisses the list. The
   * caller decides which modifier keys are allowed.
   * @returns whether the key was handled
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

  /**
   * Updates the ARIA attribute that names the active row while `field` has the focus. To be called after each update.
   */
  describe(field: ListboxField): void {
    const row = this.activeIndex < 0 ? undefined : this.owner.element(this.activeIndex);
    // Rows with ids are referenced by id, which works only within one root.
    if (row === undefined || row.id === '') field.ariaActiveDescendantElement = row ?? null;
    else field.setAttribute('aria-activedescendant', row.id);
  }

  /** Scrolls the active row, or else the first, into view if it changed. To be called after each update. */
  scrollToActive(): void {
    if (!this.isOpen || !this.scrollsIntoView) return;
    this.scrollsIntoView = false;
    this.owner.element(Math.max(this.activeIndex, 0))?.scrollIntoView({ block: 'nearest' });
  }

  private rowAfter(step: 1 | -1): number {
    // The stops in the cycle of the arrow keys: the rows, and before them the field as -1 if the keys stop there.
    const first = this.owner.passesField ? -1 : 0;
    const stops = this.shown.length - first;
    const from = step > 0 ? this.activeIndex : Math.max(this.activeIndex, first);
    return ((from + step - first + stops) % stops) + first;
  }
}
