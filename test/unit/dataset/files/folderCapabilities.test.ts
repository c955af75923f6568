import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CaptionConflictError, CaptionError } from '../../../../src/dataset/files/CaptionError';
import { describeFolder, folderWarning, probeFolder } from '../../../../src/dataset/files/folderCapabilities';
import { writeFileSafely } from '../../../../src/dataset/files/writeFileSafely';
import { namesIn, testFolder } from '../../shared/testFolder';
import { withDisk } from '../../cli/smallDisk';

describe('What a folder can do', () => {
  const folder = testFolder();

  it('is found out with files that are gone afterwards', async () => {
    await writeFile(path.join(folder(), 'a.txt'), 'mine');
    const found = await probeFolder(folder());
    assert.deepEqual([found.hardLinks, found.atomicRename, found.flush], [true, true, true]);
    assert.equal(folderWarning(found), undefined);
    assert.match(
      describeFolder('/sets/a', { ...found, fileSystem: 'ext4' }),
      /^Captions are written to \/sets\/a \(ext4\)\. Hard links: yes, atomic rename: yes, flush: yes\.$/,
    );
    assert.deepEqual(await namesIn(folder()), ['a.txt']);
  });

  it('is less over an object store, which is known by the name of its mount, and somebody is warned', async () => {
    const real = fs.realpathSync(folder());
    const mounts = (type: string, source: string): string =>
      [
        '22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw',
        `40 22 0:50 / ${real.replaceAll(' ', '\\040')} rw,nosuid - ${type} ${source} rw`,
        `41 22 0:51 / ${real}-other rw - tmpfs tmpfs rw`,
      ].join('\n');
    for (const [type, source] of [
      ['fuse.s3fs', 's3fs'],
      ['fuse.blobfuse2', 'blobfuse2'],
      ['fuse', 'mountpoint-s3'],
      ['fuse.rclone', 'remote:bucket'],
    ] as const) {
      const found = await probeFolder(folder(), mounts(type, source));
      assert.deepEqual([found.atomicRename, found.fileSystem], [false, type]);
      assert.match(folderWarning(found) ?? '', /half-written/);
    }
    for (const [type, source] of [
      ['nfs4', 'host:/export'],
      ['fuse.juicefs', 'JuiceFS:data'],
    ] as const) {
      assert.equal((await probeFolder(folder(), mounts(type, source))).atomicRename, true);
    }
  });

  it('is an error that says why where nothing can be written', async () => {
    const isError = (code: string, message: RegExp) => (thrown: unknown) => {
      assert.ok(thrown instanceof CaptionError);
      assert.equal(thrown.code, code);
      assert.match(thrown.message, message);
      return true;
    };
    await assert.rejects(probeFolder(path.join(folder(), 'gone')), isError('FOLDER_MISSING', /does not exist/));
  });

  it('is an error on a full disk and on one that is read-only', async function () {
    const isCode = (code: string) => (thrown: unknown) => thrown instanceof CaptionError && thrown.code === code;
    await withDisk(this, folder(), '64k', async (disk) => {
      await writeFile(path.join(disk, 'filler'), Buffer.alloc(100_000)).catch(() => undefined);
      await assert.rejects(probeFolder(disk), isCode('DISK_FULL'));
      assert.deepEqual(await namesIn(disk), ['filler']);
      execFileSync('mount', ['-o', 'remount,ro', disk]);
      await assert.rejects(probeFolder(disk), isCode('READ_ONLY'));
    });
  });

  describe('without hard links', () => {
    const { linkSync } = fs;
    const file = (): string => path.join(folder(), 'new.txt');

    beforeEach(async () => {
      await mkdir(path.join(folder(), 'other'));
      fs.linkSync = () => {
        throw Object.assign(new Error('not supported'), { code: 'ENOTSUP' });
      };
    });
    afterEach(() => {
      fs.linkSync = linkSync;
    });

    it('lets a new caption be written whole, and nothing else be left', async () => {
      writeFileSafely(file(), Buffer.from('a caption'), null);
      assert.equal(await readFile(file(), 'utf8'), 'a caption');
      assert.deepEqual((await namesIn(folder())).sort(), ['new.txt', 'other']);
    });

    it('never writes over a file that another program makes in that moment', async () => {
      fs.linkSync = () => {
        fs.writeFileSync(file(), 'theirs');
        throw Object.assign(new Error('not supported'), { code: 'EPERM' });
      };
      assert.throws(() => {
        writeFileSafely(file(), Buffer.from('mine'), null);
      }, CaptionConflictError);
      assert.equal(await readFile(file(), 'utf8'), 'theirs');
      assert.deepEqual((await namesIn(folder())).sort(), ['new.txt', 'other']);
    });

    it('leaves no part of a caption where the disk fails', async () => {
      const { fsyncSync } = fs;
      let calls = 0;
      fs.fsyncSync = (handle) => {
        // The temporary file is fine; then the disk is not.
        if (++calls > 1) throw Object.assign(new Error('i/o error'), { code: 'EIO' });
        fsyncSync(handle);
      };
      try {
        assert.throws(
          () => {
            writeFileSafely(file(), Buffer.from('mine'), null);
          },
          (thrown: unknown) => thrown instanceof CaptionError && thrown.code === 'DISK_ERROR',
        );
      } finally {
        fs.fsyncSync = fsyncSync;
      }
      assert.deepEqual(await namesIn(folder()), ['other']);
    });
  });
});
