import type { Caption } from '../../dataset/captions/Caption';
import { datasetPathOf } from '../../dataset/files/datasetPath';
import { nameInOneLine } from '../../protocol/text/escapeControls';
import { deletionsIn, forgetDeletions, type Deletions } from '../../records/edits/forgetDeletions';
import { placeOfRecords, recordRootOf } from '../../records/recordFolder';
import { captionExtensionFlag, captionExtensionHelp, openFolderOrImage } from '../flags/inputFolder';
import type { Command } from '../shared/Command';
import { noteLaterRecords } from '../shared/noteLaterRecords';

/** Lets what was deleted by hand from captions come again with a job. */
export const forgetCommand: Command = {
  usage: '<image-or-folder>',
  summary: 'let tags that were deleted by hand come again with the next job',
  flagHelp: [captionExtensionHelp],
  flags: captionExtensionFlag,
  async run(input) {
    const { json, output, signal } = input;
    const dataset = await openFolderOrImage(input);
    const root = recordRootOf(dataset.folder);
    const pathOf = (caption: Caption): string => datasetPathOf(root, dataset.absolute(caption.path));
    const readable = [...dataset.allCaptions].filter(({ unreadable }) => unreadable === undefined);
    const texts = readable.map((caption) => ({
      caption: pathOf(caption),
      text: caption.text,
      picture: dataset.absolute(caption.images[0] ?? ''),
    }));
    const deletions = await deletionsIn(root, texts, signal, (file) => {
      noteLaterRecords(output, [file]);
    });
    await forgetDeletions(root, deletions, placeOfRecords(root));
    const byCaption = new Map(deletions.map((one) => [one.caption, one]));
    const images = dataset.allImages.flatMap(({ path: image, caption }) => {
      const deleted = byCaption.get(pathOf(caption))?.deleted;
      return deleted === undefined ? [] : [{ image, deleted }];
    });
    if (json) {
      const forgotten = images.map(({ image, deleted }) => [
        dataset.absolute(image),
        { forgotten: deleted.map(asJson) },
      ]);
      await output.result(`${JSON.stringify(Object.fromEntries(forgotten))}\n`);
    } else {
      for (const { image, deleted } of images) {
        await output.line(`${nameInOneLine(image)}: ${deleted.map(({ text }) => nameInOneLine(text)).join(', ')}`);
      }
    }
    for (const { path: caption, unreadable } of dataset.allCaptions) {
      if (unreadable !== undefined) output.note(`${dataset.absolute(caption)}: ${unreadable.message}`);
    }
    if (images.length === 0) output.note('Nothing was deleted by hand there, as far as the records say.');
    return readable.length === [...dataset.allCaptions].length ? 'done' : 'someFailed';
  },
};

/** With times in ISO 8601, or null if unknown. */
function asJson({ text, when }: Deletions['deleted'][number]): object {
  return { text, when: when === undefined ? null : new Date(when).toISOString() };
}
