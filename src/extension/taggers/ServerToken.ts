import * as vscode from 'vscode';
import type { JobSecrets } from '../../jobs/client/runnerProtocol';
import { serverTokenVariable, type ExecutionOptions } from '../../protocol/tagging/execution';
import type { TaggerSetup } from '../../protocol/tagging/taggerProtocol';
import { executionOptions, serverOptions } from '../settings/taggerSettings';

/** The bearer tokens for servers that run models, one per origin, in VS Code's secret storage. */
export class ServerToken {
  constructor(private readonly secrets: vscode.SecretStorage) {}

  /** Asks for the token of the server in the settings and stores it; an empty one deletes the stored token. */
  async ask(): Promise<void> {
    const origin = originOf(serverOptions().url);
    if (origin === undefined) {
      const openSettings = vscode.l10n.t('Open Settings');
      const text = vscode.l10n.t('Set the address of the server first: its token is sent nowhere else.');
      if ((await vscode.window.showInformationMessage(text, openSettings)) === openSettings) {
        await vscode.commands.executeCommand('workbench.action.openSettings', 'datasetCaptions.serverUrl');
      }
      return;
    }
    const token = await vscode.window.showInputBox({
      title: vscode.l10n.t('Token for {0}', origin),
      prompt: vscode.l10n.t('Sent as bearer token to this server only. Leave it empty to forget the stored token.'),
      password: true,
      ignoreFocusOut: true,
    });
    if (token === undefined) return;
    if (token.trim() === '') await this.secrets.delete(keyOf(origin));
    else await this.secrets.store(keyOf(origin), token.trim());
  }

  /** The environment variable with the token of the server in the settings. It must never be written to disk. */
  async environment(): Promise<Record<string, string>> {
    const token = await this.tokenFor(executionOptions());
    return token === undefined ? {} : { [serverTokenVariable]: token };
  }

  /** The token of the server that a job uses, which may differ from the server in the settings by now. */
  async secretsOf({ execution }: Pick<TaggerSetup, 'execution'>): Promise<JobSecrets> {
    const serverToken = await this.tokenFor(execution);
    return serverToken === undefined ? {} : { serverToken };
  }

  private async tokenFor({ provider, server }: ExecutionOptions): Promise<string | undefined> {
    const origin = provider === 'server' ? originOf(server?.url ?? '') : undefined;
    return origin === undefined ? undefined : this.secrets.get(keyOf(origin));
  }
}

function originOf(url: string): string | undefined {
  return URL.canParse(url) && new URL(url).host !== '' ? new URL(url).origin : undefined;
}

function keyOf(origin: string): string {
  return `serverToken ${origin}`;
}
