import * as vscode from 'vscode';
import type { LanguageModelAddress } from '../../protocol/captioning/languageModelAddress';
import { languageModelProblem } from './languageModelProblem';

/** What newer versions of VS Code report of a model; the API of the oldest supported version does not have it. */
interface Capable {
  readonly capabilities?: { readonly supportsImageToText?: boolean };
}

/** A request about one picture. */
export interface PictureQuestion {
  /** instructions before the prompt; empty for none */
  system: string;
  prompt: string;
  jpeg: Uint8Array;
}

/** A model of VS Code did not answer; the message is for the user. */
export class LanguageModelFailure extends Error {
  /** that of VS Code's error, such as `NoPermissions`; `UNKNOWN` for others */
  readonly code: string;

  constructor(thrown: unknown, name: string) {
    super(languageModelProblem(thrown, name), { cause: thrown });
    this.name = 'LanguageModelFailure';
    this.code = thrown instanceof vscode.LanguageModelError ? thrown.code : 'UNKNOWN';
  }

  /**
   * Whether the error holds for every picture: the user did not allow the model, it is gone, or its quota is used up.
   */
  get isOfModel(): boolean {
    return ['NoPermissions', 'NotFound', 'Blocked'].includes(this.code);
  }
}

/** Whether this VS Code can send pictures to models: forks may lack it, whatever version they report. */
export function hasPictureModels(): boolean {
  const { lm, LanguageModelDataPart } = vscode as Partial<typeof vscode>;
  return typeof lm?.selectChatModels === 'function' && typeof LanguageModelDataPart?.image === 'function';
}

/** The models of VS Code that take pictures, or may. Empty where there are none; does not throw. */
export async function pictureModels(): Promise<vscode.LanguageModelChat[]> {
  if (!hasPictureModels()) return [];
  try {
    return (await vscode.lm.selectChatModels({})).filter((model) => takesPictures(model) !== false);
  } catch {
    // Their provider is not ready, or turned off.
    return [];
  }
}

/** Whether a model takes pictures; undefined where this version of VS Code does not say. */
export function takesPictures(model: vscode.LanguageModelChat): boolean | undefined {
  return (model as Capable).capabilities?.supportsImageToText;
}

/**
 * Asks a model about a picture. VS Code asks the user before the first request.
 * @returns its raw answer
 * @throws LanguageModelFailure; CancellationError when the token is cancelled
 */
export async function askLanguageModel(
  address: LanguageModelAddress,
  name: string,
  { system, prompt, jpeg }: PictureQuestion,
  token: vscode.CancellationToken,
): Promise<string> {
  try {
    const [model] = await vscode.lm.selectChatModels({ vendor: address.vendor, id: address.id });
    if (model === undefined) throw vscode.LanguageModelError.NotFound(address.id);
    // They know no system prompt; text stands before the picture, as for servers.
    const words = [system, prompt].filter((text) => text !== '').join('\n\n');
    const message = vscode.LanguageModelChatMessage.User([
      new vscode.LanguageModelTextPart(words),
      vscode.LanguageModelDataPart.image(jpeg, 'image/jpeg'),
    ]);
    const justification = vscode.l10n.t('Captions the images that you choose.');
    const response = await model.sendRequest([message], { justification }, token);
    let text = '';
    for await (const part of response.text) text += part;
    if (token.isCancellationRequested) throw new vscode.CancellationError();
    return text;
  } catch (thrown) {
    if (token.isCancellationRequested) throw new vscode.CancellationError();
    throw new LanguageModelFailure(thrown, name);
  }
}
