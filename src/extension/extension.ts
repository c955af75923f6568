import path from 'node:path';
import * as vscode from 'vscode';
import { TaggerProcess } from '../protocol/TaggerProcess';
import { CaptionJobs } from './CaptionJobs';
import { CudaSupport } from './CudaSupport';
import { registerCommands } from './commands';
import { DatasetEditorProvider } from './DatasetEditorProvider';
import { registerImageCommands } from './imageCommands';
import { JobStatusBar } from './JobStatusBar';
import { Models } from './Models';
import { SavedSearches } from './SavedSearches';
import { registerSearchCommands } from './searchCommands';
import { registerTaggerCommands } from './taggerCommands';
import { TaggerPicker } from './TaggerPicker';
import { Taggers } from './Taggers';
import { TagSuggestions } from './TagSuggestions';
import { TagTree } from './TagTree';
import { cacheRoots } from './pictureSettings';
import { nodePath } from './taggerSettings';
import { ThumbnailCache } from './ThumbnailCache';
import { Thumbnails } from './Thumbnails';

/** Called by VS Code when the first command, editor or view of the extension is used. */
export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel(vscode.l10n.t('Dataset Captions'), { log: true });
  const entry = context.asAbsolutePath(path.join('dist', 'tagger.js'));
  const storage = context.globalStorageUri.fsPath;
  // Processes of the same kind: a busy tagger must not keep the thumbnails waiting.
  const tagger = new TaggerProcess({
    entry,
    get execPath() {
      return nodePath();
    },
    onLog: (line) => {
      log.info(`[tagger] ${line}`);
    },
  });
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
  const models = new Models(entry, storage, context.secrets, log);
  const taggers = new Taggers(context.extensionPath, models);
  const picker = new TaggerPicker(models, context.globalState);
  const cuda = new CudaSupport(storage, models, log);
  const jobs = new CaptionJobs(tagger, taggers, cuda, log);
  const suggestions = new TagSuggestions(taggers, log);
  const searches = new SavedSearches(context.workspaceState);
  const editors = new DatasetEditorProvider(
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
  context.subscriptions.push(
    log,
    tagger,
    thumbnailer,
    suspectThumbnailer,
    cache,
    models,
    taggers,
    suggestions,
    jobs,
    editors,
    new TagTree(editors),
    new JobStatusBar(jobs),
    registerCommands(editors, jobs, log),
    searches,
    registerSearchCommands(editors, searches),
    registerImageCommands(editors, jobs),
    registerTaggerCommands(picker, models, cuda),
  );
}
