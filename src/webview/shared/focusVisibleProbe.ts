/**
 * The toolkit finds out whether the browser supports `:focus-visible` by adding a style element to the page. The
 * content security policy refuses that: a violation is reported, and the toolkit falls back to `:focus`. So while the
 * toolkit loads, `createElement('style')` returns a stub that accepts every rule. Must be imported before the toolkit.
 */
Reflect.set(document, 'createElement', (name: string, options?: ElementCreationOptions) => {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- only the overload for unknown names is deprecated
  const create = Document.prototype.createElement.bind(document);
  return name === 'style'
    ? Object.assign(create('template'), { sheet: { insertRule: () => 0 } })
    : create(name, options);
});

/** Restores `createElement`. */
export function endProbe(): void {
  Reflect.deleteProperty(document, 'createElement');
}
