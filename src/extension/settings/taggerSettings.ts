import path from 'node:path';
import * as vscode from 'vscode';
import { ensembleMerges, type EnsembleMerge, type Thresholds } from '../../protocol/tagging/captionOptions';
import {
  defaultExecution,
  defaultServerTimeout,
  executionProviders,
  preprocessModes,
  type ExecutionOptions,
  type ProviderChoice,
  type ServerOptions,
} from '../../protocol/tagging/execution';
import type { ModelFolders } from '../../protocol/tagging/modelListing';
import { expandHome } from '../shared/expandPath';

/** The entry of `datasetCaptions.taggers` that means the built-in model. */
export const paletteTagger = 'palette';

/** What taggers depend on: when one of these changes, another tagger may be selected or run differently. */
export const taggerSettings = ['taggers', 'ensembleMerge', 'modelFolders', 'downloadFolder'].map(
  (name) => `datasetCaptions.${name}`,
);

const providers: readonly ProviderChoice[] = ['auto', ...executionProviders];

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
  return oneOf('ensembleMerge', ensembleMerges, 'mean', folder);
}

/**
 * The thresholds of one model where they differ from those for all.
 * @param name the model's id, or the name of its folder
 */
export function modelThresholds(folder: vscode.Uri, name: string): Partial<Thresholds> {
  const own = record(record(configuration(folder).get('modelThresholds'))[name]);
  const thresholds: Partial<Thresholds> = {};
  for (const category of ['general', 'character'] as const) {
    const value = own[category];
    if (typeof value === 'number' && value >= 0 && value <= 1) thresholds[category] = value;
  }
  return thresholds;
}

/** On what and how the taggers of this machine run. */
export function executionOptions(): ExecutionOptions {
  const provider = oneOf('executionProvider', providers, defaultExecution.provider);
  return {
    provider,
    ...(provider === 'server' ? { server: serverOptions() } : {}),
    batchSize: wholeNumber('batchSize', defaultExecution.batchSize),
    preprocess: oneOf('preprocess', preprocessModes, defaultExecution.preprocess),
    preprocessThreads: wholeNumber('preprocessThreads', defaultExecution.preprocessThreads),
    inferenceThreads: wholeNumber('inferenceThreads', defaultExecution.inferenceThreads),
    idleSeconds: wholeNumber('unloadAfter', defaultExecution.idleSeconds),
  };
}

/** The server that runs the models where the provider is `server`; its address is empty where none is set. */
export function serverOptions(): ServerOptions {
  const url = configuration().get<string>('serverUrl', '').trim();
  return { url, timeoutSeconds: wholeNumber('serverTimeout', defaultServerTimeout) || defaultServerTimeout };
}

/**
 * What the server calls a model.
 * @param name the model's id, or the name of its folder, which it is without a setting
 */
export function serverModelName(name: string): string {
  const own = record(configuration().get('serverModels'))[name];
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

/** A list of texts; what is no text in it is left out. */
function strings(name: string): string[] {
  const value: unknown = configuration().get(name);
  if (!Array.isArray(value)) return [];
  return value
    .filter((entry) => typeof entry === 'string')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

function oneOf<T extends string>(name: string, allowed: readonly T[], otherwise: T, folder?: vscode.Uri): T {
  const value: unknown = configuration(folder).get(name);
  return allowed.find((choice) => choice === value) ?? otherwise;
}

function wholeNumber(name: string, otherwise: number): number {
  const value: unknown = configuration().get(name);
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : otherwise;
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
