/**
 * The content security policy of the page: its own script by a number that nobody can guess, pictures and styles from where
 * VS Code serves files, nothing else, and no style or script written into the page.
 * @param source of files, `webview.cspSource`
 * @param nonce made anew for each page
 */
export function contentPolicy(source: string, nonce: string): string {
  return [
    `default-src 'none'`,
    `img-src ${source} data:`,
    `style-src ${source}`,
    `script-src 'nonce-${nonce}'`,
    // What `default-src` does not speak of.
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
}
