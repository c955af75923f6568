import type { SelectCommand } from '../../protocol/page/gridProtocol';
import type { CardItem } from '../../protocol/page/cardProtocol';

/** A command that cards may not show yet. */
export interface PendingMark {
  /** whether it selects an image at a position; undefined where it says nothing about it */
  readonly marks: (path: string, index: number) => boolean | undefined;
  /** the host's version from which on cards show it; undefined until the host has answered */
  answered: number | undefined;
}

/**
 * What is selected as the user sees it: what the host said, and on top of that what was asked for since. A mark is shown
 * in the moment of the click, however far away the host is, and the host has the last word.
 */
export class SelectionMarks {
  private pending: PendingMark[] = [];

  /**
   * Shows a command from now on.
   * @param selects for `toggle`: whether it selects the image or not
   */
  add(command: SelectCommand, selects = true): PendingMark {
    const mark: PendingMark = { marks: marksOf(command, selects), answered: undefined };
    this.pending.push(mark);
    return mark;
  }

  /** The host has carried out a command, or refused it: cards of this version show how it is. */
  answer(mark: PendingMark, version: number): void {
    mark.answered = version;
  }

  /** Forgets commands that all cards of this version and later ones show. */
  settle(version: number): void {
    this.pending = this.pending.filter(({ answered }) => answered === undefined || answered > version);
  }

  /** Whether a card is shown as selected. */
  isSelected(item: CardItem, index: number, version: number): boolean {
    let { selected } = item;
    for (const { marks, answered } of this.pending) {
      if (answered === undefined || answered > version) selected = marks(item.path, index) ?? selected;
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
    case 'range': {
      const first = Math.min(command.from, command.to);
      const last = Math.max(command.from, command.to);
      return (_, index) => (index >= first && index <= last ? true : command.keep ? undefined : false);
    }
    case 'all':
      return () => true;
    case 'none':
      return () => false;
  }
}
