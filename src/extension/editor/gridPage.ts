import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { Port } from '../../protocol/channel/Channel';
import { contentPolicy } from './contentPolicy';

/** The line to what runs in a webview. */
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

/**
 * The page of the grid.
 * @param dist the folder of the built product
 */
export function gridHtml(webview: vscode.Webview, dist: vscode.Uri): string {
  const nonce = randomBytes(16).toString('hex');
  const script = webview.asWebviewUri(vscode.Uri.joinPath(dist, 'webview.js')).toString();
  const source = webview.cspSource;
  // Data, not code: it needs no nonce, but must not have the end of its element in it.
  const translations = JSON.stringify(vscode.l10n.bundle ?? {}).replaceAll('<', String.raw`\u003c`);
  const policy = contentPolicy(source, nonce);
  return `<!doctype html>
<html lang="${vscode.env.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>Dataset</title>
</head>
<body>
<dataset-editor role="main"></dataset-editor>
<script type="application/json" id="translations">${translations}</script>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>`;
}
