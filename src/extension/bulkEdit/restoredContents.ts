import * as l10n from '@vscode/l10n';
import { inSlices } from '../../base/inSlices';
import { decodeCaption, encodeCaption } from '../../dataset/captions/captionContent';
import type { DatasetImage } from '../../dataset/captions/DatasetImage';
import type { Dataset } from '../../dataset/Dataset';
import type { WantedContent } from '../../dataset/edits/EditPlan';
import { recordRootOf } from '../../records/recordFolder';
import { lostReason, openSnapshot } from '../../snapshots/CaptionStates';
import { keyOf, noCaption, unreadCaption, type CaptionKey } from '../../snapshots/store/captionKey';
import { findSnapshot } from '../../snapshots/store/snapshotFiles';
import { withTagOfBefore } from '../../snapshots/tagOfBefore';
import { textOfRaw } from '../../tags/captionText';

/**
 * What captions are to hold when a snapshot is restored: all of what they held then, or some tags of it.
 * @param tags empty for all
 * @throws SnapshotError if there is no such snapshot; the signal's reason
 */
export async function restoredContents(
  dataset: Dataset,
  images: readonly DatasetImage[],
  snapshotId: string,
  tags: readonly string[],
  signal: AbortSignal,
): Promise<(image: DatasetImage) => WantedContent | undefined> {
  const root = recordRootOf(dataset.folder);
  const states = await openSnapshot(root, await findSnapshot(root, snapshotId), dataset.folder);
  const wanted = new Map<DatasetImage, CaptionKey>();
  const lost = new Set<DatasetImage>();
  await inSlices(
    images,
    (image) => {
      const key = states.keys.get(image.path);
      if (key === undefined && states.lost > 0 && states.covers(image.path)) lost.add(image);
      if (key !== undefined && key !== currentKey(image)) wanted.set(image, key);
    },
    { signal },
  );
  const contents = new Map<CaptionKey, WantedContent>([
    [noCaption, { raw: null }],
    [
      unreadCaption,
      { reason: l10n.t('The caption could not be read when the snapshot was made, so it is not in it.') },
    ],
  ]);
  for (const key of states.inOrder(new Set(wanted.values()))) {
    signal.throwIfAborted();
    if (!contents.has(key)) contents.set(key, await contentOf(key));
  }
  return (image) => {
    if (lost.has(image)) return { reason: lostReason() };
    const key = wanted.get(image);
    const content = key === undefined ? undefined : contents.get(key);
    if (tags.length === 0 || content === undefined || !('raw' in content)) return content;
    const before = textOfRaw(content.raw ?? '');
    return { text: tags.reduce((text, tag) => withTagOfBefore(text, before, tag), image.caption.text) };
  };

  async function contentOf(key: CaptionKey): Promise<WantedContent> {
    try {
      const { raw, foreign } = decodeCaption(await states.read(key));
      if (foreign === undefined) return { raw };
      return { reason: l10n.t('It was not UTF-8 then. The command line restores it: snapshot restore.') };
    } catch (thrown) {
      return { reason: thrown instanceof Error ? thrown.message : String(thrown) };
    }
  }
}

function currentKey({ caption }: DatasetImage): CaptionKey {
  const { raw, onDisk } = caption;
  if (raw === null) return noCaption;
  return keyOf(onDisk?.raw === raw ? encodeCaption(onDisk) : Buffer.from(raw));
}
