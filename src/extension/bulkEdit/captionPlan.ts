import * as l10n from '@vscode/l10n';
import { displayLanguage } from '../../base/displayLanguage';
import { inSlices } from '../../base/inSlices';
import type { DatasetImage } from '../../dataset/captions/DatasetImage';
import type { Dataset } from '../../dataset/Dataset';
import { EditPlan, type PlannedChange, type WantedContent } from '../../dataset/edits/EditPlan';
import type { CaptioningSummary } from '../../protocol/page/bulkEditProtocol';
import { countParts, partsThatChange, type ChangeTotals } from '../../records/edits/partsThatChange';
import type { WriteMode } from '../../tags/writeMode';
import type { CaptionPreview } from '../captioning/CaptionPreviews';

/** Counts what the ticked changes of a plan make together, as they are ticked and unticked. */
export class TickedTotals {
  private readonly totals: ChangeTotals = { adds: 0, removes: 0, keeps: 0 };

  private constructor(
    private readonly changes: readonly PlannedChange[],
    private readonly separator: string,
  ) {}

  /** @throws the signal's reason */
  static async of(changes: readonly PlannedChange[], separator: string, signal?: AbortSignal): Promise<TickedTotals> {
    const counted = new TickedTotals(changes, separator);
    await counted.countAll(signal);
    return counted;
  }

  get now(): ChangeTotals {
    return { ...this.totals };
  }

  /** To be called before a change is ticked or unticked. */
  tick(index: number, ticked: boolean): void {
    const change = this.changes[index];
    if (change === undefined || change.ticked === ticked) return;
    countParts(this.totals, partsThatChange(change.before, change.after, this.separator), ticked ? 1 : -1);
  }

  /** Counts all ticked changes again. */
  async countAll(signal?: AbortSignal): Promise<void> {
    const { totals, separator } = this;
    Object.assign(totals, { adds: 0, removes: 0, keeps: 0 });
    await inSlices(
      this.changes,
      ({ before, after, ticked }) => {
        if (ticked) countParts(totals, partsThatChange(before, after, separator));
      },
      signal === undefined ? {} : { signal },
    );
  }
}

/**
 * The plan that does what a preview shows. A caption that was edited since its image was tagged is left out.
 * @param unticked paths of captions that are not to be ticked
 * @throws the signal's reason
 */
export async function planOfPreview(
  dataset: Dataset,
  { texts, unchanged, leftOut }: CaptionPreview,
  unticked: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<EditPlan> {
  // The tagger may answer in another order than that of the dataset.
  const images: DatasetImage[] = [];
  await inSlices(
    dataset.allImages,
    (image) => {
      if (texts.has(image.path)) images.push(image);
    },
    { signal },
  );
  const gone: EditPlan['leftOut'] = [];
  await inSlices(
    images.length < texts.size ? texts.keys() : [],
    (path) => {
      if (dataset.image(path) !== undefined) return;
      gone.push({ path, reason: l10n.t('Its image is not in the dataset any more.') });
    },
    { signal },
  );
  const wantedOf = ({ path, caption }: DatasetImage): WantedContent | undefined => {
    const wanted = texts.get(path);
    if (wanted === undefined) return undefined;
    if (caption.raw === wanted.expected) return { text: wanted.text };
    return { reason: l10n.t('It was edited since its image was tagged.') };
  };
  const edits = await EditPlan.toContents(images, wantedOf, { signal });
  edits.unchanged += unchanged;
  edits.leftOut.push(...gone, ...leftOut);
  if (unticked.size > 0) {
    for (const [index, { caption }] of edits.changes.entries())
      if (unticked.has(caption.path)) edits.tick(index, false);
  }
  return edits;
}

/** The summary of the job that a preview is of. */
export function captioningSummary({ label, author, write }: CaptionPreview, totals: ChangeTotals): CaptioningSummary {
  const { name = '', thresholds = [] } = author;
  const number = (value: number): string => value.toLocaleString(displayLanguage());
  const shown = thresholds.map(({ general, character }) => `${number(general)} / ${number(character)}`).join(', ');
  return {
    label,
    totals,
    facts: [
      { name: l10n.t('Tagger'), value: name },
      { name: l10n.t('Thresholds, general / character'), value: shown },
      { name: l10n.t('Captions that are there'), value: whatBecomes(write.mode) },
    ],
  };
}

function whatBecomes(mode: WriteMode): string {
  const texts: Record<WriteMode, string> = {
    replace: l10n.t('are replaced'),
    append: l10n.t('get new tags at the end'),
    prepend: l10n.t('get new tags at the start'),
    update: l10n.t('are updated: what you wrote or deleted stays so'),
    onlyEmpty: l10n.t('stay as they are'),
  };
  return texts[mode];
}
