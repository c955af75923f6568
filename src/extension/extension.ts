import path from 'node:path';
import * as vscode from 'vscode';
import { TaggerProcess } from '../protocol/TaggerProcess';
import { CaptionJobs } from './CaptionJobs';
import { registerCommands } from './commands';
import { DatasetEditorProvider } from './DatasetEditorProvider';
import { JobStatusBar } from './JobStatusBar';
import { Taggers } from './Taggers';
import { TagTree } from './TagTree';
import { Thumbnails } from './Thumbnails';

/** Called by VS Code when the first command, editor or view of the extension is used. */
export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel(vscode.l10n.t('Dataset Captions'), { log: true });
  const entry = context.asAbsolutePath(path.join('dist', 'tagger.js'));
  // Two processes of the same kind: a busy tagger must not keep the thumbnails waiting.
  const tagger = new TaggerProcess({
    entry,
    onLog: (line) => {
      log.info(`[tagger] ${line}`);
    },
  });
  const thumbnailer = new TaggerProcess({
    entry,
    onLog: (line) => {
      log.info(`[thumbnails] ${line}`);
    },
  });
  const thumbnails = new Thumbnails(path.join(context.globalStorageUri.fsPath, 'thumbnails'), thumbnailer);
  const taggers = new Taggers(context.extensionPath, context.globalState);
  const jobs = new CaptionJobs(tagger, taggers, log);
  const editors = new DatasetEditorProvider(
    jobs,
    taggers,
    thumbnails,
    context.extensionUri,
    context.globalStorageUri.fsPath,
    log,
  );
  context.subscriptions.push(
    log,
    tagger,
    thumbnailer,
    taggers,
    jobs,
    editors,
    new TagTree(editors),
    new JobStatusBar(jobs),
    registerCommands(editors, jobs, taggers, log),
  );
}
