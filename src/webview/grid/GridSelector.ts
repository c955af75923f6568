import type { GridSnapshot, SelectCommand } from '../../protocol/page/gridProtocol';
import type { PlaceInOrder } from '../../protocol/page/gridViewProtocol';
import type { ItemWindow } from './ItemWindow';
import { SelectionMarks } from './SelectionMarks';

/** What the selector needs of the grid. */
export interface SelectorPort {
  /** Sends a command to the host; resolves with the snapshot after it, or undefined if it failed. */
  select(command: SelectCommand): Promise<GridSnapshot | undefined>;
  items(): ItemWindow | undefined;
  /** how many images the host says are selected */
  selectedCount(): number;
  /** Called when different images are shown as selected. */
  changed(): void;
}

/** Selects images: an optimistic update shows each change at once, and the host is told. */
export class GridSelector {
  private readonly marks = new SelectionMarks();
  /** where a range begins: at the image that was clicked or toggled last */
  private origin: { path: string | undefined; index: number; order: number } | undefined;
  /** how many images are selected once the host has carried out the last command; undefined when none is in flight */
  private expectedCount: number | undefined;
  /** how many commands were sent */
  private commands = 0;

  constructor(private readonly port: SelectorPort) {}

  /** Whether any image is selected, as if the host had already carried out the commands in flight. */
  get hasSelection(): boolean {
    return this.count > 0;
  }

  /** How many images are selected, as if the host had already carried out the commands in flight. */
  get count(): number {
    return this.expectedCount ?? this.port.selectedCount();
  }

  /** Whether the card at a position is shown as selected. */
  isSelected(index: number): boolean {
    const items = this.port.items();
    if (items === undefined) return false;
    return this.marks.isSelected(items.at(index), { order: items.order, index }, items.versionAt(index));
  }

  /** Selects one image and nothing else. */
  only(index: number): void {
    const path = this.port.items()?.at(index)?.path;
    if (path === undefined) return;
    this.beginAt(index);
    this.send({ kind: 'only', path }, 1);
  }

  /** Selects an image, or deselects it if it is selected; also one whose card has not come yet. */
  toggle(index: number): void {
    const items = this.port.items();
    if (items === undefined || index >= items.count) return;
    const selects = !this.isSelected(index);
    this.beginAt(index);
    const path = items.at(index)?.path;
    const command: SelectCommand =
      path === undefined ? { kind: 'toggleAt', index, order: items.order } : { kind: 'toggle', path };
    this.send(command, Math.max(0, this.count + (selects ? 1 : -1)), selects);
  }

  /**
   * Selects the range from the image that was clicked or toggled last up to a position.
   * @param from where the range begins if no image was clicked or toggled
   * @param keep whether images that are already selected stay selected
   */
  extend(from: number, to: number, keep: boolean): void {
    const items = this.port.items();
    if (items === undefined) return;
    if (this.origin?.order !== items.order) this.beginAt(from);
    const { origin } = this;
    if (origin === undefined) return;
    const [first, last] = [Math.min(origin.index, to), Math.max(origin.index, to)];
    let count = last - first + 1;
    if (keep) {
      count = this.count;
      for (let index = first; index <= last; index++) if (!this.isSelected(index)) count++;
    }
    this.send({ kind: 'range', from: origin.index, to, order: items.order, keep }, count);
  }

  /** Selects all images that match the search. */
  all(count: number): void {
    this.send({ kind: 'all' }, count);
  }

  /** Deselects all images. */
  none(): void {
    this.origin = undefined;
    this.send({ kind: 'none' }, 0);
  }

  /** The image that the next range begins at. */
  get originPath(): string | undefined {
    return this.origin?.path ?? this.port.items()?.at(this.origin?.index ?? -1)?.path;
  }

  /** Where the next range begins, while it is not known which image is there. */
  get originPlace(): PlaceInOrder | undefined {
    return this.origin !== undefined && this.originPath === undefined ? this.origin : undefined;
  }

  /** Called when the order has changed: the next range begins at the same image, if it is still in it. */
  orderChanged(origin: { path: string; index: number } | undefined, order: number): void {
    this.origin = origin === undefined ? undefined : { ...origin, order };
  }

  /** Called when all cards in view show this version of the host's state or a later one. */
  settle(version: number): void {
    this.marks.settle(version);
  }

  private beginAt(index: number): void {
    const items = this.port.items();
    if (items !== undefined) this.origin = { path: items.at(index)?.path, index, order: items.order };
  }

  private send(command: SelectCommand, expectedCount: number, selects?: boolean): void {
    const mark = this.marks.add(command, selects);
    this.expectedCount = expectedCount;
    const number = ++this.commands;
    this.port.changed();
    void this.port.select(command).then((snapshot) => {
      this.marks.answer(mark, snapshot?.version ?? 0);
      // An answer to an older command says nothing about the newest one.
      if (number === this.commands) this.expectedCount = undefined;
      this.port.changed();
    });
  }
}
