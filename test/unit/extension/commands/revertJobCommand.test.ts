import { during, messages } from '../askingVscode';
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { captionHash } from '../../../../src/dataset/captions/captionHash';
import { InPlaceWriter } from '../../../../src/dataset/files/FileWriter';
import type { CaptionJobs } from '../../../../src/extension/captioning/CaptionJobs';
import { revertWithProgress } from '../../../../src/extension/commands/revertJobCommand';
import type { DatasetEditorProvider } from '../../../../src/extension/editor/DatasetEditorProvider';
import type { JobFolder } from '../../../../src/jobs/folder/JobFolder';
import { readJobInfo } from '../../../../src/jobs/folder/jobInfo';
import { testFolder } from '../../shared/testFolder';
import { makeJob, pictureFolder } from '../../jobs/testJobs';

describe('The command that reverts a job', () => {
  const folder = testFolder();
  let root: string;
  let job: JobFolder;

  beforeEach(async () => {
    messages.length = 0;
    root = await pictureFolder(folder(), 2);
    job = await makeJob(path.join(folder(), 'jobs'), root);
    await captioned(0);
  });
  afterEach(() => {
    during.question = () => undefined;
  });

  const caption = (index: number): string => path.join(root, `${index + 1}.txt`);

  /** Does for one image what a run of the job does. */
  async function captioned(index: number): Promise<void> {
    const journal = await job.openJournal();
    await journal.append(['w', index, null, captionHash('written')], true);
    await writeFile(caption(index), 'written');
    await journal.append(['o', index, 'written', 1]);
    await journal.close();
  }

  async function revert(): Promise<void> {
    const jobs = { jobsFolder: path.dirname(job.path), reread: () => Promise.resolve() };
    const editors = { documents: [] };
    await revertWithProgress(
      await readJobInfo(job),
      jobs as unknown as CaptionJobs,
      editors as unknown as DatasetEditorProvider,
      new InPlaceWriter(),
    );
  }

  it('says how many captions the job wrote by now, and reverts these', async () => {
    await revert();
    assert.match(messages[0]?.detail ?? '', /captions: 1/);
    await assert.rejects(readFile(caption(0)), { code: 'ENOENT' });
  });

  it('reverts nothing if the job wrote more while the question was open', async () => {
    during.question = () => captioned(1);
    await assert.rejects(revert(), { code: 'JOB_CHANGED' });
    for (const index of [0, 1]) assert.equal(await readFile(caption(index), 'utf8'), 'written');
    during.question = () => undefined;
    await revert();
    assert.match(messages.at(-2)?.detail ?? '', /captions: 2/);
    for (const index of [0, 1]) await assert.rejects(readFile(caption(index)), { code: 'ENOENT' });
  });
});
