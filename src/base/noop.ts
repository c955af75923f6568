/** Does nothing, for what needs a function: a promise whose outcome is somebody else's affair, say. */
export function noop(): void {
  // Nothing.
}
