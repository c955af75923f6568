import * as vscode from 'vscode';
import { readCaptioners, type ReadCaptioners } from '../../protocol/captioning/readCaptioners';

const section = 'datasetCaptions';

/** Full names of the settings that say which captioners there are, and which of them captions. */
export const captionerSettings = ['captioners', 'captioner'].map((name) => `${section}.${name}`);

/** The captioners of the user, and what is wrong with how they are written. */
export function usersCaptioners(): ReadCaptioners {
  return readCaptioners(configuration().get<unknown>('captioners'));
}

/** The name of the captioner that captions; empty where the taggers do. */
export function chosenCaptioner(): string {
  const name = configuration().get<unknown>('captioner');
  return typeof name === 'string' ? name.trim() : '';
}

/** Lets a captioner caption from now on; with an empty name the taggers. */
export async function chooseCaptioner(name: string): Promise<void> {
  await configuration().update('captioner', name === '' ? undefined : name, vscode.ConfigurationTarget.Global);
}

/** Adds a captioner to the user's settings, behind those that are there, whatever they are. */
export async function addCaptioner(entry: Readonly<Record<string, unknown>>): Promise<void> {
  await setCaptionerEntries([...captionerEntries(), entry]);
}

/** Takes a captioner out of the user's settings. */
export async function removeCaptioner(name: string): Promise<void> {
  await setCaptionerEntries(captionerEntries().filter((entry) => nameIn(entry) !== name));
}

/** The captioners as the user wrote them, of any form. */
export function captionerEntries(): unknown[] {
  const value = configuration().inspect<unknown>('captioners')?.globalValue;
  // VS Code gives proxies, which it does not take back.
  return Array.isArray(value) ? (JSON.parse(JSON.stringify(value)) as unknown[]) : [];
}

/** Writes the captioners of the user. */
export async function setCaptionerEntries(list: readonly unknown[]): Promise<void> {
  await configuration().update('captioners', list, vscode.ConfigurationTarget.Global);
}

function nameIn(entry: unknown): string | undefined {
  if (typeof entry !== 'object' || entry === null || !('name' in entry)) return undefined;
  return typeof entry.name === 'string' ? entry.name.trim() : undefined;
}

function configuration(): vscode.WorkspaceConfiguration {
  return vscode.workspace.getConfiguration(section);
}
