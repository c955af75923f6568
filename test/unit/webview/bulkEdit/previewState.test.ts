import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { PlanSummary } from '../../../../src/protocol/page/bulkEditProtocol';
import { PreviewState } from '../../../../src/webview/bulkEdit/PreviewState';

function planOf(planId: number, ticked = 2): PlanSummary {
  return { planId, changed: 2, ticked, unchanged: 0, leftOutCount: 0, leftOut: [], tagCount: 0, tags: [] };
}

describe('the preview of a bulk edit', () => {
  let preview: PreviewState;
  const shownPlan = (): number | undefined => preview.plan?.planId;

  beforeEach(() => {
    preview = new PreviewState();
  });

  it('can be applied once it has come, and once only', () => {
    const form = preview.formChanged();
    assert.equal(preview.refusal, 'stale');
    assert.ok(preview.answered(form, planOf(1)));
    assert.equal(preview.refusal, undefined);
    assert.equal(preview.apply(), 1);
    assert.equal(preview.refusal, 'applying');
    assert.equal(preview.apply(), undefined);
    preview.applied();
    assert.equal(preview.refusal, 'noPlan');
  });

  it('is dropped if the form was changed until it came, and cannot be applied after a change', () => {
    const zeb = preview.formChanged();
    const zebra = preview.formChanged();
    assert.equal(preview.answered(zeb, planOf(1)), false);
    assert.equal(shownPlan(), undefined);
    assert.equal(preview.apply(), undefined);
    assert.ok(preview.answered(zebra, planOf(2)));
    preview.formChanged();
    assert.equal(shownPlan(), 2, 'it stays in sight');
    assert.equal(preview.refusal, 'stale');
    assert.equal(preview.apply(), undefined);
  });

  it('cannot be applied without a plan, or with nothing ticked', () => {
    preview.answered(preview.formChanged(), undefined);
    assert.equal(preview.refusal, 'noPlan');
    preview.answered(preview.formChanged(), planOf(3, 0));
    assert.equal(preview.refusal, 'nothing');
    preview.ticked(2, 2);
    assert.equal(preview.refusal, 'nothing', 'that was about another plan');
    preview.ticked(3, 1);
    assert.equal(preview.apply(), 3);
  });

  it('is forgotten with the dialog: its answer, which is still on its way, is dropped', () => {
    const form = preview.formChanged();
    preview.forget();
    assert.equal(preview.answered(form, planOf(1)), false);
    assert.equal(preview.refusal, 'stale');
  });

  it('never applies the plan of an older form, whatever the order of keys and answers', () => {
    const step = fc.oneof(fc.constant('key' as const), fc.constant('apply' as const), fc.nat({ max: 9 }));
    const steps = fc.array(step, { maxLength: 40 });
    fc.assert(
      fc.property(steps, (events) => {
        const state = new PreviewState();
        const asked = [state.formChanged()];
        for (const event of events) {
          const latest = asked.at(-1);
          if (event === 'key') asked.push(state.formChanged());
          else if (event === 'apply') {
            // The number of a plan is that of its form here.
            const applied = state.apply();
            if (applied !== undefined) {
              assert.equal(applied, latest);
              state.applied();
            }
          } else {
            const form = asked[event % asked.length] ?? 0;
            state.answered(form, planOf(form));
          }
        }
      }),
    );
  });
});
