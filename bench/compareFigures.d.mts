export interface Change {
  name: string;
  before: number;
  now: number;
  /** by more than the tolerance */
  worse: boolean;
}
export function compareFigures(before: unknown, now: unknown): Change[];
export function describeChanges(changes: readonly Change[]): string;
