import { DecodingError } from '../formats/DecodingError';

/** Filters of a block (.xz file format 1.2, 5.3). */
const filter = { delta: 3, lzma2: 0x21 } as const;
/** In bytes. */
const headerLength = 12;

/**
 * Unpacks the first block of an .xz file (.xz file format 1.2; LZMA specification by Igor Pavlov), as libtiff writes
 * strips of a TIFF: LZMA2, and differences between bytes.
 * @param length how many bytes are wanted
 * @throws DecodingError for fewer bytes, or damaged ones
 */
export function unpackXz(packed: Uint8Array, length: number): Uint8Array {
  if (packed.length <= headerLength || packed[0] !== 0xfd) throw new DecodingError('damaged', 'This is no .xz data.');
  const reader = new ByteReader(packed, headerLength);
  const start = headerLength;
  const blockHeader = (reader.next() + 1) * 4;
  const flags = reader.next();
  if ((flags & 0x40) !== 0) reader.number();
  if ((flags & 0x80) !== 0) reader.number();
  let distance = 0;
  for (let i = 0; i <= (flags & 3); i++) {
    const [id, size] = [reader.number(), reader.number()];
    if (id === filter.delta) distance = reader.next() + 1;
    else if (id === filter.lzma2) reader.next();
    else throw new DecodingError('unsupported', `LZMA with the filter ${id}`);
    if (size !== 1) throw new DecodingError('damaged', 'A filter is damaged.');
  }
  reader.at = start + blockHeader;
  const bytes = new Lzma2Decoder(reader, length).decode();
  if (distance > 0) for (let i = distance; i < length; i++) bytes[i] = (bytes[i] ?? 0) + (bytes[i - distance] ?? 0);
  return bytes;
}

class ByteReader {
  constructor(
    private readonly bytes: Uint8Array,
    public at: number,
  ) {}

  next(): number {
    const byte = this.bytes[this.at++];
    if (byte === undefined) throw new DecodingError('cut', 'The compressed pixels end early.');
    return byte;
  }

  /** 7 bits in each byte, the lowest first. */
  number(): number {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = this.next();
      value += (byte & 127) * shift;
      if (byte < 128) return value;
    }
  }

  two(): number {
    return this.next() * 256 + this.next();
  }
}

const [evenOdds, oddsBits, oddsMove] = [1024, 11, 5];
const states = 12;
const [longestMatchLength, slots] = [273, 4];

/** The odds of a choice between several values, bit by bit. */
const tree = (bits: number): Uint16Array => new Uint16Array(1 << bits).fill(evenOdds);

/** How long a match is: 2 to 9, 10 to 17 or 18 to 273. */
class LengthOdds {
  readonly choice = tree(1);
  readonly low: Uint16Array[];
  readonly middle: Uint16Array[];
  readonly high = tree(8);

  constructor(positions: number) {
    this.low = Array.from({ length: positions }, () => tree(3));
    this.middle = Array.from({ length: positions }, () => tree(3));
  }
}

/** The odds that the decoder learns. */
class Odds {
  readonly literals: Uint16Array;
  readonly isMatch: Uint16Array;
  readonly isRepeat = new Uint16Array(states).fill(evenOdds);
  readonly isRepeat0 = new Uint16Array(states).fill(evenOdds);
  readonly isRepeat0Long: Uint16Array;
  readonly isRepeat1 = new Uint16Array(states).fill(evenOdds);
  readonly isRepeat2 = new Uint16Array(states).fill(evenOdds);
  readonly slots = Array.from({ length: slots }, () => tree(6));
  readonly special = Array.from({ length: 14 }, (_, slot) => tree(slot < 4 ? 0 : (slot >> 1) - 1));
  readonly align = tree(4);
  readonly matchLength: LengthOdds;
  readonly repeatLength: LengthOdds;

  constructor(
    readonly literalContext: number,
    readonly literalPosition: number,
    readonly positions: number,
  ) {
    this.literals = new Uint16Array(0x300 << (literalContext + literalPosition)).fill(evenOdds);
    this.isMatch = new Uint16Array(states * positions).fill(evenOdds);
    this.isRepeat0Long = new Uint16Array(states * positions).fill(evenOdds);
    this.matchLength = new LengthOdds(positions);
    this.repeatLength = new LengthOdds(positions);
  }
}

class Lzma2Decoder {
  private readonly bytes: Uint8Array;
  private to = 0;
  private odds = new Odds(3, 0, 4);
  private state = 0;
  /** the last four distances, the latest first */
  private repeats = [0, 0, 0, 0];
  private range = 0;
  private code = 0;

  constructor(
    private readonly reader: ByteReader,
    private readonly length: number,
  ) {
    this.bytes = new Uint8Array(length);
  }

  decode(): Uint8Array {
    while (this.to < this.length) {
      const control = this.reader.next();
      if (control === 0) throw new DecodingError('cut', 'The compressed pixels end early.');
      if (control < 0x80) this.copyPart();
      else this.unpackPart(control);
    }
    return this.bytes;
  }

  private copyPart(): void {
    for (let count = this.reader.two() + 1; count > 0; count--) {
      const byte = this.reader.next();
      if (this.to < this.length) this.bytes[this.to++] = byte;
    }
  }

  private unpackPart(control: number): void {
    const size = (control & 0x1f) * 65_536 + this.reader.two() + 1;
    this.reader.two();
    const reset = (control >> 5) & 3;
    if (reset >= 2) {
      const properties = this.reader.next();
      const rest = Math.floor(properties / 9);
      this.odds = new Odds(properties % 9, rest % 5, 1 << Math.floor(rest / 5));
    } else if (reset === 1) {
      const { literalContext, literalPosition, positions } = this.odds;
      this.odds = new Odds(literalContext, literalPosition, positions);
    }
    if (reset >= 1) {
      this.state = 0;
      this.repeats = [0, 0, 0, 0];
    }
    this.reader.next();
    this.range = 0xffffffff;
    this.code = (this.reader.two() * 65_536 + this.reader.two()) >>> 0;
    const end = Math.min(this.to + size, this.length);
    while (this.to < end) this.step(end);
  }

  /** One literal or match. */
  private step(end: number): void {
    const { odds, state } = this;
    const position = this.to & (odds.positions - 1);
    if (this.bit(odds.isMatch, state * odds.positions + position) === 0) {
      this.literal();
      return;
    }
    let length: number;
    if (this.bit(odds.isRepeat, state) === 0) {
      length = this.matchLength(odds.matchLength, position);
      this.repeats = [this.distance(length), ...this.repeats.slice(0, 3)];
      this.state = state < 7 ? 7 : 10;
    } else {
      if (this.bit(odds.isRepeat0, state) === 0) {
        if (this.bit(odds.isRepeat0Long, state * odds.positions + position) === 0) {
          this.state = state < 7 ? 9 : 11;
          this.copy(1, end);
          return;
        }
      } else {
        const which = this.bit(odds.isRepeat1, state) === 0 ? 1 : 2 + this.bit(odds.isRepeat2, state);
        const [found = 0] = this.repeats.splice(which, 1);
        this.repeats.unshift(found);
      }
      length = this.matchLength(odds.repeatLength, position);
      this.state = state < 7 ? 8 : 11;
    }
    this.copy(length, end);
  }

  private literal(): void {
    const { literalContext, literalPosition, literals } = this.odds;
    const before = this.bytes[this.to - 1] ?? 0;
    const place = this.to & ((1 << literalPosition) - 1);
    const start = 0x300 * ((place << literalContext) + (before >> (8 - literalContext)));
    let symbol = 1;
    if (this.state >= 7) {
      let match = this.bytes[this.to - 1 - (this.repeats[0] ?? 0)] ?? 0;
      while (symbol < 0x100) {
        const matchBit = (match >> 7) & 1;
        match <<= 1;
        const bit = this.bit(literals, start + ((1 + matchBit) << 8) + symbol);
        symbol = (symbol << 1) | bit;
        if (bit !== matchBit) break;
      }
    }
    while (symbol < 0x100) symbol = (symbol << 1) | this.bit(literals, start + symbol);
    this.bytes[this.to++] = symbol;
    this.state = this.state < 4 ? 0 : this.state < 10 ? this.state - 3 : this.state - 6;
  }

  private matchLength({ choice, low, middle, high }: LengthOdds, position: number): number {
    if (this.bit(choice, 0) === 0) return 2 + this.value(low[position] ?? high, 3);
    if (this.bit(choice, 1) === 0) return 10 + this.value(middle[position] ?? high, 3);
    return 18 + this.value(high, 8);
  }

  private distance(length: number): number {
    const slot = this.value(this.odds.slots[Math.min(length - 2, slots - 1)] ?? this.odds.align, 6);
    if (slot < 4) return slot;
    const bits = (slot >> 1) - 1;
    const start = (2 + (slot & 1)) * 2 ** bits;
    const special = this.odds.special[slot];
    if (special !== undefined) return start + this.reversed(special, bits);
    let direct = 0;
    for (let i = 0; i < bits - 4; i++) direct = direct * 2 + this.evenBit();
    return start + direct * 16 + this.reversed(this.odds.align, 4);
  }

  private copy(length: number, end: number): void {
    const distance = (this.repeats[0] ?? 0) + 1;
    if (distance > this.to || length > longestMatchLength) {
      throw new DecodingError('damaged', 'The compressed pixels are damaged.');
    }
    const last = Math.min(this.to + length, end);
    for (; this.to < last; this.to++) this.bytes[this.to] = this.bytes[this.to - distance] ?? 0;
  }

  private value(odds: Uint16Array, bits: number): number {
    let symbol = 1;
    for (let i = 0; i < bits; i++) symbol = (symbol << 1) | this.bit(odds, symbol);
    return symbol - (1 << bits);
  }

  /** With the lowest bit first. */
  private reversed(odds: Uint16Array, bits: number): number {
    let symbol = 1;
    let value = 0;
    for (let i = 0; i < bits; i++) {
      const bit = this.bit(odds, symbol);
      symbol = (symbol << 1) | bit;
      value |= bit << i;
    }
    return value;
  }

  private bit(odds: Uint16Array, index: number): 0 | 1 {
    const odd = odds[index] ?? evenOdds;
    const bound = (this.range >>> oddsBits) * odd;
    let bit: 0 | 1;
    if (this.code < bound) {
      this.range = bound;
      odds[index] = odd + ((2048 - odd) >> oddsMove);
      bit = 0;
    } else {
      this.range = (this.range - bound) >>> 0;
      this.code = (this.code - bound) >>> 0;
      odds[index] = odd - (odd >> oddsMove);
      bit = 1;
    }
    this.refill();
    return bit;
  }

  private evenBit(): 0 | 1 {
    this.range >>>= 1;
    const bit = this.code >= this.range ? 1 : 0;
    if (bit === 1) this.code = (this.code - this.range) >>> 0;
    this.refill();
    return bit;
  }

  private refill(): void {
    if (this.range >= 0x1000000) return;
    this.range = (this.range * 256) >>> 0;
    this.code = (this.code * 256 + this.reader.next()) >>> 0;
  }
}
