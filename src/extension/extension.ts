import { createRequire } from 'node:module';
import path from 'node:path';
import {
  commands,
  Disposable,
  l10n,
  RelativePattern,
  Uri,
  window,
  workspace,
  type ExtensionContext,
  type LogOutputChannel,
} from 'vscode';
import type { DatasetCaptionsExtension } from '../../api';
import type { JobTreeNode } from './captioning/JobTree';
import type { HistoryEntry } from './history/historyEntries';
import type { startMain } from './main';
import { EditorStandIn } from './standIns/EditorStandIn';
import { jobsAtStart } from './standIns/jobsAtStart';
import { jobsFolderIn } from './standIns/jobsFolderIn';
import { LateMain } from './standIns/LateMain';
import { LoadError, StartError } from './standIns/startErrors';
import { registerCommandStandIns } from './standIns/commandStandIns';
import { registerToolStandIns } from './standIns/toolStandIns';
import { TreeStandIn } from './standIns/TreeStandIn';
import type { TagTreeNode } from './editor/TagTree';

/** The part of package.json that has to be registered at the start. */
interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly languageModelTools: readonly { readonly name: string }[];
  };
}

/**
 * Called by VS Code in every window, soon after its start, because the user must see jobs in any window. Most windows
 * never use the extension, so this registers stand-ins only; the first use of one loads `dist/main.js`, which has all
 * the rest.
 */
export function activate(context: ExtensionContext): DatasetCaptionsExtension {
  const { contributes } = context.extension.packageJSON as Manifest;
  let log: LogOutputChannel | undefined;
  const openLog = (): LogOutputChannel => {
    if (log === undefined) {
      log = window.createOutputChannel(l10n.t('Dataset Captions'), { log: true });
      context.subscriptions.push(log);
    }
    return log;
  };

  const mainFile = path.join(__dirname, 'main.js');
  const main = new LateMain(
    () => {
      const { startMain } = loadMain(mainFile);
      return (made) => {
        const started = startMain(
          context,
          openLog(),
          { tags: tags.view, jobs: jobs.view, history: history.view },
          made,
        );
        editor.delegateTo(started.editors);
        tags.delegateTo(started.tags);
        jobs.delegateTo(started.jobs);
        history.delegateTo(started.history);
        context.subscriptions.push(...made);
        return started;
      };
    },
    (thrown) => {
      const error = thrown instanceof LoadError ? thrown : new StartError(thrown);
      openLog().error(error.cause instanceof Error ? error.cause : error);
      void offerToReload(error.message, openLog());
      return error;
    },
    (late) =>
      registerCommandStandIns(
        contributes.commands.map(({ command }) => command),
        late,
      ),
  );
  const editor = new EditorStandIn(main);
  const tags = new TreeStandIn<TagTreeNode>('datasetCaptions.tags', main);
  const jobs = new TreeStandIn<JobTreeNode>('datasetCaptions.jobs', main);
  const history = new TreeStandIn<HistoryEntry>('datasetCaptions.history', main);
  const tools = registerToolStandIns(
    contributes.languageModelTools.map(({ name }) => name),
    main,
  );
  context.subscriptions.push(main, editor, tags, jobs, history, tools);
  setImmediate(() => {
    void showJobs(context, main);
  });
  return Object.freeze({ getAPI: (version: 1) => main.get().exports.getAPI(version) });
}

/** Loads the rest of the extension if there is a job to show, now or when another window starts one. */
async function showJobs({ globalStorageUri, subscriptions }: ExtensionContext, main: LateMain): Promise<void> {
  const folder = await jobsFolderIn(globalStorageUri.fsPath);
  subscriptions.push(
    watchForRunners(folder, () => {
      void main.ready().then((rest) => rest?.connectToRunner());
    }),
  );
  const found = await jobsAtStart(folder);
  if (found === 'open') await main.ready();
  if (found !== 'ended' || main.isLoaded) return;
  // The `when` clauses of commands and of the walkthrough use these.
  for (const name of ['datasetCaptions.jobsKnown', 'datasetCaptions.jobsEnded']) {
    void commands.executeCommand('setContext', name, true);
  }
}

/** Calls `onRunner` when another window or the command line has started a runner, the process that runs jobs. */
function watchForRunners(jobsFolder: string, onRunner: () => void): Disposable {
  const pattern = new RelativePattern(Uri.file(jobsFolder), 'runner-*.json');
  const watcher = workspace.createFileSystemWatcher(pattern, false, false, true);
  return Disposable.from(watcher, watcher.onDidCreate(onRunner), watcher.onDidChange(onRunner));
}

/** @throws {@link LoadError} */
function loadMain(file: string): { startMain: typeof startMain } {
  try {
    // Not `import`: the bundler would include the file here, and the API needs it synchronously.
    return createRequire(__filename)(file) as { startMain: typeof startMain };
  } catch (thrown) {
    throw new LoadError(file, thrown);
  }
}

async function offerToReload(message: string, log: LogOutputChannel): Promise<void> {
  const reload = l10n.t('Reload Window');
  const showLog = l10n.t('Show Log');
  const chosen = await window.showErrorMessage(message, reload, showLog);
  if (chosen === reload) await commands.executeCommand('workbench.action.reloadWindow');
  else if (chosen === showLog) log.show();
}
