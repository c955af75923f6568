// Holds the source against the table of rooms: who imports whom, circles, crowded folders.
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { cruise } from 'dependency-cruiser';

/** More files than this in one folder, and it is two rooms. */
const maxFiles = 20;

/**
 * @typedef {{ what: string, may: readonly string[] }} Room
 *   `what`: its idea, in one line; `may`: the rooms that its files may import, type-only imports counted
 * @typedef {{ rooms: Readonly<Record<string, Room>>, packages: Readonly<Record<string, readonly string[]>> }} Plan
 *   `rooms`: by their folder below `src/`; `packages`: what the files of each house may import from `node_modules`, `node:` for Node's own modules
 */

/**
 * What is not as the plan says, one sentence for each.
 * @param {string} root of a checkout; `src` in it is read
 * @param {Plan} plan
 * @returns {Promise<{ problems: string[], files: number }>} `files`: how many were read
 */
export async function roomProblems(root, plan) {
  const folders = await sourceFolders(root);
  const { problems, used, files } = await importProblems(root, plan);
  return {
    problems: [
      ...folderProblems(folders, plan.rooms),
      ...circleOfRooms(plan.rooms),
      ...problems,
      ...unused(plan.rooms, used),
    ],
    files,
  };
}

/**
 * The folders below `src` that hold source, with how many files each has itself.
 * @param {string} root
 * @returns {Promise<Map<string, number>>}
 */
async function sourceFolders(root) {
  const files = await readdir(path.join(root, 'src'), { recursive: true, withFileTypes: true });
  /** @type {Map<string, number>} */
  const folders = new Map();
  for (const file of files.filter((entry) => entry.isFile())) {
    const folder = path.relative(path.join(root, 'src'), file.parentPath).replaceAll(path.sep, '/');
    folders.set(folder, (folders.get(folder) ?? 0) + 1);
  }
  return folders;
}

/**
 * @param {Map<string, number>} folders
 * @param {Plan['rooms']} rooms
 */
function folderProblems(folders, rooms) {
  return [
    ...[...folders]
      .filter(([, files]) => files > maxFiles)
      .map(([folder, files]) => `src/${folder} holds ${files} files: more than ${maxFiles} are two rooms.`),
    ...[...folders.keys()]
      .filter((folder) => !Object.hasOwn(rooms, folder))
      .map((folder) => `src/${folder} is not in the table of rooms (scripts/rooms.mjs).`),
    ...Object.keys(rooms)
      .filter((room) => !folders.has(room))
      .map((room) => `${room} is in the table of rooms, but src/${room} holds no file.`),
  ];
}

/**
 * The table itself must be free of circles: whatever it allows is then free of them too.
 * @param {Plan['rooms']} rooms
 */
function circleOfRooms(rooms) {
  /** @type {Set<string>} */
  const done = new Set();
  /** @type {string[]} */
  const problems = [];
  const visit = (/** @type {string} */ room, /** @type {readonly string[]} */ way) => {
    if (way.includes(room)) {
      problems.push(`The table of rooms has a circle: ${[...way.slice(way.indexOf(room)), room].join(' > ')}.`);
      return;
    }
    if (done.has(room)) return;
    for (const next of rooms[room]?.may ?? []) visit(next, [...way, room]);
    done.add(room);
  };
  for (const room of Object.keys(rooms)) visit(room, []);
  return problems;
}

/**
 * @param {string} root
 * @param {Plan} plan
 */
async function importProblems(root, { rooms, packages }) {
  const { output } = await cruise(
    ['src'],
    {
      baseDir: root,
      // Imports of types only are counted: they bind two files as much as others do.
      tsPreCompilationDeps: true,
      doNotFollow: { path: 'node_modules' },
      // What is imported of AssemblyScript is the compiled module.
      exclude: { path: [String.raw`\.wasm$`] },
      validate: true,
      ruleSet: { forbidden: circleRules },
    },
    { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  );
  if (typeof output === 'string') throw new Error(`dependency-cruiser printed instead of reporting: ${output}`);
  const problems = output.summary.violations.map(({ rule, from, to, cycle }) =>
    cycle === undefined
      ? `${from} imports ${to}: ${rule.name}.`
      : `${rule.name}: ${[from, ...cycle.map(({ name }) => name)].join(' > ')}`,
  );
  /** @type {Map<string, Set<string>>} */
  const used = new Map();
  const inSource = output.modules.filter(({ source }) => source.startsWith('src/'));
  for (const { source, dependencies } of inSource) {
    const room = roomOf(source);
    const [house = ''] = room.split('/');
    for (const { resolved, dependencyTypes } of dependencies) {
      if (!resolved.startsWith('src/')) {
        const name = dependencyTypes.includes('core') ? 'node:' : packageOf(resolved);
        if (packages[house]?.includes(name) === true) continue;
        problems.push(`${source} imports ${resolved}: src/${house} may not import ${name} (scripts/rooms.mjs).`);
        continue;
      }
      const imported = roomOf(resolved);
      if (imported === room) continue;
      used.set(room, (used.get(room) ?? new Set()).add(imported));
      if (Object.hasOwn(rooms, room) && rooms[room]?.may.includes(imported) === false) {
        problems.push(
          `${source} imports ${resolved}: the room ${room} may not import ${imported} (scripts/rooms.mjs).`,
        );
      }
    }
  }
  return { problems, used, files: inSource.length };
}

/** @type {import('dependency-cruiser').IForbiddenRuleType[]} */
const circleRules = [
  { name: 'a circle of files', severity: 'error', from: {}, to: { circular: true } },
  { name: 'a circle of folders', severity: 'error', scope: 'folder', from: {}, to: { circular: true } },
  { name: 'there is no such module', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: '^vscode$' } },
];

/**
 * What the table allows and nobody does is taken out of it, so that it says how things are.
 * @param {Plan['rooms']} rooms
 * @param {Map<string, Set<string>>} used
 */
function unused(rooms, used) {
  return Object.entries(rooms).flatMap(([room, { may }]) =>
    may
      .filter((other) => used.get(room)?.has(other) !== true)
      .map(
        (other) => `The room ${room} may import ${other}, but no file of it does: take it out of scripts/rooms.mjs.`,
      ),
  );
}

/**
 * The package of a module: `lit` of `lit/decorators.js`, `vscode` of its types.
 * @param {string} resolved
 */
function packageOf(resolved) {
  const name = resolved.replace(/^(.*\/)?node_modules\/(@types\/)?/, '');
  return /^(@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name;
}

/** @param {string} file such as `src/dataset/scan/DatasetScan.ts` */
function roomOf(file) {
  return path.posix.dirname(file).slice('src/'.length);
}
