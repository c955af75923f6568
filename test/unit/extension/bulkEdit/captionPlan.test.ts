import assert from 'node:assert/strict';
import type { Dataset } from '../../../../src/dataset/Dataset';
import { planOfPreview, TickedTotals } from '../../../../src/extension/bulkEdit/captionPlan';
import type { CaptionPreview, PreviewedText } from '../../../../src/extension/captioning/CaptionPreviews';
import { defaultWriteOptions } from '../../../../src/tags/writeMode';
import { captionOf, openDataset } from '../../dataset/openDataset';
import { testFolder } from '../../shared/testFolder';

describe('The plan of what a job would do', () => {
  const folder = testFolder();
  const { signal } = new AbortController();
  const open = (): Promise<Dataset> =>
    openDataset(folder(), { '1.png': '', '2.png': '', '3.png': '', '1.txt': 'hat, smile', '2.txt': 'cat' });
  const text = (expected: string | null, after: string): PreviewedText => ({
    expected,
    text: after,
    found: { tags: after.split(', ') },
  });
  const previewOf = (texts: Record<string, PreviewedText>): CaptionPreview => ({
    label: 'Caption All',
    write: { ...defaultWriteOptions, mode: 'update' },
    author: { by: 'tagger', name: 'wd' },
    texts: new Map(Object.entries(texts)),
    unchanged: 4,
    leftOut: [{ path: 'bad.png', reason: 'No picture.' }],
  });
  const all = previewOf({
    // The tagger may answer in another order.
    '2.png': text('cat', 'cat, dog'),
    '1.png': text('hat, smile', 'hat, scarf, moon'),
    '3.png': text(null, 'sun'),
  });

  it('has each caption that would change, and what is left out with its reason', async () => {
    const plan = await planOfPreview(await open(), all, new Set(), signal);
    assert.deepEqual(
      plan.changes.map(({ images, before, after, ticked }) => [images, before, after, ticked]),
      [
        [['1.png'], 'hat, smile', 'hat, scarf, moon', true],
        [['2.png'], 'cat', 'cat, dog', true],
        [['3.png'], '', 'sun', true],
      ],
    );
    assert.equal(plan.unchanged, 4);
    assert.deepEqual(plan.leftOut, [{ path: 'bad.png', reason: 'No picture.' }]);
  });

  it('leaves a caption out that was edited since, and an image that is gone', async () => {
    const dataset = await open();
    dataset.setTextFrom(captionOf(dataset, '2.png'), 'cat', 'cat, typed');
    const preview = previewOf({ '2.png': text('cat', 'cat, dog'), 'gone.png': text(null, 'sun') });
    const plan = await planOfPreview(dataset, preview, new Set(), signal);
    assert.deepEqual(plan.changes, []);
    assert.deepEqual(plan.leftOut.map(({ path }) => path).sort(), ['2.txt', 'bad.png', 'gone.png']);
  });

  it('keeps the ticks of an earlier plan', async () => {
    const plan = await planOfPreview(await open(), all, new Set(['2.txt']), signal);
    assert.deepEqual(
      plan.changes.map(({ ticked }) => ticked),
      [true, false, true],
    );
    assert.equal(plan.tickedCount, 2);
  });

  it('counts what the ticked captions gain, lose and keep together', async () => {
    const plan = await planOfPreview(await open(), all, new Set(), signal);
    const totals = await TickedTotals.of(plan.changes, ', ');
    const tick = (index: number, ticked: boolean): void => {
      totals.tick(index, ticked);
      plan.tick(index, ticked);
    };
    assert.deepEqual(totals.now, { adds: 4, removes: 1, keeps: 2 });
    tick(0, false);
    // A second time it changes nothing.
    tick(0, false);
    assert.deepEqual(totals.now, { adds: 2, removes: 0, keeps: 1 });
    tick(0, true);
    assert.deepEqual(totals.now, { adds: 4, removes: 1, keeps: 2 });
    plan.tick('all', false);
    await totals.countAll();
    assert.deepEqual(totals.now, { adds: 0, removes: 0, keeps: 0 });
  });
});
