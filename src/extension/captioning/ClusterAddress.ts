import path from 'node:path';
import * as vscode from 'vscode';
import { defaultQueue } from '../../jobs/folder/clusterJob';
import type { JobManifest } from '../../jobs/jobTypes';
import type { JobSecrets } from '../../jobs/client/runnerProtocol';

const urlKey = 'redisUrl';
const mountKey = 'clusterMount';

/** How to reach the workers of a cluster. */
export interface JobCluster {
  queue: string;
  /** absolute path, on this machine, of the folder that all machines share */
  mount: string;
}

/** The address of the cluster's queue. It may contain a password, so it is kept in VS Code's secret storage. */
export class ClusterAddress {
  constructor(
    private readonly secrets: vscode.SecretStorage,
    private readonly memory: vscode.Memento,
  ) {}

  /**
   * Asks the user for the address, unless it is known, and for the folder that all machines share.
   * @param dataset absolute path
   * @returns undefined if the user dismisses a question
   */
  async ask(dataset: string): Promise<JobCluster | undefined> {
    if ((await this.secrets.get(urlKey)) === undefined) {
      const url = await vscode.window.showInputBox({
        title: vscode.l10n.t('Address of the Cluster (Redis or Valkey)'),
        prompt: vscode.l10n.t('Kept in the secret storage; Forget Cluster Address removes it.'),
        placeHolder: 'rediss://USER:PASSWORD@HOST:6379',
        password: true,
        ignoreFocusOut: true,
        validateInput: (text) =>
          isAddress(text)
            ? undefined
            : vscode.l10n.t('The address must be redis://HOST:PORT or rediss://USER:PASSWORD@HOST:PORT.'),
      });
      if (url === undefined) return undefined;
      await this.secrets.store(urlKey, url.trim());
    }
    const before = this.memory.get<string>(mountKey, '');
    const mount = await vscode.window.showInputBox({
      title: vscode.l10n.t('Folder That All Machines Share'),
      prompt: vscode.l10n.t('The dataset must be in it, or be it. Each worker says where it has this folder.'),
      value: isIn(dataset, before) ? before : dataset,
      ignoreFocusOut: true,
      validateInput: (text) =>
        isIn(dataset, text.trim()) ? undefined : vscode.l10n.t('{0} is not in this folder.', dataset),
    });
    if (mount === undefined) return undefined;
    await this.memory.update(mountKey, mount.trim());
    return { queue: defaultQueue, mount: mount.trim() };
  }

  /** The secrets that the runner needs for a job: they must not be written into its folder. */
  async secretsOf({ kind }: JobManifest['place']): Promise<JobSecrets> {
    const redisUrl = kind === 'cluster' ? await this.secrets.get(urlKey) : undefined;
    return redisUrl === undefined ? {} : { redisUrl };
  }

  /** Deletes the stored address; the next cluster job asks for it. */
  async forget(): Promise<void> {
    await this.secrets.delete(urlKey);
    void vscode.window.showInformationMessage(vscode.l10n.t('The address of the cluster is forgotten.'));
  }
}

function isAddress(text: string): boolean {
  return /^rediss?:\/\/[^/]/.test(text.trim()) && URL.canParse(text.trim());
}

function isIn(file: string, folder: string): boolean {
  return path.isAbsolute(folder) && !path.relative(folder, file).startsWith('..');
}
