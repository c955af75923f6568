import { RecordHistory } from '../RecordHistory';
import { renamedCaptions, type PresentCaption, type Renamed } from './renamedCaptions';

/** So many renames of a caption, one after the other, are followed back that no record has. */
const mostRenames = 10;

/**
 * Reads what is known of captions, also of those that were renamed or moved since.
 * @param root of the records, absolute
 * @returns also the captions that turned out to be renamed, which no record says yet
 * @throws errors of the disk if the folder of the records cannot be listed; the signal's reason
 */
export async function readHistory(
  root: string,
  captions: readonly PresentCaption[],
  signal?: AbortSignal,
): Promise<{ history: RecordHistory; renamed: Renamed[] }> {
  const wanted = new Set(captions.map(({ caption }) => caption));
  const history = await RecordHistory.read(root, (caption) => wanted.has(caption), signal);
  const isKnown = ({ caption, text }: PresentCaption): boolean => {
    const entries = history.stored.get(caption);
    if (entries === undefined) return text.trim() === '';
    return entries.some(({ from, before }) => from !== undefined || before === '');
  };
  if (captions.every(isKnown)) return { history, renamed: [] };
  // Of a caption that is new to the records, others may know something under its former name.
  const whole = await RecordHistory.read(root, undefined, signal);
  const renamed: Renamed[] = [];
  let wantedNow = captions;
  // What was renamed may have been renamed before.
  for (let time = 0; time < mostRenames && wantedNow.length > 0; time++) {
    const found = await renamedCaptions(root, whole, wantedNow);
    for (const one of found) whole.move(one);
    renamed.push(...found);
    wantedNow = found.map(({ from }) => ({ caption: from, text: '', picture: '' }));
  }
  return { history: whole, renamed };
}
