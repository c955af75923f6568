import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { TaggerProcess } from '../../../../src/protocol/child/TaggerProcess';
import { defaultCaptionOptions } from '../../../../src/protocol/tagging/captionOptions';
import { defaultExecution } from '../../../../src/protocol/tagging/execution';
import { planCaptionJob, type CaptionScope, type JobResult } from '../../../../src/jobs/captionJob';
import { previewCaptions } from '../../../../src/jobs/run/previewCaptions';
import type { Dataset } from '../../../../src/dataset/Dataset';
import { defaultWriteOptions, writeModes, type WriteOptions } from '../../../../src/tags/writeMode';
import { numberedImages, runJob } from '../captionJobs';
import { captionOf, openDataset } from '../../dataset/openDataset';
import { fingerprint, testFolder } from '../../shared/testFolder';

describe('The preview of a job', () => {
  const folder = testFolder();
  const found = ['hat', 'red scarf'];
  const files = {
    ...numberedImages(4),
    '1.txt': 'mine, Hat\nsecond line\n',
    '2.txt': 'hat, red scarf',
    '3.txt': '[{}]',
  };

  const everything = async (): Promise<string[]> =>
    Promise.all(
      (await readdir(folder(), { recursive: true })).map(async (name) => {
        return `${name} ${await fingerprint(path.join(folder(), name))}`;
      }),
    );

  /** @param onImage called before each image is tagged */
  async function preview(
    dataset: Dataset,
    write: Partial<WriteOptions>,
    mode: CaptionScope = 'all',
    onImage: (name: string) => void = () => undefined,
  ): Promise<{ texts: Map<string, string>; result: JobResult; outcomes: string[] }> {
    const request = ((_: unknown, { imagePath }: { imagePath: string }) => {
      onImage(path.basename(imagePath));
      return Promise.resolve({ tags: found });
    }) as unknown as TaggerProcess['request'];
    const options = { ...defaultWriteOptions, ...write };
    const texts = new Map<string, string>();
    const outcomes: string[] = [];
    const targets = await planCaptionJob(dataset.allImages, mode, options.mode);
    const result = await previewCaptions(dataset, targets, {
      tagger: { request },
      setup: { models: [], merge: 'mean', execution: defaultExecution },
      options: defaultCaptionOptions,
      mode,
      write: options,
      imagesInWork: 1,
      signal: new AbortController().signal,
      onText: ({ path: image }, text) => texts.set(image, text),
      onOutcome: ({ path: image }, outcome) => outcomes.push(`${image} ${outcome}`),
      onNote: (note) => {
        assert.equal(note, undefined);
      },
    });
    return { texts, result, outcomes };
  }

  for (const mode of writeModes) {
    for (const scope of ['all', 'empty'] as const) {
      it(`says just what the job writes and changes nothing (${mode}, ${scope})`, async () => {
        const dataset = await openDataset(folder(), files);
        const before = await everything();
        const { texts, outcomes, result } = await preview(dataset, { mode }, scope);
        assert.deepEqual(await everything(), before);
        assert.equal([...dataset.dirtyCaptions].length, 0);

        const write = { ...defaultWriteOptions, mode };
        const done: string[] = [];
        const job = await runJob(dataset, () => Promise.resolve(found.join(', ')), {
          write,
          mode: scope,
          concurrency: 1,
          onOutcome: ({ path: image }, outcome) => done.push(`${image} ${outcome}`),
        });
        assert.deepEqual(texts, job.results);
        assert.deepEqual(result.failed, job.failed);
        assert.deepEqual(outcomes, done);
      });
    }
  }

  it('lists a bad image with its reason, and a caption that cannot be written', async () => {
    const bytes = Buffer.from('caf\u00e9', 'latin1');
    const dataset = await openDataset(folder(), { ...numberedImages(3), '2.txt': bytes });
    const { texts, result } = await preview(dataset, {}, 'all', (name) => {
      if (name === '1.png') throw new Error('No picture.');
    });
    assert.deepEqual([...texts], [['3.png', 'hat, red scarf']]);
    assert.match(result.failed.get('1.png') ?? '', /No picture/);
    assert.match(result.failed.get('2.png') ?? '', /UTF-8/);
  });

  it('keeps what is typed while an image is tagged', async () => {
    const dataset = await openDataset(folder(), { ...numberedImages(2), '1.txt': 'old', '2.txt': 'old' });
    const { texts, outcomes } = await preview(dataset, {}, 'all', (name) => {
      if (name === '1.png') dataset.setTextFrom(captionOf(dataset, '1.png'), 'old', 'old, typed');
    });
    assert.deepEqual([...texts], [['2.png', 'hat, red scarf']]);
    assert.deepEqual(outcomes, ['1.png kept', '2.png written']);
    assert.equal(captionOf(dataset, '1.png').text, 'old, typed');
  });
});
