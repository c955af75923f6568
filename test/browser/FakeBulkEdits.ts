import { Caption } from '../../src/dataset/captions/Caption';
import { captionDiff } from '../../src/dataset/edits/captionDiff';
import { captionEditor } from '../../src/dataset/edits/captionEdit';
import { EditError } from '../../src/dataset/edits/EditError';
import { EditPlan } from '../../src/dataset/edits/EditPlan';
import { editOfForm, meansTags } from '../../src/extension/bulkEdit/editOfForm';
import type { RequestHandlers } from '../../src/protocol/channel/Channel';
import type { BulkEditRequests, EditForm, EditScope, WantedEdit } from '../../src/protocol/page/bulkEditProtocol';
import type { FakeHost, FakeItem } from './fakeHost';

type Note = <T>(name: string, params: unknown, result: T) => T;

/** Plays the extension host's side of bulk edits with the real edits, on the captions of a {@link FakeHost}. */
export class FakeBulkEdits {
  wanted: WantedEdit | null = null;
  /** captions that say they are not UTF-8 */
  readonly foreign = new Set<string>();
  /** plans wait so long, in milliseconds */
  delay = 0;
  /** a plan is answered when this resolves */
  planned: (form: EditForm) => Promise<void> = () => Promise.resolve();
  /** the answer of the user whom VS Code asks whether to delete images */
  answerToDelete: () => Promise<void> = () => Promise.resolve();
  private plan: { id: number; edits: EditPlan; form: EditForm } | undefined;
  private nextId = 1;

  constructor(private readonly host: FakeHost) {}

  handlers(note: Note): RequestHandlers<BulkEditRequests> {
    const noted =
      (name: string) =>
      (params: unknown): undefined => {
        note(name, params, undefined);
      };
    return {
      wantedEdit: () => this.wanted,
      planEdit: async ({ scope, form }, signal) => {
        note('planEdit', { scope, form }, undefined);
        await new Promise((resolve) => setTimeout(resolve, this.delay));
        await this.planned(form);
        signal.throwIfAborted();
        try {
          const edit = editOfForm(form);
          const edits = await EditPlan.make(
            this.imagesIn(scope),
            captionEditor(edit, { separator: ', ', countOf: () => 0 }),
          );
          this.plan = { id: this.nextId++, edits, form };
          const { changes, unchanged, leftOut, tagCount, tickedCount } = edits;
          return {
            state: 'planned',
            plan: {
              planId: this.plan.id,
              changed: changes.length,
              ticked: tickedCount,
              unchanged,
              leftOut,
              leftOutCount: leftOut.length,
              tags: edits.tagChanges(100),
              tagCount,
            },
          };
        } catch (thrown) {
          if (!(thrown instanceof EditError)) throw thrown;
          return { state: thrown.code === 'FORM_INCOMPLETE' ? 'incomplete' : 'invalid', message: thrown.message };
        }
      },
      getPlanItems: ({ planId, start, count }) => {
        const { edits, form } = this.current(planId);
        return {
          items: edits.changes.slice(start, start + count).map(({ images, before, after, ticked }, offset) => ({
            index: start + offset,
            images,
            imageVersion: '1',
            ticked,
            ...captionDiff(before, after, meansTags(form.operation) ? 'tags' : 'text', ', '),
          })),
        };
      },
      tickPlan: ({ planId, index, ticked }) => {
        const { edits } = this.current(planId);
        edits.tick(index, ticked);
        return note('tickPlan', { index, ticked }, { ticked: edits.tickedCount });
      },
      applyPlan: ({ planId }) => {
        const { tickedChanges } = this.current(planId).edits;
        for (const { images, after } of tickedChanges) {
          for (const image of images) Object.assign(this.host.item(image), { text: after, save: { state: 'unsaved' } });
        }
        this.host.push();
        return note('applyPlan', { planId }, { changed: tickedChanges.length, leftOutCount: 0 });
      },
      dropPlan: noted('dropPlan'),
      captionImages: noted('captionImages'),
      copyCaption: noted('copyCaption'),
      pasteCaption: noted('pasteCaption'),
      deleteImages: async (target, signal) => {
        note('deleteImages', target, undefined);
        signal.addEventListener('abort', () => {
          note('deleteImages withdrawn', target, undefined);
        });
        await this.answerToDelete();
        return undefined;
      },
    };
  }

  private imagesIn(scope: EditScope): { path: string; caption: Caption }[] {
    const { host } = this;
    const items =
      scope === 'all'
        ? host.items
        : scope === 'filtered'
          ? host.matching()
          : host.items.filter(({ selected }) => selected);
    const captions = new Map<string, Caption>();
    return items.map((item) => ({ path: item.path, caption: this.captionOf(item, captions) }));
  }

  private captionOf({ captionPath, path, text }: FakeItem, captions: Map<string, Caption>): Caption {
    let caption = captions.get(captionPath);
    if (caption === undefined) {
      caption = new Caption(captionPath, [path]);
      const foreign = this.foreign.has(captionPath)
        ? { encoding: 'windows-1252' as const, bytes: Buffer.from(text) }
        : undefined;
      caption.readFromDisk(text === '' ? null : { raw: text, ...(foreign === undefined ? {} : { foreign }) });
      captions.set(captionPath, caption);
    }
    return caption;
  }

  private current(planId: number): NonNullable<FakeBulkEdits['plan']> {
    if (this.plan?.id !== planId) throw new EditError('PLAN_GONE', 'There is a newer preview.');
    return this.plan;
  }
}
