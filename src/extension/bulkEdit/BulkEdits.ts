import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { displayLanguage } from '../../base/displayLanguage';
import type { TextEdit } from '../../dataset/edits/bulkEdits';
import { captionDiff } from '../../dataset/edits/captionDiff';
import { captionEditor, isOfTags } from '../../dataset/edits/captionEdit';
import { EditError } from '../../dataset/edits/EditError';
import { EditPlan } from '../../dataset/edits/EditPlan';
import { inSlices } from '../../base/inSlices';
import { SnapshotError } from '../../snapshots/store/SnapshotError';
import { captionParts } from '../../records/captionParts';
import { hasProse, parseTagList } from '../../tags/captionGrammar';
import type {
  CaptionTotals,
  EditForm,
  EditOperation,
  EditScope,
  LeftOut,
  PlanAnswer,
  PlanItem,
  PlanSummary,
} from '../../protocol/page/bulkEditProtocol';
import { inOneLine } from '../../protocol/text/escapeControls';
import type { CaptionPreview } from '../captioning/CaptionPreviews';
import { captioningSummary, planOfPreview, TickedTotals } from './captionPlan';
import { editLabel, editOfForm, meansTags, previewGone } from './editOfForm';
import { fileVersion } from '../shared/fileVersion';
import type { GridSession } from '../grid/GridSession';
import { writeOptions } from '../settings/settings';
import { restoredContents } from './restoredContents';

/** Maximum number of rows of each list in a summary. */
const maxListed = 100;
/** Maximum number of rows per request: more than any screen shows. */
const maxRows = 200;

/** An edit that is shown before it is made. */
interface Plan {
  id: number;
  edits: EditPlan;
  operation: EditOperation;
  separator: string;
  /** what a job would do, where the edit is that */
  preview?: { of: CaptionPreview; totals: TickedTotals };
}

/** The bulk edit that one grid previews. It has at most one plan: a new one replaces the old one. */
export class BulkEdits {
  private plan: Plan | undefined;
  private planning: AbortController | undefined;
  private nextId = 1;

  constructor(private readonly session: GridSession) {}

  /**
   * Plans an edit without changing anything. A newer call aborts this one.
   * @throws the signal's reason when aborted
   */
  async make(scope: EditScope, form: EditForm, signal: AbortSignal): Promise<PlanAnswer> {
    const former = this.plan;
    this.drop();
    const planning = new AbortController();
    this.planning = planning;
    const either = AbortSignal.any([signal, planning.signal]);
    const { document } = this.session;
    const { dataset } = document;
    try {
      const { separator } = writeOptions(document.uri);
      if (form.operation === 'captionPreview') return await this.showPreview(former, separator, either);
      if (form.operation === 'restoreSnapshot') return await this.makeRestore(scope, form, separator, either);
      const edit = editOfForm(form);
      const needsCounts = edit.kind === 'sortTags' && edit.by === 'frequency';
      const counts: ReadonlyMap<string, number> = needsCounts ? dataset.tagCounts : new Map();
      const editor = captionEditor(edit, { separator, countOf: (tag) => counts.get(tag) ?? 0 });
      // The text that is being typed becomes an undo step of its own, before this edit.
      document.commit();
      const images = await this.session.imagesIn(scope, either);
      const edits = await EditPlan.make(images, editor, { ofTags: isOfTags(edit), signal: either });
      either.throwIfAborted();
      this.plan = { id: this.nextId++, edits, operation: form.operation, separator };
      return { state: 'planned', plan: summary(this.plan.id, edits) };
    } catch (thrown) {
      if (thrown instanceof SnapshotError) return { state: 'invalid', message: thrown.message };
      if (!(thrown instanceof EditError)) throw thrown;
      const message = thrown.path === undefined ? thrown.message : `${thrown.path}: ${thrown.message}`;
      return { state: thrown.code === 'FORM_INCOMPLETE' ? 'incomplete' : 'invalid', message };
    }
  }

  private async makeRestore(
    scope: EditScope,
    form: EditForm,
    separator: string,
    signal: AbortSignal,
  ): Promise<PlanAnswer> {
    const { document } = this.session;
    document.commit();
    const images = await this.session.imagesIn(scope, signal);
    const wantedOf = await restoredContents(document.dataset, images, form.snapshot, tagsAndProse(form.tags), signal);
    const edits = await EditPlan.toContents(images, wantedOf, { signal });
    signal.throwIfAborted();
    this.plan = { id: this.nextId++, edits, operation: form.operation, separator };
    return { state: 'planned', plan: summary(this.plan.id, edits) };
  }

  /** Plans to do what a job would do. @param former the plan until now: what was unticked in it stays so */
  private async showPreview(former: Plan | undefined, separator: string, signal: AbortSignal): Promise<PlanAnswer> {
    const { document, captionPreview: preview } = this.session;
    if (preview === undefined) return { state: 'invalid', message: previewGone() };
    document.commit();
    const again = former?.preview?.of === preview ? former.edits.changes : [];
    const unticked = new Set(again.filter(({ ticked }) => !ticked).map(({ caption }) => caption.path));
    const edits = await planOfPreview(document.dataset, preview, unticked, signal);
    const totals = await TickedTotals.of(edits.changes, separator, signal);
    const id = this.nextId++;
    this.plan = { id, edits, operation: 'captionPreview', separator, preview: { of: preview, totals } };
    return { state: 'planned', plan: { ...summary(id, edits), captioning: captioningSummary(preview, totals.now) } };
  }

  /**
   * Rows of the preview, from position `start`; at most 200.
   * @throws EditError `PLAN_GONE` if there is a newer plan
   */
  async items(planId: number, start: number, count: number): Promise<PlanItem[]> {
    const { edits, operation, separator } = this.current(planId);
    const { dataset } = this.session.document;
    const changes = edits.changes.slice(start, start + Math.min(count, maxRows));
    const unit = meansTags(operation) ? 'tags' : 'text';
    return Promise.all(
      changes.map(async ({ images, before, after, ticked }, offset) => ({
        index: start + offset,
        images,
        imageVersion: await fileVersion(dataset.absolute(images[0] ?? '')),
        ticked,
        ...captionDiff(before, after, unit, separator),
      })),
    );
  }

  /**
   * Ticks or unticks one caption of the plan, or all.
   * @returns how many captions are ticked now, and what they make together where that is shown
   * @throws EditError `PLAN_GONE` if there is a newer plan
   */
  async tick(
    planId: number,
    index: number | 'all',
    ticked: boolean,
  ): Promise<{ ticked: number; totals?: CaptionTotals }> {
    const { edits, preview } = this.current(planId);
    if (index !== 'all') preview?.totals.tick(index, ticked);
    edits.tick(index, ticked);
    if (preview === undefined) return { ticked: edits.tickedCount };
    if (index === 'all') await preview.totals.countAll();
    return { ticked: edits.tickedCount, totals: preview.totals.now };
  }

  /**
   * Makes the ticked changes as one undo step. Captions that changed since the preview are left out.
   * @throws EditError `PLAN_GONE` if there is a newer plan
   */
  async apply(planId: number): Promise<{ changed: number; leftOutCount: number }> {
    const { edits, operation, preview } = this.current(planId);
    this.drop();
    const { document } = this.session;
    document.commit();
    const leftOut: LeftOut[] = [];
    const wanted: TextEdit[] = [];
    await inSlices(edits.tickedChanges, ({ caption, images, expected, after, raw }) => {
      if (images.some((image) => document.dataset.image(image) !== undefined)) {
        const found = preview?.of.texts.get(images[0] ?? '')?.found;
        const author = preview === undefined || found === undefined ? {} : { by: { ...preview.of.author, found } };
        wanted.push({ caption, text: after, expected, ...(raw === undefined ? {} : { raw }), ...author });
      } else {
        leftOut.push({ path: caption.path, reason: vscode.l10n.t('Its image is not in the dataset any more.') });
      }
    });
    const label = preview?.of.label ?? editLabel(operation);
    const applied =
      wanted.length === 0
        ? { changed: 0, leftOut: [] }
        : await document.applyEdits(
            wanted.length === 1
              ? label
              : vscode.l10n.t('{0} ({1} captions)', label, wanted.length.toLocaleString(displayLanguage())),
            wanted,
            preview?.of.author ?? { by: 'bulk', name: label },
          );
    if (preview !== undefined) this.session.captionPreview = undefined;
    leftOut.push(...applied.leftOut);
    if (leftOut.length > 0) void reportLeftOut(label, leftOut);
    return { changed: applied.changed, leftOutCount: leftOut.length };
  }

  /**
   * The page shows no edit any more: discards all that there is of one.
   * @returns what a job would do, where that was shown and not applied
   */
  close(): CaptionPreview | undefined {
    this.drop();
    const { captionPreview } = this.session;
    this.session.captionPreview = undefined;
    return captionPreview;
  }

  /** Discards the plan, and aborts one that is being made. */
  drop(): void {
    this.planning?.abort(new DOMException('A newer plan was asked for.', 'AbortError'));
    this.planning = undefined;
    this.plan = undefined;
  }

  private current(planId: number): NonNullable<BulkEdits['plan']> {
    if (this.plan?.id !== planId) throw new EditError('PLAN_GONE', l10n.t('There is a newer preview.'));
    return this.plan;
  }
}

/** What a restore is about: tags, or sentences with their commas. */
function tagsAndProse(text: string): string[] {
  return hasProse(text) ? captionParts(text).map((part) => part.text) : parseTagList(text);
}

function summary(planId: number, edits: EditPlan): PlanSummary {
  const { changes, unchanged, prose, leftOut, tagCount, tickedCount } = edits;
  return {
    planId,
    changed: changes.length,
    ticked: tickedCount,
    unchanged,
    ...(prose === 0 ? {} : { prose }),
    leftOutCount: leftOut.length,
    leftOut: leftOut.slice(0, maxListed),
    tagCount,
    tags: edits.tagChanges(maxListed),
  };
}

async function reportLeftOut(label: string, leftOut: readonly LeftOut[]): Promise<void> {
  const first = leftOut[0];
  const text = vscode.l10n.t(
    '{0}: captions left as they are: {1}. {2}: {3}',
    label,
    leftOut.length.toLocaleString(displayLanguage()),
    inOneLine(first?.path ?? ''),
    first?.reason ?? '',
  );
  const show = vscode.l10n.t('Show All');
  if (leftOut.length === 1) await vscode.window.showWarningMessage(text);
  else if ((await vscode.window.showWarningMessage(text, show)) === show) {
    const content = leftOut.map(({ path, reason }) => inOneLine(`${path}: ${reason}`)).join('\n');
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ content }));
  }
}
