import * as vscode from 'vscode';
import { displayLanguage } from '../../base/displayLanguage';
import { comparableTag } from '../../tags/comparableTag';
import { filteredTags, tagFilter, type TagFilter } from '../../dataset/query/tagFilter';
import { countTagsOf, firstTags, type CountedTag, type TagOrder } from '../../dataset/tagIndex/TagList';
import type { DatasetEditorProvider } from './DatasetEditorProvider';
import { Disposable } from '../shared/Disposable';
import type { GridSession } from '../grid/GridSession';
import { tagCountsFollowFilter } from '../settings/settings';

/** Counting is throttled to once per this many milliseconds, so that the list does not flicker while the user types. */
const refreshPause = 500;
/** Number of tags per page of the list: VS Code needs seconds for a tree of many thousand entries. */
const tagsPerPage = 500;

/** A line of the view: a tag, or the line that shows more tags. */
export type TagTreeNode = CountedTag | 'more';

/**
 * The sidebar view *Tags*: lists the tags of the images in the active grid, by default the most frequent ones first. A
 * click on a tag filters the grid by it.
 */
export class TagTree extends Disposable implements vscode.TreeDataProvider<TagTreeNode> {
  private readonly changeEmitter = this.register(new vscode.EventEmitter<void>());
  readonly onDidChangeTreeData = this.changeEmitter.event;
  private tags: readonly CountedTag[] = [];
  private hasMore = false;
  private shownTags = tagsPerPage;
  private order: TagOrder = 'count';
  private timer: NodeJS.Timeout | undefined;
  private counting: AbortController | undefined;
  private pause = refreshPause;
  /** the grid whose tags are shown, and the function that removes the listener from it */
  private session: GridSession | undefined;
  private unlisten: (() => void) | undefined;
  private readonly moreCommand = 'datasetCaptions.internal.showMoreTags';

  constructor(
    private readonly editors: DatasetEditorProvider,
    private readonly view: vscode.TreeView<TagTreeNode>,
  ) {
    super();
    const changed = (): void => {
      this.schedule();
    };
    this.register(
      vscode.commands.registerCommand(this.moreCommand, () => {
        this.shownTags += tagsPerPage;
        return this.count();
      }),
    );
    this.register(
      editors.onDidChangeActive(() => {
        this.followActive();
        this.schedule();
      }),
    );
    this.register(vscode.workspace.onDidChangeConfiguration(changed));
    this.register(this.view.onDidChangeVisibility(changed));
    this.register({
      dispose: () => {
        clearTimeout(this.timer);
        this.counting?.abort();
        this.unlisten?.();
      },
    });
    this.followActive();
    this.schedule();
  }

  getChildren(node?: TagTreeNode): TagTreeNode[] {
    if (node !== undefined) return [];
    return this.hasMore ? [...this.tags, 'more'] : [...this.tags];
  }

  getTreeItem(node: TagTreeNode): vscode.TreeItem {
    if (node === 'more') {
      const item = new vscode.TreeItem(vscode.l10n.t('Show more…'));
      item.command = { command: this.moreCommand, title: vscode.l10n.t('Show more…') };
      return item;
    }
    const { tag, count } = node;
    const filter = tagFilter(this.session?.view.matchingTree ?? null, tag);
    const item = new vscode.TreeItem(tag);
    item.id = tag;
    item.contextValue = 'tag';
    item.description = count.toLocaleString(displayLanguage());
    item.tooltip = tooltip(node, filter);
    const icon =
      filter === undefined ? undefined : new vscode.ThemeIcon(filter === 'included' ? 'filter' : 'circle-slash');
    if (icon !== undefined) item.iconPath = icon;
    item.command = {
      command: filter === 'excluded' ? 'datasetCaptions.excludeTag' : 'datasetCaptions.filterByTag',
      title: vscode.l10n.t('Filter by Tag'),
      arguments: [node],
    };
    item.accessibilityInformation = { label: [tag, String(count), filter].filter(Boolean).join(', ') };
    return item;
  }

  /** Sorts the tags of the view; resolves when it shows them in that order. */
  async sortBy(order: TagOrder): Promise<void> {
    this.order = order;
    void vscode.commands.executeCommand('setContext', 'datasetCaptions.tagOrder', order);
    await this.count();
  }

  private followActive(): void {
    const session = this.editors.active?.session;
    if (session === this.session) return;
    this.unlisten?.();
    this.session = session;
    this.shownTags = tagsPerPage;
    this.unlisten = session?.view.onDidChange(() => {
      this.schedule();
    });
  }

  private schedule(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      void this.count();
    }, this.pause);
  }

  /** Counts the tags for the list again, in time slices. While the view is hidden, nothing is counted. */
  private async count(): Promise<void> {
    this.counting?.abort();
    if (!this.view.visible) return;
    const counting = new AbortController();
    this.counting = counting;
    try {
      await this.countUntil(counting.signal);
    } catch {
      // A newer count aborted this one.
    }
  }

  private async countUntil(signal: AbortSignal): Promise<void> {
    const start = performance.now();
    const { session } = this;
    const dataset = session?.document.dataset;
    const images = session?.view.images ?? [];
    const isFiltered = dataset !== undefined && images.length < dataset.allImages.length && tagCountsFollowFilter();
    const counts = isFiltered
      ? await countTagsOf(images, { signal })
      : (dataset?.tagCounts ?? new Map<string, number>());
    const tags = await firstTags(counts, this.order, this.shownTags, { signal });
    this.hasMore = counts.size > tags.length;
    const shown = new Set(tags.map(({ tag }) => comparableTag(tag)));
    // None of the images found has an excluded tag, but each excluded tag needs a line where the user can remove it
    // from the search.
    const missing = filteredTags(session?.view.matchingTree ?? null).filter((tag) => !shown.has(comparableTag(tag)));
    this.tags = [...new Set(missing)].map((tag) => ({ tag, count: counts.get(tag) ?? 0 })).concat(tags);
    this.view.description = session?.document.name ?? '';
    this.view.message = dataset === undefined || counts.size > 0 ? '' : emptyMessage(isFiltered);
    this.changeEmitter.fire();
    // Wait ten times as long as the count took: then counting takes at most a tenth of the time while a large dataset
    // is edited.
    this.pause = Math.max(refreshPause, (performance.now() - start) * 10);
  }
}

function emptyMessage(isFiltered: boolean): string {
  return isFiltered ? vscode.l10n.t('No tags among the images found.') : vscode.l10n.t('No captions yet.');
}

function tooltip({ tag, count }: CountedTag, filter: TagFilter): string {
  const times = vscode.l10n.t('{0}: {1} times', tag, count);
  switch (filter) {
    case 'included':
      return vscode.l10n.t('{0}. The search asks for it; click to take it out.', times);
    case 'excluded':
      return vscode.l10n.t('{0}. The search excludes it; click to take it out.', times);
    case undefined:
      return vscode.l10n.t('{0}. Click to find the images that have it.', times);
  }
}
