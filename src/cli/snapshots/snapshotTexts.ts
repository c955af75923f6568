import { formatBytes } from '../../protocol/text/formatBytes';
import { isKept, type Snapshot } from '../../snapshots/store/snapshotTypes';

/** What a snapshot is, in a few words. */
export function titleOf({ name, cause, label }: Snapshot): string {
  if (name !== undefined) return name;
  const what = label === undefined ? '' : ` ${label}`;
  switch (cause) {
    case 'hand':
      return 'made by hand';
    case 'job':
      return `before the job${what}`;
    case 'edit':
      return `before the bulk edit${what}`;
    case 'restore':
      return `before the restoring of${what}`;
  }
}

/** The note on a snapshot with damaged lists. @param images how many are in these lists */
export function lostNote(id: string, images: number): string {
  return `Snapshot ${id} is damaged: what it had of ${images} image(s) is lost, whose names nobody knows.`;
}

/** A line of the list. */
export function lineOf(snapshot: Snapshot): string {
  const { id, created, images, captions, added } = snapshot;
  const counts = `${captions} captions of ${images} images`;
  return `${id}  ${new Date(created).toISOString()}  ${counts}  +${formatBytes(added, 'en')}  ${titleOf(snapshot)}`;
}

/** A snapshot as JSON, with null where it has nothing. */
export function asJson(snapshot: Snapshot): object {
  const { id, created, name = null, cause, label = null, job = null, folder, captionExtension } = snapshot;
  const { images, captions, unread, added } = snapshot;
  return {
    id,
    created: new Date(created).toISOString(),
    name,
    cause,
    label,
    job,
    folder,
    captionExtension,
    images,
    captions,
    unread,
    addedBytes: added,
    kept: isKept(snapshot),
  };
}
