/** A model of VS Code itself, which extensions such as Copilot Chat bring. */
export interface LanguageModelAddress {
  /** the extension's name for itself, such as `copilot` */
  vendor: string;
  /** its name for the model */
  id: string;
}

const scheme = 'vscode-lm://';

/**
 * A model of VS Code as an endpoint of a captioner, such as `vscode-lm://copilot/gpt-4o`. It is no server: only the
 * window can ask it.
 */
export function languageModelEndpoint({ vendor, id }: LanguageModelAddress): string {
  return `${scheme}${encodeURIComponent(vendor)}/${encodeURIComponent(id)}`;
}

/** The model of VS Code that an endpoint names; undefined if it is the address of a server, or no address. */
export function languageModelOf(endpoint: string): LanguageModelAddress | undefined {
  if (!endpoint.startsWith(scheme)) return undefined;
  const [vendor = '', id = '', ...rest] = endpoint.slice(scheme.length).split('/');
  if (vendor === '' || id === '' || rest.length > 0) return undefined;
  try {
    return { vendor: decodeURIComponent(vendor), id: decodeURIComponent(id) };
  } catch {
    // A percent sign that is no escape.
    return undefined;
  }
}
