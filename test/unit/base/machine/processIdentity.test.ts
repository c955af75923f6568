import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { buildSync } from 'esbuild';
import {
  identityText,
  isAlive,
  isOfThisMachine,
  parseIdentity,
  placeText,
  processAt,
  thisProcess,
  type ProcessIdentity,
} from '../../../../src/base/machine/processIdentity';
import { hasLocalDisk, testFolder, until } from '../../shared/testFolder';

const root = path.resolve(__dirname, '../../..');
const isLinux = process.platform === 'linux';
/** A fingerprint that no real part has but by a chance of one in four billion. */
const other = '0badcafe';
/** A sign of life that no process of this boot can have given, in milliseconds since 1970. */
const beforeBoot = 1_000_000;

describe('Whether a process lives', () => {
  const folder = testFolder();
  const here = (change: Partial<ProcessIdentity> = {}): ProcessIdentity => ({ ...thisProcess(), ...change });

  it('is told of this process and of one that has ended', () => {
    assert.equal(isAlive(thisProcess()), 'alive');
    const { pid } = spawnSync(process.execPath, ['--version']);
    assert.equal(isAlive(here({ pid })), 'dead');
    assert.equal(isAlive(processAt(placeText(), pid)), 'dead');
    assert.equal(isAlive(processAt(placeText(), process.ppid)), 'likely');
  });

  it('is not known of another host, another container, or where too little was written down', () => {
    assert.equal(isAlive(here({ host: other, machine: other, boot: other })), 'unknown');
    assert.equal(isAlive(here({ host: other })), 'unknown');
    assert.equal(isAlive(here({ namespace: other })), 'unknown');
    assert.equal(isAlive(processAt('a host', process.pid)), 'unknown');
    for (const pid of [0, -1, NaN, 1.5, 2 ** 40]) assert.equal(isAlive(here({ pid })), 'unknown', String(pid));
  });

  it('is no as soon as its machine was started again, unless it may be another of the same name', function () {
    if (thisProcess().machine === '' || thisProcess().boot === '') this.skip();
    assert.equal(isAlive(here({ boot: other }), beforeBoot), 'dead');
    assert.equal(isAlive(here({ boot: other, namespace: other }), beforeBoot), 'dead');
    assert.equal(isAlive(here({ boot: other, machine: other }), beforeBoot), 'unknown');
    assert.equal(isAlive(here({ boot: other, machine: '' }), beforeBoot), 'unknown');
    assert.equal(isAlive(here({ boot: '' }), beforeBoot), 'unknown');
  });

  it('is no at once after a restart where what it left lies on a disk that no other machine reaches', function () {
    if (thisProcess().boot === '' || !hasLocalDisk(folder())) this.skip();
    assert.equal(isAlive(here({ boot: other }), Date.now(), folder()), 'dead');
    assert.equal(isAlive(here({ boot: other, namespace: other }), Date.now(), folder()), 'dead', 'of a container');
    assert.equal(isAlive(here({ boot: other, host: other }), Date.now(), folder()), 'unknown', 'a virtual machine');
    assert.equal(isAlive(here({ boot: other, machine: other }), Date.now(), folder()), 'unknown');
    assert.equal(isAlive(here({ namespace: other }), Date.now(), folder()), 'unknown', 'a container of this boot');
    assert.equal(isAlive(here({ boot: other }), Date.now(), '/proc/self'), 'unknown', 'a disk of no known kind');
  });

  it('is not known of a clone of this machine, which has its name and id, while it gives signs of life', () => {
    assert.equal(isAlive(here({ boot: other }), Date.now() - 10_000), 'unknown');
    assert.equal(isAlive(here({ boot: other }), Date.now() - 59_000), 'unknown');
    assert.equal(isAlive(here({ boot: other })), 'unknown');
  });

  it('is no where its id is by now that of a process that started at another time', function () {
    if (thisProcess().start === '') this.skip();
    assert.equal(isAlive(here({ start: other })), 'dead');
    assert.equal(isAlive(here({ start: '' })), 'likely', 'as far as can be told');
  });

  it('is no where it has ended and its parent never asks how, as in containers whose first process only sleeps', async function () {
    if (thisProcess().start === '') this.skip();
    const parent = spawn('sh', ['-c', 'true & echo $!; exec sleep 600'], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const [said] = (await once(parent.stdout, 'data')) as [Buffer];
      const pid = Number(said.toString());
      await until(() => readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z '), 'it has ended');
      assert.equal(isAlive(processAt(placeText(), pid)), 'dead');
    } finally {
      parent.kill('SIGKILL');
    }
  });

  it('is told by another process of this one, and of it from here, whatever its name is', async () => {
    const script = path.join(folder(), 'other ) 1 2 3.cjs');
    buildSync({
      stdin: {
        contents: `
          import { identityText, isAlive, parseIdentity, thisProcess } from './src/base/machine/processIdentity';
          process.title = ') R 1 2';
          console.log(isAlive(parseIdentity(process.argv[2])) + ' ' + identityText(thisProcess()));
          process.stdin.resume();`,
        resolveDir: root,
        loader: 'ts',
      },
      bundle: true,
      platform: 'node',
      format: 'cjs',
      outfile: script,
    });
    const child = spawn(process.execPath, [script, identityText(thisProcess())], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    const [liveness, text = ''] = said.toString().trim().split(' ');
    assert.equal(liveness, 'alive');
    const identity = parseIdentity(text);
    assert.ok(identity !== undefined);
    assert.equal(identity.pid, child.pid);
    assert.deepEqual({ ...identity, pid: 0, start: '' }, here({ pid: 0, start: '' }), 'of the same place');
    assert.equal(isAlive(identity), 'alive');
    child.kill('SIGKILL');
    await once(child, 'close');
    assert.equal(isAlive(identity), 'dead');
  });

  it('is not known of a process in another PID namespace, also of one that sees the processes of this one', function () {
    const script = path.join(folder(), 'inside.cjs');
    buildSync({
      stdin: {
        contents: `
          import { identityText, isAlive, parseIdentity, thisProcess } from './src/base/machine/processIdentity';
          console.log([isAlive(parseIdentity(process.argv[2])), isAlive(thisProcess()), identityText(thisProcess())].join(' '));`,
        resolveDir: root,
        loader: 'ts',
      },
      bundle: true,
      platform: 'node',
      format: 'cjs',
      outfile: script,
    });
    for (const mount of [['--mount-proc'], []]) {
      const { status, stdout } = spawnSync(
        'unshare',
        ['-pf', ...mount, process.execPath, script, identityText(thisProcess())],
        { encoding: 'utf8' },
      );
      // Not Linux, or not allowed here.
      if (!isLinux || status !== 0) this.skip();
      const [outer, own, text = ''] = stdout.trim().split(' ');
      assert.deepEqual([outer, own], ['unknown', 'alive']);
      const identity = parseIdentity(text);
      assert.ok(identity !== undefined);
      assert.equal(isAlive(identity), 'unknown');
      assert.equal(isOfThisMachine(identity), true);
    }
  });
});

describe('The identity of a process', () => {
  it('comes back from its text, which can be part of a file name', () => {
    const whole = { pid: 42, host: '00000001', machine: '00000002', boot: '00000003', namespace: '00000004' };
    const text = identityText({ ...whole, start: '00000005' });
    assert.equal(text, '42-00000001-00000002-00000003-00000004-00000005p');
    assert.deepEqual(parseIdentity(text), { ...whole, start: '00000005' });
    const little = { pid: 7, host: '0000abcd', machine: '', boot: '', namespace: '', start: '' };
    assert.equal(identityText(little), '7-0000abcd-x-x-x-xp');
    assert.deepEqual(parseIdentity('7-0000abcd-x-x-x-xp'), little);
    assert.deepEqual(parseIdentity(identityText(thisProcess())), thisProcess());
  });

  it('is read from nothing else', () => {
    for (const text of ['', '42', '4242-0123456789ab', '42-00000001-00000002-00000003-00000004-00000005', 'x']) {
      assert.equal(parseIdentity(text), undefined, text);
    }
  });

  it('has the same place as what locks say, and no part that names the machine', () => {
    const { host, boot, namespace } = thisProcess();
    assert.deepEqual(processAt(placeText(), 1), { pid: 1, host, machine: '', boot, namespace, start: '' });
    assert.match(identityText(thisProcess()), /^\d+(-([0-9a-f]{8}|x)){5}p$/);
  });

  it('is of this machine in every container of it, and on no other', () => {
    const own = thisProcess();
    assert.equal(isOfThisMachine(own), true);
    assert.equal(isOfThisMachine({ ...own, namespace: other }), true);
    assert.equal(isOfThisMachine({ ...own, boot: other }), true, 'before it was started again');
    assert.equal(isOfThisMachine({ ...own, host: other, boot: other }), false);
    assert.equal(isOfThisMachine({ ...own, machine: other, boot: other }), false);
  });
});
