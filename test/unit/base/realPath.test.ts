import assert from 'node:assert/strict';
import fs from 'node:fs';
import { symlink } from 'node:fs/promises';
import path from 'node:path';
import { scanDataset } from '../../../src/dataset/scan/scanDataset';
import { testFolder, writeFiles } from '../shared/testFolder';
import { realPath, realPathSync } from '../../../src/base/realPath';

/** The drive of a RAM disk on Windows: the system's realpath fails on it, everything else works. */
function failingDrive(folder: string): () => void {
  const { native } = fs.realpathSync;
  const { realpath } = fs.promises;
  const failure = (file: string): Error =>
    Object.assign(new Error(`EISDIR: illegal operation on a directory, realpath '${file}'`), { code: 'EISDIR' });
  const isOn = (file: unknown): boolean => String(file).startsWith(folder);
  Object.assign(fs.realpathSync, {
    native: (file: string) => {
      if (isOn(file)) throw failure(file);
      return native(file);
    },
  });
  Object.assign(fs.promises, {
    realpath: (file: string) => (isOn(file) ? Promise.reject(failure(file)) : realpath(file)),
  });
  return () => {
    Object.assign(fs.realpathSync, { native });
    Object.assign(fs.promises, { realpath });
  };
}

describe('The path behind all links', () => {
  const folder = testFolder();

  it('is found part by part on a drive of which the system cannot say it, and its folders can be opened', async () => {
    await writeFiles(folder(), { 'data/a.png': '', 'data/sub/b.png': '' });
    await symlink('data', path.join(folder(), 'link'));
    const data = fs.realpathSync(path.join(folder(), 'data'));
    const restore = failingDrive(folder());
    try {
      assert.equal(await realPath(path.join(folder(), 'link')), data);
      assert.equal(realPathSync(path.join(folder(), 'link')), data);
      const listed = [...scanDataset(path.join(folder(), 'data'), '.txt')].flatMap(({ images }) => images);
      assert.deepEqual(
        listed.map((image) => image.path),
        ['a.png', 'sub/b.png'],
      );
    } finally {
      restore();
    }
  });

  it('says that a file is missing as the system says it', async () => {
    await assert.rejects(realPath(path.join(folder(), 'none')), { code: 'ENOENT' });
    assert.throws(() => realPathSync(path.join(folder(), 'none')), { code: 'ENOENT' });
  });
});
