import * as l10n from '@vscode/l10n';
import { EditError } from '../../dataset/edits/EditError';
import type { RequestHandlers } from '../../protocol/channel/Channel';
import type { ComparisonRequests, ComparisonSummary } from '../../protocol/page/comparisonProtocol';
import type { ComparedTexts, ShownComparison } from './ShownComparison';

/** A comparison, and how its texts are shown in editors of VS Code. */
export interface OpenedComparison {
  shown: ShownComparison;
  openCaption: (texts: ComparedTexts) => Promise<void>;
  openText: () => Promise<void>;
}

/**
 * The comparison that one grid shows; a new one replaces it. It stays until the user closes it: VS Code discards the
 * page while another editor lies over it, such as that of the differences of one caption, and the next page goes on.
 */
export class GridComparison {
  private opened: (OpenedComparison & { id: number }) | undefined;
  private nextId = 1;
  private isAskedFor = false;

  /**
   * @param versionOf the version of the file of an image
   * @param tell tells a page that listens
   */
  constructor(
    private readonly versionOf: (image: string) => Promise<string>,
    private readonly tell: (summary: ComparisonSummary) => void,
  ) {}

  /** Shows a comparison: now, or as soon as there is a page. */
  open(comparison: OpenedComparison): void {
    const opened = { ...comparison, id: this.nextId++ };
    this.opened = opened;
    if (this.isAskedFor) this.tell(opened.shown.summary(opened.id));
  }

  /** There is no page, or a new one: it asks when it is ready. */
  pageGone(): void {
    this.isAskedFor = false;
  }

  /** Answers a page's requests. */
  handlers(): RequestHandlers<ComparisonRequests> {
    return {
      wantedComparison: () => {
        this.isAskedFor = true;
        return this.opened?.shown.summary(this.opened.id) ?? null;
      },
      filterComparison: ({ id, filter }) => this.of(id).shown.show(filter),
      getComparedItems: async ({ id, view, start, count }) => ({
        items: await this.of(id).shown.items(view, start, count, this.versionOf),
      }),
      openComparedCaption: async ({ id, view, row }) => {
        const { shown, openCaption } = this.of(id);
        await openCaption(await shown.texts(view, row));
        return undefined;
      },
      openComparisonText: async ({ id }) => {
        await this.of(id).openText();
        return undefined;
      },
      dropComparison: ({ id }) => {
        if (this.opened?.id === id) this.opened = undefined;
        return undefined;
      },
    };
  }

  private of(id: number): OpenedComparison {
    const { opened } = this;
    if (opened?.id !== id) {
      throw new EditError('PLAN_GONE', l10n.t('There is a newer comparison.'));
    }
    return opened;
  }
}
