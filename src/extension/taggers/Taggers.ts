import path from 'node:path';
import * as vscode from 'vscode';
import type { TaggerModel } from '../../protocol/tagging/captionOptions';
import type { TaggerSetup } from '../../protocol/tagging/taggerProtocol';
import { errorMessage } from '../../protocol/channel/wireError';
import { Disposable } from '../shared/Disposable';
import type { Models } from './Models';
import { thresholds } from '../settings/settings';
import {
  ensembleMerge,
  executionOptions,
  isFolderPath,
  modelThresholds,
  paletteTagger,
  selectedTaggers,
  serverModelName,
  taggerSettings,
} from '../settings/taggerSettings';

/** Name of the file with a tagger's list of tags, in its folder. */
const tagFile = 'selected_tags.csv';

/** The selected taggers, and where their models are. */
export class Taggers extends Disposable {
  private readonly changeEmitter = this.register(new vscode.EventEmitter<void>());
  readonly onDidChange = this.changeEmitter.event;

  constructor(
    private readonly extensionFolder: string,
    private readonly models: Models,
  ) {
    super();
    this.register(
      models.onDidChange(() => {
        this.changeEmitter.fire();
      }),
    );
    this.register(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (taggerSettings.some((name) => event.affectsConfiguration(name))) this.changeEmitter.fire();
      }),
    );
  }

  /**
   * The setup of the selected taggers for a folder; models that are missing are downloaded first.
   * @param onStatus gets one line for each step that takes time
   * @throws RemoteError when a model cannot be downloaded
   */
  async setup(folder: vscode.Uri, signal: AbortSignal, onStatus: (line: string) => void): Promise<TaggerSetup> {
    const models: TaggerModel[] = [];
    for (const tagger of selectedTaggers()) models.push(await this.model(tagger, folder, signal, onStatus));
    return { models, merge: ensembleMerge(folder), execution: executionOptions() };
  }

  /** Absolute paths of the tag lists of the selected taggers, without those that are not on this machine. */
  async tagFiles(): Promise<string[]> {
    const taggers = selectedTaggers();
    const listed = taggers.every((tagger) => tagger === paletteTagger || isFolderPath(tagger))
      ? []
      : await this.models.list();
    return taggers.flatMap((tagger) => {
      if (tagger === paletteTagger) return [path.join(this.paletteFolder, tagFile)];
      if (isFolderPath(tagger)) return [path.join(tagger, tagFile)];
      return listed.find(({ id }) => id === tagger)?.found?.tags ?? [];
    });
  }

  /** Absolute paths of the tag lists of all taggers on this machine, those of the selected ones first. */
  async allTagFiles(): Promise<string[]> {
    const [selected, listed] = await Promise.all([this.tagFiles(), this.models.list()]);
    return [...new Set([...selected, ...listed.flatMap(({ found }) => found?.tags ?? [])])];
  }

  /** The names of the selected taggers, for the toolbar. */
  displayName(): string {
    return selectedTaggers().map(taggerName).join(' + ');
  }

  /** A message that says why the selected taggers could not be loaded and what to do about it. */
  explain(thrown: unknown): string {
    return vscode.l10n.t(
      'The tagger {0} cannot be used. {1} Choose another one with Select Captioner.',
      selectedTaggers().join(' + '),
      errorMessage(thrown),
    );
  }

  private get paletteFolder(): string {
    return path.join(this.extensionFolder, 'dist', 'models', 'palette');
  }

  private async model(
    tagger: string,
    folder: vscode.Uri,
    signal: AbortSignal,
    onStatus: (line: string) => void,
  ): Promise<TaggerModel> {
    const name = isFolderPath(tagger) ? path.basename(tagger) : tagger;
    const own = { ...thresholds(folder), ...modelThresholds(folder, name) };
    const onServer = { serverModel: serverModelName(name) };
    if (tagger === paletteTagger) {
      return { folder: this.paletteFolder, ...onServer, thresholds: own };
    }
    if (isFolderPath(tagger)) return { folder: tagger, ...onServer, thresholds: own };
    const found = await this.models.ensure(tagger, signal, (line) => {
      onStatus(vscode.l10n.t('Downloading {0}: {1}', tagger, line));
    });
    return { folder: found.folder, files: { model: found.model, tags: found.tags }, ...onServer, thresholds: own };
  }
}

/** The display name of a tagger. */
export function taggerName(tagger: string): string {
  if (tagger === paletteTagger) return vscode.l10n.t('Palette');
  return isFolderPath(tagger) ? path.basename(tagger) : tagger;
}
