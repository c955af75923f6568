import path from 'node:path';
import { Dataset } from '../../dataset/Dataset';
import { pathBelow } from '../../dataset/files/datasetPath';
import { TakenBackRecords } from '../../records/TakenBackRecords';
import { currentStates, openSnapshot, withFiles, type CaptionStates } from '../../snapshots/CaptionStates';
import { restoreFiles } from '../../snapshots/restoreFiles';
import { contentOfStep, planRestore, type RestorePlan } from '../../snapshots/restorePlan';
import { SnapshotError } from '../../snapshots/store/SnapshotError';
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
import { lostNote, titleOf } from './snapshotTexts';

/** So many images that are gone are named for people; JSON has all. */
const shownGone = 100;

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
  const wish = { tag, ...(await wantedImages(input, place, images)) };
  const { snapshot, states } = await givenSnapshot(place, id);
  if (states.lost > 0) output.note(lostNote(snapshot.id, states.lost));
  if (input.isSet('dry-run')) return preview(input, place, states, wish);

  const before = await snapshotOfBefore(input, place, snapshot);
  const current = await openSnapshot(place.root, before, place.folder);
  const now = withFiles(current, place.folder, place.captionExtension);
  const plan = planRestore(states, now, place.captionExtension, wish);
  plan.left.push(...notThere(wish, states, now));
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
    const counts = { restored: restored.length, same, gone: gone.length, unknown, lost: states.lost };
    const goneImages = gone.map((image) => path.join(place.folder, image));
    await output.result(`${JSON.stringify({ snapshot: snapshot.id, before: kept, ...counts, goneImages, left })}\n`);
  }
  output.note(`${restored.length} caption(s) are as in the snapshot, ${left.length} were left alone.`);
  noteImages(input, place, plan);
  if (kept !== null) {
    output.note(`What they held before is snapshot ${kept}: "snapshot restore" with it takes this back.`);
  }
  return left.length + states.lost > 0 || isGivenGone(wish, plan) ? 'someFailed' : 'done';
}

/** Says what would be written. */
async function preview(
  input: CommandInput,
  place: SnapshotPlace,
  states: CaptionStates,
  wish: Wish,
): Promise<CommandOutcome> {
  const { output, json, signal } = input;
  const { root, folder, captionExtension } = place;
  const now = await currentStates(root, folder, captionExtension, { signal });
  const plan = planRestore(states, now, captionExtension, wish);
  const images: string[] = [];
  const left = [...plan.left, ...notThere(wish, states, now)];
  for (const step of plan.steps) {
    signal.throwIfAborted();
    const content = await contentOfStep(step, states, now, wish.tag).catch(reasonOf);
    if ('reason' in content) left.push({ path: step.image, reason: content.reason });
    else if (!sameBytes(content.now, content.wanted)) images.push(step.image);
  }
  const absolute = images.map((image) => path.join(folder, image));
  const goneImages = plan.gone.map((image) => path.join(folder, image));
  if (json) await output.result(`${JSON.stringify({ wouldWrite: absolute, goneImages, left })}\n`);
  else for (const image of absolute) await output.line(image);
  for (const { path: image, reason } of left) output.note(`${path.join(folder, image)}: ${reason}`);
  noteImages(input, place, plan);
  output.note(`${images.length} caption(s) would be written; nothing was.`);
  return 'done';
}

/** The reason why a caption is left alone whose content is damaged in the snapshot. */
function reasonOf(thrown: unknown): { reason: string } {
  if (thrown instanceof SnapshotError) return { reason: thrown.message };
  throw thrown;
}

/** Images that were given, and are neither in the folder nor in the snapshot. */
function notThere({ given }: Wish, { keys }: CaptionStates, now: CaptionStates): RestorePlan['left'] {
  return [...given]
    .filter((image) => !keys.has(image) && !now.keys.has(image))
    .map((image) => ({ path: image, reason: 'There is no such image, neither here nor in the snapshot.' }));
}

function isGivenGone({ given }: Wish, { gone }: RestorePlan): boolean {
  return gone.some((image) => given.has(image));
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

/** What is to be restored. */
interface Wish {
  isWanted: (image: string) => boolean;
  /** the images that were given, relative to the folder; empty for all */
  given: ReadonlySet<string>;
  tag: string | undefined;
}

/** Which images are restored: those that were given, of those that are found. @throws UsageError */
async function wantedImages(
  input: CommandInput,
  { folder, captionExtension }: SnapshotPlace,
  given: readonly string[],
): Promise<Pick<Wish, 'isWanted' | 'given'>> {
  const images = new Set(
    given.map((image) => {
      const relative = pathBelow(folder, path.resolve(image)) ?? pathBelow(folder, path.resolve(folder, image));
      if (relative === undefined || relative === '') throw new UsageError(`Not an image of ${folder}: ${image}`);
      return relative;
    }),
  );
  const isGiven = (image: string): boolean => images.size === 0 || images.has(image);
  if (input.text('search') === undefined) return { isWanted: isGiven, given: images };
  const search = searchOf(input);
  const dataset = new Dataset(folder, { captionExtension, emptiedCaption: 'delete' });
  await dataset.load({ signal: input.signal });
  const found = new Set((await search(dataset)).map(({ path: image }) => image));
  return { isWanted: (image) => isGiven(image) && found.has(image), given: images };
}

function tagOf(input: CommandInput): string | undefined {
  const tag = input.text('tag')?.trim();
  if (tag === '') throw new UsageError('--tag takes a tag.');
  return tag;
}

function noteImages({ output }: CommandInput, { folder }: SnapshotPlace, { gone, unknown }: RestorePlan): void {
  for (const image of gone.slice(0, shownGone)) {
    output.note(`${path.join(folder, image)}: the image is gone, so its caption is not brought back.`);
  }
  if (gone.length > 0) output.note(`${gone.length} image(s) of the snapshot are gone; --json names all.`);
  if (unknown > 0) output.note(`${unknown} image(s) are not in the snapshot; their captions stay.`);
}
