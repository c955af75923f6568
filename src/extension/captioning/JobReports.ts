import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { JobFolder } from '../../jobs/folder/JobFolder';
import { readJobInfo } from '../../jobs/folder/jobInfo';
import type { JobInfo } from '../../jobs/jobTypes';
import type { RevertResult } from '../../jobs/run/revertJob';
import { errorMessage } from '../../protocol/channel/wireError';
import type { CaptionJobs } from './CaptionJobs';
import { Disposable } from '../shared/Disposable';
import { jobReport } from './jobReport';

const scheme = 'dataset-captions-job';
/** Name of the file, in the folder of a job, that says what a revert of the job did. */
const revertFile = 'reverted.json';

/** Serves the reports of jobs as read-only documents. */
export class JobReports extends Disposable implements vscode.TextDocumentContentProvider {
  private readonly changeEmitter = this.register(new vscode.EventEmitter<vscode.Uri>());
  readonly onDidChange = this.changeEmitter.event;

  constructor(private readonly jobs: CaptionJobs) {
    super();
    this.register(vscode.workspace.registerTextDocumentContentProvider(scheme, this));
  }

  /** Opens the report of a job, made from its current state. */
  async open({ id, label, root }: Pick<JobInfo, 'id' | 'label' | 'root'>): Promise<void> {
    const name = `${label} – ${path.basename(root)}.md`;
    const uri = vscode.Uri.from({ scheme, path: `/${id}/${name}` });
    this.changeEmitter.fire(uri);
    try {
      await vscode.commands.executeCommand('markdown.showPreview', uri);
    } catch {
      // The user disabled VS Code's Markdown extension: shown as plain text.
      await vscode.window.showTextDocument(uri, { preview: true });
    }
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const id = uri.path.split('/')[1] ?? '';
    try {
      const folder = new JobFolder(path.join(this.jobs.jobsFolder, id));
      const [manifest, images, records, state] = await Promise.all([
        folder.readManifest(),
        folder.readImages(),
        folder.readJournal(),
        folder.readState(),
      ]);
      const info = this.jobs.get(id) ?? (await readJobInfo(folder));
      const revert = await readRevert(folder);
      return jobReport({ info, manifest, images, records, ran: state.ran, revert });
    } catch (thrown) {
      return errorMessage(thrown);
    }
  }
}

/** Writes what a revert did into the folder of the job, for the report; adds to earlier reverts. */
export async function noteRevert(folder: JobFolder, { reverted, left }: RevertResult): Promise<void> {
  const before = await readRevert(folder);
  const all = new Set([...(before?.reverted ?? []), ...reverted]);
  await writeFile(path.join(folder.path, revertFile), JSON.stringify({ reverted: [...all], left }), { mode: 0o600 });
}

async function readRevert(folder: JobFolder): Promise<RevertResult | undefined> {
  try {
    return JSON.parse(await readFile(path.join(folder.path, revertFile), 'utf8')) as RevertResult;
  } catch {
    return undefined;
  }
}
