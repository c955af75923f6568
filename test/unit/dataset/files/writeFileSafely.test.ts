import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import { chmod, chown, lstat, mkdir, readFile, readlink, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { identityText, thisProcess, type ProcessIdentity } from '../../../../src/base/machine/processIdentity';
import { CaptionConflictError, CaptionError } from '../../../../src/dataset/files/CaptionError';
import { readIfThere } from '../../../../src/dataset/captions/captionFile';
import { isOfDeadProcess, isTemporaryName, newTemporaryName } from '../../../../src/dataset/files/temporaryNames';
import { writeFileSafely as writeNow } from '../../../../src/dataset/files/writeFileSafely';
import { runScript, writerScript } from '../../shared/writerScript';
import { canActAsNobody, fingerprint, namesIn, nobody, testFolder, writeFiles } from '../../shared/testFolder';

const run = promisify(execFile);
const isRoot = process.getuid?.() === 0;
const bytes = (text: string): Buffer => Buffer.from(text);

const writeOnce = `
  const [file, content, expected] = process.argv.slice(2);
  const bytesOf = (text: string) => (text === '-' ? null : Buffer.from(text));
  try {
    writeFileSafely(file, bytesOf(content), bytesOf(expected));
    console.log('ok');
  } catch (error) {
    console.log(error.code + ': ' + error.message);
  }
`;

/** As a promise, since the tests are about how it ends. */
const writeFileSafely = (...write: Parameters<typeof writeNow>): Promise<void> =>
  new Promise((resolve) => {
    writeNow(...write);
    resolve();
  });

describe('Writing a file safely', function () {
  this.timeout(60_000);
  const folder = testFolder();
  const file = (): string => path.join(folder(), 'a.txt');

  it('replaces, creates and deletes, and leaves nothing else behind', async () => {
    await writeFileSafely(file(), bytes('one'), null);
    assert.equal(await readFile(file(), 'utf8'), 'one');
    await writeFileSafely(file(), bytes('two'), bytes('one'));
    assert.equal(await readFile(file(), 'utf8'), 'two');
    assert.deepEqual(await namesIn(folder()), ['a.txt']);
    await writeFileSafely(file(), null, bytes('two'));
    assert.deepEqual(await namesIn(folder()), []);
  });

  it('does not touch a file that holds the content already', async () => {
    await writeFiles(folder(), { 'a.txt': 'same' });
    const before = await fingerprint(file());
    await writeFileSafely(file(), bytes('same'), bytes('same'));
    await writeFileSafely(file(), bytes('same'), bytes('something else'));
    assert.equal(await fingerprint(file()), before);
    await writeFileSafely(path.join(folder(), 'none.txt'), null, bytes('gone already'));
  });

  it('refuses a file that others changed, created or deleted, and says what it holds', async () => {
    const conflict = async (content: string | null, expected: string | null): Promise<string | null> => {
      const failed = writeFileSafely(
        file(),
        content === null ? null : bytes(content),
        expected === null ? null : bytes(expected),
      );
      const error: unknown = await failed.then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      assert.ok(error instanceof CaptionConflictError);
      return error.theirs === null ? null : Buffer.from(error.theirs).toString();
    };
    assert.equal(await conflict('new', 'old'), null, 'deleted');
    await writeFiles(folder(), { 'a.txt': 'theirs' });
    const before = await fingerprint(file());
    assert.equal(await conflict('new', 'old'), 'theirs', 'changed');
    assert.equal(await conflict('new', null), 'theirs', 'created');
    assert.equal(await conflict(null, 'old'), 'theirs', 'not deleted');
    assert.equal(await fingerprint(file()), before);
    assert.deepEqual(await namesIn(folder()), ['a.txt']);
  });

  it('sees a change that keeps size and mtime', async () => {
    await writeFiles(folder(), { 'a.txt': 'abd' });
    await assert.rejects(writeFileSafely(file(), bytes('new'), bytes('abc')), CaptionConflictError);
  });

  for (const mode of [0o600, 0o640, 0o644, 0o666, 0o2664, 0o777]) {
    it(`keeps the mode ${mode.toString(8)}`, async () => {
      await writeFiles(folder(), { 'a.txt': 'old' });
      await chmod(file(), mode);
      await writeFileSafely(file(), bytes('new'), bytes('old'));
      assert.equal(((await stat(file())).mode & 0o7777).toString(8), mode.toString(8));
    });
  }

  it('keeps the owner where it may', async function () {
    if (!isRoot) this.skip();
    await writeFiles(folder(), { 'a.txt': 'old' });
    await chown(file(), 1234, 2345);
    await chmod(file(), 0o2664);
    await writeFileSafely(file(), bytes('new'), bytes('old'));
    const { uid, gid, mode } = await stat(file());
    assert.deepEqual([uid, gid, mode & 0o7777], [1234, 2345, 0o2664]);
  });

  it('writes through a symbolic link, also a chain of them into another folder', async () => {
    await mkdir(path.join(folder(), 'other'));
    await writeFiles(folder(), { 'other/real.txt': 'old' });
    await symlink('other/real.txt', path.join(folder(), 'middle.txt'));
    await symlink('middle.txt', file());
    await writeFileSafely(file(), bytes('new'), bytes('old'));
    assert.equal(await readlink(file()), 'middle.txt');
    assert.equal(await readFile(path.join(folder(), 'other/real.txt'), 'utf8'), 'new');
    assert.deepEqual(await namesIn(path.join(folder(), 'other')), ['real.txt']);
  });

  it('does not replace a link that leads nowhere or in a circle', async () => {
    await symlink('nowhere.txt', file());
    await symlink('circle.txt', path.join(folder(), 'circle.txt'));
    for (const name of ['a.txt', 'circle.txt']) {
      await assert.rejects(
        writeFileSafely(path.join(folder(), name), bytes('new'), null),
        (error) => error instanceof CaptionError && error.code === 'CAPTION_LINK_BROKEN',
      );
      assert.ok((await lstat(path.join(folder(), name))).isSymbolicLink());
    }
  });

  it('says that the folder is missing', async () => {
    await assert.rejects(
      writeFileSafely(path.join(folder(), 'gone/a.txt'), bytes('new'), null),
      (error) => error instanceof CaptionError && error.code === 'FOLDER_MISSING',
    );
  });

  for (const expected of [null, 'old'] as const) {
    const what = expected === null ? 'a new file' : 'a file that is replaced';
    it(`writes ${what} again when another program removes its temporary file, and says so if that goes on`, async () => {
      const file = path.join(folder(), 'a.txt');
      if (expected !== null) await writeFiles(folder(), { 'a.txt': expected });
      const call = expected === null ? 'linkSync' : 'renameSync';
      const original = fs[call];
      let removals = 1;
      fs[call] = (from: fs.PathLike, to: fs.PathLike) => {
        if (removals-- > 0) fs.unlinkSync(from);
        original(from, to);
      };
      try {
        const before = expected === null ? null : bytes(expected);
        writeNow(file, bytes('new'), before);
        assert.equal(await readFile(file, 'utf8'), 'new');
        removals = 100;
        const another = path.join(folder(), expected === null ? 'b.txt' : 'a.txt');
        const left = expected === null ? null : bytes('new');
        assert.throws(
          () => {
            writeNow(another, bytes('newer'), left);
          },
          { code: 'DISK_ERROR', path: another, message: /Another program removed/ },
        );
        assert.equal(await readFile(file, 'utf8'), 'new');
        assert.deepEqual(await namesIn(folder()), ['a.txt']);
      } finally {
        fs[call] = original;
      }
    });
  }

  it('finds a conflict, or its work done, where another program deletes the file in the moment of the write', async () => {
    const file = path.join(folder(), 'a.txt');
    const original = fs.accessSync;
    fs.accessSync = (...given) => {
      original(...given);
      fs.unlinkSync(file);
    };
    try {
      await writeFiles(folder(), { 'a.txt': 'old' });
      assert.throws(
        () => {
          writeNow(file, bytes('new'), bytes('old'));
        },
        { code: 'CAPTION_CONFLICT', theirs: null },
      );
      await writeFiles(folder(), { 'a.txt': 'old' });
      writeNow(file, null, bytes('old'));
      assert.deepEqual(await namesIn(folder()), []);
    } finally {
      fs.accessSync = original;
    }
  });

  it('neither reads nor writes a folder or a pipe, and does not wait for one', async function () {
    if (process.platform === 'win32') this.skip();
    await mkdir(path.join(folder(), 'folder.txt'));
    execFileSync('mkfifo', [path.join(folder(), 'pipe.txt')]);
    for (const name of ['folder.txt', 'pipe.txt']) {
      await assert.rejects(readIfThere(path.join(folder(), name)), CaptionError);
      await assert.rejects(writeFileSafely(path.join(folder(), name), bytes('new'), null), CaptionError);
    }
    assert.deepEqual(await namesIn(folder()), ['folder.txt', 'pipe.txt']);
  });

  it('refuses a write-protected file and a write-protected folder, and says so', async function () {
    if (!canActAsNobody()) this.skip();
    const script = writerScript(folder(), writeOnce);
    const asNobody = async (...args: string[]): Promise<string> =>
      (await run(process.execPath, [script, ...args], nobody)).stdout.trim();
    await writeFiles(folder(), { 'a.txt': 'old', 'locked/a.txt': 'old', 'locked/open.txt': 'old' });
    await chmod(file(), 0o444);
    assert.match(await asNobody(file(), 'new', 'old'), /^NO_PERMISSION: .*save/);
    assert.match(await asNobody(file(), '-', 'old'), /^NO_PERMISSION: .*delete/);
    await chmod(path.join(folder(), 'locked/open.txt'), 0o666);
    await chmod(path.join(folder(), 'locked'), 0o555);
    assert.match(await asNobody(path.join(folder(), 'locked/open.txt'), 'new', 'old'), /^NO_PERMISSION/);
    assert.match(await asNobody(path.join(folder(), 'locked/new.txt'), 'new', '-'), /^NO_PERMISSION/);
    await chmod(file(), 0o000);
    assert.match(await asNobody(file(), 'new', 'old'), /^NO_PERMISSION/);
    assert.equal(await readFile(file(), 'utf8'), 'old');
    assert.deepEqual(await namesIn(path.join(folder(), 'locked')), ['a.txt', 'open.txt']);
  });

  describe('on a small disk', () => {
    let mounted = false;
    const disk = (): string => path.join(folder(), 'disk');

    beforeEach(async function () {
      await mkdir(disk());
      try {
        execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk()], { stdio: 'ignore' });
        mounted = true;
      } catch {
        // Only root may mount; there is no other way to a full disk.
        this.skip();
      }
    });
    afterEach(() => {
      if (mounted) execFileSync('umount', [disk()]);
      mounted = false;
    });

    it('keeps the old content and no temporary file when the disk is full', async () => {
      const target = path.join(disk(), 'a.txt');
      await writeFile(target, 'old');
      await writeFile(path.join(disk(), 'filler'), Buffer.alloc(100_000)).catch(() => undefined);
      for (const [name, expected] of [
        ['a.txt', bytes('old')],
        ['b.txt', null],
      ] as const) {
        await assert.rejects(
          writeFileSafely(path.join(disk(), name), Buffer.alloc(20_000, 'x'), expected),
          (error) => error instanceof CaptionError && error.code === 'DISK_FULL',
        );
      }
      assert.equal(await readFile(target, 'utf8'), 'old');
      assert.deepEqual(await namesIn(disk()), ['a.txt', 'filler']);
      await rm(path.join(disk(), 'filler'));
      await writeFileSafely(target, Buffer.alloc(20_000, 'x'), bytes('old'));
      assert.equal((await stat(target)).size, 20_000);
    });

    it('says that it is read-only, and changes nothing', async () => {
      const target = path.join(disk(), 'a.txt');
      await writeFile(target, 'old');
      execFileSync('mount', ['-o', 'remount,ro', disk()]);
      for (const content of [bytes('new'), null]) {
        await assert.rejects(
          writeFileSafely(target, content, bytes('old')),
          (error) => error instanceof CaptionError && error.code === 'READ_ONLY',
        );
      }
      assert.equal(await readFile(target, 'utf8'), 'old');
    });
  });

  it('is whole at every moment at which the process is killed', async () => {
    const script = writerScript(
      folder(),
      `
      const [file] = process.argv.slice(2);
      (async () => {
        const content = (n: number) => Buffer.alloc(20_000 + n % 7, 'ab'[n % 2]);
        let old: Uint8Array | null = null;
        try { old = require('node:fs').readFileSync(file); } catch {}
        process.stdout.write('started');
        for (let n = 0; ; n++) {
          // Every fifth time it is deleted and made anew.
          const next = n % 5 === 4 ? null : content(n);
          writeFileSafely(file, next, old);
          old = next;
        }
      })();
    `,
    );
    for (let round = 0; round < 30; round++) {
      const child = spawn(process.execPath, [script, file()], { stdio: ['ignore', 'pipe', 'inherit'] });
      await once(child.stdout, 'data');
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 60));
      child.kill('SIGKILL');
      await once(child, 'exit');
      const content = await readIfThere(file());
      if (content !== null) {
        assert.ok(content.length >= 20_000, `${content.length} bytes`);
        assert.ok(content.every((byte) => byte === content[0]));
      }
    }
    const names = (await namesIn(folder())).filter((name) => name !== 'a.txt' && name !== 'writer.cjs');
    assert.deepEqual(
      names.filter((name) => !isTemporaryName(name)),
      [],
    );
  });

  it('knows its temporary files, and those of a process of this machine that is gone', async () => {
    const script = writerScript(
      folder(),
      `
      require('node:fs').renameSync = () => process.kill(process.pid, 'SIGKILL');
      writeFileSafely(process.argv[2], Buffer.from('new'), Buffer.from('old'));
    `,
    );
    await writeFiles(folder(), { 'a.txt': 'old' });
    const child = spawn(process.execPath, [script, file()], { stdio: 'ignore' });
    await once(child, 'exit');
    const left = (await namesIn(folder())).filter((name) => isTemporaryName(name));
    assert.equal(left.length, 1);
    assert.deepEqual(left.filter(isOfDeadProcess), left);
    assert.equal(isOfDeadProcess(newTemporaryName()), false, 'a process that lives');
    assert.equal(isOfDeadProcess('.dataset-captions-4242-0123456789ab.tmp'), false, 'of another machine');
    assert.equal(await readFile(file(), 'utf8'), 'old');
  });

  it('knows the temporary files of other containers and of earlier versions, whose makers may live', () => {
    const [, maker = ''] = /^\.dataset-captions-(.+)-[0-9a-f]{8}\.tmp$/.exec(newTemporaryName()) ?? [];
    const identity = { ...thisProcess(), pid: spawnSync(process.execPath, ['--version']).pid };
    const nameOf = (made: ProcessIdentity): string => newTemporaryName().replace(maker, identityText(made));
    assert.equal(isOfDeadProcess(nameOf(identity)), true);
    const container = nameOf({ ...identity, namespace: '0badcafe' });
    assert.deepEqual([isTemporaryName(container), isOfDeadProcess(container)], [true, false]);
    // What version 0.1.0 calls its files on this host, in whichever container.
    const host = createHash('sha256').update(hostname()).digest('hex').slice(0, 4);
    const old = `.dataset-captions-${identity.pid}-${host}deadbeef.tmp`;
    assert.deepEqual([isTemporaryName(old), isOfDeadProcess(old)], [true, false]);
  });

  describe('when something stands in the way that turns out to be its own', () => {
    // Network file systems answer so when the reply to the first call was lost and it was sent again.
    const ways: [what: string, setup: string, before: string | undefined, wanted: string][] = [
      ['linkSync', 'EEXIST', undefined, 'new'],
      ['renameSync', 'ENOENT', 'old', 'new'],
      ['unlinkSync', 'ENOENT', 'old', '-'],
    ];
    for (const [call, code, before, wanted] of ways) {
      it(`is a success: ${call} says ${code} although it was done`, async () => {
        const script = writerScript(
          folder(),
          `
          const fs = require('node:fs');
          const done = fs.${call};
          fs.${call} = (...names) => {
            done(...names);
            if (!names.some((name) => name.endsWith('/a.txt'))) return;
            throw Object.assign(new Error('${code}'), { code: '${code}' });
          };
          ${writeOnce}`,
        );
        if (before !== undefined) await writeFiles(folder(), { 'a.txt': before });
        assert.equal(await runScript(script, [file(), wanted, before ?? '-']), 'ok');
        assert.equal(await readFile(file(), 'utf8').catch(() => '-'), wanted);
        assert.deepEqual((await namesIn(folder())).filter(isTemporaryName), []);
      });
    }

    it('is a success where another program writes the same text in that moment, and a conflict with another text', async () => {
      for (const [theirs, answer] of [
        ['new', /^ok$/],
        ['other', /^CAPTION_CONFLICT/],
      ] as const) {
        const script = writerScript(
          folder(),
          `
          const fs = require('node:fs');
          const done = fs.linkSync;
          fs.linkSync = (from, to) => {
            fs.writeFileSync(to, '${theirs}');
            done(from, to);
          };
          ${writeOnce}`,
        );
        assert.match(await runScript(script, [file(), 'new', '-']), answer);
        assert.equal(await readFile(file(), 'utf8'), theirs);
        await rm(file());
      }
    });
  });

  describe('while another program has the file open', () => {
    const script = (platform: string, failures: number): string =>
      writerScript(
        folder(),
        `
        const fs = require('node:fs');
        Object.defineProperty(process, 'platform', { value: '${platform}' });
        let left = ${failures};
        for (const call of ['renameSync', 'unlinkSync', 'linkSync']) {
          const done = fs[call];
          fs[call] = (...names) => {
            if (left-- > 0) throw Object.assign(new Error('busy'), { code: 'EPERM' });
            done(...names);
          };
        }
        ${writeOnce}`,
      );

    for (const [what, wanted, before] of [
      ['replaces', 'new', 'old'],
      ['deletes', '-', 'old'],
      ['creates', 'new', '-'],
    ] as const) {
      it(`on Windows, ${what} it a moment later`, async () => {
        if (before === 'old') await writeFiles(folder(), { 'a.txt': before });
        assert.equal(await runScript(script('win32', 3), [file(), wanted, before]), 'ok');
        assert.equal(await readFile(file(), 'utf8').catch(() => '-'), wanted);
      });
    }

    it('elsewhere says at once that it may not: nothing passes by itself', async () => {
      await writeFiles(folder(), { 'a.txt': 'old' });
      assert.match(await runScript(script('linux', 1), [file(), 'new', 'old']), /^NO_PERMISSION/);
    });
  });

  it('does not care about an mtime that goes backwards', async () => {
    await writeFiles(folder(), { 'a.txt': 'old' });
    await utimes(file(), 1, 1);
    await writeFileSafely(file(), bytes('new'), bytes('old'));
    assert.equal(await readFile(file(), 'utf8'), 'new');
  });
});
