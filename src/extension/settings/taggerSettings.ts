import path from 'node:path';
import * as v from 'valibot';
import * as vscode from 'vscode';
import { ensembleMerges, type EnsembleMerge, type Thresholds } from '../../protocol/tagging/captionOptions';
import { scoreValue } from '../../protocol/tagging/captionValues';
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
import { anyRecord, readEach, textsOf, wholeNumber } from '../shared/schemas';

/** The entry of `datasetCaptions.taggers` that means the built-in model. */
export const paletteTagger = 'palette';

/** Full names of the settings that determine which taggers are selected and how they run. */
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

// At least 1: with 0 seconds every request would fail.
const serverSchemas = { serverTimeout: v.fallback(wholeNumber(1), defaultServerTimeout) };

/** The schema of a setting that maps names to values. A value that is not an object counts as an empty one. */
const lookup = v.fallback(anyRecord, {});

/** The selected taggers: {@link paletteTagger}, ids of the catalogue, or absolute paths of folders; at least one. */
export function selectedTaggers(): string[] {
  const taggers = [...new Set(strings('taggers').map(expandHome))];
  return taggers.length === 0 ? [paletteTagger] : taggers;
}

/** Whether the user ever selected a tagger; otherwise the built-in one is used by default. */
export function hasChosenTagger(): boolean {
  const value = configuration().inspect('taggers');
  return value?.globalValue !== undefined || value?.workspaceValue !== undefined;
}

/** Stores the selection of taggers in the user's settings. */
export async function setSelectedTaggers(taggers: readonly string[]): Promise<void> {
  await configuration().update('taggers', taggers, vscode.ConfigurationTarget.Global);
}

/** Whether an entry of {@link selectedTaggers} is the path of a folder and not the id of a model. */
export function isFolderPath(tagger: string): boolean {
  return path.isAbsolute(tagger);
}

/** How the scores of several taggers are merged into one list. */
export function ensembleMerge(folder: vscode.Uri): EnsembleMerge {
  return readEach(ensembleSchemas, readIn(folder)).ensembleMerge;
}

/**
 * The thresholds that are set for one model and override those for all models.
 * @param name the model's id, or the name of its folder
 */
export function modelThresholds(folder: vscode.Uri, name: string): Partial<Thresholds> {
  const own = v.parse(lookup, v.parse(lookup, readIn(folder)('modelThresholds'))[name]);
  const thresholds: Partial<Thresholds> = {};
  for (const category of ['general', 'character'] as const) {
    const value = own[category];
    if (v.is(scoreValue, value)) thresholds[category] = value;
  }
  return thresholds;
}

/** The execution options of the taggers on this machine. */
export function executionOptions(): ExecutionOptions {
  const { executionProvider: provider, unloadAfter: idleSeconds, ...others } = readEach(executionSchemas, readIn());
  return { provider, ...(provider === 'server' ? { server: serverOptions() } : {}), ...others, idleSeconds };
}

/** The server that runs the models if the provider is `server`; its address is empty if none is set. */
export function serverOptions(): ServerOptions {
  const url = configuration().get<string>('serverUrl', '').trim();
  return { url, timeoutSeconds: readEach(serverSchemas, readIn()).serverTimeout };
}

/**
 * The name of a model on the server: `name` itself unless a setting maps it.
 * @param name the model's id, or the name of its folder
 */
export function serverModelName(name: string): string {
  const own = v.parse(lookup, readIn()('serverModels'))[name];
  return typeof own === 'string' && own.trim() !== '' ? own.trim() : name;
}

/** Folders that are searched for ONNX Runtime's CUDA libraries before the usual places. */
export function cudaFolders(): string[] {
  return strings('cudaFolders').map(expandHome);
}

/** Path of the Node.js that runs the tagger; undefined for the one inside VS Code. */
export function nodePath(): string | undefined {
  const file = expandHome(configuration().get<string>('nodePath', '').trim());
  return file === '' ? undefined : file;
}

/**
 * The folders in which models are looked for and to which they are downloaded.
 * @param usualFolder absolute path of the download folder if the user has set none
 */
export function modelFolders(usualFolder: string): ModelFolders {
  const chosen = expandHome(configuration().get<string>('downloadFolder', '').trim());
  return {
    downloadFolder: path.isAbsolute(chosen) ? chosen : usualFolder,
    extraFolders: strings('modelFolders').map(expandHome),
  };
}

/**
 * Environment variables for a process that downloads: VS Code's proxy and the user's mirror of the Hugging Face hub.
 */
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

/** The trimmed entries of a setting that is a list of texts. Entries that are empty or not texts are omitted. */
function strings(name: string): string[] {
  return v
    .parse(textsOf, readIn()(name))
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

/**
 * Reads settings of a folder, or of the window. The values can have any type, because settings.json is not validated.
 */
function readIn(folder?: vscode.Uri): (name: string) => unknown {
  const own = configuration(folder);
  return (name) => own.get<unknown>(name);
}
