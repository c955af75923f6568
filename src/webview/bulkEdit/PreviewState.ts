import type { CaptionTotals, PlanSummary } from '../../protocol/page/bulkEditProtocol';

/** Why an edit cannot be applied now. */
export type ApplyRefusal =
  /** the preview of the form as it is now has not come yet */
  | 'stale'
  /** the form asks for no edit, or for one that is wrong */
  | 'noPlan'
  /** no caption is ticked */
  | 'nothing'
  | 'applying';

/**
 * Which version of the form the preview belongs to, and with that whether it may be applied. A preview takes a round
 * trip; the form may change until it comes, and the edit of an older form must never be applied.
 */
export class PreviewState {
  /** number of the form as it is now: it grows with each change */
  private form = 0;
  /** number of the form that was answered last */
  private answeredForm = -1;
  private shown: PlanSummary | undefined;
  private applying: number | undefined;

  /** The plan that is shown; it may be of an older form, see {@link isStale}. */
  get plan(): PlanSummary | undefined {
    return this.shown;
  }

  /** Whether the preview of the form as it is now has not come yet. */
  get isStale(): boolean {
    return this.answeredForm !== this.form;
  }

  get isApplying(): boolean {
    return this.applying !== undefined;
  }

  /** The form was changed, or the dialog opened: what is shown is of an older one. Returns the number of the form. */
  formChanged(): number {
    return ++this.form;
  }

  /** Whether a form is still the one that is filled in. */
  isCurrent(form: number): boolean {
    return form === this.form;
  }

  /**
   * The host answered for a form: with a plan, or with none because the form is incomplete or wrong.
   * @returns false if the form was changed meanwhile: the answer is dropped
   */
  answered(form: number, plan: PlanSummary | undefined): boolean {
    if (!this.isCurrent(form)) return false;
    this.answeredForm = form;
    this.shown = plan;
    return true;
  }

  /** The host counted the ticked captions of a plan again, and where that is shown what they make together. */
  ticked(planId: number, ticked: number, totals?: CaptionTotals): void {
    const { shown } = this;
    if (shown?.planId !== planId) return;
    const { captioning } = shown;
    const counted = captioning === undefined || totals === undefined ? {} : { captioning: { ...captioning, totals } };
    this.shown = { ...shown, ticked, ...counted };
  }

  /** Why the plan that is shown cannot be applied; undefined if it can. */
  get refusal(): ApplyRefusal | undefined {
    if (this.applying !== undefined) return 'applying';
    if (this.isStale) return 'stale';
    if (this.shown === undefined) return 'noPlan';
    return this.shown.ticked === 0 ? 'nothing' : undefined;
  }

  /** Begins to apply the plan that is shown. Returns its id, or undefined if there is a {@link refusal}. */
  apply(): number | undefined {
    if (this.refusal !== undefined) return undefined;
    this.applying = this.shown?.planId;
    return this.applying;
  }

  /** The plan was applied, or that failed. Either way it can be applied only once. */
  applied(): void {
    this.applying = undefined;
    this.shown = undefined;
  }

  /** Shows no plan. */
  forget(): void {
    this.shown = undefined;
    this.applying = undefined;
    this.formChanged();
  }
}
