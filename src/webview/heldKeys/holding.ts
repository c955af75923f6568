/** What holds keys back now. */
const holders = new Set<object>();

/** Notes whether something holds keys back. */
export function setHolding(holder: object, on: boolean): void {
  if (on) holders.add(holder);
  else holders.delete(holder);
}

/** Whether keys wait anywhere in the page. */
export function isHolding(): boolean {
  return holders.size > 0;
}
