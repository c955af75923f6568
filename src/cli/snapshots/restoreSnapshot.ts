import path from 'node:path';
import { Dataset } from '../../dataset/Dataset';
import { pathBelow } from '../../dataset/files/datasetPath';
import { TakenBackRecords } from '../../records/TakenBackRecords';
import { currentStates, openSnapshot, type CaptionStates } from '../../snapshots/CaptionStates';
import { restoreFiles } from '../../snapshots/restoreFiles';
import { contentOfStep, planRestore, type RestorePlan } from '../../snapshots/restorePlan';
import { deleteSnapshot } from '../../snapshots/store/snapshotFiles';
import { recordPlaces } from '../../tags/writeMode';
import { usualLimits, type Snapshot } from '../../snapshots/store/snapshotTypes';
import { takeSnapshot } from '../../snapshots/takeSnapshot';
import { choice } from '../flags/flagValues';
import { fileWriter } from '../flags/inputFolder';
import { searchOf } from '../flags/searchFlag';
import type { CommandInput, CommandOutcome } from '../shared/Command';
import { UsageError } from '../shared/UsageError';
import { sameBytes } from '../../dataset/files/fileBytes';
import { givenSnapshot, snapshotPlace, type SnapshotPlace } from './snapshotInput';
import { titleOf } from './snapshotTexts';

/** Gives captions back what they held in a snapshot. */
export async function restoreSnapshot(
  input: CommandInput,
  [given, id, ...images]: readonly string[],
): Promise<CommandOutcome> {
  const { output, json } = input;
  const place = await snapshotPlace(input, given);
  if (id === undefined) throw new UsageError('Which snapshot? None was given.');
  const tag = tagOf(input);
  const recordPlace = choice(input, 'records', recordPlaces, 'dataset');
  const isWanted = await wantedImages(input, place, images);
  const { snapshot, states } = await givenSnapshot(place, id);
  if (input.isSet('dry-run')) return preview(input, place, states, { isWanted, tag });

  const before = await snapshotOfBefore(input, place, snapshot);
  const now = await openSnapshot(place.root, before, place.folder);
  const plan = planRestore(states, now, place.captionExtension, { isWanted });
  if (plan.steps.length === 0) await deleteSnapshot(place.root, before.id);
  const records = await TakenBackRecords.of(place.folder, { by: 'bulk', name: titleOf(snapshot) }, recordPlace);
  const { restored, left } = await restoreFiles(plan, {
    folder: place.folder,
    snapshot: states,
    now,
    tag,
    writer: fileWriter(),
    records,
    signal: input.signal,
    onProgress: (done, total) => {
      output.progress(`${done}/${total} captions`);
    },
  }).finally(() => records.close());
  output.clearLine();
  for (const { path: image, reason } of left) output.note(`${path.join(place.folder, image)}: ${reason}`);
  const kept = plan.steps.length === 0 ? null : before.id;
  if (json) {
    const { same, gone, unknown } = plan;
    const counts = { restored: restored.length, same, gone, unknown };
    await output.result(`${JSON.stringify({ snapshot: snapshot.id, before: kept, ...counts, left })}\n`);
  }
  output.note(`${restored.length} caption(s) are as in the snapshot, ${left.length} were left alone.`);
  noteImages(input, plan);
  if (kept !== null) {
    output.note(`What they held before is snapshot ${kept}: "snapshot restore" with it takes this back.`);
  }
  return left.length > 0 ? 'someFailed' : 'done';
}

/** Says what would be written. */
async function preview(
  { output, json, signal }: CommandInput,
  { root, folder, captionExtension }: SnapshotPlace,
  states: CaptionStates,
  { isWanted, tag }: { isWanted: (image: string) => boolean; tag: string | undefined },
): Promise<CommandOutcome> {
  const now = await currentStates(root, folder, captionExtension, { signal });
  const plan = planRestore(states, now, captionExtension, { isWanted });
  const images: string[] = [];
  const left = [...plan.left];
  for (const step of plan.steps) {
    signal.throwIfAborted();
    const content = await contentOfStep(step, states, now, tag);
    if ('reason' in content) left.push({ path: step.image, reason: content.reason });
    else if (!sameBytes(content.now, content.wanted)) images.push(step.image);
  }
  const absolute = images.map((image) => path.join(folder, image));
  if (json) await output.result(`${JSON.stringify({ wouldWrite: absolute, left })}\n`);
  else for (const image of absolute) await output.line(image);
  for (const { path: image, reason } of left) output.note(`${path.join(folder, image)}: ${reason}`);
  output.note(`${images.length} caption(s) would be written; nothing was.`);
  return 'done';
}

function snapshotOfBefore(
  { output, signal }: CommandInput,
  { root, folder, captionExtension }: SnapshotPlace,
  restored: Snapshot,
): Promise<Snapshot> {
  return takeSnapshot({
    root,
    folder,
    captionExtension,
    cause: 'restore',
    label: titleOf(restored),
    limits: usualLimits,
    signal,
    onProgress: (images) => {
      output.progress(`Reading ${folder}: ${images} images`);
    },
  });
}

/** Which images are restored: those that were given, of those that are found. @throws UsageError */
async function wantedImages(
  input: CommandInput,
  { folder, captionExtension }: SnapshotPlace,
  given: readonly string[],
): Promise<(image: string) => boolean> {
  const images = new Set(
    given.map((image) => {
      const relative = pathBelow(folder, path.resolve(image)) ?? pathBelow(folder, path.resolve(folder, image));
      if (relative === undefined || relative === '') throw new UsageError(`Not an image of ${folder}: ${image}`);
      return relative;
    }),
  );
  const isGiven = (image: string): boolean => images.size === 0 || images.has(image);
  if (input.text('search') === undefined) return isGiven;
  const search = searchOf(input);
  const dataset = new Dataset(folder, { captionExtension, emptiedCaption: 'delete' });
  await dataset.load({ signal: input.signal });
  const found = new Set((await search(dataset)).map(({ path: image }) => image));
  return (image) => isGiven(image) && found.has(image);
}

function tagOf(input: CommandInput): string | undefined {
  const tag = input.text('tag')?.trim();
  if (tag === '') throw new UsageError('--tag takes a tag.');
  return tag;
}

function noteImages({ output }: CommandInput, { gone, unknown }: RestorePlan): void {
  if (gone > 0) output.note(`${gone} image(s) of the snapshot are gone, so their captions were not brought back.`);
  if (unknown > 0) output.note(`${unknown} image(s) are not in the snapshot; their captions stay.`);
}
