import * as vscode from 'vscode';
import { CaptionerError } from '../../captioner/endpoint/CaptionerError';
import { endpointAddress, endpointOrigin, refuseKeyOverPlainHttp } from '../../captioner/endpoint/endpointAddress';
import { languageModelOf } from '../../protocol/captioning/languageModelAddress';
import { usersCaptioners } from '../settings/captionerSettings';

/** The keys for the servers of captioners, one per origin, in VS Code's secret storage and nowhere else. */
export class EndpointKeys {
  constructor(private readonly secrets: vscode.SecretStorage) {}

  /** The key for a server; undefined if there is none, or the address is not valid. */
  async get(endpoint: string): Promise<string | undefined> {
    const origin = originOf(endpoint);
    return origin === undefined ? undefined : this.secrets.get(keyOf(origin));
  }

  /** The keys for servers that have one, by their origins. */
  async of(endpoints: readonly string[]): Promise<Record<string, string>> {
    const origins = [...new Set(endpoints.flatMap((endpoint) => originOf(endpoint) ?? []))];
    const keys = await Promise.all(origins.map((origin) => this.secrets.get(keyOf(origin))));
    return Object.fromEntries(
      origins.flatMap((origin, index): [string, string][] => {
        const key = keys[index];
        return key === undefined ? [] : [[origin, key]];
      }),
    );
  }

  /**
   * Asks for the key of a server and stores it; an empty one deletes the stored key. A server to which the key would
   * be sent in plain text is refused with a message.
   * @returns whether the user gave an answer
   */
  async ask(endpoint: string, reason?: string): Promise<boolean> {
    let origin: string;
    try {
      refuseKeyOverPlainHttp(endpointAddress(endpoint));
      origin = endpointOrigin(endpoint);
    } catch (thrown) {
      if (!(thrown instanceof CaptionerError)) throw thrown;
      await vscode.window.showErrorMessage(thrown.message, { modal: true });
      return false;
    }
    const prompt = vscode.l10n.t('Sent to this server only. Leave it empty to forget the stored key.');
    const key = await vscode.window.showInputBox({
      title: vscode.l10n.t('Key for {0}', origin),
      prompt: reason === undefined ? prompt : `${reason} ${prompt}`,
      password: true,
      ignoreFocusOut: true,
    });
    if (key === undefined) return false;
    if (key.trim() === '') await this.secrets.delete(keyOf(origin));
    else await this.secrets.store(keyOf(origin), key.trim());
    return true;
  }

  /**
   * Asks for the key of one of the servers of the user's captioners, or of another one.
   * @returns whether the user gave an answer
   */
  async askForOne(): Promise<boolean> {
    const endpoints = usersCaptioners().profiles.flatMap((profile) => profile.endpoints);
    const origins = [...new Set(endpoints.flatMap((endpoint) => originOf(endpoint) ?? []))];
    const [only] = origins;
    if (only === undefined) {
      const add = vscode.l10n.t('Add Captioner');
      const text = vscode.l10n.t('There is no captioner with a server yet: its key is asked for when it is added.');
      if ((await vscode.window.showInformationMessage(text, add)) === add) {
        await vscode.commands.executeCommand('datasetCaptions.addCaptioner');
      }
      return false;
    }
    const known = await this.of(origins);
    const items = origins.map((origin) => ({
      label: origin,
      description: known[origin] === undefined ? '' : vscode.l10n.t('has a key'),
    }));
    const title = vscode.l10n.t('Set Endpoint Key');
    const picked = origins.length === 1 ? { label: only } : await vscode.window.showQuickPick(items, { title });
    return picked !== undefined && this.ask(picked.label);
  }
}

function originOf(endpoint: string): string | undefined {
  if (languageModelOf(endpoint) !== undefined) return undefined;
  try {
    return endpointOrigin(endpoint);
  } catch {
    return undefined;
  }
}

function keyOf(origin: string): string {
  return `endpointKey ${origin}`;
}
