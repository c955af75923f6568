import { foldersOfCaptions } from '../recordFolder';
import { RecordHistory } from '../RecordHistory';
import { recognisedCaptions, type OtherCaption, type Recognised } from './recognisedCaptions';
import type { PresentCaption } from './PresentCaption';
import { renamedCaptions, type Renamed } from './renamedCaptions';
import { replacedPictures } from './replacedPictures';

/** Maximum number of unrecorded renames through which a caption is followed back. */
const mostRenames = 10;

/** What is known of captions. */
export interface KnownHistory {
  history: RecordHistory;
  /** renames that were found out, but are not recorded yet */
  renamed: Renamed[];
  /** captions that are probably renamed ones, with what was deleted under the former name; not recorded yet */
  recognised: Recognised[];
}

/**
 * Reads what is known of captions, also of those that were renamed or moved since, and of those of folders in the
 * dataset that have records of their own.
 * @param root of the records, absolute
 * @throws errors of the disk if the folder of the records cannot be listed; the signal's reason
 */
export async function readHistory(
  root: string,
  captions: readonly PresentCaption[],
  signal?: AbortSignal,
): Promise<KnownHistory> {
  const wanted = new Set(captions.map(({ caption }) => caption));
  const options = { folders: foldersOfCaptions(wanted), ...(signal === undefined ? {} : { signal }) };
  const others = new Map<string, OtherCaption>();
  const history = await RecordHistory.read(root, (caption) => wanted.has(caption), {
    ...options,
    onOther: ({ caption, pictureSize, when }) => {
      const known = others.get(caption);
      const size = pictureSize ?? known?.size;
      if (size !== undefined) others.set(caption, { size, last: Math.max(when, known?.last ?? 0) });
    },
  });
  const replaced = await replacedPictures(history, captions);
  for (const caption of replaced.keys()) {
    const size = history.pictureSizeOf(caption);
    if (size !== undefined) others.set(caption, { size, last: history.lastOf(caption) });
  }
  const isKnown = ({ caption, text }: PresentCaption): boolean => {
    if (replaced.has(caption)) return false;
    const entries = history.stored.get(caption);
    if (entries === undefined) return text.trim() === '';
    return entries.some(({ from, before }) => from !== undefined || before === '');
  };
  const known: KnownHistory = { history, renamed: [], recognised: [] };
  // A caption that is new to the records may have entries under a former name.
  if (!captions.every(isKnown)) {
    known.history = await RecordHistory.read(root, undefined, options);
    known.renamed = await followed(root, known.history, captions, replaced);
  }
  for (const [caption, size] of replaced) known.history.seePicture(caption, size);
  const read = (names: ReadonlySet<string>): Promise<RecordHistory> =>
    RecordHistory.read(root, (caption) => names.has(caption), options);
  known.recognised = await recognisedCaptions(root, known.history, captions, others, replaced, known.renamed, read);
  for (const { caption, deleted } of known.recognised) known.history.recognise(caption, deleted);
  return known;
}

async function followed(
  root: string,
  history: RecordHistory,
  captions: readonly PresentCaption[],
  replaced: ReadonlyMap<string, number>,
): Promise<Renamed[]> {
  const renamed: Renamed[] = [];
  let wantedNow = captions;
  let replacedNow = replaced;
  // A renamed caption may have been renamed before.
  for (let time = 0; time < mostRenames && wantedNow.length > 0; time++) {
    const found = await renamedCaptions(root, history, wantedNow, replacedNow);
    replacedNow = new Map();
    for (const one of found) history.move(one);
    renamed.push(...found);
    wantedNow = found.map(({ from }) => ({ caption: from, text: '', picture: '' }));
  }
  return renamed;
}
