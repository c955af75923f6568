import { randomBytes } from 'node:crypto';
import type * as vscode from 'vscode';
import type { Port } from '../../protocol/channel/Channel';

/** The port of a channel to the page in a webview. */
export function webviewPort(webview: vscode.Webview): Port {
  return {
    post: (message) => {
      void webview.postMessage(message);
    },
    listen: (listener) => {
      const subscription = webview.onDidReceiveMessage(listener);
      return () => {
        subscription.dispose();
      };
    },
  };
}

/** What a page is made of. */
export interface PageParts {
  /**
   * the page's script itself: a page far away that had to ask for it would ask when VS Code has made the page, which
   * takes some round trips
   */
  script: string;
  /** where VS Code serves files from, `webview.cspSource` */
  source: string;
  /** the display language, such as `ja` */
  language: string;
  /** the translated texts, by the English ones */
  translations: object;
}

/** The HTML of the grid's page. */
export function gridHtml({ script, source, language, translations }: PageParts): string {
  const nonce = randomBytes(16).toString('hex');
  // JSON in an element of its own is data, so it needs no nonce, but it must not contain the element's end tag.
  const json = JSON.stringify(translations).replaceAll('<', String.raw`\u003c`);
  const policy = contentPolicy(source, nonce);
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>Dataset</title>
</head>
<body>
<dataset-editor role="main"></dataset-editor>
<script type="application/json" id="translations">${json}</script>
<script nonce="${nonce}">${inlineScript(script)}</script>
</body>
</html>`;
}

/**
 * The content security policy of the page: only the extension's own script runs, identified by a nonce; pictures and
 * styles come from where VS Code serves files; everything else, inline styles and scripts included, is refused.
 * @param source where VS Code serves files from, `webview.cspSource`
 * @param nonce random and new for each page
 */
export function contentPolicy(source: string, nonce: string): string {
  return [
    `default-src 'none'`,
    `img-src ${source} data:`,
    `style-src ${source}`,
    `script-src 'nonce-${nonce}'`,
    // `default-src` does not cover these.
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
}

/**
 * A script as the content of an element, which neither the end of an element nor the beginning of a comment may be part
 * of. The bundler writes both in literals only.
 */
export function inlineScript(script: string): string {
  return script.replaceAll(/<(?=!--|\/?script)/gi, String.raw`\x3C`);
}
