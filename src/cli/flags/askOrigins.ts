import type { Dataset } from '../../dataset/Dataset';
import { datasetPathOf } from '../../dataset/files/datasetPath';
import type { AskOrigins } from '../../dataset/view/OriginMatches';
import { readHistory } from '../../records/edits/readHistory';
import { matchCaptions } from '../../records/lookup/matchCaptions';
import type { FoundRename } from '../../records/lookup/RecordIndex';
import { RecordReader } from '../../records/lookup/RecordReader';
import { hasRecords, recordRootOf } from '../../records/recordFolder';
import type { Console } from '../shared/Console';
import { noteLaterRecords } from '../shared/noteLaterRecords';

/** Asks the records of a dataset for a search, in this thread: the command line has nothing else to do. */
export function askOriginsOf(dataset: Dataset, output: Console): AskOrigins {
  const root = recordRootOf(dataset.folder);
  const reader = new RecordReader(root);
  let renamed: Promise<void> | undefined;
  return async (captions, terms, options) => {
    // What has another name since the last job, no record says yet.
    renamed ??= foundRenames(root, dataset).then((found) => {
      reader.rename(found);
    });
    await renamed;
    const matches = await matchCaptions(
      (...asked) => reader.matches(...asked),
      captions,
      (caption) => ({ caption: datasetPathOf(root, dataset.absolute(caption.path)), text: caption.text }),
      terms,
      options,
    );
    noteLaterRecords(output, reader.laterFiles);
    return matches;
  };
}

async function foundRenames(root: string, dataset: Dataset): Promise<readonly FoundRename[]> {
  const captions = new Set(dataset.allImages.map(({ caption }) => caption));
  const present = Array.from(captions, ({ path: name, text }) => {
    const file = dataset.absolute(name);
    return { caption: datasetPathOf(root, file), text, picture: dataset.pictureOf(file) ?? '' };
  });
  const names = present.map(({ caption }) => caption);
  return hasRecords(root, names) ? (await readHistory(root, present)).renamed : [];
}
