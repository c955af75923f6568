/** A range of a text: `start` is inclusive, `end` is exclusive. */
export interface Stretch {
  start: number;
  end: number;
}
