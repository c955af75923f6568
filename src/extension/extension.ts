import path from 'node:path';
import * as vscode from 'vscode';
import type { DatasetCaptionsExtension } from '../../api';
import { useLanguage } from '../dataset/displayLanguage';
import { WriteThreads } from '../dataset/WriteThreads';
import { RunnerClient } from '../jobs/RunnerClient';
import { TaggerProcess } from '../protocol/TaggerProcess';
import { errorMessage } from '../protocol/wireError';
import { ExtensionApi } from './api/ExtensionApi';
import { CaptionJobs } from './CaptionJobs';
import { ClusterAddress } from './ClusterAddress';
import { CudaSupport } from './CudaSupport';
import { registerCommands } from './commands';
import { DatasetEditorProvider } from './DatasetEditorProvider';
import { EditorFiles } from './EditorFiles';
import { registerImageCommands } from './imageCommands';
import { registerJobCommands } from './jobCommands';
import { JobNotices } from './JobNotices';
import { JobReports } from './JobReports';
import { JobStarter } from './JobStarter';
import { JobStatusBar } from './JobStatusBar';
import { JobTree } from './JobTree';
import { ModelHashes } from './ModelHashes';
import { Models } from './Models';
import { openSampleDataset } from './sampleDataset';
import { SavedSearches } from './SavedSearches';
import { ServerToken } from './ServerToken';
import { registerSearchCommands } from './searchCommands';
import { registerTaggerCommands } from './taggerCommands';
import { TaggerPicker } from './TaggerPicker';
import { Taggers } from './Taggers';
import { TagSuggestions } from './TagSuggestions';
import { TagTree } from './TagTree';
import { cacheRoots } from './pictureSettings';
import { nodePath } from './taggerSettings';
import { registerDatasetTools } from './tools/datasetTools';
import { ThumbnailCache } from './ThumbnailCache';
import { Thumbnails } from './Thumbnails';
import { watchForRunners } from './watchForRunners';

/** Called by VS Code when the first command, editor or view of the extension is used. */
export function activate(context: vscode.ExtensionContext): DatasetCaptionsExtension {
  useLanguage(vscode.env.language, vscode.l10n.bundle, vscode.l10n.uri?.fsPath);
  const log = vscode.window.createOutputChannel(vscode.l10n.t('Dataset Captions'), { log: true });
  const entry = context.asAbsolutePath(path.join('dist', 'tagger.js'));
  const storage = context.globalStorageUri.fsPath;
  const pictureMaker = (): TaggerProcess =>
    new TaggerProcess({
      entry,
      inBackground: true,
      onLog: (line) => {
        log.info(`[thumbnails] ${line}`);
      },
    });
  const thumbnailer = pictureMaker();
  const suspectThumbnailer = pictureMaker();
  const pictureFolder = path.join(storage, 'pictures');
  const cache = new ThumbnailCache(pictureFolder, log);
  const pictureRoots = cacheRoots(pictureFolder).map((folder) => vscode.Uri.file(folder));
  const thumbnails = new Thumbnails(() => cache.open(), thumbnailer, suspectThumbnailer);
  const serverToken = new ServerToken(context.secrets);
  const models = new Models(entry, storage, context.secrets, serverToken, log);
  const taggers = new Taggers(context.extensionPath, models);
  const picker = new TaggerPicker(models, context.globalState);
  const cuda = new CudaSupport(storage, models, log);
  const jobsFolder = path.join(storage, 'jobs');
  const runner = new RunnerClient({
    jobsFolder,
    entry: context.asAbsolutePath(path.join('dist', 'runner.js')),
    get execPath() {
      return nodePath();
    },
    onLog: (line) => {
      log.info(`[jobs] ${line}`);
    },
  });
  const hashes = new ModelHashes(models, context.globalState);
  const cluster = new ClusterAddress(context.secrets, context.globalState);
  const starter = new JobStarter(runner, jobsFolder, taggers, cuda, hashes, serverToken, cluster);
  const jobs = new CaptionJobs(runner, jobsFolder, starter, taggers, log);
  const tree = new JobTree(jobs);
  const reports = new JobReports(jobs);
  const notices = new JobNotices(jobs, log);
  const suggestions = new TagSuggestions(taggers, log);
  const searches = new SavedSearches(context.workspaceState);
  const writeWorker = context.asAbsolutePath(path.join('dist', 'writeWorker.js'));
  const files = new EditorFiles(new WriteThreads({ workerFile: writeWorker }));
  const editors = new DatasetEditorProvider(
    files,
    jobs,
    taggers,
    thumbnails,
    pictureRoots,
    suggestions,
    searches,
    context.extensionUri,
    storage,
    log,
  );
  const api = new ExtensionApi(editors, files, jobs, starter, thumbnails, log);
  context.subscriptions.push(
    log,
    runner,
    thumbnailer,
    suspectThumbnailer,
    cache,
    models,
    taggers,
    suggestions,
    jobs,
    editors,
    api,
    new TagTree(editors),
    tree,
    reports,
    notices,
    new JobStatusBar(jobs),
    watchForRunners(runner, jobsFolder, log),
    registerDatasetTools(api.access, editors),
    registerCommands(editors, jobs, cluster, log),
    vscode.commands.registerCommand('datasetCaptions.openSample', () =>
      openSampleDataset(editors, context.asAbsolutePath(path.join('dist', 'sample')), storage),
    ),
    registerJobCommands(jobs, tree, reports, editors, files),
    searches,
    registerSearchCommands(editors, searches),
    registerImageCommands(editors, jobs),
    registerTaggerCommands(picker, models, cuda, serverToken),
  );
  void runner
    .refresh()
    .then(() => notices.offerToResume())
    .catch((thrown: unknown) => {
      log.error(`Jobs: ${errorMessage(thrown)}`);
    });
  return api.exports;
}
