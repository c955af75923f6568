import type { SelectCommand } from '../../protocol/page/gridProtocol';
import type { CardItem } from '../../protocol/page/cardProtocol';
import type { PlaceInOrder } from '../../protocol/page/gridViewProtocol';

/** A selection command that the cards of the host may not show yet. */
export interface PendingMark {
  /** whether it selects (true) or deselects (false) an image at a position; undefined if it leaves that as it is */
  readonly marks: (path: string | undefined, place: PlaceInOrder) => boolean | undefined;
  /** the host's version from which on cards show its effect; undefined while it is in flight */
  answered: number | undefined;
}

/**
 * What is shown as selected: the host's state, and optimistic updates by the commands that are in flight. A click has
 * its effect at once, however slow the host is, and the host has the last word.
 */
export class SelectionMarks {
  private pending: PendingMark[] = [];

  /**
   * Shows the effect of a command from now on.
   * @param selects for `toggle` and `toggleAt`: whether it selects the image or deselects it
   */
  add(command: SelectCommand, selects = true): PendingMark {
    const mark: PendingMark = { marks: marksOf(command, selects), answered: undefined };
    this.pending.push(mark);
    return mark;
  }

  /** The host has carried out a command, or refused it: cards of this version and later ones show the result. */
  answer(mark: PendingMark, version: number): void {
    mark.answered = version;
  }

  /** Drops the commands whose effect cards of this version show. */
  settle(version: number): void {
    this.pending = this.pending.filter(({ answered }) => answered === undefined || answered > version);
  }

  /**
   * Whether a card is shown as selected.
   * @param item undefined while it is not known which image is there
   * @param version the host's version that the card shows
   */
  isSelected(item: Pick<CardItem, 'path' | 'selected'> | undefined, place: PlaceInOrder, version: number): boolean {
    let selected = item?.selected ?? false;
    for (const { marks, answered } of this.pending) {
      if (answered === undefined || answered > version) selected = marks(item?.path, place) ?? selected;
    }
    return selected;
  }
}

function marksOf(command: SelectCommand, selects: boolean): PendingMark['marks'] {
  switch (command.kind) {
    case 'only':
      return (path) => path === command.path;
    case 'toggle':
      return (path) => (path === command.path ? selects : undefined);
    // Positions say nothing about another order, of which the host's answer is to come.
    case 'toggleAt':
      return (_, { order, index }) => (order === command.order && index === command.index ? selects : undefined);
    case 'range': {
      const first = Math.min(command.from, command.to);
      const last = Math.max(command.from, command.to);
      return (_, { order, index }) => {
        if (order !== command.order) return undefined;
        return index >= first && index <= last ? true : command.keep ? undefined : false;
      };
    }
    case 'all':
      return () => true;
    case 'none':
      return () => false;
  }
}
