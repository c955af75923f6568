import { createRequire } from 'node:module';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import { useLanguage } from '../base/displayLanguage';
import { WriteThreads } from '../dataset/files/WriteThreads';
import { RunnerClient } from '../jobs/client/RunnerClient';
import { TaggerProcess } from '../protocol/child/TaggerProcess';
import { errorMessage } from '../protocol/channel/wireError';
import { ExtensionApi } from './api/ExtensionApi';
import type { CaptionDialogs } from './captionDialogs/CaptionDialogs';
import type { StartedCaptioners, startCaptioners } from './captionerMain';
import { Captioners } from './captioners/Captioners';
import { modelOf } from './captioners/chosenOf';
import { knownTagFiles } from './captioning/categorySource';
import { EndpointKeys } from './captioners/EndpointKeys';
import { CaptionJobs } from './captioning/CaptionJobs';
import { CaptionPreviews } from './captioning/CaptionPreviews';
import { ClusterAddress } from './captioning/ClusterAddress';
import { CudaSupport } from './taggers/CudaSupport';
import { goOnCaptioning } from './commands/goOnCaptioning';
import { registerCommands } from './commands/registerCommands';
import { DatasetEditorProvider } from './editor/DatasetEditorProvider';
import { EditorFiles } from './document/EditorFiles';
import { BulkSnapshots } from './history/BulkSnapshots';
import type { HistoryEntry } from './history/historyEntries';
import { HistoryTexts } from './history/HistoryTexts';
import { HistoryTree } from './history/HistoryTree';
import { JobNotices } from './captioning/JobNotices';
import { LeftOut } from './editor/LeftOut';
import { JobReports } from './captioning/JobReports';
import { JobStarter } from './captioning/JobStarter';
import { JobStatusBar } from './captioning/JobStatusBar';
import { JobTree, type JobTreeNode } from './captioning/JobTree';
import { ModelHashes } from './taggers/ModelHashes';
import { Models } from './taggers/Models';
import { Origins } from './origins/Origins';
import { openSampleDataset } from './editor/sampleDataset';
import { SavedSearches } from './search/SavedSearches';
import { ServerToken } from './taggers/ServerToken';
import { Taggers } from './taggers/Taggers';
import type { Main, Part } from './standIns/Main';
import { TagSuggestions } from './suggestions/TagSuggestions';
import { TagTree, type TagTreeNode } from './editor/TagTree';
import { cacheRoots } from './pictures/pictureSettings';
import { readCaptionsAsSet } from './settings/settings';
import { nodePath } from './settings/taggerSettings';
import { datasetTools } from './tools/datasetTools';
import { ThumbnailCache } from './pictures/ThumbnailCache';
import { Thumbnails } from './pictures/Thumbnails';

/** Maximum time that stand-ins wait for the jobs to be read, in milliseconds. */
const jobsTimeout = 2000;

/** The started extension: all of it except the stand-ins, which `extension.ts` registers when a window starts. */
export interface StartedMain extends Main {
  readonly tags: vscode.TreeDataProvider<TagTreeNode>;
  readonly jobs: vscode.TreeDataProvider<JobTreeNode>;
  readonly history: vscode.TreeDataProvider<HistoryEntry>;
}

/** The views of the sidebar. */
export interface MainViews {
  readonly tags: vscode.TreeView<TagTreeNode>;
  readonly jobs: vscode.TreeView<JobTreeNode>;
  readonly history: vscode.TreeView<HistoryEntry>;
}

/**
 * Starts the extension when it is used for the first time. Registers every command that package.json contributes.
 * @param made gets each disposable of the extension as soon as it exists
 */
export function startMain(
  context: vscode.ExtensionContext,
  log: vscode.LogOutputChannel,
  views: MainViews,
  made: Part[],
): StartedMain {
  const own = <T extends Part>(part: T): T => {
    made.push(part);
    return part;
  };
  useLanguage(vscode.env.language, vscode.l10n.bundle, vscode.l10n.uri?.fsPath);
  const { version } = context.extension.packageJSON as { version: string };
  log.info(`Dataset Captions ${version}, Node.js ${process.versions.node}, ${process.platform}-${process.arch}`);
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
  const thumbnailer = own(pictureMaker());
  const suspectThumbnailer = own(pictureMaker());
  const pictureFolder = path.join(storage, 'pictures');
  const cache = own(new ThumbnailCache(pictureFolder, log));
  const pictureRoots = cacheRoots(pictureFolder).map((folder) => vscode.Uri.file(folder));
  const thumbnails = new Thumbnails(() => cache.open(), thumbnailer, suspectThumbnailer);
  const serverToken = new ServerToken(context.secrets);
  readCaptionsAsSet();
  const models = own(new Models(entry, storage, context.secrets, serverToken, log));
  const taggers = own(new Taggers(context.extensionPath, models));
  const captioners = own(new Captioners(log));
  const endpointKeys = new EndpointKeys(context.secrets);
  const previewTagger = (): TaggerProcess =>
    new TaggerProcess({
      entry,
      stateFolder: path.join(storage, 'providers'),
      execPath: nodePath(),
      onLog: (line) => {
        log.info(`[preview] ${line}`);
      },
    });
  let late: StartedCaptioners | undefined;
  const lateCaptioners = (): StartedCaptioners => {
    const memory = context.globalState;
    late ??= loadCaptioners(path.join(__dirname, 'captionerMain.js'))({
      captioners,
      keys: endpointKeys,
      models,
      memory,
      taggers,
      makeTagger: previewTagger,
      log,
    });
    return late;
  };
  const cuda = new CudaSupport(storage, models, log);
  const jobsFolder = path.join(storage, 'jobs');
  const runner = own(
    new RunnerClient({
      jobsFolder,
      entry: context.asAbsolutePath(path.join('dist', 'runner.js')),
      get execPath() {
        return nodePath();
      },
      onLog: (line) => {
        log.info(`[jobs] ${line}`);
      },
    }),
  );
  const hashes = new ModelHashes(models, context.globalState);
  const cluster = new ClusterAddress(context.secrets, context.globalState);
  const starter = new JobStarter(
    runner,
    jobsFolder,
    taggers,
    cuda,
    hashes,
    serverToken,
    cluster,
    captioners,
    endpointKeys,
    lateCaptioners,
  );
  const previews = own(new CaptionPreviews(previewTagger, taggers, cuda, serverToken, lateCaptioners, log));
  const jobs = own(new CaptionJobs(runner, jobsFolder, starter, previews, taggers, captioners, lateCaptioners, log));
  const tree = own(new JobTree(jobs, views.jobs));
  const reports = own(new JobReports(jobs));
  const notices = own(new JobNotices(jobs, log));
  const suggestions = own(new TagSuggestions(taggers, log));
  const searches = own(new SavedSearches(context.workspaceState));
  const writeWorker = context.asAbsolutePath(path.join('dist', 'writeWorker.js'));
  const files = new EditorFiles(new WriteThreads({ workerFile: writeWorker }));
  const origins = new Origins(context.asAbsolutePath(path.join('dist', 'lookupWorker.js')), (line) => {
    log.warn(line);
  });
  const editors = own(
    new DatasetEditorProvider(
      files,
      { jobs, taggers, captioners, thumbnails, suggestions, searches, leftOut: own(new LeftOut()), origins },
      { extension: context.extensionUri, pictures: pictureRoots },
      storage,
      log,
    ),
  );
  const snapshots = own(new BulkSnapshots(editors, log));
  const history = own(new HistoryTree(editors, jobs, snapshots, views.history, log));
  const tags = own(new TagTree(editors, views.tags));
  const api = own(new ExtensionApi(editors, files, jobs, thumbnails, origins, log));
  let captionDialogs: CaptionDialogs | undefined;
  const loadDialogs = (): CaptionDialogs => {
    captionDialogs ??= lateCaptioners().makeDialogs({
      jobsFolder,
      captioners: () => captioners.profiles.filter((profile) => modelOf(profile) === undefined),
      selected: () => captioners.name,
      keysOf: (endpoints) => endpointKeys.of(endpoints),
      goOn: goOnCaptioning,
      tagFiles: () => knownTagFiles(taggers),
      pictures: own(pictureMaker()),
      onDecided: (id) => {
        jobs.reviewed(id);
      },
      onLog: (line) => {
        log.info(`[captioner] ${line}`);
      },
    });
    return captionDialogs;
  };
  own(new JobStatusBar(jobs));
  own(
    registerCommands({
      editors,
      jobs,
      jobTree: tree,
      historyTree: history,
      historyTexts: own(new HistoryTexts()),
      reports,
      cluster,
      writer: files,
      searches,
      tagTree: tags,
      origins,
      cache,
      lateCaptioners,
      endpointKeys,
      models,
      cuda,
      serverToken,
      loadDialogs,
      openSample: () => openSampleDataset(editors, context.asAbsolutePath(path.join('dist', 'sample')), storage),
      log,
    }),
  );
  captioners.tellProblems();
  const connectToRunner = async (): Promise<void> => {
    try {
      await runner.refresh();
    } catch (thrown) {
      log.error(`Jobs: ${errorMessage(thrown)}`);
    }
  };
  const jobsKnown = connectToRunner();
  void jobsKnown
    .then(() => notices.offerToResume())
    .catch((thrown: unknown) => {
      log.error(`Jobs: ${errorMessage(thrown)}`);
    });
  return {
    editors,
    tags,
    jobs: tree,
    history,
    tools: datasetTools(api.access, editors),
    exports: api.exports,
    jobsRead: Promise.race([jobsKnown, delay(jobsTimeout, undefined, { ref: false })]),
    connectToRunner: () => void connectToRunner(),
  };
}

/** Loads what most windows never need. */
function loadCaptioners(file: string): typeof startCaptioners {
  // Not `import`: the bundler would include the file here.
  return (createRequire(__filename)(file) as { startCaptioners: typeof startCaptioners }).startCaptioners;
}
