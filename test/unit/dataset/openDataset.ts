import assert from 'node:assert/strict';
import type { Caption, EmptiedCaption } from '../../../src/dataset/captions/Caption';
import { Dataset } from '../../../src/dataset/Dataset';
import { writeFiles, type TestFiles } from '../shared/testFolder';

/** Writes files into a folder and opens it. */
export async function openDataset(
  folder: string,
  files: TestFiles,
  emptiedCaption: EmptiedCaption = 'delete',
): Promise<Dataset> {
  await writeFiles(folder, files);
  const dataset = new Dataset(folder, { captionExtension: '.txt', emptiedCaption });
  await dataset.load();
  return dataset;
}

/** The caption of an image, which has to be in the dataset. */
export function captionOf(dataset: Dataset, image: string): Caption {
  const found = dataset.image(image);
  assert.ok(found, `${image} is not in the dataset`);
  return found.caption;
}
