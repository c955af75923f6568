import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CaptionError } from '../../../src/dataset/files/CaptionError';
import { maxCaptionSize } from '../../../src/dataset/files/captionSize';
import { isAsPlanned, pathsToReadAgain, planDeletion } from '../../../src/dataset/planDeletion';
import { captionOf, openDataset } from './openDataset';
import { testFolder } from '../shared/testFolder';

describe('A deletion that the user is asked about', () => {
  const folder = testFolder();
  const files = { 'a.png': '', 'a.txt': 'short', 'b.png': '', 'b.txt': 'other' };
  const tooLarge = 'x'.repeat(maxCaptionSize + 1);
  const write = (name: string, text: string): Promise<void> => writeFile(path.join(folder(), name), text);

  it('is not as planned for a caption that grew too large to be read meanwhile', async () => {
    const dataset = await openDataset(folder(), files);
    const plan = planDeletion(dataset.allImages);
    await write('a.txt', tooLarge);
    await dataset.reconcile(await pathsToReadAgain(dataset, plan));
    assert.ok(!isAsPlanned(plan, captionOf(dataset, 'a.png')));
    assert.ok(isAsPlanned(plan, captionOf(dataset, 'b.png')));
  });

  it('is as planned for a caption that could not be read before either, and not if the reason is another', async () => {
    const dataset = await openDataset(folder(), { ...files, 'a.txt': tooLarge });
    const plan = planDeletion(dataset.allImages);
    await dataset.reconcile(await pathsToReadAgain(dataset, plan));
    const caption = captionOf(dataset, 'a.png');
    assert.equal(caption.unreadable?.code, 'CAPTION_TOO_LARGE');
    assert.ok(isAsPlanned(plan, caption));
    caption.unreadable = new CaptionError('DISK_ERROR', 'The disk does not answer (EIO).', caption.path);
    assert.ok(!isAsPlanned(plan, caption));
  });
});
