import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, readFile, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buildSync } from 'esbuild';
import { identityText, thisProcess, type ProcessIdentity } from '../../../../src/base/machine/processIdentity';
import { ProviderTrials } from '../../../../src/tagger/onnx/ProviderTrials';
import { namesIn, testFolder } from '../../shared/testFolder';

const hour = 60 * 60 * 1000;

describe('The memory of providers that ended their process', () => {
  const folder = testFolder();
  /** The id of a process that is no more. */
  const ended = (): number => spawnSync(process.execPath, ['-e', '0']).pid;
  const trials = (crashed: number[] = [], now?: () => number): ProviderTrials =>
    new ProviderTrials(folder(), new Set(crashed), now);
  /** What a process leaves behind that ended in the middle of a trial. */
  async function unfinished(provider: string, version = '1.0.0'): Promise<number> {
    const pid = ended();
    await writeFile(path.join(folder(), `trying-${provider}-${version}-${pid}`), String(pid));
    return pid;
  }

  it('leaves nothing behind when a trial ends well or badly', async () => {
    assert.equal(await trials().guard('cuda', '1.0.0', () => Promise.resolve('fine')), 'fine');
    await assert.rejects(
      trials().guard('cuda', '1.0.0', () => Promise.reject(new Error('no'))),
      /no/,
    );
    assert.deepEqual(await namesIn(folder()), []);
    assert.equal(await trials().objection('cuda', '1.0.0', false), undefined);
  });

  it('has a note on the disk during a trial', async () => {
    await trials().guard('cuda', '1.0.0', async () => {
      assert.deepEqual(await namesIn(folder()), [`trying-cuda-1.0.0-${identityText(thisProcess())}`]);
      assert.equal(await trials().objection('cuda', '1.0.0', false), undefined, 'this process is alive');
    });
  });

  it('objects for a day after a crash, to this provider of this version only', async () => {
    const pid = await unfinished('cuda');
    assert.match((await trials([pid]).objection('cuda', '1.0.0', false))!, /ended the tagger process/);
    assert.match((await trials().objection('cuda', '1.0.0', false))!, /ended the tagger process/);
    assert.equal(await trials().objection('webgpu', '1.0.0', false), undefined);
    assert.equal(await trials().objection('cuda', '1.1.0', false), undefined);
    const in23Hours = (): number => Date.now() + 23 * hour;
    const in25Hours = (): number => Date.now() + 25 * hour;
    assert.match((await trials([], in23Hours).objection('cuda', '1.0.0', false))!, /ended/);
    assert.equal(await trials([], in25Hours).objection('cuda', '1.0.0', false), undefined);
  });

  it('objects to what the user asks for only as long as the same editor or command runs', async () => {
    const pid = await unfinished('cuda');
    assert.match((await trials([pid]).objection('cuda', '1.0.0', true))!, /ended/);
    assert.match((await trials([pid]).objection('cuda', '1.0.0', true))!, /ended/, 'a second time');
    assert.equal(await trials().objection('cuda', '1.0.0', true), undefined);
  });

  it('takes one trial that was interrupted for bad luck, two for a hang', async () => {
    await unfinished('cuda');
    assert.equal(await trials().objection('cuda', '1.0.0', false), undefined);
    await unfinished('cuda');
    assert.match((await trials().objection('cuda', '1.0.0', false))!, /ended/);
  });

  it('forgets everything after a trial that ended', async () => {
    const pid = await unfinished('cuda');
    await trials([pid]).objection('cuda', '1.0.0', false);
    await trials().guard('cuda', '1.0.0', () => Promise.resolve());
    assert.deepEqual(await namesIn(folder()), []);
  });

  describe('where several machines or containers share its folder', () => {
    /** What a process leaves behind, or still has, that cannot be looked at from here. */
    async function trialOf(change: Partial<ProcessIdentity>, hoursAgo = 0): Promise<string> {
      const identity = identityText({ ...thisProcess(), pid: ended(), ...change });
      const file = path.join(folder(), `trying-cuda-1.0.0-${identity}`);
      await writeFile(file, identity);
      const time = Date.now() / 1000 - hoursAgo * 3600;
      await utimes(file, time, time);
      return path.basename(file);
    }
    const elsewhere = { host: '0badcafe', machine: '0badcafe', boot: '0badcafe' };

    it("takes no other machine's trial for a crash, and leaves its notes alone", async () => {
      const notes = [await trialOf(elsewhere), await trialOf(elsewhere), await trialOf(elsewhere, 2)];
      assert.equal(await trials().objection('cuda', '1.0.0', false), undefined);
      await trials().guard('cuda', '1.0.0', () => Promise.resolve());
      assert.deepEqual(await namesIn(folder()), notes.sort());
    });

    it('takes no trial for a crash that runs in another PID namespace at this moment', async function () {
      if (process.platform !== 'linux') this.skip();
      const script = path.join(folder(), 'trial.cjs');
      buildSync({
        stdin: {
          contents: `
            import { ProviderTrials } from './src/tagger/onnx/ProviderTrials';
            new ProviderTrials(process.argv[2], new Set()).guard('cuda', '1.0.0', () => {
              console.log('trying');
              return new Promise((resolve) => process.stdin.on('end', resolve).resume());
            });`,
          resolveDir: path.resolve(__dirname, '../../..'),
          loader: 'ts',
        },
        bundle: true,
        platform: 'node',
        format: 'cjs',
        outfile: script,
      });
      // With process ids that no process has here.
      const run = 'echo "$1" > /proc/sys/kernel/ns_last_pid; shift; "$@"; true';
      const children = ['399997', '399979'].map((pid) => {
        const command = ['sh', '-c', run, 'sh', pid, process.execPath, script, folder()];
        return spawn('unshare', ['-pf', '--mount-proc', ...command], { stdio: ['pipe', 'pipe', 'ignore'] });
      });
      try {
        const said = await Promise.all(
          children.map((child) => Promise.race([once(child.stdout, 'data'), once(child, 'exit')])),
        );
        if (!said.every(([data]) => Buffer.isBuffer(data))) this.skip();
        assert.equal(await trials().objection('cuda', '1.0.0', false), undefined);
      } finally {
        await Promise.all(
          children.map(async (child) => {
            child.stdin.end();
            if (child.exitCode === null) await once(child, 'exit');
          }),
        );
      }
    });

    it("does not object because of another machine's crash", async () => {
      const crash = path.join(folder(), 'crashed-cuda-1.0.0');
      await writeFile(crash, identityText({ ...thisProcess(), ...elsewhere }));
      assert.equal(await trials().objection('cuda', '1.0.0', false), undefined);
      await writeFile(crash, identityText(thisProcess()));
      assert.match((await trials().objection('cuda', '1.0.0', false))!, /ended/);
    });

    it("counts another container's trial on this machine when it cannot run any more", async function () {
      if (thisProcess().boot === '') this.skip();
      const container = { host: '0badcafe', namespace: '0badcafe' };
      await trialOf(container);
      await trialOf(container);
      assert.equal(await trials().objection('cuda', '1.0.0', false), undefined, 'they may run');
      await trialOf(container, 2);
      await trialOf(container, 2);
      assert.match((await trials().objection('cuda', '1.0.0', false))!, /ended/);
    });

    it('counts a trial that a restart of this machine ended', async function () {
      if (thisProcess().machine === '' || thisProcess().boot === '') this.skip();
      for (const pid of [process.pid, process.ppid]) await trialOf({ pid, boot: '0badcafe' });
      assert.equal(await trials().objection('cuda', '1.0.0', false), undefined, 'of a clone that runs');
      for (const pid of [process.pid, process.ppid]) await trialOf({ pid, boot: '0badcafe' }, 2);
      assert.match((await trials().objection('cuda', '1.0.0', false))!, /ended/);
    });
  });

  describe('where another user may have made the folder first', () => {
    const state = (): string => path.join(folder(), 'state');
    const important = (): string => path.join(folder(), 'important.txt');
    const guarded = (): Promise<string> =>
      new ProviderTrials(state(), new Set()).guard('cuda', '1.0.0', () => readFile(important(), 'utf8'));

    it('writes through no link that lies there, whoever made it', async () => {
      await writeFile(important(), 'important');
      await mkdir(state());
      const note = `trying-cuda-1.0.0-${identityText(thisProcess())}`;
      await symlink(important(), path.join(state(), note));
      assert.equal(await guarded(), 'important');
      assert.equal(await readFile(important(), 'utf8'), 'important');
    });

    it('neither writes nor believes notes in a folder of somebody else', async function () {
      if (process.getuid?.() !== 0) this.skip();
      await writeFile(important(), 'important');
      await mkdir(state());
      await writeFile(path.join(state(), 'crashed-cuda-1.0.0'), identityText(thisProcess()));
      await chown(state(), 2002, 2002);
      await chmod(state(), 0o777);
      const before = await namesIn(state());
      const during = await new ProviderTrials(state(), new Set()).guard('cuda', '1.0.0', () => namesIn(state()));
      assert.deepEqual(during, before);
      assert.equal(await new ProviderTrials(state(), new Set()).objection('cuda', '1.0.0', false), undefined);
    });

    it('closes its own folder to others', async function () {
      if (process.platform === 'win32') this.skip();
      await writeFile(important(), '');
      await mkdir(state());
      await chmod(state(), 0o777);
      await guarded();
      assert.equal((await stat(state())).mode & 0o777, 0o700);
    });

    it('keeps no notes among the temporary files of all users', async () => {
      const before = process.env.TMPDIR;
      process.env.TMPDIR = folder();
      try {
        const during = await ProviderTrials.fromEnvironment({}).guard('cuda', '1.0.0', () => namesIn(folder()));
        assert.deepEqual(during, []);
      } finally {
        if (before === undefined) delete process.env.TMPDIR;
        else process.env.TMPDIR = before;
      }
    });
  });

  it('goes on where nothing can be written', async () => {
    const file = path.join(folder(), 'file');
    await writeFile(file, '');
    const nowhere = new ProviderTrials(path.join(file, 'below'), new Set());
    assert.equal(await nowhere.objection('cuda', '1.0.0', false), undefined);
    assert.equal(await nowhere.guard('cuda', '1.0.0', () => Promise.resolve(1)), 1);
  });
});
