import type { CardItem } from '../../protocol/page/cardProtocol';
import type { PlaceInOrder } from '../../protocol/page/gridViewProtocol';
import { clamp } from '../shared/clamp';

/** Number of images before and after the shown one whose pictures are prefetched. */
const neighbours = 2;
/** Number of cards before and after the shown one that are wanted, so that keys in quick succession find theirs. */
const wantedCards = 12;

/** The cards that the page knows. */
export interface ViewerCards {
  /** the order that positions belong to; 0 until there are any cards */
  readonly order: number;
  /** number of images in the order */
  readonly count: number;
  at(index: number): CardItem | undefined;
  /** the position of an image; null if it is not in the order, undefined if that is not known */
  placeOf(path: string): number | null | undefined;
  /** the image at a place in any order; undefined while that is being found out, null if it cannot be */
  whereWas(place: PlaceInOrder): { path: string; index: number | null } | null | undefined;
}

/**
 * Which image the viewer shows. Each key has its effect at once, on what the page knows: the position changes, and the
 * image is shown if its card is there, or as soon as it comes. An image that moves or no longer matches the search
 * stays shown; in the latter case its neighbours are those of its old position.
 */
export class ViewerModel {
  /** Whether the viewer shows anything. */
  isOpen = false;
  /** Position of the image; its last known one when {@link isListed} is false. */
  index = 0;
  /** The image that is shown; undefined while its card has not come. */
  item: CardItem | undefined;
  /** Whether the image is among those that match the search. */
  isListed = true;
  /** Increases whenever the user goes to another image: what belongs to one image must not be used for the next. */
  visit = 0;
  /**
   * Whether the image stands at the position: not while one that was opened by its path alone is looked for, nor when
   * it has gone from the list before its card came.
   */
  isPlaced = true;
  private order = 0;
  private path: string | undefined;
  private near: readonly CardItem[] = [];

  /** @param cards the cards that the page knows; undefined before there are any */
  constructor(private readonly cards: () => ViewerCards | undefined) {}

  /**
   * Shows an image.
   * @param index undefined where only its path is known
   * @param path undefined where only its position is known
   */
  open(index: number | undefined, path: string | undefined): void {
    const cards = this.cards();
    this.isOpen = true;
    const known = index ?? (path === undefined ? undefined : cards?.placeOf(path)) ?? undefined;
    this.goTo(known ?? 0, path);
    this.isPlaced = known !== undefined;
  }

  /** Shows nothing any more. */
  close(): void {
    this.isOpen = false;
    this.item = this.path = undefined;
    this.near = [];
  }

  /**
   * Goes `by` positions further.
   * @returns false at the end of the list
   */
  move(by: number): boolean {
    const count = this.cards()?.count ?? 0;
    // If the image is no longer in the list, its position now belongs to the image after it. Moving forward then takes
    // one step less.
    const target = clamp(this.index + by - (!this.isListed && by > 0 ? 1 : 0), 0, Math.max(0, count - 1));
    if (count === 0 || (target === this.index && this.isListed)) return false;
    this.goTo(target, undefined);
    return true;
  }

  /** Cards came, or the order changed: follows the image to its new position, and shows it if its card has come. */
  cardsChanged(): void {
    const cards = this.cards();
    if (!this.isOpen || cards === undefined || cards.order === 0) return;
    const was = this.path === undefined ? cards.whereWas(this.place) : this.placed(this.path, cards);
    if (was === null) {
      // Nobody knows which image it was: the one that stands there now is another one.
      this.goTo(clamp(this.index, 0, Math.max(0, cards.count - 1)), undefined);
    } else if (was !== undefined) {
      this.path = was.path;
      this.isPlaced = was.index !== null;
      this.order = cards.order;
      this.isListed = was.index !== null;
      this.index = was.index ?? this.index;
      const item = was.index === null ? undefined : cards.at(was.index);
      if (item?.path === was.path) this.item = item;
    }
  }

  /** Nothing matches the search any more; the cards of the last one that did are still there. */
  listIsEmpty(): void {
    this.isListed = false;
  }

  /** Where the image stands while its card has not come. */
  get place(): PlaceInOrder {
    return { order: this.order, index: this.index };
  }

  /** The known neighbours of the image, nearest first; the same array while they are the same. */
  get around(): readonly CardItem[] {
    const cards = this.cards();
    const found: CardItem[] = [];
    for (let distance = this.isListed ? 1 : 0; distance <= neighbours; distance++) {
      for (const index of new Set([this.index - distance, this.index + distance])) {
        const item = cards?.at(index);
        if (item !== undefined && item.path !== this.path) found.push(item);
      }
    }
    const isSame = found.length === this.near.length && found.every((item, at) => item === this.near[at]);
    if (!isSame) this.near = found;
    return this.near;
  }

  /** The positions in an order whose cards are wanted. */
  spans(order: number): { start: number; end: number }[] {
    const { index, isOpen, isPlaced } = this;
    const count = this.cards()?.count ?? 0;
    if (!isOpen || !isPlaced || order !== this.order) return [];
    return [{ start: Math.max(0, index - wantedCards), end: Math.min(count, index + wantedCards + 1) }];
  }

  /** The image that has to be found again when the order changes. */
  paths(): string[] {
    return this.isOpen && this.path !== undefined ? [this.path] : [];
  }

  /** The place that has to be found again when the order changes, while its image is not known. */
  places(): PlaceInOrder[] {
    return this.isOpen && this.path === undefined && this.order > 0 ? [this.place] : [];
  }

  private goTo(index: number, path: string | undefined): void {
    const cards = this.cards();
    const item = cards?.at(index);
    this.visit++;
    this.isPlaced = true;
    this.index = index;
    this.order = cards?.order ?? 0;
    this.isListed = true;
    this.item = path === undefined || item?.path === path ? item : undefined;
    this.path = path ?? item?.path;
  }

  private placed(path: string, cards: ViewerCards): { path: string; index: number | null } | undefined {
    const index = cards.placeOf(path);
    return index === undefined ? undefined : { path, index };
  }
}
