import * as vscode from 'vscode';
import { displayLanguage } from '../../base/displayLanguage';
import { comparableTag } from '../../tags/comparableTag';
import { filteredTags, phraseFilter, tagFilter, type TagFilter } from '../../dataset/query/tagFilter';
import { countPhrasesOf, frequentPhrases, type CountedPhrase } from '../../dataset/tagIndex/PhraseList';
import { countTagsOf, firstTags, type CountedTag, type TagOrder } from '../../dataset/tagIndex/TagList';
import type { DatasetEditorProvider } from './DatasetEditorProvider';
import { Disposable } from '../shared/Disposable';
import type { GridSession } from '../grid/GridSession';
import { tagCountsFollowFilter } from '../settings/settings';

/** Counting is throttled to once per this many milliseconds, so that the list does not flicker while the user types. */
const refreshPause = 500;
/** Number of tags per page of the list: VS Code needs seconds for a tree of many thousand entries. */
const tagsPerPage = 500;

/** Number of words and phrases that are listed. */
const mostPhrases = 200;

/** A line of the view: a tag, the line that shows more, that above the words and phrases of prose, or one of these. */
export type TagTreeNode = CountedTag | CountedPhrase | 'more' | 'phrases';

/**
 * The sidebar view *Tags*: lists the tags of the images in the active grid, by default the most frequent ones first. A
 * click on a tag filters the grid by it. Where captions are prose, a group in front has its words and phrases, which
 * are counted once somebody opens it.
 */
export class TagTree extends Disposable implements vscode.TreeDataProvider<TagTreeNode> {
  private readonly changeEmitter = this.register(new vscode.EventEmitter<void>());
  readonly onDidChangeTreeData = this.changeEmitter.event;
  private tags: readonly CountedTag[] = [];
  private hasMore = false;
  private hasProse = false;
  private phrases: readonly CountedPhrase[] | undefined;
  private showsPhrases = false;
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
    this.register(
      this.view.onDidCollapseElement(({ element }) => {
        if (element === 'phrases') this.showsPhrases = false;
      }),
    );
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

  async getChildren(node?: TagTreeNode): Promise<TagTreeNode[]> {
    if (node === 'phrases') {
      this.showsPhrases = true;
      return [...(this.phrases ??= await this.countPhrases())];
    }
    if (node !== undefined) return [];
    // At the top, so that nobody has to scroll past hundreds of tags.
    const nodes: TagTreeNode[] = this.hasProse ? ['phrases', ...this.tags] : [...this.tags];
    if (this.hasMore) nodes.push('more');
    return nodes;
  }

  getTreeItem(node: TagTreeNode): vscode.TreeItem {
    if (node === 'more') {
      const item = new vscode.TreeItem(vscode.l10n.t('Show more…'));
      item.command = { command: this.moreCommand, title: vscode.l10n.t('Show more…') };
      return item;
    }
    if (node === 'phrases') {
      const label = vscode.l10n.t('Words and Phrases');
      const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Collapsed);
      // Without it a screen reader would say the tooltip.
      item.accessibilityInformation = { label };
      // No tag has a line end.
      item.id = '\n';
      item.tooltip = vscode.l10n.t('Frequent words and phrases of the captions in sentences');
      return item;
    }
    const { count } = node;
    const isTag = 'tag' in node;
    const text = isTag ? node.tag : node.phrase;
    const filter = (isTag ? tagFilter : phraseFilter)(this.session?.view.matchingTree ?? null, text);
    const item = new vscode.TreeItem(text);
    item.id = isTag ? text : `\n${text}`;
    item.contextValue = isTag ? 'tag' : 'phrase';
    item.description = count.toLocaleString(displayLanguage());
    item.tooltip = tooltip(text, count, filter);
    const icon =
      filter === undefined ? undefined : new vscode.ThemeIcon(filter === 'included' ? 'filter' : 'circle-slash');
    if (icon !== undefined) item.iconPath = icon;
    item.command = {
      command: filter === 'excluded' ? 'datasetCaptions.excludeTag' : 'datasetCaptions.filterByTag',
      title: vscode.l10n.t('Filter by Tag'),
      arguments: [node],
    };
    item.accessibilityInformation = { label: [text, String(count), filter].filter(Boolean).join(', ') };
    return item;
  }

  /** Sorts the tags of the view; resolves when it shows them in that order. */
  async sortBy(order: TagOrder): Promise<void> {
    this.order = order;
    void vscode.commands.executeCommand('setContext', 'datasetCaptions.tagOrder', order);
    await this.count();
  }

  /** Counts the words and phrases of the images that the view is about. */
  private async countPhrases(signal?: AbortSignal): Promise<readonly CountedPhrase[]> {
    const { session } = this;
    const dataset = session?.document.dataset;
    if (session === undefined || dataset === undefined) return [];
    const images = tagCountsFollowFilter() ? session.view.images : dataset.allImages;
    const counts = await countPhrasesOf(images, signal === undefined ? {} : { signal });
    return frequentPhrases(counts, mostPhrases);
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
    this.hasProse = (dataset?.proseCount ?? 0) > 0;
    this.phrases = this.showsPhrases && this.hasProse ? await this.countPhrases(signal) : undefined;
    this.tags = [...new Set(missing)].map((tag) => ({ tag, count: counts.get(tag) ?? 0 })).concat(tags);
    this.view.description = session?.document.name ?? '';
    const isEmpty = dataset !== undefined && counts.size === 0 && !this.hasProse;
    this.view.message = isEmpty ? emptyMessage(isFiltered) : '';
    this.changeEmitter.fire();
    // Wait ten times as long as the count took: then counting takes at most a tenth of the time while a large dataset
    // is edited.
    this.pause = Math.max(refreshPause, (performance.now() - start) * 10);
  }
}

function emptyMessage(isFiltered: boolean): string {
  return isFiltered ? vscode.l10n.t('No tags among the images found.') : vscode.l10n.t('No captions yet.');
}

function tooltip(text: string, count: number, filter: TagFilter): string {
  const times = vscode.l10n.t('{0}: {1} times', text, count);
  switch (filter) {
    case 'included':
      return vscode.l10n.t('{0}. The search asks for it; click to take it out.', times);
    case 'excluded':
      return vscode.l10n.t('{0}. The search excludes it; click to take it out.', times);
    case undefined:
      return vscode.l10n.t('{0}. Click to find the images that have it.', times);
  }
}
