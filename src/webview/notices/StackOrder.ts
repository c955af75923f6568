/**
 * In which order the rows of a stack lie: a row that comes lies on top of those that are there, and they keep their
 * places.
 */
export class StackOrder {
  private readonly numbers = new Map<string, number>();
  private last = 0;

  /**
   * Tells which rows are shown now.
   * @param shown their ids; of several that are new, a later one lies higher
   * @returns by id, a number that is the greater the higher the row lies
   */
  update(shown: readonly string[]): ReadonlyMap<string, number> {
    for (const id of [...this.numbers.keys()]) if (!shown.includes(id)) this.numbers.delete(id);
    for (const id of shown) if (!this.numbers.has(id)) this.numbers.set(id, ++this.last);
    return this.numbers;
  }
}
