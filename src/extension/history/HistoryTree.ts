import * as vscode from 'vscode';
import { displayLanguage } from '../../base/displayLanguage';
import { errorMessage } from '../../protocol/channel/wireError';
import { recordRootOf } from '../../records/recordFolder';
import { isAbout } from '../../snapshots/CaptionStates';
import { listSnapshots } from '../../snapshots/store/snapshotFiles';
import type { CaptionJobs } from '../captioning/CaptionJobs';
import { jobDescription, jobTooltip } from '../captioning/jobText';
import type { DatasetDocument } from '../document/DatasetDocument';
import type { DatasetEditorProvider } from '../editor/DatasetEditorProvider';
import { Disposable } from '../shared/Disposable';
import type { BulkSnapshots } from './BulkSnapshots';
import { historyEntries, snapshotFacts, snapshotTitle, type HistoryEntry } from './historyEntries';

/** Lists are read at most once in this time, in milliseconds. */
const redrawPause = 300;
/** Whether the view is there: VS Code hides it while the dataset in front has no history. */
const knownContext = 'datasetCaptions.historyKnown';

/** The sidebar view *Dataset History*: jobs, bulk edits and snapshots of the dataset in front, the latest first. */
export class HistoryTree extends Disposable implements vscode.TreeDataProvider<HistoryEntry> {
  private readonly changeEmitter = this.register(new vscode.EventEmitter<void>());
  readonly onDidChangeTreeData = this.changeEmitter.event;
  private entries: HistoryEntry[] = [];
  private timer: NodeJS.Timeout | undefined;
  private isKnown = false;

  constructor(
    private readonly editors: DatasetEditorProvider,
    private readonly jobs: CaptionJobs,
    snapshots: BulkSnapshots,
    view: vscode.TreeView<HistoryEntry>,
    private readonly log: vscode.LogOutputChannel,
  ) {
    super();
    const changed = (): void => {
      this.refresh();
    };
    let shown: DatasetDocument | undefined;
    this.register(
      editors.onDidChangeActive(() => {
        if (this.document === shown) return;
        shown = this.document;
        changed();
      }),
    );
    this.register(
      // Progress comes several times a second: ignore it while the view is hidden.
      jobs.onDidChangeJobs(() => {
        if (view.visible || !this.isKnown) changed();
      }),
    );
    this.register(snapshots.onDidMake(changed));
    this.register(view.onDidChangeVisibility(changed));
    this.register({
      dispose: () => {
        clearTimeout(this.timer);
      },
    });
    changed();
  }

  /** The dataset whose history is shown. */
  get document(): DatasetDocument | undefined {
    return this.editors.active?.session.document;
  }

  /** What is shown, the latest first. */
  get all(): readonly HistoryEntry[] {
    return this.entries;
  }

  /** Reads the list again, soon. */
  refresh(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      void this.read();
    }, redrawPause);
  }

  /** Reads the list again. Does not throw. */
  async read(): Promise<void> {
    const { document } = this;
    const entries = document === undefined ? [] : await this.entriesOf(document);
    if (document !== this.document) return;
    const isSame = JSON.stringify(entries.map(drawing)) === JSON.stringify(this.entries.map(drawing));
    const isKnown = entries.length > 0;
    this.entries = entries;
    if (!isSame) this.changeEmitter.fire();
    if (isKnown === this.isKnown) return;
    this.isKnown = isKnown;
    await vscode.commands.executeCommand('setContext', knownContext, isKnown);
  }

  getChildren(entry?: HistoryEntry): HistoryEntry[] {
    return entry === undefined ? [...this.entries] : [];
  }

  getTreeItem(entry: HistoryEntry): vscode.TreeItem {
    const { label, when, job, snapshot, kind, id } = entry;
    const item = new vscode.TreeItem(label);
    const time = timeOf(when);
    const state = job === undefined ? '' : jobDescription(job);
    item.id = `${kind} ${id}`;
    item.description = [time, state].filter((text) => text !== '').join(' · ');
    const facts = snapshot === undefined ? [] : snapshotFacts(snapshot, displayLanguage());
    const kept = snapshot?.name !== undefined && kind !== 'snapshot' ? [snapshotTitle(snapshot)] : [];
    item.tooltip = [...(job === undefined ? [label, time] : [jobTooltip(job)]), ...kept, ...facts].join('\n');
    item.iconPath = new vscode.ThemeIcon(icons[kind]);
    item.contextValue = [
      'history',
      ...(snapshot === undefined ? [] : ['snapshot']),
      ...(job === undefined ? [] : ['listed']),
    ].join(' ');
    item.accessibilityInformation = { label: [label, item.description].join(', ') };
    return item;
  }

  private async entriesOf(document: DatasetDocument): Promise<HistoryEntry[]> {
    const folder = document.uri.fsPath;
    const root = recordRootOf(folder);
    try {
      const { snapshots } = await listSnapshots(root);
      return historyEntries(
        this.jobs.all.filter((job) => job.root === folder),
        snapshots.filter((one) => isAbout(one, root, folder)),
      );
    } catch (thrown) {
      this.log.warn(`Snapshots of ${folder}: ${errorMessage(thrown)}`);
      return [];
    }
  }
}

const icons: Record<HistoryEntry['kind'], string> = {
  job: 'sparkle',
  edit: 'edit',
  restore: 'discard',
  snapshot: 'history',
};

function drawing({ kind, id, label, job, snapshot }: HistoryEntry): unknown[] {
  return [kind, id, label, job === undefined ? '' : jobDescription(job), snapshot?.name ?? '', snapshot?.id ?? ''];
}

function timeOf(when: number): string {
  const time = new Date(when);
  const isToday = time.toDateString() === new Date().toDateString();
  return isToday
    ? time.toLocaleTimeString(displayLanguage(), { timeStyle: 'short' })
    : time.toLocaleString(displayLanguage(), { dateStyle: 'short', timeStyle: 'short' });
}
