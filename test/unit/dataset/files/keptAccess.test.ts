import assert from 'node:assert/strict';
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { chmod, chown, link, mkdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { AccessLists } from '../../../../src/dataset/files/accessLists';
import { removeLeftover } from '../../../../src/dataset/files/leftovers';
import { isTemporaryName } from '../../../../src/dataset/files/temporaryNames';
import { writeFileSafely } from '../../../../src/dataset/files/writeFileSafely';
import { captionOf, openDataset } from '../openDataset';
import { canActAsNobody, namesIn, testFolder, writeFiles } from '../../shared/testFolder';
import { writerScript } from '../../shared/writerScript';

const run = promisify(execFile);
/** Users and groups that need no entry in the system's list: the file's owner, the team, and who saves. */
const [owner, team, member] = [2001, 2500, 65534];

/** Runs node as a user with groups, which only root can do. */
async function asUser(groups: string, args: readonly string[]): Promise<string> {
  const identity = ['--reuid', String(member), '--regid', String(member), groups];
  return (await run('setpriv', [...identity, process.execPath, ...args])).stdout.trim();
}

const hasAccessList = (file: string): boolean => new AccessLists().has(file, Date.now());

/** Gives a file an access list in which one more user may read and write it; whether that is possible here. */
function giveAccessList(file: string): boolean {
  const entries = '(1,6,n),(2,6,65534),(4,4,n),(16,6,n),(32,0,n)';
  const packed = `struct.pack('<I',2)+b''.join(struct.pack('<HHI',*e) for e in (${entries}))`;
  const python = `import os,struct,sys; n=0xffffffff; os.setxattr(sys.argv[1],'system.posix_acl_access',${packed})`;
  const tools: [string, string[]][] = [
    ['setfacl', ['-m', 'u:65534:rw', file]],
    ['python3', ['-c', python, file]],
  ];
  return tools.some(([tool, args]) => spawnSync(tool, args).status === 0) && hasAccessList(file);
}

/** Gives a folder an access list that new files in it inherit; whether that is possible here. */
function giveDefaultAccessList(folder: string): boolean {
  const entries = '(1,7,n),(2,7,65534),(4,5,n),(16,7,n),(32,5,n)';
  const packed = `struct.pack('<I',2)+b''.join(struct.pack('<HHI',*e) for e in (${entries}))`;
  const python = `import os,struct,sys; n=0xffffffff; os.setxattr(sys.argv[1],'system.posix_acl_default',${packed})`;
  return spawnSync('python3', ['-c', python, folder]).status === 0;
}

function removeAccessList(file: string): void {
  spawnSync('python3', ['-c', `import os,sys; os.removexattr(sys.argv[1],'system.posix_acl_access')`, file]);
}

describe('Who may read and write a caption file', function () {
  this.timeout(60_000);
  const folder = testFolder();
  const file = (): string => path.join(folder(), 'a.txt');
  const access = async (): Promise<string> => {
    const { uid, gid, mode } = await stat(file());
    return `${uid}:${gid} ${(mode & 0o7777).toString(8)}`;
  };
  const saves = (): string =>
    writerScript(
      folder(),
      `
      const [file] = process.argv.slice(2);
      try {
        writeFileSafely(file, Buffer.from('new'), Buffer.from('old text'));
        console.log('ok');
      } catch (error) {
        console.log(error.code);
      }
    `,
    );

  const cases: [what: string, uid: number, gid: number, mode: number, groups: string][] = [
    ['a member of its group saves the file of somebody else', owner, team, 0o664, `--groups=${team}`],
    ['somebody saves a file that all may write', owner, team, 0o666, '--clear-groups'],
    ['the owner is not, or no more, in its group', member, team, 0o660, '--clear-groups'],
    ['the owner is in its group', member, team, 0o660, `--groups=${team}`],
  ];
  for (const [what, uid, gid, mode, groups] of cases) {
    it(`stays when ${what}`, async function () {
      if (!canActAsNobody()) this.skip();
      await writeFiles(folder(), { 'a.txt': 'old text' });
      await chown(file(), uid, gid);
      await chmod(file(), mode);
      assert.equal(await asUser(groups, [saves(), file()]), 'ok');
      assert.equal(await access(), `${uid}:${gid} ${mode.toString(8)}`);
      assert.equal(await readFile(file(), 'utf8'), 'new');
      assert.deepEqual((await namesIn(folder())).filter(isTemporaryName), []);
    });
  }

  it('stays when it is an access list', async function () {
    await writeFiles(folder(), { 'a.txt': 'old text' });
    if (!giveAccessList(file())) this.skip();
    writeFileSafely(file(), Buffer.from('new'), Buffer.from('old text'));
    assert.equal(hasAccessList(file()), true);
    assert.equal(await readFile(file(), 'utf8'), 'new');
    assert.deepEqual(await namesIn(folder()), ['a.txt']);
  });

  it('stays when new files in its folder would get an access list', async function () {
    const inner = path.join(folder(), 'inner');
    await mkdir(inner);
    if (spawnSync('setfacl', ['-m', 'd:u:65534:rwx', inner]).status !== 0 && !giveDefaultAccessList(inner)) this.skip();
    const target = path.join(inner, 'a.txt');
    await writeFile(target, 'old text');
    spawnSync('setfacl', ['-b', target]);
    removeAccessList(target);
    await chmod(target, 0o640);
    assert.equal(hasAccessList(target), false);
    writeFileSafely(target, Buffer.from('new'), Buffer.from('old text'));
    assert.equal(await readFile(target, 'utf8'), 'new');
    assert.equal(hasAccessList(target), false);
    assert.equal((await stat(target)).mode & 0o777, 0o640);
  });

  describe('with an access list', () => {
    const names = ['a.txt', 'b c.txt', 'x a.txt', 'line\nend.txt', 'end.txt', '-n.txt'];
    const inFolder = (name: string): string => path.join(folder(), name);
    const ago = 1_000_000;
    /** The files that have one. @param changed when they all changed */
    const listed = (lists: AccessLists, changed: number): string[] =>
      names.filter((name) => lists.has(inFolder(name), changed));

    it('is known for one file and for many, whatever their names, and when it comes later', async function () {
      for (const name of names) await writeFile(inFolder(name), '');
      const found = ['b c.txt', 'line\nend.txt'];
      for (const name of found) if (!giveAccessList(inFolder(name))) this.skip();
      const lists = new AccessLists();
      for (let round = 0; round < 3; round++) assert.deepEqual(listed(lists, Date.now()), found, 'one by one');
      assert.deepEqual(listed(lists, ago), found, 'from a list of the folder');
      giveAccessList(inFolder('-n.txt'));
      assert.deepEqual(listed(lists, ago), found, 'from the same list');
      assert.deepEqual(listed(lists, Date.now()), [...found, '-n.txt'], 'changed since');
    });

    /** How many processes are started while `work` runs on a folder with `0.txt` to `199.txt`. */
    async function processesOf(work: () => void): Promise<number> {
      await writeFiles(folder(), Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`${at}.txt`, 'x'])));
      const log = inFolder('log');
      await writeFiles(folder(), { 'bin/ls': `#!/bin/sh\necho asked >> '${log}'\nexec /bin/ls "$@"\n` });
      await chmod(inFolder('bin/ls'), 0o755);
      const before = process.env.PATH;
      process.env.PATH = `${inFolder('bin')}:${before}`;
      try {
        work();
      } finally {
        process.env.PATH = before;
      }
      return (await readFile(log, 'utf8')).split('asked').length - 1;
    }

    it('is not asked for each of many files by a process of its own', async function () {
      if (process.platform === 'win32') this.skip();
      const started = await processesOf(() => {
        const lists = new AccessLists();
        // Of files that did not change for a while.
        for (let at = 0; at < 200; at++) assert.equal(lists.has(inFolder(`${at}.txt`), ago), false);
      });
      assert.ok(started <= 10, `${started} processes for 200 files`);
    });

    it('is asked once for a folder where many files are about to be written, the folder itself included', async function () {
      if (process.platform === 'win32') this.skip();
      const started = await processesOf(() => {
        const lists = new AccessLists();
        const files = Array.from({ length: 32 }, (_, at) => inFolder(`${at}.txt`));
        lists.announce(files);
        for (const file of files) assert.equal(lists.has(file, ago) || lists.hasFolder(folder()), false);
      });
      assert.equal(started, 1);
    });

    it('is asked once for files that changed just now and are about to be written', async function () {
      if (process.platform === 'win32') this.skip();
      const files = Array.from({ length: 32 }, (_, at) => inFolder(`${at}.txt`));
      let withList: string[] = [];
      const started = await processesOf(() => {
        const isPossible = giveAccessList(inFolder('7.txt'));
        withList = isPossible ? [inFolder('7.txt')] : [];
        spawnSync('ls', ['-d', folder()]);
        const lists = new AccessLists();
        lists.announce(files);
        assert.deepEqual(
          files.filter((file) => lists.has(file, statSync(file).ctimeMs)),
          withList,
        );
        lists.hasFolder(folder());
        if (!isPossible) return;
        lists.announce(files);
        removeAccessList(inFolder('7.txt'));
        giveAccessList(inFolder('9.txt'));
        assert.deepEqual(
          files.filter((file) => lists.has(file, statSync(file).ctimeMs)),
          [inFolder('9.txt')],
          'and it is not what was known before',
        );
      });
      assert.ok(started <= (withList.length === 0 ? 3 : 6), `${started} processes`);
    });
  });

  describe('when a write in place is cut off', () => {
    const old = `${'old '.repeat(50)}end`;
    const next = 'new, and shorter';
    /** Leaves the file half-written, as a kill between two calls does. */
    async function cutOff(): Promise<string> {
      const script = writerScript(
        folder(),
        `
        require('node:fs').ftruncateSync = () => process.kill(process.pid, 'SIGKILL');
        const [file, content, before] = process.argv.slice(2);
        writeInPlace(file, file, Buffer.from(content), Buffer.from(before));
      `,
      );
      await writeFiles(folder(), { 'a.jpg': '', 'a.txt': old });
      spawnSync(process.execPath, [script, file(), next, old]);
      assert.equal(await readFile(file(), 'utf8'), next + old.slice(next.length), 'half-written');
      const [note = ''] = (await namesIn(folder())).filter(isTemporaryName);
      return path.join(folder(), note);
    }

    it('keeps old and new text in a note that only this user can read', async function () {
      if (process.platform === 'win32') this.skip();
      const note = await cutOff();
      assert.equal((await stat(note)).mode & 0o777, 0o600);
    });

    it('the next scan completes it', async function () {
      if (process.platform === 'win32') this.skip();
      await cutOff();
      const dataset = await openDataset(folder(), {});
      assert.equal(await readFile(file(), 'utf8'), next);
      assert.equal(captionOf(dataset, 'a.jpg').text, next);
      assert.deepEqual((await namesIn(folder())).filter(isTemporaryName), []);
      assert.deepEqual(dataset.problems, []);
    });

    it('leaves a file that was changed since, keeps the note, and says so', async function () {
      if (process.platform === 'win32') this.skip();
      const note = await cutOff();
      await writeFile(file(), 'what somebody made of it');
      const dataset = await openDataset(folder(), {});
      assert.equal(await readFile(file(), 'utf8'), 'what somebody made of it');
      assert.equal((await stat(note)).isFile(), true);
      assert.equal(dataset.problems.length, 1);
      assert.equal(dataset.problems[0]?.path, 'a.txt');
      assert.ok(dataset.problems[0].reason.includes(path.basename(note)));
    });

    const shorter = 'old, new, newer';
    /** Leaves the note of a write, and the file as somebody makes it then. */
    async function editedAfter(before: string, text: string): Promise<void> {
      const script = writerScript(
        folder(),
        `
        const fs = require('node:fs');
        fs.unlinkSync = () => process.kill(process.pid, 'SIGKILL');
        const [file, content, before] = process.argv.slice(2);
        writeInPlace(file, file, Buffer.from(content), Buffer.from(before));
      `,
      );
      await writeFiles(folder(), { 'a.jpg': '', 'a.txt': before });
      spawnSync(process.execPath, [script, file(), shorter, before]);
      assert.equal(await readFile(file(), 'utf8'), shorter);
      await writeFile(file(), text);
    }

    for (const [what, before, text] of [
      ['takes the last of the new tags out', 'old', 'old, new'],
      ['writes the beginning of the new text into an empty file', '', 'old'],
      ['is of its length, and some of both', 'old, xyz, newer', 'old, nyz, newer'],
    ] as const) {
      it(`leaves an edit that ${what}`, async function () {
        if (process.platform === 'win32') this.skip();
        await editedAfter(before, text);
        const dataset = await openDataset(folder(), {});
        assert.equal(await readFile(file(), 'utf8'), text);
        assert.equal(captionOf(dataset, 'a.jpg').text, text);
      });
    }

    it('leaves a file that was written later, whatever it holds', async function () {
      if (process.platform === 'win32') this.skip();
      const note = await cutOff();
      const halfWritten = await readFile(file(), 'utf8');
      const later = new Date((await stat(note)).mtimeMs + 60_000);
      await utimes(file(), later, later);
      assert.equal((await removeLeftover(note))?.outcome, 'changed since');
      assert.equal(await readFile(file(), 'utf8'), halfWritten);
    });

    it('does not believe a note that others could have written', async function () {
      if (process.platform === 'win32') this.skip();
      const note = await cutOff();
      const halfWritten = await readFile(file(), 'utf8');
      await chmod(note, 0o644);
      assert.equal(await removeLeftover(note), undefined);
      await chmod(note, 0o600);
      await link(note, path.join(folder(), 'second name'));
      assert.equal(await removeLeftover(note), undefined);
      assert.equal(await readFile(file(), 'utf8'), halfWritten);
      assert.equal((await stat(note)).isFile(), true);
    });

    it('does not believe a note of another user', async function () {
      if (process.getuid?.() !== 0) this.skip();
      const note = await cutOff();
      const halfWritten = await readFile(file(), 'utf8');
      await chown(note, owner, team);
      assert.equal(await removeLeftover(note), undefined);
      assert.equal(await readFile(file(), 'utf8'), halfWritten);
    });

    it('puts the old text back when the disk is full', async function () {
      const disk = path.join(folder(), 'disk');
      try {
        execFileSync('mkdir', [disk]);
        execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk], { stdio: 'ignore' });
      } catch {
        // Only root may mount; there is no other way to a full disk.
        this.skip();
      }
      try {
        const script = writerScript(
          folder(),
          `
          const [file, content, before] = process.argv.slice(2);
          const fs = require('node:fs');
          const flushed = fs.fsyncSync;
          // The note has its place; then the disk fills.
          fs.fsyncSync = (handle) => {
            flushed(handle);
            try { fs.appendFileSync(file + '.filler', Buffer.alloc(100_000)); } catch {}
          };
          try {
            writeInPlace(file, file, Buffer.from('n'.repeat(20_000)), Buffer.from(before));
          } catch (error) {
            console.log(error.code);
          }
        `,
        );
        const target = path.join(disk, 'a.txt');
        await writeFile(target, old);
        const { stdout } = await run(process.execPath, [script, target, '', old]);
        assert.equal(stdout.trim(), 'ENOSPC');
        assert.equal(await readFile(target, 'utf8'), old);
        assert.deepEqual(await namesIn(disk), ['a.txt', 'a.txt.filler']);
      } finally {
        execFileSync('umount', [disk]);
      }
    });
  });
});
