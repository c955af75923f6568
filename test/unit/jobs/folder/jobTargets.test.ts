import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Dataset } from '../../../../src/dataset/Dataset';
import { InPlaceWriter } from '../../../../src/dataset/files/FileWriter';
import { planCaptionJob } from '../../../../src/jobs/captionJob';
import { jobImages, readJobWork } from '../../../../src/jobs/folder/jobTargets';
import { testFolder } from '../../shared/testFolder';
import { makeJob, pictureFolder } from '../testJobs';

describe('The captions of a job', () => {
  const folder = testFolder();

  it('are left alone where they were edited between the plan and the job, as while the user was asked', async () => {
    const root = await pictureFolder(folder(), 3);
    for (const name of ['1', '2']) await writeFile(path.join(root, `${name}.txt`), 'old');
    const writer = new InPlaceWriter();
    const dataset = new Dataset(root, { captionExtension: '.txt', emptiedCaption: 'delete' }, writer);
    await dataset.load();
    const planned = await planCaptionJob(dataset.allImages, 'all', 'replace');

    for (const { path: image, caption } of dataset.allImages) {
      if (image === '1.png') continue;
      dataset.setText(caption, 'typed');
      await dataset.save();
    }
    const images = await jobImages(planned);
    const job = await makeJob(path.join(folder(), 'jobs'), root, { mode: 'all' });
    const manifest = await job.readManifest();
    const work = await readJobWork(manifest, images, new Map(), writer, new AbortController().signal);

    assert.deepEqual(
      work.targets.map(({ path: image }) => image),
      ['1.png'],
    );
    assert.deepEqual(
      work.settled.map(({ index, outcome }) => [images[index]?.path, outcome]),
      [
        ['2.png', 'kept'],
        ['3.png', 'kept'],
      ],
    );
    assert.equal(await readFile(path.join(root, '2.txt'), 'utf8'), 'typed');
  });
});
