import * as l10n from '@vscode/l10n';
import { consume } from '@lit/context';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { JobAction, JobView } from '../../protocol/page/gridProtocol';
import { formatNumber, plural } from '../shared/displayLanguage';
import { actionsContext, type EditorActions } from '../shared/actions';
import { FreshRows } from '../notices/FreshRows';
import { StackOrder } from '../notices/StackOrder';
import { inOneLine } from '../../protocol/text/escapeControls';
import { jobStateName } from '../../protocol/text/jobStateName';
import { jobStyles } from './jobs.css';
import { sharedStyles } from '../shared/shared.css';
import { styleProperties } from '../shared/styleProperties';

/** The jobs of this dataset with their progress and failures. */
@customElement('job-list')
export class JobList extends LitElement {
  static override styles = [sharedStyles, jobStyles];

  @property({ attribute: false }) jobs: readonly JobView[] = [];
  @consume({ context: actionsContext }) actions: EditorActions | undefined;
  @state() private unfolded: ReadonlySet<string> = new Set();
  /** Ended jobs that failed or whose failures are expanded: they stay until the user dismisses them. */
  @state() private held: readonly JobView[] = [];
  private readonly order = new StackOrder();
  private readonly fresh = new FreshRows();

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get('jobs');
    if (before === undefined) return;
    const listed = new Set(this.jobs.map(({ id }) => id));
    const leaving = before.filter(
      ({ id, state: end }) => !listed.has(id) && (end === 'error' || this.unfolded.has(id)),
    );
    this.held = [...this.held.filter(({ id }) => !listed.has(id)), ...leaving];
  }

  protected override updated(): void {
    this.fresh.watch([...this.renderRoot.querySelectorAll<HTMLElement>('.job')]);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.fresh.stop();
  }

  protected override render(): TemplateResult | typeof nothing {
    const shown = [...this.held, ...this.jobs];
    const numbers = this.order.update(shown.map(({ id }) => id));
    if (shown.length === 0) return nothing;
    return html`<div class="jobs" role="region" aria-label=${l10n.t('Jobs')}>
      ${repeat(
        shown,
        (job) => job.id,
        (job) => this.renderJob(job, numbers.get(job.id) ?? 0),
      )}
    </div>`;
  }

  private renderJob(job: JobView, number: number): TemplateResult {
    const open = this.unfolded.has(job.id);
    const part = job.total === 0 ? 0 : Math.min(1, job.handled / job.total);
    return html`<div class="job ${job.state}" ${styleProperties({ order: String(-number) })}>
      <div class="words">
        <b>${job.label}</b>
        <span class="state">${jobStateName(job.state)}</span>
        <span>${formatNumber(job.handled)} / ${formatNumber(job.total)} (${Math.floor(part * 100)} %)</span>
        ${
          notWritten(job) === '' || job.failures.length === 0
            ? nothing
            : html`<button
                class="link error"
                aria-expanded=${open ? 'true' : 'false'}
                @click=${() => {
                  this.toggle(job.id);
                }}
              >
                ${notWritten(job)}
              </button>`
        }
        ${job.untagged === 0 ? nothing : html`<span>${l10n.t('{0} without tags', formatNumber(job.untagged))}</span>`}
        ${job.execution.map(
          ({ runsOn, notUsed }) =>
            html`<span class="execution" title=${[runsOn, ...notUsed].join('\n')}>${runsOn}</span>`,
        )}
        <span class="message" title=${job.message}>${job.message}</span>
      </div>
      <div class="buttons">${this.renderButtons(job)}</div>
      <div
        class="track"
        role="progressbar"
        aria-label=${job.label}
        aria-valuemin="0"
        aria-valuemax=${job.total}
        aria-valuenow=${job.handled}
        aria-valuetext=${l10n.t(
          '{0} of {1}, {2}',
          formatNumber(job.handled),
          formatNumber(job.total),
          jobStateName(job.state),
        )}
      >
        <div class="bar" ${styleProperties({ transform: `scaleX(${part})` })}></div>
      </div>
      ${open && job.failures.length > 0 ? renderFailures(job) : nothing}
    </div>`;
  }

  /** Renders all buttons and hides the unused ones: removing a node ends Chromium's undo step of typing. */
  private renderButtons(job: JobView): TemplateResult {
    const { state, label, id } = job;
    const isStopped = state === 'paused' || state === 'interrupted';
    const isLive = state === 'queued' || state === 'starting' || state === 'running';
    const button = (name: string, shown: boolean, act: () => void): TemplateResult =>
      html`<vscode-button
        appearance="secondary"
        aria-label=${l10n.t('{0} {1}', name, label)}
        ?hidden=${!shown}
        @click=${act}
        >${name}</vscode-button
      >`;
    const control = (name: string, action: JobAction, shown: boolean): TemplateResult =>
      button(name, shown, () => this.actions?.controlJob(id, action));
    return html`${control(l10n.t('Pause'), 'pause', state === 'running')}
    ${control(l10n.t('Resume'), 'resume', isStopped)} ${control(l10n.t('Cancel'), 'cancel', isLive || isStopped)}
    ${button(l10n.t('Review Flagged'), job.isReviewable === true, () => this.actions?.reviewFlagged(id))}
    ${button(l10n.t('Dismiss'), this.held.includes(job) || (job.isReviewable === true && !isStopped), () => {
      this.held = this.held.filter((other) => other !== job);
      if (job.isReviewable === true) this.actions?.dismissJob(id);
    })}`;
  }

  private toggle(id: string): void {
    const next = new Set(this.unfolded);
    if (!next.delete(id)) next.add(id);
    this.unfolded = next;
  }
}

/** The counts of captions that were not written, such as `2 failed, 3 to look at, 1 kept`. */
function notWritten({ failed, flagged, kept }: JobView): string {
  const parts = failed > 0 ? [l10n.t('{0} failed', formatNumber(failed))] : [];
  if (flagged > 0) parts.push(l10n.t('{0} to look at', formatNumber(flagged)));
  if (kept > 0) parts.push(l10n.t('{0} kept', formatNumber(kept)));
  return parts.join(', ');
}

function renderFailures(job: JobView): TemplateResult {
  return html`<ul class="failures" aria-label=${l10n.t('Failures of {0}', job.label)}>
    ${job.failures.map(({ path, reason }) => html`<li><span class="path">${inOneLine(path)}</span>: ${reason}</li>`)}
    ${job.moreFailures > 0 ? html`<li>${l10n.t('and {0} more', formatNumber(job.moreFailures))}</li>` : nothing}
  </ul>`;
}

/** The text that screen readers announce when a job ended or was paused; undefined when none did. */
export function jobAnnouncement(before: readonly JobView[], after: readonly JobView[]): string | undefined {
  let announcement: string | undefined;
  for (const job of after) {
    const old = before.find(({ id }) => id === job.id);
    const isUnderWay = job.state === 'queued' || job.state === 'starting' || job.state === 'running';
    if (isUnderWay || old === undefined || old.state === job.state) continue;
    const images = plural(l10n.t('{0} image|{0} images'), job.handled);
    const words = [job.label, jobStateName(job.state), images, formatNumber(job.failed)] as const;
    announcement = job.failed === 0 ? l10n.t('{0} {1}: {2}', ...words) : l10n.t('{0} {1}: {2}, {3} failed', ...words);
  }
  return announcement;
}

declare global {
  interface HTMLElementTagNameMap {
    'job-list': JobList;
  }
}
