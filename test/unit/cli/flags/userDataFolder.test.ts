import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { userDataFolder } from '../../../../src/cli/flags/userDataFolder';
import { program } from '../../shared/runCli';
import { canActAsNobody, testFolder, writeFiles } from '../../shared/testFolder';

describe('The folder for the data of the command line', function () {
  this.timeout(60_000);
  const folder = testFolder();

  it('is the one that the environment names, where it names one', function () {
    if (process.platform !== 'linux') this.skip();
    const before = process.env.XDG_DATA_HOME;
    process.env.XDG_DATA_HOME = '/data';
    try {
      assert.equal(userDataFolder(), '/data/dataset-captions');
    } finally {
      process.env.XDG_DATA_HOME = before;
    }
  });

  describe('for a user without a home folder', () => {
    /** Runs the program as a user id that is in no list, as containers may. */
    function run(environment: NodeJS.ProcessEnv, ...args: string[]): { code: number | null; stderr: string } {
      const { PATH } = process.env;
      const stranger = { uid: 424_242, gid: 424_242, env: { PATH, ...environment } };
      const { status, stderr } = spawnSync(process.execPath, [program, ...args], { ...stranger, encoding: 'utf8' });
      return { code: status, stderr };
    }
    beforeEach(async function () {
      if (!canActAsNobody() || process.platform !== 'linux') this.skip();
      await writeFiles(folder(), { 'a.png': '' });
    });

    it('is not needed by a command that keeps no data, nor by the help', () => {
      for (const args of [['list', folder()], ['--help'], ['caption', '--help']]) {
        assert.deepEqual([run({}, ...args).code, args], [0, args]);
      }
    });

    it('is the one that the environment names', () => {
      const environment = { XDG_DATA_HOME: path.join(folder(), 'data') };
      for (const command of ['jobs', 'models'])
        assert.deepEqual([run(environment, command).code, command], [0, command]);
    });

    it('is asked for in one sentence where it is needed', () => {
      const { code, stderr } = run({}, 'jobs');
      assert.equal(code, 1);
      assert.match(stderr, /no home folder: set XDG_DATA_HOME/);
      assert.doesNotMatch(stderr, /\n\s+at /, 'a stack trace');
    });
  });
});
