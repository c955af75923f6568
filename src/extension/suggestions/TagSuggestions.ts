import path from 'node:path';
import * as vscode from 'vscode';
import { parseTags } from '../../tags/captionGrammar';
import { rankSuggestions } from '../../dataset/tagIndex/rankSuggestions';
import type { KnownTag } from '../../dataset/tagIndex/TagIndex';
import type { RequestHandlers } from '../../protocol/channel/Channel';
import { formatTag } from '../../protocol/text/formatTag';
import {
  mostSuggestions,
  type SuggestAnswer,
  type SuggestQuery,
  type SuggestRequests,
  type TagSuggestion,
} from '../../protocol/page/suggestProtocol';
import { errorMessage } from '../../protocol/channel/wireError';
import type { DatasetDocument } from '../document/DatasetDocument';
import { DatasetTags } from './DatasetTags';
import { Disposable } from '../shared/Disposable';
import { tagListWarning } from '../../dataset/tagIndex/readTagList';
import { autocompletes, captionOptions, tagListFile } from '../settings/settings';
import { TagLists } from './TagLists';
import type { Taggers } from '../taggers/Taggers';

/** Suggests tags from three sources: the dataset, the selected tagger and the user's own list. */
export class TagSuggestions extends Disposable {
  private readonly datasets = new WeakMap<DatasetDocument, DatasetTags>();
  private readonly modelTags: TagLists;
  private readonly listTags: TagLists;
  /** the tag files of the selected taggers; undefined until they were searched for */
  private modelFiles: readonly string[] | undefined;
  private finding: Promise<void> | undefined;
  private readonly warned = new Set<string>();

  constructor(
    private readonly taggers: Taggers,
    private readonly log: vscode.LogOutputChannel,
  ) {
    super();
    const noModel = (thrown: unknown): void => {
      this.log.warn(`No tags of the tagger can be suggested: ${errorMessage(thrown)}`);
    };
    this.modelTags = new TagLists(() => undefined, noModel);
    this.listTags = new TagLists(
      (file, list) => {
        const warning = tagListWarning(file, list);
        if (warning !== undefined) this.warn(file, warning);
      },
      (thrown) => {
        this.warn(tagListFile(), errorMessage(thrown));
      },
    );
    this.register(
      taggers.onDidChange(() => {
        this.modelFiles = undefined;
        this.finding = undefined;
      }),
    );
  }

  /** The tags of a dataset that fit a query, best first; `loading` says that more may follow soon. */
  async suggest(document: DatasetDocument, query: SuggestQuery): Promise<SuggestAnswer> {
    if (query.automatic && !autocompletes()) return { suggestions: [], loading: false };
    const { dataset } = document;
    const index = await this.tagsOf(document).current();
    const ownTags = this.tagsBeingTyped(document, query);
    const counts = dataset.tagCounts;
    const countOf = (tag: string): number => (counts.get(tag) ?? 0) - (ownTags.get(tag) ?? 0);
    const own = index.search(query.prefix, mostSuggestions, ({ tag }) => countOf(tag) > 0);
    const others = [
      { source: 'model' as const, tags: this.modelTags.of(this.filesOfModel()) },
      { source: 'list' as const, tags: this.listTags.of(this.ownList()) },
    ];
    const { uri } = document;
    const options = captionOptions(uri);
    const written = ({ tag, count, alias }: KnownTag): KnownTag => {
      const name = formatTag(tag, options);
      return alias === undefined ? { tag: name, count } : { tag: name, count, alias: formatTag(alias, options) };
    };
    const ranked = rankSuggestions<TagSuggestion['source']>(
      { source: 'dataset', matches: own },
      others.map(({ source, tags }) => {
        const { start, word, inside } = tags.search(query.prefix, mostSuggestions);
        return { source, matches: { start: start.map(written), word: word.map(written), inside: inside.map(written) } };
      }),
      mostSuggestions,
    );
    return {
      suggestions: ranked.map((one) => (one.source === 'dataset' ? { ...one, count: countOf(one.tag) } : one)),
      loading: this.modelFiles === undefined || this.modelTags.isLoading || this.listTags.isLoading,
    };
  }

  private tagsOf(document: DatasetDocument): DatasetTags {
    let tags = this.datasets.get(document);
    if (tags === undefined) this.datasets.set(document, (tags = new DatasetTags(document.dataset)));
    return tags;
  }

  /** How often the tag that is being typed occurs in its own caption: these occurrences do not count. */
  private tagsBeingTyped({ dataset }: DatasetDocument, { path: imagePath, typed }: SuggestQuery): Map<string, number> {
    const caption = imagePath === undefined ? undefined : dataset.image(imagePath)?.caption;
    const tag = typed.trim();
    if (caption === undefined || tag === '') return new Map();
    return new Map([[tag, parseTags(caption.text).filter((other) => other === tag).length * caption.images.length]]);
  }

  /** Does not wait: searching for a model starts a process, and the other sources need not wait for that. */
  private filesOfModel(): readonly string[] {
    this.finding ??= this.findFiles();
    return this.modelFiles ?? [];
  }

  private async findFiles(): Promise<void> {
    let files: string[] = [];
    try {
      files = await this.taggers.tagFiles();
    } catch (thrown) {
      this.log.warn(`The tags of the tagger are not known: ${errorMessage(thrown)}`);
    }
    this.modelFiles = files;
  }

  private ownList(): string[] {
    const file = tagListFile();
    if (file === '') return [];
    if (path.isAbsolute(file)) return [file];
    this.warn(file, vscode.l10n.t('The tag list {0} needs a whole path, such as /data/danbooru.csv.', file));
    return [];
  }

  private warn(file: string, message: string): void {
    this.log.warn(message);
    if (this.warned.has(message)) return;
    this.warned.add(message);
    const open = vscode.l10n.t('Open Settings');
    const show = path.isAbsolute(file) ? vscode.l10n.t('Open List') : undefined;
    void vscode.window.showWarningMessage(message, ...(show === undefined ? [open] : [open, show])).then((choice) => {
      if (choice === open) {
        return vscode.commands.executeCommand('workbench.action.openSettings', 'datasetCaptions.tagList');
      }
      if (choice === show && show !== undefined)
        return vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file));
      return undefined;
    });
  }
}

/** Answers a page's requests for suggestions. */
export function suggestHandlers(
  document: DatasetDocument,
  suggestions: TagSuggestions,
): RequestHandlers<SuggestRequests> {
  return { suggestTags: (query) => suggestions.suggest(document, query) };
}
