/**
 * Does nothing: for APIs that need a callback, such as `catch(noop)` on a promise whose failure is handled elsewhere.
 */
export function noop(): void {
  // Nothing.
}
