import type { Dataset } from '../../dataset/Dataset';
import { datasetPathOf } from '../../dataset/files/datasetPath';
import type { AskOrigins } from '../../dataset/view/OriginMatches';
import { matchCaptions } from '../../records/lookup/matchCaptions';
import { RecordReader } from '../../records/lookup/RecordReader';
import { recordRootOf } from '../../records/recordFolder';
import type { Console } from '../shared/Console';
import { noteLaterRecords } from '../shared/noteLaterRecords';

/** Asks the records of a dataset for a search, in this thread: the command line has nothing else to do. */
export function askOriginsOf(dataset: Dataset, output: Console): AskOrigins {
  const root = recordRootOf(dataset.folder);
  const reader = new RecordReader(root);
  return async (captions, terms, options) => {
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
