import path from 'node:path';
import * as vscode from 'vscode';
import { displayLanguage } from '../../base/displayLanguage';
import { describeDownload } from '../../protocol/text/downloadText';
import type { DownloadProgress, FoundModel, ModelListing } from '../../protocol/tagging/modelListing';
import { TaggerProcess } from '../../protocol/child/TaggerProcess';
import type { TaggerRequests } from '../../protocol/tagging/taggerProtocol';
import { Disposable } from '../shared/Disposable';
import type { ServerToken } from './ServerToken';
import { downloadEnvironment, executionOptions, modelFolders } from '../settings/taggerSettings';

const tokenKey = 'huggingFaceToken';

/** Finds, downloads and deletes the models of this machine, in a separate process that ends when it is idle. */
export class Models extends Disposable {
  private readonly process: TaggerProcess;
  private readonly progressEmitter = this.register(new vscode.EventEmitter<DownloadProgress>());
  private readonly changeEmitter = this.register(new vscode.EventEmitter<void>());
  /** Fires when a model was downloaded or deleted. */
  readonly onDidChange = this.changeEmitter.event;
  private readonly downloads = new Map<string, Promise<FoundModel>>();
  private openRequests = 0;

  constructor(
    entry: string,
    private readonly storageFolder: string,
    private readonly secrets: vscode.SecretStorage,
    private readonly serverToken: ServerToken,
    log: vscode.LogOutputChannel,
  ) {
    super();
    this.process = this.register(
      new TaggerProcess({
        entry,
        stateFolder: path.join(storageFolder, 'providers'),
        onLog: (line) => {
          log.info(`[models] ${line}`);
        },
        onDownloadProgress: (progress) => {
          this.progressEmitter.fire(progress);
        },
      }),
    );
  }

  /** The models of the catalogue and of the extra folders, with their places on this machine. */
  async list(): Promise<ModelListing[]> {
    return (await this.request('listModels', { folders: this.folders() })).models;
  }

  /**
   * The files of a model, downloaded first if this machine does not have them. If a server runs the models, only the
   * list of tags is downloaded.
   * @param onProgress gets one line about the progress of the download from time to time
   * @throws RemoteError whose message is one sentence for the user
   */
  async ensure(id: string, signal: AbortSignal, onProgress: (line: string) => void): Promise<FoundModel> {
    const listing = (await this.list()).find((model) => model.id === id);
    if (listing?.found !== undefined && (listing.found.verified || !listing.inCatalogue)) return listing.found;
    const subscription = this.progressEmitter.event((progress) => {
      if (progress.id === id) onProgress(describeDownload(progress, displayLanguage()));
    });
    try {
      return await this.download(id, signal);
    } finally {
      subscription.dispose();
    }
  }

  /** Like {@link ensure}, with a progress notification that can cancel it. @returns undefined if it was cancelled */
  async ensureWithNotification(id: string): Promise<FoundModel | undefined> {
    const title = vscode.l10n.t('Downloading {0}', id);
    return vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable: true },
      async (progress, token) => {
        const cancel = new AbortController();
        token.onCancellationRequested(() => {
          cancel.abort();
        });
        try {
          return await this.ensure(id, cancel.signal, (message) => {
            progress.report({ message });
          });
        } catch (thrown) {
          if (!cancel.signal.aborted) throw thrown;
          void vscode.window.showInformationMessage(
            vscode.l10n.t('The download of {0} was cancelled. It goes on where it ended when you select it again.', id),
          );
          return undefined;
        }
      },
    );
  }

  /** Deletes a downloaded model. @returns the number of bytes freed */
  async delete(id: string): Promise<number> {
    const { freedBytes } = await this.request('deleteModel', { id, folders: this.folders() });
    this.changeEmitter.fire();
    return freedBytes;
  }

  /** Asks for a Hugging Face token and stores it in VS Code's secret storage; an empty one deletes the stored token. */
  async askForToken(): Promise<void> {
    const token = await vscode.window.showInputBox({
      title: vscode.l10n.t('Hugging Face Token'),
      prompt: vscode.l10n.t('Only models that ask for it need one. Leave it empty to forget the stored token.'),
      password: true,
      ignoreFocusOut: true,
    });
    if (token === undefined) return;
    if (token.trim() === '') await this.secrets.delete(tokenKey);
    else await this.secrets.store(tokenKey, token.trim());
  }

  /** Sends a request to the models' process, which is started for the first and stopped after the last open request. */
  async request<K extends keyof TaggerRequests>(
    method: K,
    params: Parameters<TaggerRequests[K]>[0],
    signal?: AbortSignal,
  ): Promise<ReturnType<TaggerRequests[K]>> {
    const environment = { ...downloadEnvironment(), ...(await this.serverToken.environment()) };
    if (this.openRequests === 0) this.process.useEnvironment(environment);
    this.openRequests++;
    try {
      return await this.process.request(method, params, signal);
    } finally {
      if (--this.openRequests === 0) this.process.stop();
    }
  }

  /** Calls `listener` with the progress of the download with this id. */
  onProgress(id: string, listener: (progress: DownloadProgress) => void): vscode.Disposable {
    return this.progressEmitter.event((progress) => {
      if (progress.id === id) listener(progress);
    });
  }

  private download(id: string, signal: AbortSignal): Promise<FoundModel> {
    const running = this.downloads.get(id);
    if (running !== undefined) return running;
    const started = this.startDownload(id, signal).finally(() => this.downloads.delete(id));
    this.downloads.set(id, started);
    return started;
  }

  private async startDownload(id: string, signal: AbortSignal): Promise<FoundModel> {
    const token = await this.secrets.get(tokenKey);
    const tagsOnly = executionOptions().provider === 'server';
    const { found } = await this.request('downloadModel', { id, folders: this.folders(), token, tagsOnly }, signal);
    this.changeEmitter.fire();
    return found;
  }

  private folders(): ReturnType<typeof modelFolders> {
    return modelFolders(path.join(this.storageFolder, 'models'));
  }
}
