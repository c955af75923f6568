import * as vscode from 'vscode';
import type { Batch, DatasetCaptionsApi, DatasetCaptionsExtension } from '../../../api';
import type { CaptionJobs } from '../captioning/CaptionJobs';
import type { DatasetEditorProvider } from '../editor/DatasetEditorProvider';
import { Disposable } from '../shared/Disposable';
import type { EditorFiles } from '../document/EditorFiles';
import type { Origins } from '../origins/Origins';
import type { Thumbnails } from '../pictures/Thumbnails';
import { ApiError } from './ApiError';
import { ApiJobs } from './ApiJobs';
import { batchOf } from './batchOf';
import { CaptionChanges } from './CaptionChanges';
import { ClosedDatasets } from './ClosedDatasets';
import { DatasetAccess } from './DatasetAccess';
import { DatasetApi } from './DatasetApi';

/** What `activate()` returns to other extensions: gives them the API in the version that they ask for. */
export class ExtensionApi extends Disposable {
  /** finds datasets; the language model tools use it too */
  readonly access: DatasetAccess;
  readonly api: DatasetCaptionsApi;
  readonly exports: DatasetCaptionsExtension;

  constructor(
    editors: DatasetEditorProvider,
    files: EditorFiles,
    jobs: CaptionJobs,
    thumbnails: Thumbnails,
    origins: Origins,
    log: vscode.LogOutputChannel,
  ) {
    super();
    this.access = new DatasetAccess(
      editors,
      this.register(
        new ClosedDatasets(files, (line) => {
          log.warn(line);
        }),
      ),
      files,
      jobs,
      origins,
    );
    const changes = this.register(new CaptionChanges(this.access, editors, jobs, log));
    const batches = this.register(new vscode.EventEmitter<Batch>());
    this.register(
      jobs.onDidStep(({ job }) => {
        batches.fire(batchOf(job));
      }),
    );
    const apiJobs = new ApiJobs(this.access, jobs);
    // All extensions share this object: frozen, so that none can change it for the others.
    const api = Object.freeze(new DatasetApi(this.access, changes, apiJobs, thumbnails, batches.event));
    this.api = api;
    this.exports = Object.freeze({
      getAPI: (version: unknown): DatasetCaptionsApi => {
        if (version === 1) return api;
        const text = vscode.l10n.t('This version of Dataset Captions has the API 1, not {0}.', String(version));
        throw new ApiError('VERSION_UNSUPPORTED', text);
      },
    });
  }
}
