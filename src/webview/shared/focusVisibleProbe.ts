/**
 * The toolkit finds out whether the browser knows `:focus-visible` by putting a style element into the page. The
 * content security policy refuses it: a violation is reported and the toolkit falls back to `:focus`. So while the
 * toolkit loads, a style element is something harmless that says yes. Must be imported before the toolkit.
 */
Reflect.set(document, 'createElement', (name: string, options?: ElementCreationOptions) => {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- only the overload for unknown names is deprecated
  const create = Document.prototype.createElement.bind(document);
  return name === 'style'
    ? Object.assign(create('template'), { sheet: { insertRule: () => 0 } })
    : create(name, options);
});

/** Ends the pretence. */
export function endProbe(): void {
  Reflect.deleteProperty(document, 'createElement');
}
