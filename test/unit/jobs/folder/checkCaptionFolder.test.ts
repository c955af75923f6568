import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CaptionError } from '../../../../src/dataset/files/CaptionError';
import { checkCaptionFolder } from '../../../../src/jobs/folder/checkCaptionFolder';
import { withDisk } from '../../cli/smallDisk';
import { testFolder } from '../../shared/testFolder';

describe('The check of the folder that a job writes to', function () {
  this.timeout(30_000);
  const folder = testFolder();

  it('stops a job whose disk is read-only, but not for a first caption that is a link to such a disk', async function () {
    await withDisk(this, folder(), '64k', async (disk) => {
      const target = path.join(disk, 'a.txt');
      await writeFile(target, 'old');
      execFileSync('mount', ['-o', 'remount,ro', disk]);
      const isReadOnly = (thrown: unknown): boolean => thrown instanceof CaptionError && thrown.code === 'READ_ONLY';
      await assert.rejects(
        checkCaptionFolder(target, () => undefined),
        isReadOnly,
      );
      const link = path.join(folder(), 'a.txt');
      await symlink(target, link);
      const lines: string[] = [];
      assert.equal(await checkCaptionFolder(link, (line) => lines.push(line)), undefined);
      assert.match(lines.join('\n'), /is not known: .*read-only/);
    });
  });
});
