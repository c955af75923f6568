/** How long a row that has come or moved lets presses through, in milliseconds: as long as a double click may take. */
export const freshFor = 500;

/** Nearer than this is the same place, in CSS pixels: the browser rounds. */
const tolerance = 1;

/**
 * Lets the pointer through rows of a stack that have just come or moved: a press means what stood there when the user
 * aimed, so it goes to what is beneath. The rows stand on the lower edge of the stack and grow upwards, so a row has
 * moved when its own lower edge has.
 */
export class FreshRows {
  /** by row, how far its lower edge is from that of the window; none while it is not shown */
  private readonly edges = new Map<HTMLElement, number>();
  private rows: readonly HTMLElement[] = [];
  private readonly sizes = new ResizeObserver(() => {
    this.look();
  });

  /** Watches these rows from now on, and no others. */
  watch(rows: readonly HTMLElement[]): void {
    for (const row of this.rows) {
      if (rows.includes(row)) continue;
      this.sizes.unobserve(row);
      this.edges.delete(row);
    }
    for (const row of rows) if (!this.rows.includes(row)) this.sizes.observe(row);
    this.rows = rows;
    this.look();
  }

  /** Watches nothing any more. */
  stop(): void {
    this.sizes.disconnect();
    this.edges.clear();
    this.rows = [];
  }

  private look(): void {
    for (const row of this.rows) {
      const { bottom, height } = row.getBoundingClientRect();
      const edge = window.innerHeight - bottom;
      const before = this.edges.get(row);
      if (height === 0) this.edges.delete(row);
      else this.edges.set(row, edge);
      if (height === 0 || (before !== undefined && Math.abs(before - edge) < tolerance)) continue;
      row.animate({ pointerEvents: ['none', 'none'] }, freshFor);
    }
  }
}
