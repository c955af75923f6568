import * as l10n from '@vscode/l10n';
import { compareNaturally } from '../../base/naturalOrder';
import { decodeCaption } from '../../dataset/captions/captionContent';
import { captionDiff } from '../../dataset/edits/captionDiff';
import { EditError } from '../../dataset/edits/EditError';
import type { WantedEdit } from '../../protocol/page/bulkEditProtocol';
import type {
  ComparedItem,
  ComparedTag,
  ComparisonFilter,
  ComparisonSummary,
  ComparisonView,
} from '../../protocol/page/comparisonProtocol';
import type { CaptionStates } from '../../snapshots/CaptionStates';
import type { ComparedChange, Comparison, PartChange } from '../../snapshots/compareStates';
import { isContent, type CaptionKey } from '../../snapshots/store/captionKey';
import { textOfRaw } from '../../tags/captionText';
import { comparableTag } from '../../tags/comparableTag';

/** Maximum number of tags in a {@link ComparisonView}. */
const maxTags = 200;
/** Maximum number of rows per request: more than any screen shows. */
const maxRows = 200;

/** One of the two states that are compared. */
export interface ComparedSide {
  name: string;
  states: Pick<CaptionStates, 'read'>;
}

/** What a caption held in the two states. */
export interface ComparedTexts {
  image: string;
  before: string;
  after: string;
}

/** What differs between two states of the captions of a dataset, as a grid shows it: filtered, some rows at a time. */
export class ShownComparison {
  private readonly changes: readonly ComparedChange[];
  private matching: readonly ComparedChange[];
  private filter: ComparisonFilter = { text: '', isWhole: false };
  private view = 0;
  /** the row whose captions were opened last */
  private row = 0;

  /**
   * @param restore the edit that gives the earlier state back; null where the later one is not now
   * @param separator between tags
   */
  constructor(
    readonly result: Comparison,
    readonly before: ComparedSide,
    readonly after: ComparedSide,
    private readonly restore: WantedEdit | null,
    private readonly separator: string,
  ) {
    this.changes = [...result.changes].sort((a, b) => compareNaturally(a.image, b.image));
    this.matching = this.changes;
  }

  /** @param id by which the page names this comparison */
  summary(id: number): ComparisonSummary {
    const { changed, onlyForm, new: came, gone, same, unknown } = this.result;
    const { restore, filter, row } = this;
    const names = { before: this.before.name, after: this.after.name };
    return { id, ...names, changed, onlyForm, came, gone, same, unknown, restore, filter, row };
  }

  /** Shows only what a filter leaves; its rows are those of {@link items} from now on. */
  show(filter: ComparisonFilter): ComparisonView {
    this.filter = filter;
    this.view++;
    const { parts } = this.result;
    const isFound = matcher(filter);
    const found = filter.text.trim() === '' ? parts : parts.filter(({ text }) => isFound(text));
    if (found === parts) this.matching = this.changes;
    else {
      const texts = new Set(found.map(({ text }) => text));
      const has = (text: string): boolean => texts.has(text);
      this.matching = this.changes.filter(({ came, went }) => came.some(has) || went.some(has));
    }
    // Those beside a tag that was chosen stay, to choose another one.
    const listed = filter.isWhole ? parts : found;
    return {
      view: this.view,
      rows: this.matching.length,
      tags: listed.slice(0, maxTags).map(tagChange),
      tagCount: listed.length,
    };
  }

  /**
   * Rows of the view that {@link show} made last, from position `start`; at most 200.
   * @param versionOf the version of the file of an image
   * @throws EditError `PLAN_GONE` if there is a newer view
   */
  items(
    view: number,
    start: number,
    count: number,
    versionOf: (image: string) => Promise<string>,
  ): Promise<ComparedItem[]> {
    this.check(view);
    const changes = this.matching.slice(start, start + Math.min(count, maxRows));
    return Promise.all(
      changes.map(async (change, offset) => {
        const { image } = change;
        const note = noteOf(change);
        const known = {
          index: start + offset,
          images: [image],
          imageVersion: note === 'gone' ? '' : await versionOf(image),
        };
        try {
          const { before, after } = await this.read(change);
          return {
            ...known,
            ...captionDiff(before, after, 'tags', this.separator),
            ...(note === undefined ? {} : { note }),
          };
        } catch {
          // The difference is known, but the rest of the caption is gone.
          return { ...known, ...piecesOf(change), note: 'unreadable' as const };
        }
      }),
    );
  }

  /**
   * What the caption of a row held in both states. The page comes back to this row.
   * @throws EditError `PLAN_GONE` if there is a newer view; SnapshotError if the snapshot has lost it
   */
  async texts(view: number, row: number): Promise<ComparedTexts> {
    this.check(view);
    const change = this.matching[row];
    if (change === undefined) throw gone();
    this.row = row;
    return { image: change.image, ...(await this.read(change)) };
  }

  private async read(change: ComparedChange): Promise<{ before: string; after: string }> {
    const [before, after] = await Promise.all([
      textOf(this.before.states, change.before),
      textOf(this.after.states, change.after),
    ]);
    return { before, after };
  }

  private check(view: number): void {
    if (view !== this.view) throw gone();
  }
}

function matcher({ text, isWhole }: ComparisonFilter): (part: string) => boolean {
  const wanted = comparableTag(text);
  return isWhole ? (part) => part === text : (part) => comparableTag(part).includes(wanted);
}

function tagChange({ text, kind, came, went }: PartChange): ComparedTag {
  return { tag: text, added: came, removed: went, isTag: kind === 'tag' };
}

function noteOf({ before, after, came, went }: ComparedChange): ComparedItem['note'] {
  if (before === undefined) return 'new';
  if (after === undefined) return 'gone';
  return came.length + went.length === 0 ? 'onlyForm' : undefined;
}

function piecesOf({ came, went }: ComparedChange): Pick<ComparedItem, 'unit' | 'pieces'> {
  const removed = went.map((text) => ({ kind: 'removed' as const, text }));
  const added = came.map((text) => ({ kind: 'added' as const, text }));
  return { unit: 'tags', pieces: [...removed, ...added] };
}

async function textOf(states: Pick<CaptionStates, 'read'>, key: CaptionKey | undefined): Promise<string> {
  if (key === undefined || !isContent(key)) return '';
  return textOfRaw(decodeCaption(await states.read(key)).raw);
}

function gone(): EditError {
  return new EditError('PLAN_GONE', l10n.t('There is a newer comparison.'));
}
