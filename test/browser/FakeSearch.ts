import { Caption } from '../../src/dataset/captions/Caption';
import { describeQuery } from '../../src/dataset/query/describeQuery';
import { parseQuery, topLevelParts } from '../../src/dataset/query/parseQuery';
import { queryMatcher } from '../../src/dataset/query/queryMatcher';
import type { QueryNode } from '../../src/dataset/query/QueryNode';
import { suggestQuery, type NamedQuery } from '../../src/dataset/query/suggestQuery';
import { countTags } from '../../src/tags/tagCounts';
import type { RequestHandlers } from '../../src/protocol/channel/Channel';
import type { SearchRequests, SearchView } from '../../src/protocol/page/searchProtocol';
import type { FakeHost, FakeItem } from './fakeHost';

/** The search of the fake host: the real language on its images. */
export class FakeSearch {
  saved: NamedQuery[] = [];
  recent: string[] = [];
  /** what the page is told besides what the query says */
  shown: Partial<SearchView> = {};
  private tree: QueryNode | null = null;

  constructor(private readonly host: FakeHost) {}

  handlers(note: <T>(name: string, params: unknown, result: T) => T): RequestHandlers<SearchRequests> {
    return {
      suggestQuery: async ({ text, caret }) => {
        const tagCounts = countTags(this.host.items.map((item) => item.text));
        const { saved, recent } = this;
        const writers = (): Promise<string[]> => Promise.resolve(['wd-convnext-tagger-v3']);
        return { suggestions: await suggestQuery(text, caret, { tagCounts, saved, recent, writers }) };
      },
      refreshResults: (params) => {
        note('refreshResults', params, undefined);
      },
      cancelSearch: (params) => {
        note('cancelSearch', params, undefined);
      },
      rememberSearch: (params) => {
        this.recent = [this.host.query, ...this.recent];
        note('rememberSearch', params, undefined);
      },
      toggleSavedSearch: (params) => {
        const { query } = this.host;
        const others = this.saved.filter((saved) => saved.query !== query);
        this.saved = others.length < this.saved.length ? others : [...others, { name: `My ${query}`, query }];
        this.host.push();
        note('toggleSavedSearch', params, undefined);
      },
      openSavedSearch: (params) => {
        note('openSavedSearch', params, undefined);
      },
    };
  }

  matching(items: FakeItem[]): FakeItem[] {
    const { tree, error } = parseQuery(this.host.query);
    if (error === undefined) this.tree = tree;
    if (this.tree === null) return items;
    const matches = queryMatcher(this.tree, {
      fact: () => undefined,
      isSelected: (path) => this.host.item(path).selected,
      hasFailed: () => false,
      hasOrigin: () => false,
    });
    return items.filter(({ path, text }) => {
      const caption = new Caption(`${path}.txt`, [path]);
      caption.readFromDisk(text === '' ? null : { raw: text });
      return matches({ path, caption });
    });
  }

  view(): SearchView {
    const { tree, error } = parseQuery(this.host.query);
    return {
      mistake: error ?? null,
      terms: topLevelParts(tree).map((part) => ({
        label: describeQuery(part),
        start: part.start,
        end: part.end,
        excluded: part.kind === 'not',
      })),
      progress: null,
      stale: 0,
      cancelled: false,
      savedAs: this.saved.find(({ query }) => query === this.host.query)?.name ?? null,
      ...this.shown,
    };
  }
}
