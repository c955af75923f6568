import { execFile } from 'node:child_process';
import { cp, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import assert from 'node:assert/strict';
import type { Plan } from '../../../scripts/roomProblems.mjs';
import { testFolder, writeFiles } from '../shared/testFolder';

const checkout = path.resolve(__dirname, '../../..');

/** As it stands in scripts: dependency-cruiser is an ES module, which the bundle of a test cannot require. */
const script = pathToFileURL(path.join(checkout, 'scripts/roomProblems.mjs')).href;
const load = async (): Promise<typeof import('../../../scripts/roomProblems.mjs')> =>
  (await import(script)) as typeof import('../../../scripts/roomProblems.mjs');

const plan: Plan = {
  rooms: {
    ground: { what: 'what all may use', may: [] },
    upper: { what: 'above it', may: ['ground'] },
    'upper/attic': { what: 'above that', may: ['upper', 'ground'] },
  },
  packages: { ground: [], upper: ['node:'] },
};

describe('the walls between rooms', function () {
  this.timeout(60_000);
  const folder = testFolder();

  /** A house in order, with some files of it written otherwise. */
  async function problemsWith(files: Readonly<Record<string, string>>, withPlan = plan): Promise<string[]> {
    const inOrder = {
      'ground/stone.ts': 'export interface Stone {\n  size: number;\n}\n',
      'upper/wall.ts':
        "import fs from 'node:fs';\nimport type { Stone } from '../ground/stone';\nexport const wall = (stone: Stone): unknown => fs.statSync(String(stone.size));\n",
      'upper/attic/roof.ts':
        "import type { Stone } from '../../ground/stone';\nimport { wall } from '../wall';\nexport const roof = (stone: Stone): unknown => wall(stone);\n",
    };
    await writeFiles(path.join(folder(), 'src'), { ...inOrder, ...files });
    const { roomProblems } = await load();
    return (await roomProblems(folder(), withPlan)).problems;
  }

  it('say nothing of a house in order', async () => {
    assert.deepEqual(await problemsWith({}), []);
  });

  it('fail an import against the table, also of a type only', async () => {
    const problems = await problemsWith({
      'ground/stone.ts':
        "import type { roof } from '../upper/attic/roof';\nexport type Stone = { size: number; roof?: typeof roof };\n",
    });
    assert.ok(
      problems.includes(
        'src/ground/stone.ts imports src/upper/attic/roof.ts: the room ground may not import upper/attic (scripts/rooms.mjs).',
      ),
      problems.join('\n'),
    );
    assert.ok(
      problems.some((problem) => problem.startsWith('a circle of files: ')),
      problems.join('\n'),
    );
    assert.ok(
      problems.some((problem) => problem.startsWith('a circle of folders: ')),
      problems.join('\n'),
    );
  });

  it('fail a circle of two files in one room that holds by types only', async () => {
    const problems = await problemsWith({
      'ground/stone.ts':
        "import type { Sand } from './sand';\nexport interface Stone {\n  size: number;\n  sand?: Sand;\n}\n",
      'ground/sand.ts': "import type { Stone } from './stone';\nexport interface Sand {\n  stones: Stone[];\n}\n",
    });
    assert.equal(problems.length, 1);
    assert.match(problems[0]!, /^a circle of files: src\/ground\/(sand|stone)\.ts > src\/ground\/(stone|sand)\.ts > /);
  });

  it('fail a module of Node and a package where the house has none', async () => {
    const problems = await problemsWith({
      'ground/stone.ts': "import 'node:fs';\nimport 'vscode';\nexport interface Stone {\n  size: number;\n}\n",
    });
    assert.deepEqual(problems.sort(), [
      'src/ground/stone.ts imports fs: src/ground may not import node: (scripts/rooms.mjs).',
      'src/ground/stone.ts imports vscode: src/ground may not import vscode (scripts/rooms.mjs).',
    ]);
  });

  it('fail a module that is not there', async () => {
    const problems = await problemsWith({ 'ground/stone.ts': "export type { Stone } from './nowhere';\n" });
    assert.ok(
      problems.some((problem) => problem.includes('there is no such module')),
      problems.join('\n'),
    );
  });

  it('fail a folder that is in no table, one that is crowded, and a room that is empty', async () => {
    const crowd = Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [`ground/pebble${String(index)}.ts`, 'export {};\n']),
    );
    const rooms = { ...plan.rooms, cellar: { what: 'nothing yet', may: [] } };
    const problems = await problemsWith({ ...crowd, 'shed/tool.ts': 'export {};\n' }, { ...plan, rooms });
    assert.deepEqual(problems.sort(), [
      'cellar is in the table of rooms, but src/cellar holds no file.',
      'src/ground holds 21 files: more than 20 are two rooms.',
      'src/shed is not in the table of rooms (scripts/rooms.mjs).',
    ]);
  });

  it('fail a table that has a circle, or allows what nobody does', async () => {
    const rooms = { ...plan.rooms, ground: { what: 'what all may use', may: ['upper'] } };
    assert.deepEqual(await problemsWith({}, { ...plan, rooms }), [
      'The table of rooms has a circle: ground > upper > ground.',
      'The room ground may import upper, but no file of it does: take it out of scripts/rooms.mjs.',
    ]);
  });

  it('fail the real source as soon as one wrong import of a type is added to it', async () => {
    await cp(path.join(checkout, 'src'), path.join(folder(), 'src'), { recursive: true });
    await cp(path.join(checkout, 'api.d.ts'), path.join(folder(), 'api.d.ts'));
    await symlink(path.join(checkout, 'node_modules'), path.join(folder(), 'node_modules'), 'dir');
    const file = path.join(folder(), 'src/tags/comparableTag.ts');
    await writeFile(
      file,
      `import type { errno } from '../base/errno';\nexport type Wrong = typeof errno;\n${await readFile(file, 'utf8')}`,
    );
    const check = promisify(execFile)(process.execPath, ['scripts/checkRooms.mjs', '--root', folder()], {
      cwd: checkout,
    });
    const failed: unknown = await check.then(
      () => undefined,
      (error: unknown) => error,
    );
    assert.ok(failed instanceof Error && 'stderr' in failed && 'code' in failed);
    assert.equal(failed.code, 1);
    assert.equal(
      failed.stderr,
      'src/tags/comparableTag.ts imports src/base/errno.ts: the room tags may not import base (scripts/rooms.mjs).\n',
    );
  });
});
