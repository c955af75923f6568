/** Initial capacity, in entries and in captions. */
const firstRoom = 1024;
const none = -1;

/**
 * The positions of the entries of captions in the files of records, in some 25 bytes for each entry. Captions are
 * identified by a hash only, so an entry that is found may belong to another caption.
 */
export class EntryTable {
  /** number of entries */
  length = 0;
  private offsets = new Float64Array(firstRoom);
  private numbers = new Uint32Array(firstRoom);
  private segments = new Uint32Array(firstRoom);
  /** by entry, the previous one of the same caption (a linked list) */
  private previous = new Int32Array(firstRoom);
  private done = new Uint8Array(firstRoom);
  /** a hash table with open addressing from the hash of a caption to its last entry; at most half full */
  private hashes = new Uint32Array(2 * firstRoom);
  private last = new Int32Array(2 * firstRoom).fill(none);
  private captions = 0;

  /**
   * Adds an entry.
   * @param hash of its caption, by {@link captionHashOf}
   * @param segment number of the part of a file that it stands in
   * @param offset of its line in the file, in bytes
   * @returns its place in this table
   */
  add(hash: number, segment: number, number: number, offset: number): number {
    const place = this.length++;
    if (place === this.numbers.length) this.grow();
    this.offsets[place] = offset;
    this.numbers[place] = number;
    this.segments[place] = segment;
    const slot = this.slotOf(hash);
    const before = this.last[slot] ?? none;
    this.previous[place] = before;
    this.hashes[slot] = hash;
    this.last[slot] = place;
    if (before === none && ++this.captions * 2 > this.last.length) this.growCaptions();
    return place;
  }

  /** Notes that the write of an entry has completed. */
  finish(place: number): void {
    this.done[place] = 1;
  }

  offsetOf(place: number): number {
    return this.offsets[place] ?? 0;
  }

  numberOf(place: number): number {
    return this.numbers[place] ?? 0;
  }

  segmentOf(place: number): number {
    return this.segments[place] ?? 0;
  }

  isDone(place: number): boolean {
    return this.done[place] === 1;
  }

  /** The places of the entries of all captions with this hash, the last one first. */
  *placesOf(hash: number): Generator<number> {
    const { last, previous } = this;
    for (let place = last[this.slotOf(hash)] ?? none; place !== none; place = previous[place] ?? none) yield place;
  }

  /** Size of what this holds, in bytes. */
  get bytes(): number {
    const { offsets, numbers, segments, previous, done, hashes, last } = this;
    return [offsets, numbers, segments, previous, done, hashes, last].reduce((sum, each) => sum + each.byteLength, 0);
  }

  /** The slot of a caption, or the free one that it gets. */
  private slotOf(hash: number): number {
    const { last, hashes } = this;
    const mask = last.length - 1;
    let slot = (hash ^ (hash >>> 15)) & mask;
    while (last[slot] !== none && hashes[slot] !== hash) slot = (slot + 1) & mask;
    return slot;
  }

  private grow(): void {
    const room = Math.ceil(this.numbers.length * 1.5);
    this.offsets = copied(this.offsets, new Float64Array(room));
    this.numbers = copied(this.numbers, new Uint32Array(room));
    this.segments = copied(this.segments, new Uint32Array(room));
    this.previous = copied(this.previous, new Int32Array(room));
    this.done = copied(this.done, new Uint8Array(room));
  }

  private growCaptions(): void {
    const { hashes, last } = this;
    this.hashes = new Uint32Array(2 * hashes.length);
    this.last = new Int32Array(2 * last.length).fill(none);
    for (const [old, place] of last.entries()) {
      if (place === none) continue;
      const hash = hashes[old] ?? 0;
      const slot = this.slotOf(hash);
      this.hashes[slot] = hash;
      this.last[slot] = place;
    }
  }
}

function copied<Values extends { set(values: Values): void }>(from: Values, to: Values): Values {
  to.set(from);
  return to;
}
