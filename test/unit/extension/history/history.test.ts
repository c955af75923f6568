import assert from 'node:assert/strict';
import { comparisonText } from '../../../../src/extension/history/comparisonText';
import { historyEntries } from '../../../../src/extension/history/historyEntries';
import { partPerLine } from '../../../../src/extension/history/partPerLine';
import type { JobInfo } from '../../../../src/jobs/jobTypes';
import { usualLimits, type Snapshot, type SnapshotCause } from '../../../../src/snapshots/store/snapshotTypes';

describe('The history of a dataset', () => {
  const snapshot = (created: number, cause: SnapshotCause, more: Partial<Snapshot> = {}): Snapshot => ({
    id: `s${created}`,
    created,
    cause,
    folder: '',
    captionExtension: '.txt',
    images: 1,
    captions: 1,
    unread: 0,
    added: 0,
    limits: usualLimits,
    lists: [],
    ...more,
  });
  const job = (id: string, time: number): JobInfo =>
    ({ id, label: 'Caption All', created: new Date(time).toISOString() }) as JobInfo;

  it('has jobs, bulk edits and snapshots in one list, the latest first, a job with its snapshot as one', () => {
    const entries = historyEntries(
      [job('j1', 2000), job('j2', 5000)],
      [
        snapshot(1000, 'hand', { name: 'mine' }),
        snapshot(2001, 'job', { job: 'j1', label: 'Caption All' }),
        snapshot(3000, 'edit', { label: 'Add Tags' }),
        snapshot(4000, 'job', { job: 'gone', label: 'Caption Empty' }),
      ],
    );
    assert.deepEqual(
      entries.map(({ kind, label, snapshot: own, job: listed }) => [kind, label, own?.id, listed?.id]),
      [
        ['job', 'Caption All', undefined, 'j2'],
        ['job', 'Caption Empty', 's4000', undefined],
        ['edit', 'Add Tags', 's3000', undefined],
        ['job', 'Caption All', 's2001', 'j1'],
        ['snapshot', 'mine', 's1000', undefined],
      ],
    );
  });

  it('says what differs between two snapshots', () => {
    const text = comparisonText(
      {
        same: 1,
        changed: 2,
        onlyForm: 1,
        new: 0,
        gone: 0,
        unknown: 1,
        damaged: [{ image: 'b.png', in: 'before' }],
        lost: { before: 3, after: 0 },
        parts: [{ text: 'hat', kind: 'tag', came: 1200, went: 0 }],
        changes: [{ image: 'a.png', before: '', after: '', came: ['hat'], went: [] }],
      },
      'mine',
      'Now',
      'en',
    );
    assert.match(text, /^From: mine\nTo: Now\n\nImages: 2 changed, 0 new, 0 gone, 1 the same\n/);
    assert.match(text, /^A list of the snapshot is damaged: mine \(images: 3\)$/m);
    assert.match(text, /^Damaged in mine: b\.png$/m);
    assert.match(text, /\+1,200 +−0 {2}hat/);
    assert.match(text, /a\.png\n {4}\+ hat\n$/);
  });

  for (const [text, lines] of [
    ['hat, cat, dog', 'hat\ncat\ndog'],
    ['hat,cat , dog', 'hat,\ncat ,\ndog'],
    ['hat, cat\nA woman walks her dog. She smiles at it.', 'hat\ncat\nA woman walks her dog.\nShe smiles at it.'],
    ['a ||| b', 'a |||\nb'],
    ['', ''],
    ['{"a": 1}', '{"a": 1}'],
  ] as const) {
    it(`compares ${JSON.stringify(text)} by its parts`, () => {
      assert.equal(partPerLine(text), lines);
    });
  }
});
