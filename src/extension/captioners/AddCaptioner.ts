import * as vscode from 'vscode';
import { CaptionerError } from '../../captioner/endpoint/CaptionerError';
import {
  checkEndpoint,
  listModels,
  type EndpointAccess,
  type EndpointReport,
} from '../../captioner/endpoint/checkEndpoint';
import { endpointAddress } from '../../captioner/endpoint/endpointAddress';
import type { ListedModel } from '../../captioner/endpoint/listedModels';
import { presetNames, type PresetName } from '../../protocol/captioning/captionerPresets';
import { errorMessage } from '../../protocol/channel/wireError';
import { addCaptioner, chooseCaptioner, usersCaptioners } from '../settings/captionerSettings';
import { describeModel, inOfferedOrder } from './describeModel';
import type { EndpointKeys } from './EndpointKeys';
import { nameFor, presetFor } from './newCaptioner';

/** What was typed or chosen, or the wish to go back to an earlier question. */
type Answer<T> = { value: T } | 'address' | 'model' | 'again' | 'end';

interface ModelItem extends vscode.QuickPickItem {
  model?: string;
}

interface PresetItem extends vscode.QuickPickItem {
  preset: PresetName;
}

/**
 * Adds a captioner: asks for the address, lists the models there, tries one with a small picture, and says what is
 * missing. Nothing is written before the last question is answered.
 */
export class AddCaptioner {
  constructor(
    private readonly keys: EndpointKeys,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** @returns the name of the captioner, which is selected now; undefined if the user gave up */
  async run(): Promise<string | undefined> {
    let address: string | undefined = '';
    for (;;) {
      address = await askAddress(address);
      if (address === undefined) return undefined;
      const found = await this.modelAt(address);
      if (found === 'end') return undefined;
      if (typeof found !== 'object') continue;
      return this.finish(address, found.value);
    }
  }

  /** The model that is to caption, after it was tried. */
  private async modelAt(address: string): Promise<Answer<string>> {
    for (;;) {
      const picked = await this.pickModel(address);
      if (picked === 'again') continue;
      if (typeof picked !== 'object') return picked;
      const tried = await this.tryModel(address, picked.value);
      if (typeof tried === 'object' || tried === 'address' || tried === 'end') return tried;
    }
  }

  private async pickModel(address: string): Promise<Answer<string>> {
    const cancel = new AbortController();
    const listing = this.listed(address, cancel.signal);
    const other: ModelItem = { label: vscode.l10n.t('$(edit) Another Model…'), alwaysShow: true };
    try {
      const items = listing.then((models): ModelItem[] => [...inOfferedOrder(models).map(modelItem), other]);
      const picked = await vscode.window.showQuickPick(items, {
        title: vscode.l10n.t('Add Captioner: Model at {0}', address),
        placeHolder: vscode.l10n.t('What it can do is said beside it, where the server says so'),
        matchOnDescription: true,
        ignoreFocusOut: true,
      });
      if (picked === undefined) return 'end';
      return picked.model === undefined ? await askModel(address) : { value: picked.model };
    } catch (thrown) {
      if (!(thrown instanceof CaptionerError)) throw thrown;
      return await this.afterListing(address, thrown);
    } finally {
      cancel.abort();
    }
  }

  private async listed(address: string, signal: AbortSignal): Promise<ListedModel[]> {
    return listModels(await this.accessTo(address), signal);
  }

  /** What to do where the models of a server cannot be listed. */
  private async afterListing(address: string, { code, message }: CaptionerError): Promise<Answer<string>> {
    this.log.warn(`${address}: ${message}`);
    if (code === 'ENDPOINT_KEY') return (await this.keys.ask(address, message)) ? 'again' : 'address';
    const retry = vscode.l10n.t('Try Again');
    const back = vscode.l10n.t('Another Address');
    const name = vscode.l10n.t('Name a Model');
    const items = code === 'ENDPOINT_REFUSED' ? [name, back] : [retry, back];
    const answer = await vscode.window.showWarningMessage(message, { modal: true }, ...items);
    if (answer === retry) return 'again';
    if (answer === back) return 'address';
    return answer === name ? askModel(address) : 'end';
  }

  /** Tries a model with a small picture, and says what it found. */
  private async tryModel(address: string, model: string): Promise<Answer<string>> {
    const report = await this.check(address, model);
    if (report === undefined) return 'model';
    const { works, problems, kind, serverName } = report;
    const tried = { value: report.model === '' ? model : report.model };
    for (const { text } of problems) this.log.info(`${address}, ${model}: ${text}`);
    if (works && problems.length === 0) return tried;
    const key = problems.find(({ kind }) => kind === 'key');
    if (key !== undefined) return (await this.keys.ask(address, key.text)) ? this.tryModel(address, model) : 'model';
    const use = vscode.l10n.t('Add Anyway');
    const retry = vscode.l10n.t('Try Again');
    const other = vscode.l10n.t('Another Model');
    const question = works
      ? vscode.l10n.t('"{0}" answers, but there is something to know.', tried.value)
      : vscode.l10n.t('"{0}" does not caption pictures as it is.', tried.value);
    const said = kind === 'other' || serverName === '' ? [] : [vscode.l10n.t('The server is {0}.', serverName)];
    const detail = [...problems.map(({ text }) => text), ...said].join('\n\n');
    const items = works ? [use, other] : [retry, other, use];
    const answer = await vscode.window.showWarningMessage(question, { modal: true, detail }, ...items);
    if (answer === use) return tried;
    if (answer === retry) return this.tryModel(address, model);
    return answer === other ? 'model' : 'end';
  }

  /** @returns undefined if it was cancelled, or could not be begun, of which the user is told */
  private check(address: string, model: string): Thenable<EndpointReport | undefined> {
    const title = vscode.l10n.t('Trying {0} with a small picture; a model that has to be loaded takes a while', model);
    return vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable: true },
      async (_, token) => {
        const cancel = new AbortController();
        token.onCancellationRequested(() => {
          cancel.abort();
        });
        try {
          return await checkEndpoint(await this.accessTo(address), model, undefined, cancel.signal);
        } catch (thrown) {
          if (!cancel.signal.aborted) void vscode.window.showErrorMessage(errorMessage(thrown));
          return undefined;
        }
      },
    );
  }

  private async finish(address: string, model: string): Promise<string | undefined> {
    const preset = await askPreset(model);
    if (preset === undefined) return undefined;
    const name = await askName(model);
    if (name === undefined) return undefined;
    await addCaptioner({ name, preset, endpoints: [address], model });
    await chooseCaptioner(name);
    void vscode.window.showInformationMessage(
      vscode.l10n.t(
        'Captions come from {0} now. Its prompt and all else stand in the settings under "Captioners".',
        name,
      ),
    );
    return name;
  }

  private async accessTo(endpoint: string): Promise<EndpointAccess> {
    const key = await this.keys.get(endpoint);
    return { endpoint, ...(key === undefined ? {} : { key }) };
  }
}

/** @returns the base of the server's API; undefined if the user gave up */
async function askAddress(before: string): Promise<string | undefined> {
  const typed = await vscode.window.showInputBox({
    title: vscode.l10n.t('Add Captioner: Address of the Server'),
    prompt: vscode.l10n.t(
      'Ollama: http://localhost:11434 · LM Studio: http://localhost:1234 · vLLM: http://localhost:8000 · llama.cpp: http://localhost:8080 · OpenRouter: https://openrouter.ai/api',
    ),
    placeHolder: 'http://localhost:11434/v1',
    value: before,
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === '' ? undefined : problemOf(text)),
  });
  return typed === undefined || typed.trim() === '' ? undefined : endpointAddress(typed);
}

function problemOf(address: string): string | undefined {
  try {
    endpointAddress(address);
    return undefined;
  } catch (thrown) {
    return errorMessage(thrown);
  }
}

async function askModel(address: string): Promise<Answer<string>> {
  const typed = await vscode.window.showInputBox({
    title: vscode.l10n.t('Add Captioner: Model at {0}', address),
    prompt: vscode.l10n.t('What the server calls the model.'),
    placeHolder: 'qwen3-vl:8b-instruct',
    ignoreFocusOut: true,
  });
  return typed === undefined || typed.trim() === '' ? 'end' : { value: typed.trim() };
}

function modelItem(model: ListedModel): ModelItem {
  return { label: model.id, description: describeModel(model), model: model.id };
}

async function askPreset(model: string): Promise<PresetName | undefined> {
  const fitting = presetFor(model);
  const names = [fitting, ...presetNames.filter((name) => name !== fitting)];
  const items = names.map((preset): PresetItem => {
    const { label, detail } = presetText(preset);
    return { label, detail, preset, description: preset === fitting ? vscode.l10n.t('fits {0}', model) : '' };
  });
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Add Captioner: How It Is Asked'),
    placeHolder: vscode.l10n.t('Prompt, sampling and size of the picture to begin with; all can be changed later'),
    ignoreFocusOut: true,
  });
  return picked?.preset;
}

function presetText(preset: PresetName): { label: string; detail: string } {
  switch (preset) {
    case 'general':
      return {
        label: vscode.l10n.t('General'),
        detail: vscode.l10n.t('Any model that follows instructions. Sends no sampling of its own.'),
      };
    case 'qwen3-vl':
      return {
        label: 'Qwen3-VL instruct',
        detail: vscode.l10n.t('With the sampling that its authors advise.'),
      };
    case 'joycaption':
      return {
        label: 'JoyCaption',
        detail: vscode.l10n.t('With a prompt that it is trained on; a picture of 512 pixels.'),
      };
    case 'toriigate':
      return {
        label: 'ToriiGate',
        detail: vscode.l10n.t('With its own form of a prompt. It is given the tags of the caption: tag first.'),
      };
  }
}

async function askName(model: string): Promise<string | undefined> {
  const taken = usersCaptioners().profiles.map((profile) => profile.name);
  const typed = await vscode.window.showInputBox({
    title: vscode.l10n.t('Add Captioner: Name'),
    prompt: vscode.l10n.t('It is chosen by this name, and captions are recorded as written by it.'),
    value: nameFor(model, taken),
    ignoreFocusOut: true,
    validateInput: (text) => {
      if (text.trim() === '') return vscode.l10n.t('A captioner needs a name.');
      return taken.includes(text.trim()) ? vscode.l10n.t('Another captioner has this name.') : undefined;
    },
  });
  return typed === undefined || typed.trim() === '' ? undefined : typed.trim();
}
