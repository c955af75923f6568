import path from 'node:path';
import * as vscode from 'vscode';
import { displayLanguage } from '../../base/displayLanguage';
import { cudaEnvironmentVariables } from '../../protocol/child/cudaEnvironmentVariables';
import { describeDownload } from '../../protocol/text/downloadText';
import type { CudaEnvironment } from '../../protocol/tagging/execution';
import { errorMessage } from '../../protocol/channel/wireError';
import type { Models } from './Models';
import { cudaFolders, executionOptions } from '../settings/taggerSettings';

/** Finds and installs what CUDA needs on this machine. */
export class CudaSupport {
  private readonly installFolder: string;

  constructor(
    storageFolder: string,
    private readonly models: Models,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.installFolder = path.join(storageFolder, 'cuda');
  }

  /** Environment variables for the tagger's process; none if CUDA is not selected or not available. */
  async environment(): Promise<Record<string, string>> {
    const { provider } = executionOptions();
    if (!isSupported || (provider !== 'auto' && provider !== 'cuda')) return {};
    const found = await this.find();
    if (found.problem !== undefined) this.log.info(`CUDA: ${found.problem}`);
    return cudaEnvironmentVariables(found);
  }

  /** Tells the user whether CUDA can be used, and offers to install what is missing. */
  async install(): Promise<void> {
    if (!isSupported) {
      void vscode.window.showInformationMessage(
        vscode.l10n.t(
          'CUDA runs on Linux with an x64 processor. This machine uses DirectML, Core ML, WebGPU or its CPU.',
        ),
      );
      return;
    }
    const before = await this.find();
    if (before.runtimeFolder !== undefined) {
      this.report(before);
      return;
    }
    const install = vscode.l10n.t('Install');
    const question = vscode.l10n.t("Install ONNX Runtime's CUDA libraries?");
    const detail = vscode.l10n.t(
      'Downloads some hundred megabytes into {0}. CUDA and cuDNN 9 themselves must be on the machine; where pip put them is fine.',
      this.installFolder,
    );
    // A user without a driver should know that before downloading hundreds of megabytes.
    const all = before.problem === undefined ? detail : `${before.problem}\n\n${detail}`;
    if ((await vscode.window.showWarningMessage(question, { modal: true, detail: all }, install)) !== install) return;
    await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: vscode.l10n.t('Installing CUDA Support'),
        cancellable: true,
      },
      async (progress, token) => {
        const cancel = new AbortController();
        token.onCancellationRequested(() => {
          cancel.abort();
        });
        const subscription = this.models.onProgress('cuda', (step) => {
          progress.report({ message: describeDownload(step, displayLanguage()) });
        });
        try {
          this.report(await this.models.request('installCuda', { installFolder: this.installFolder }, cancel.signal));
        } catch (thrown) {
          if (cancel.signal.aborted) return;
          this.log.error(`CUDA: ${errorMessage(thrown)}`);
          void vscode.window.showErrorMessage(
            vscode.l10n.t('CUDA support was not installed: {0}', errorMessage(thrown)),
          );
        } finally {
          subscription.dispose();
        }
      },
    );
  }

  private find(): Promise<CudaEnvironment> {
    return this.models.request('findCuda', { folders: cudaFolders(), installFolder: this.installFolder });
  }

  private report({ problem }: CudaEnvironment): void {
    if (problem === undefined) {
      void vscode.window.showInformationMessage(
        vscode.l10n.t('CUDA support is installed. The next job tries the GPU; the status bar shows what it runs on.'),
      );
    } else {
      void vscode.window.showWarningMessage(vscode.l10n.t('CUDA cannot be used yet: {0}', problem));
    }
  }
}

const isSupported = process.platform === 'linux' && process.arch === 'x64';
