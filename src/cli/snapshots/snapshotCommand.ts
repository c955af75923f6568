import { errorMessage } from '../../protocol/channel/wireError';
import { deleteSnapshot, findSnapshot, listSnapshots, renameSnapshot } from '../../snapshots/store/snapshotFiles';
import { isAbout } from '../../snapshots/CaptionStates';
import { dropUnneeded } from '../../snapshots/pruneSnapshots';
import { usualLimits } from '../../snapshots/store/snapshotTypes';
import { takeSnapshot } from '../../snapshots/takeSnapshot';
import { captionExtensionFlag, captionExtensionHelp } from '../flags/inputFolder';
import { searchFlag, searchHelp } from '../flags/searchFlag';
import type { Command, CommandInput, CommandOutcome } from '../shared/Command';
import { UsageError } from '../shared/UsageError';
import { compareSnapshot } from './compareSnapshot';
import { restoreSnapshot } from './restoreSnapshot';
import { snapshotPlace } from './snapshotInput';
import { asJson, lineOf, titleOf } from './snapshotTexts';

const actions = new Map<string, (input: CommandInput, args: readonly string[]) => Promise<CommandOutcome>>([
  ['create', create],
  ['list', list],
  ['compare', compareSnapshot],
  ['restore', restoreSnapshot],
  ['rename', rename],
  ['delete', remove],
]);

/** Makes, lists, compares, restores and deletes snapshots of all captions of a folder. */
export const snapshotCommand: Command = {
  usage: 'create|list|compare|restore|rename|delete <folder> [<snapshot>…]',
  summary: 'all captions of a folder as of a moment: make, list, compare, restore',
  flagHelp: [
    'create <folder>                       prints the id of the new snapshot, which is kept until it is deleted',
    '  --name NAME            what it is called',
    'list <folder>                         all snapshots, oldest first; before each job one is made by itself',
    'compare <folder> <snapshot> [<other>] what came and went until another one, or until now',
    'restore <folder> <snapshot> [<image>…] gives captions the exact bytes of then back, of all images or these;',
    '                         captions of images that it does not have stay. A snapshot of before is made first',
    '  --tag TAG              this tag only, wherever it is or was: all else stays as it is now',
    `  ${searchHelp}`,
    '  --dry-run              says what would be written and writes nothing',
    '  --records dataset|off  off: does not record that captions were brought back (default dataset)',
    'rename <folder> <snapshot> <name>     a named one is kept until it is deleted; "" takes the name away',
    'delete <folder> <snapshot>…',
    '<snapshot>: its id, the beginning or end of it, its name, or latest',
    captionExtensionHelp,
  ],
  flags: {
    ...captionExtensionFlag,
    ...searchFlag,
    name: { type: 'string' },
    tag: { type: 'string' },
    'dry-run': { type: 'boolean' },
    records: { type: 'string' },
  },
  run(input) {
    const [action = '', ...args] = input.positionals;
    const run = actions.get(action);
    if (run !== undefined) return run(input, args);
    const problem = action === '' ? 'What is to be done?' : `"snapshot ${action}" is not possible.`;
    throw new UsageError(`${problem} There are ${[...actions.keys()].join(', ')}.`);
  },
};

async function create(input: CommandInput, [given, ...more]: readonly string[]): Promise<CommandOutcome> {
  const { output, signal, json } = input;
  const { folder, root, captionExtension } = await snapshotPlace(input, given);
  refuseMore(more);
  const name = input.text('name')?.trim();
  const snapshot = await takeSnapshot({
    root,
    folder,
    captionExtension,
    cause: 'hand',
    ...(name === undefined || name === '' ? {} : { name }),
    limits: usualLimits,
    signal,
    onProgress: (images) => {
      output.progress(`Reading ${folder}: ${images} images`);
    },
  });
  output.clearLine();
  if (json) await output.result(`${JSON.stringify(asJson(snapshot))}\n`);
  else await output.line(snapshot.id);
  output.note(`${snapshot.captions} caption(s) of ${snapshot.images} image(s) are in the snapshot.`);
  if (snapshot.unread === 0) return 'done';
  output.note(`${snapshot.unread} caption(s) could not be read and are not in it; "list" says why.`);
  return 'someFailed';
}

async function list(input: CommandInput, [given, ...more]: readonly string[]): Promise<CommandOutcome> {
  const { output, json } = input;
  const { folder, root } = await snapshotPlace(input, given);
  refuseMore(more);
  const { snapshots, unreadable } = await listSnapshots(root);
  const shown = snapshots.filter((one) => isAbout(one, root, folder));
  if (json) await output.result(`${JSON.stringify({ snapshots: shown.map(asJson), unreadable })}\n`);
  else for (const one of shown) await output.line(lineOf(one));
  if (shown.length === 0) output.note('There are no snapshots.');
  for (const file of unreadable) output.note(`${file} cannot be read: it was cut off, or made by another version.`);
  return 'done';
}

async function rename(input: CommandInput, args: readonly string[]): Promise<CommandOutcome> {
  const { output, json } = input;
  const [given, snapshot, name, ...more] = args;
  const { root } = await snapshotPlace(input, given);
  if (snapshot === undefined || name === undefined) throw new UsageError('Which snapshot, and which name?');
  refuseMore(more);
  const renamed = await renameSnapshot(root, (await findSnapshot(root, snapshot)).id, name);
  if (json) await output.result(`${JSON.stringify(asJson(renamed))}\n`);
  else await output.line(lineOf(renamed));
  return 'done';
}

async function remove(input: CommandInput, [given, ...ids]: readonly string[]): Promise<CommandOutcome> {
  const { output, json } = input;
  const { root } = await snapshotPlace(input, given);
  if (ids.length === 0) throw new UsageError('Which snapshot? None was given.');
  const found = [];
  for (const id of ids) found.push(await findSnapshot(root, id));
  for (const { id } of found) await deleteSnapshot(root, id);
  try {
    await dropUnneeded(root);
  } catch (thrown) {
    output.note(`The room that they took is not free yet: ${errorMessage(thrown)}`);
  }
  if (json) await output.result(`${JSON.stringify({ deleted: found.map(({ id }) => id) })}\n`);
  for (const one of found) output.note(`Deleted ${one.id} (${titleOf(one)}).`);
  return 'done';
}

function refuseMore([more]: readonly string[]): void {
  if (more !== undefined) throw new UsageError(`"${more}" is one too many.`);
}
