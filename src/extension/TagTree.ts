import * as vscode from 'vscode';
import { countTags } from '../dataset/tagCounts';
import type { DatasetEditorProvider } from './DatasetEditorProvider';
import { Disposable } from './Disposable';

/** Counting again while somebody types would only flicker; pause in milliseconds. */
const refreshPause = 500;
/** A tree of many thousand entries takes VS Code seconds; the rest comes on demand. */
const tagsAtATime = 500;

type Node = { tag: string; count: number } | 'more';

/** The sidebar view *Tags*: the tags of the dataset in front, most frequent first. */
export class TagTree extends Disposable implements vscode.TreeDataProvider<Node> {
  private readonly changeEmitter = this.register(new vscode.EventEmitter<void>());
  readonly onDidChangeTreeData = this.changeEmitter.event;
  private readonly view: vscode.TreeView<Node>;
  private tags: { tag: string; count: number }[] = [];
  private shownTags = tagsAtATime;
  private timer: NodeJS.Timeout | undefined;
  private readonly moreCommand = 'datasetCaptions.internal.showMoreTags';

  constructor(private readonly editors: DatasetEditorProvider) {
    super();
    this.view = this.register(vscode.window.createTreeView('datasetCaptions.tags', { treeDataProvider: this }));
    this.register(
      vscode.commands.registerCommand(this.moreCommand, () => {
        this.shownTags += tagsAtATime;
        this.changeEmitter.fire();
      }),
    );
    this.register(
      editors.onDidChangeActive(() => {
        this.schedule();
      }),
    );
    this.register({
      dispose: () => {
        clearTimeout(this.timer);
      },
    });
    this.count();
  }

  getChildren(node?: Node): Node[] {
    if (node !== undefined) return [];
    const shown: Node[] = this.tags.slice(0, this.shownTags);
    if (this.tags.length > this.shownTags) shown.push('more');
    return shown;
  }

  getTreeItem(node: Node): vscode.TreeItem {
    if (node === 'more') {
      const item = new vscode.TreeItem(vscode.l10n.t('Show more…'));
      item.command = { command: this.moreCommand, title: vscode.l10n.t('Show more…') };
      return item;
    }
    const item = new vscode.TreeItem(node.tag);
    item.id = node.tag;
    item.description = node.count.toLocaleString();
    item.tooltip = vscode.l10n.t('{0}: {1} times', node.tag, node.count);
    item.accessibilityInformation = { label: `${node.tag}, ${String(node.count)}` };
    return item;
  }

  private schedule(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.count();
    }, refreshPause);
  }

  private count(): void {
    const document = this.editors.active?.document;
    const counts = countTags(captionTexts(document?.dataset.allImages ?? []));
    this.tags = Array.from(counts, ([tag, count]) => ({ tag, count }));
    this.view.description = document?.name ?? '';
    this.view.message = document !== undefined && this.tags.length === 0 ? vscode.l10n.t('No captions yet.') : '';
    this.changeEmitter.fire();
  }
}

function* captionTexts(images: readonly { caption: { text: string } }[]): Iterable<string> {
  for (const { caption } of images) yield caption.text;
}
