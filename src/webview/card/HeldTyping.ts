import type { CardItem } from '../../protocol/page/cardProtocol';
import type { TypedAhead } from '../../protocol/page/connectionProtocol';
import type { PlaceInOrder } from '../../protocol/page/gridViewProtocol';
import type { Joined } from '../../tags/joinTyping';
import { isJsonCaption } from '../../tags/jsonCaption';

/** The knowledge about cards that is needed here. */
export interface KnownCards {
  /** the order of the cards */
  readonly order: number;
  at(index: number): CardItem | undefined;
  /** the position of an image; null if it is not in the order, undefined if that is not known */
  placeOf(path: string): number | null | undefined;
  /** the image at a place in any order; undefined while that is being found out, null if it cannot be */
  whereWas(place: PlaceInOrder): { path: string; index: number | null } | null | undefined;
}

/** Typing whose caption has come. */
export interface ArrivedTyping {
  item: CardItem;
  text: string;
  joined: Joined;
  /** whether the user has left the caption already */
  isLeft: boolean;
}

/** The results of {@link HeldTyping.settle}. */
export interface SettledTyping {
  arrived: ArrivedTyping[];
  /** typing whose caption will not come, or cannot be edited */
  lost: TypedAhead[];
}

interface Held {
  number: number;
  place: PlaceInOrder;
  /** the image, once it is known */
  path: string | undefined;
  text: string;
  joined: Joined;
  isLeft: boolean;
  /** an input method composes letters in the field, which must not change meanwhile */
  isComposing: boolean;
}

/**
 * What the user typed into captions that have not come yet. Each belongs to a place: a position in an order, and
 * with it to the image that stands there, whatever the position means later. When the caption comes, what was typed is
 * added at its end, where the caret would have been.
 */
export class HeldTyping {
  private held: Held[] = [];
  /** Starts at the current time, so that numbers are greater than those of an earlier page. */
  private sequence = Date.now();

  /**
   * @param changed called when what waits may be settled now, although no cards came
   * @param typed called after each change of {@link waiting} by the user
   */
  constructor(
    private readonly changed: () => void = () => undefined,
    private readonly typed: () => void = () => undefined,
  ) {}

  /** Sets what the field of a place holds. */
  type(place: PlaceInOrder, text: string, joined: Joined): void {
    const held = this.at(place, joined);
    held.text = text;
    held.isLeft = false;
    this.typed();
  }

  /** The user left the caption: what was typed becomes an edit as soon as it can. */
  leave(place: PlaceInOrder): void {
    const held = this.find(place);
    if (held !== undefined) held.isLeft = true;
  }

  /** An input method began or ended to compose letters in the field of a place. */
  compose(place: PlaceInOrder, isComposing: boolean): void {
    this.at(place, 'text').isComposing = isComposing;
    if (!isComposing) this.changed();
  }

  /** What was typed at a place and waits for the caption; undefined if nothing does. */
  textAt(place: PlaceInOrder): string | undefined {
    return this.find(place)?.text;
  }

  /** The positions in an order whose cards are waited for. */
  spans(order: number): { start: number; end: number }[] {
    const here = this.held.filter(({ place }) => place.order === order);
    return here.map(({ place: { index } }) => ({ start: index, end: index + 1 }));
  }

  /** The images that typing waits for. */
  paths(): string[] {
    return this.held.flatMap(({ path }) => path ?? []);
  }

  /** The places that typing waits for, of which it is not known which image is there. */
  places(): PlaceInOrder[] {
    return this.held.flatMap(({ path, place }) => (path === undefined ? place : []));
  }

  /** Cards came, or the order changed: takes out what can be added to a caption now, and what never can. */
  settle(cards: KnownCards): SettledTyping {
    const settled: SettledTyping = { arrived: [], lost: [] };
    this.held = this.held.filter((held) => !this.take(held, cards, settled));
    return settled;
  }

  /** All that waits for a caption. */
  get waiting(): TypedAhead[] {
    return this.held.filter(({ text }) => text !== '').map((held) => typedAhead(held));
  }

  /** Takes out all that waits: the page goes, and the host knows which images stand at the places. */
  takeAll(): TypedAhead[] {
    const all = this.waiting;
    this.held = [];
    return all;
  }

  private take(held: Held, cards: KnownCards, { arrived, lost }: SettledTyping): boolean {
    const was = held.path === undefined ? cards.whereWas(held.place) : placed(held.path, cards);
    if (was === undefined) return false;
    if (held.text === '' && !held.isComposing) return true;
    const path = was?.path;
    const index = was?.index ?? undefined;
    if (path === undefined || index === undefined) {
      lost.push(typedAhead(held, path));
      return true;
    }
    held.path = path;
    held.place = { order: cards.order, index };
    const item = cards.at(index);
    if (item?.path !== path || held.isComposing) return false;
    // A tag that is added to JSON breaks it.
    const isJson = held.joined === 'tags' && isJsonCaption(item.text);
    if (item.readOnly === true || item.foreignEncoding !== undefined || isJson) lost.push(typedAhead(held));
    else arrived.push({ item, text: held.text, joined: held.joined, isLeft: held.isLeft });
    return true;
  }

  private find({ order, index }: PlaceInOrder): Held | undefined {
    return this.held.find(({ place }) => place.order === order && place.index === index);
  }

  private at(place: PlaceInOrder, joined: Joined): Held {
    const known = this.find(place);
    if (known !== undefined) return known;
    const { order, index } = place;
    const held: Held = {
      number: ++this.sequence,
      place: { order, index },
      path: undefined,
      text: '',
      joined,
      isLeft: false,
      isComposing: false,
    };
    this.held.push(held);
    return held;
  }
}

function typedAhead({ number, place, path: known, text, joined }: Held, path = known): TypedAhead {
  return { number, place, path: path ?? null, text, joined };
}

function placed(path: string, cards: KnownCards): { path: string; index: number | null } | undefined {
  const index = cards.placeOf(path);
  return index === undefined ? undefined : { path, index };
}
