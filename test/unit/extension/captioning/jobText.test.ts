import assert from 'node:assert/strict';
import { jobDescription, jobTooltip, jobView } from '../../../../src/extension/captioning/jobText';
import { jobReport } from '../../../../src/extension/captioning/jobReport';
import { hasStopped, inShownOrder, isLive, isResumable, jobSteps } from '../../../../src/jobs/jobSteps';
import type { JobInfo, TaggerManifest } from '../../../../src/jobs/jobTypes';

const counts = { written: 0, same: 0, untagged: 0, kept: 0, flagged: 0, failed: 0 };

function job(change: Partial<JobInfo> = {}): JobInfo {
  return {
    ...{ id: '1', label: 'Caption Empty', root: '/data/set', tagger: 'Palette', created: '2026-01-01T00:00:00.000Z' },
    ...{ place: { kind: 'local' as const }, status: 'running' as const, interrupted: false, position: 1, total: 2000 },
    ...{ counts, message: '', execution: [], inWork: [], failures: [] },
    ...change,
  };
}

describe('what is said of a job', () => {
  it('is how far it is, how fast, and how long it will take', () => {
    const running = job({ counts: { ...counts, written: 1230, failed: 4 }, imagesPerSecond: 45.2, secondsLeft: 180 });
    assert.equal(
      jobDescription(running),
      `${(1234).toLocaleString()}/${(2000).toLocaleString()} · 45 img/s · 3 min left · 4 failed`,
    );
    assert.equal(
      jobDescription(job({ message: 'Loading the tagger…' })),
      `0/${(2000).toLocaleString()} · Loading the tagger…`,
    );
    const over = job({ status: 'completed', counts: { ...counts, written: 1998, kept: 2 } });
    assert.equal(
      jobDescription(over),
      `${(2000).toLocaleString()}/${(2000).toLocaleString()} · 2 kept`,
      'two are not what the tagger wrote',
    );
    assert.equal(jobDescription(job({ status: 'queued' })), `0/${(2000).toLocaleString()} · queued`);
  });

  it('counts the flagged answers that nobody has decided on, and offers them once no more come', () => {
    const flagged = { ...counts, written: 1990, flagged: 10 };
    const over = job({ status: 'completed', counts: flagged });
    assert.deepEqual([jobView(over).flagged, jobView(over).isReviewable], [10, true]);
    const half = job({ status: 'completed', counts: flagged, waiting: 4 });
    assert.equal(jobDescription(half), `${(2000).toLocaleString()}/${(2000).toLocaleString()} · 4 to look at`);
    assert.deepEqual([jobView(half).flagged, jobView(half).handled], [4, 2000]);
    const reviewed = job({ status: 'completed', counts: flagged, waiting: 0 });
    assert.deepEqual([jobView(reviewed).flagged, jobView(reviewed).isReviewable], [0, false]);
    assert.equal(jobView(job({ counts: flagged })).isReviewable, false, 'it runs');
  });

  it('names what it runs on and why nothing better', () => {
    const execution = [{ runsOn: 'palette runs on CPU', notUsed: ['CUDA is not used: no driver.'] }];
    const lines = jobTooltip(job({ execution })).split('\n');
    for (const line of ['/data/set', 'Palette', 'palette runs on CPU', 'CUDA is not used: no driver.'])
      assert.ok(lines.includes(line), line);
  });

  it('is why it stands still', () => {
    const fault = { code: 'DISK_FULL' as const, message: 'The disk is full. Free some space, then resume.' };
    const paused = jobView(job({ status: 'paused', fault }));
    assert.equal(paused.state, 'paused');
    assert.equal(paused.message, fault.message);
    assert.equal(jobView(job({ interrupted: true })).state, 'interrupted');
    assert.equal(jobView(job({ status: 'queued', interrupted: true })).state, 'interrupted', 'nobody runs it');
  });
});

describe('the state of jobs', () => {
  it('tells a job that runs or waits from one that nobody works on', () => {
    assert.ok(isLive(job()));
    assert.ok(isLive(job({ status: 'queued' })));
    for (const still of [job({ interrupted: true }), job({ status: 'paused' })]) {
      assert.ok(!isLive(still));
      assert.ok(isResumable(still));
    }
    assert.ok(!isResumable(job({ status: 'completed' })));
  });

  it('notices once that a job stopped, and never of one that had stopped before the window came', () => {
    const before = job();
    const after = job({ status: 'paused' });
    const [step] = jobSteps(new Map([['1', before]]), [after]);
    assert.ok(step !== undefined && hasStopped(step));
    assert.deepEqual(jobSteps(new Map([['1', after]]), [after]), []);
    const [first] = jobSteps(new Map(), [after]);
    assert.ok(first !== undefined && !hasStopped(first));
  });

  it('shows running jobs first, then those that stand still, those that wait by their turn, and the newest past one', () => {
    const jobs = [
      job({ id: 'old', status: 'completed' }),
      job({ id: 'new', status: 'completed', created: '2026-02-01T00:00:00.000Z' }),
      job({ id: 'second', status: 'queued', position: 7 }),
      job({ id: 'first', status: 'queued', position: 3 }),
      job({ id: 'paused', status: 'paused' }),
      job({ id: 'running' }),
    ];
    assert.deepEqual(
      inShownOrder(jobs).map(({ id }) => id),
      ['running', 'paused', 'first', 'second', 'new', 'old'],
    );
  });
});

describe('the report of a job', () => {
  const manifest: TaggerManifest = {
    ...{ version: 1, id: '1', created: '', label: 'Caption Empty', root: '/data/set', captionExtension: '.txt' },
    ...{ mode: 'empty', place: { kind: 'local' }, total: 3 },
    write: { mode: 'replace', keepFirst: 0, separator: ', ' },
    options: {} as TaggerManifest['options'],
    tagger: {
      name: 'Palette',
      setup: { models: [], merge: 'mean', execution: {} as TaggerManifest['tagger']['setup']['execution'] },
      environment: { SECRET_PATH: '/home/somebody' },
      hashes: [],
    },
  };

  it('lists every image without its caption with the reason, and nothing of the environment', () => {
    const report = jobReport({
      info: job({ status: 'completed', total: 3, counts: { ...counts, written: 1, failed: 1, kept: 1 } }),
      manifest,
      images: ['a|b.png', 'c.png', 'd.png'].map((path) => ({ path, expected: null })),
      records: new Map([
        [0, { outcome: 'failed' as const, reason: 'The image is *damaged*.' }],
        [1, { outcome: 'kept' as const, reason: 'It was edited.' }],
        [2, { outcome: 'written' as const }],
      ]),
      ran: 2000,
      revert: { reverted: [], left: [{ path: 'd.png', reason: 'Changed since.' }] },
    });
    const lines = report.split('\n');
    assert.ok(lines.includes(String.raw`- ${'`'}a|b.png${'`'}: The image is \*damaged\*.`), report);
    assert.ok(lines.includes('- `c.png`: It was edited.'));
    assert.ok(lines.includes('- `d.png`: Changed since.'));
    assert.ok(lines.includes('| Images a second | 1.5 |'));
    assert.ok(!report.includes('somebody'));
  });

  it('keeps names with backticks, line ends and control characters inside their code, so that nothing is rendered', () => {
    const names = ['x```![p](https:/evil.example/p.png)', '`', 'a``b`', ' c', 'd\n# e\r- f', 'g\u001b]0;h\u009b'];
    const report = jobReport({
      info: job({ status: 'completed', execution: [{ runsOn: '<b>m</b> runs on CPU', notUsed: ['one\r# two'] }] }),
      manifest: { ...manifest, root: '/data/a|`b' },
      images: names.map((path) => ({ path, expected: null })),
      records: new Map(names.map((_, index) => [index, { outcome: 'untagged' as const }])),
      ran: 0,
      revert: undefined,
    });
    const lines = report.split(/[\n\r]/);
    for (const line of [
      '- ```` x```![p](https:/evil.example/p.png) ````',
      '- `` ` ``',
      '- ``` a``b` ```',
      '- `  c `',
      String.raw`- ${'`'}d\x0a# e\x0d- f${'`'}`,
      String.raw`- ${'`'}g\x1b]0;h\u009b${'`'}`,
      String.raw`- \<b\>m\</b\> runs on CPU`,
      String.raw`- one \# two`,
    ]) {
      assert.ok(lines.includes(line), `${line} in: ${report}`);
    }
    assert.ok(report.includes(String.raw`${'``'} /data/a\|${'`'}b ${'``'} |`), report);
  });
});
