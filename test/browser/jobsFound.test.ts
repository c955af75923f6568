import assert from 'node:assert/strict';
import path from 'node:path';
import { JobFolder } from '../../src/jobs/folder/JobFolder';
import type { JobState } from '../../src/jobs/jobTypes';
import { runnerProtocolVersion } from '../../src/jobs/client/runnerProtocol';
import { runElsewhere, seemElsewhere, silentFor } from '../unit/jobs/heldElsewhere';
import { startOtherRunner } from '../unit/jobs/otherRunner';
import { makeJob } from '../unit/jobs/testJobs';
import { DatasetView, until } from './DatasetView';
import { captions, makeScratch, removeScratch } from './datasetFiles';
import { JobsView } from './JobsView';
import { Workbench } from './Workbench';

const execution = [{ runsOn: 'palette runs on CPU', notUsed: ['CUDA is not used: there is no NVIDIA driver.'] }];

describe('the Jobs view of a window that opens, in the real workbench', () => {
  let scratch: string;
  let dataset: string;
  let opened: Workbench | undefined;

  beforeEach(async () => {
    scratch = await makeScratch();
    dataset = path.join(scratch, 'dataset');
  });

  afterEach(async function () {
    await opened?.disposeAfter(this.currentTest);
    opened = undefined;
    await removeScratch(scratch);
  });

  /** A job of the dataset that an earlier window left like this. */
  async function left(storage: string, change: Partial<JobState>): Promise<JobFolder> {
    const folder = await makeJob(path.join(storage, 'jobs'), dataset);
    const state = await folder.readState();
    await folder.writeState({ ...state, execution, ...change });
    return folder;
  }

  const counts = { written: 0, same: 0, untagged: 0, kept: 0, flagged: 0, failed: 0 };

  it('shows what waits, stands still and is over, offers to resume, goes to a failed image and unloads the tagger', async () => {
    const workbench = (opened = await Workbench.open({ folder: scratch }));
    const { storageFolder } = workbench;
    await workbench.runCommand('Dataset Captions: Show Jobs');
    const jobs = new JobsView(workbench);
    await jobs.pane.getByText('No captioning jobs yet').waitFor();
    await workbench.screenshot('jobs welcome');

    const image = '5_scenery/sunset.png';
    await left(storageFolder, {
      status: 'completed',
      finished: new Date().toISOString(),
      ran: 4000,
      counts: { ...counts, written: 3, failed: 1 },
      failures: [{ path: image, reason: 'The image is damaged.' }],
    });
    const message = 'The disk is full (/data/set/0123.txt). Free some space, then resume.';
    await left(storageFolder, {
      status: 'paused',
      fault: { code: 'DISK_FULL', message },
      counts: { ...counts, written: 1 },
    });
    const interrupted = await left(storageFolder, { status: 'running' });
    await workbench.runCommand('View: Show Explorer');
    await workbench.reload();
    const notice = await workbench.notification(/was interrupted/);
    await notice.getByRole('button', { name: 'Show Jobs' }).click();
    await jobs.says('Caption Empty – dataset', /Interrupted|Paused/);
    const done = jobs.item(/Completed, .*1 failed/);
    await done.click();
    for (const theme of ['Dark Modern', 'Light Modern', 'Default High Contrast']) {
      await workbench.setColorTheme(theme);
      await workbench.screenshot(`jobs ${theme}`);
    }
    await jobs.item(`${image}, The image is damaged.`).click();
    const view = new DatasetView(workbench);
    await view.ready();
    await until('the focus at the image that failed', async () =>
      view
        .card(image)
        .evaluate((card: { matches(selector: string): boolean }) => card.matches(':focus, :focus-within'))
        .catch(() => false),
    );
    await workbench.screenshot('jobs revealed');

    // One after the other is resumed by the palette: nothing goes on by itself.
    assert.equal((await captions(dataset))['5_scenery/sunset.txt'], undefined);
    await jobs.item(/Interrupted/).click();
    await workbench.runCommand('Dataset Captions: Resume Job');
    await until('the caption', async () => (await captions(dataset))['5_scenery/sunset.txt'] !== undefined);
    await until('it is done', async () => (await interrupted.readState()).status === 'completed');
    await workbench.runCommand('Dataset Captions: Unload Tagger');
    await workbench.notification(/The tagger is unloaded/);
  });

  it('says that a newer version runs the jobs, and offers to resume one once it shows that its process is gone', async function () {
    this.timeout(180_000);
    const workbench = (opened = await Workbench.open({ folder: scratch }));
    const { storageFolder } = workbench;
    const job = await left(storageFolder, {});
    const lock = await runElsewhere(job);
    await seemElsewhere(job, 30);
    const newer = await startOtherRunner(path.join(storageFolder, 'jobs'), runnerProtocolVersion + 1);
    try {
      await workbench.runCommand('View: Show Explorer');
      await workbench.reload();
      await workbench.runCommand('Dataset Captions: Show Jobs');
      const jobs = new JobsView(workbench);
      await jobs.pane.getByText(/A newer version of this extension runs the jobs/).waitFor();
      await jobs.item(/Caption Empty – dataset, Running/).waitFor();
      await silentFor(job, 130);
      await jobs.says('Caption Empty – dataset', /Interrupted/, 60_000);
      const notice = await workbench.notification(/Caption Empty was interrupted/);
      assert.ok(!newer.asked.includes('retire'));
      await newer.end();
      await lock.release();
      await notice.getByRole('button', { name: 'Resume' }).click();
      await until('it is done', async () => (await job.readState()).status === 'completed');
    } finally {
      await newer.end();
    }
  });
});
