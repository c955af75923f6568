import path from 'node:path';
import * as v from 'valibot';
import * as vscode from 'vscode';
import { ensembleMerges, type EnsembleMerge, type Thresholds } from '../../protocol/tagging/captionOptions';
import {
  defaultExecution,
  defaultServerTimeout,
  executionProviders,
  preprocessModes,
  type ExecutionOptions,
  type ServerOptions,
} from '../../protocol/tagging/execution';
import type { ModelFolders } from '../../protocol/tagging/modelListing';
import { expandHome } from '../shared/expandPath';
import { anyRecord, readEach, score, textsOf, wholeNumber } from '../shared/schemas';

/** The entry of `datasetCaptions.taggers` that means the built-in model. */
export const paletteTagger = 'palette';

/** What taggers depend on: when one of these changes, another tagger may be selected or run differently. */
export const taggerSettings = ['taggers', 'ensembleMerge', 'modelFolders', 'downloadFolder'].map(
  (name) => `datasetCaptions.${name}`,
);

const ensembleSchemas = { ensembleMerge: v.fallback(v.picklist(ensembleMerges), 'mean') };

const executionSchemas = {
  executionProvider: v.fallback(v.picklist(['auto', ...executionProviders]), defaultExecution.provider),
  batchSize: v.fallback(wholeNumber(), defaultExecution.batchSize),
  preprocess: v.fallback(v.picklist(preprocessModes), defaultExecution.preprocess),
  preprocessThreads: v.fallback(wholeNumber(), defaultExecution.preprocessThreads),
  inferenceThreads: v.fallback(wholeNumber(), defaultExecution.inferenceThreads),
  unloadAfter: v.fallback(wholeNumber(), defaultExecution.idleSeconds),
};

// 0 seconds would fail every request.
const serverSchemas = { serverTimeout: v.fallback(wholeNumber(1), defaultServerTimeout) };

/** An object in which something is looked up by its name; an empty one where there is none. */
const lookup = v.fallback(anyRecord, {});

/** The selected taggers: {@link paletteTagger}, ids of the catalogue, or absolute paths of folders; at least one. */
export function selectedTaggers(): string[] {
  const taggers = [...new Set(strings('taggers').map(expandHome))];
  return taggers.length === 0 ? [paletteTagger] : taggers;
}

/** Whether the user ever chose a tagger, or still has the built-in one because nobody asked. */
export function hasChosenTagger(): boolean {
  const value = configuration().inspect('taggers');
  return value?.globalValue !== undefined || value?.workspaceValue !== undefined;
}

/** Selects taggers for this machine. */
export async function setSelectedTaggers(taggers: readonly string[]): Promise<void> {
  await configuration().update('taggers', taggers, vscode.ConfigurationTarget.Global);
}

/** Whether a tagger is the path of a folder and not a name. */
export function isFolderPath(tagger: string): boolean {
  return path.isAbsolute(tagger);
}

/** How the scores of several taggers become one list. */
export function ensembleMerge(folder: vscode.Uri): EnsembleMerge {
  return readEach(ensembleSchemas, readIn(folder)).ensembleMerge;
}

/**
 * The thresholds of one model where they differ from those for all.
 * @param name the model's id, or the name of its folder
 */
export function modelThresholds(folder: vscode.Uri, name: string): Partial<Thresholds> {
  const own = v.parse(lookup, v.parse(lookup, readIn(folder)('modelThresholds'))[name]);
  const thresholds: Partial<Thresholds> = {};
  for (const category of ['general', 'character'] as const) {
    const value = own[category];
    if (v.is(score, value)) thresholds[category] = value;
  }
  return thresholds;
}

/** On what and how the taggers of this machine run. */
export function executionOptions(): ExecutionOptions {
  const { executionProvider: provider, unloadAfter: idleSeconds, ...others } = readEach(executionSchemas, readIn());
  return { provider, ...(provider === 'server' ? { server: serverOptions() } : {}), ...others, idleSeconds };
}

/** The server that runs the models where the provider is `server`; its address is empty where none is set. */
export function serverOptions(): ServerOptions {
  const url = configuration().get<string>('serverUrl', '').trim();
  return { url, timeoutSeconds: readEach(serverSchemas, readIn()).serverTimeout };
}

/**
 * What the server calls a model.
 * @param name the model's id, or the name of its folder, which it is without a setting
 */
export function serverModelName(name: string): string {
  const own = v.parse(lookup, readIn()('serverModels'))[name];
  return typeof own === 'string' && own.trim() !== '' ? own.trim() : name;
}

/** Folders that are searched first for ONNX Runtime's CUDA libraries. */
export function cudaFolders(): string[] {
  return strings('cudaFolders').map(expandHome);
}

/** The Node.js that runs the tagger; undefined for the editor's own. */
export function nodePath(): string | undefined {
  const file = expandHome(configuration().get<string>('nodePath', '').trim());
  return file === '' ? undefined : file;
}

/**
 * Where models are looked for and downloaded to.
 * @param usualFolder where downloads go when the user names no folder
 */
export function modelFolders(usualFolder: string): ModelFolders {
  const chosen = expandHome(configuration().get<string>('downloadFolder', '').trim());
  return {
    downloadFolder: path.isAbsolute(chosen) ? chosen : usualFolder,
    extraFolders: strings('modelFolders').map(expandHome),
  };
}

/** What a process that downloads gets in its environment: VS Code's proxy and the user's mirror of the hub. */
export function downloadEnvironment(): Record<string, string> {
  const environment: Record<string, string> = {};
  const endpoint = configuration().get<string>('hubEndpoint', '').trim();
  if (endpoint !== '') environment.HF_ENDPOINT = endpoint;
  const proxy = vscode.workspace.getConfiguration('http').get<string>('proxy', '').trim();
  if (proxy !== '') Object.assign(environment, { HTTP_PROXY: proxy, HTTPS_PROXY: proxy });
  return environment;
}

function configuration(folder?: vscode.Uri): vscode.WorkspaceConfiguration {
  return vscode.workspace.getConfiguration('datasetCaptions', folder);
}

/** The entries of a list of texts, without those that are empty or no text. */
function strings(name: string): string[] {
  return v
    .parse(textsOf, readIn()(name))
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

/** Reads settings of a folder, or those of this machine; anything may stand in settings.json. */
function readIn(folder?: vscode.Uri): (name: string) => unknown {
  const own = configuration(folder);
  return (name) => own.get<unknown>(name);
}
