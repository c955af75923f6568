import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { png } from '../base/pictureHead/pictureFiles';
import { cli } from '../shared/runCli';
import { testFolder, writeFiles } from '../shared/testFolder';
import { captionOf, openDataset } from './openDataset';

describe('A caption name that is a folder, a pipe, or a link to one or to nothing', function () {
  this.timeout(60_000);
  const folder = testFolder();
  const odd = ['folder', 'linked', 'gone', ...(process.platform === 'win32' ? [] : ['pipe'])];

  async function make(): Promise<void> {
    const picture = png(5, 4);
    const images = Object.fromEntries(['none', 'whole', ...odd].map((name) => [`${name}.png`, picture] as const));
    await writeFiles(folder(), { ...images, 'whole.txt': 'cat' });
    await mkdir(path.join(folder(), 'folder.txt'));
    await mkdir(path.join(folder(), 'elsewhere'));
    await symlink(path.join(folder(), 'elsewhere'), path.join(folder(), 'linked.txt'), 'junction');
    await symlink('nowhere.txt', path.join(folder(), 'gone.txt'));
    if (odd.includes('pipe')) execFileSync('mkfifo', [path.join(folder(), 'pipe.txt')]);
  }

  it('is unreadable and not empty, as long as it is so', async () => {
    await make();
    const dataset = await openDataset(folder(), {});
    const states = Object.fromEntries(
      dataset.allImages.map(({ path: image, caption }) => [image, [caption.isEmpty, caption.unreadable?.code]]),
    );
    assert.deepEqual(states, {
      'folder.png': [false, 'FILE_ERROR'],
      'gone.png': [false, 'CAPTION_LINK_BROKEN'],
      'linked.png': [false, 'FILE_ERROR'],
      'none.png': [true, undefined],
      ...(odd.includes('pipe') ? { 'pipe.png': [false, 'FILE_ERROR'] } : {}),
      'whole.png': [false, undefined],
    });
    await dataset.reconcile(['gone.txt']);
    assert.equal(captionOf(dataset, 'gone.png').unreadable?.code, 'CAPTION_LINK_BROKEN', 'told by a watcher');
    await writeFiles(folder(), { 'nowhere.txt': 'dog' });
    await dataset.load();
    const { unreadable, text } = captionOf(dataset, 'gone.png');
    assert.deepEqual([unreadable, text], [undefined, 'dog']);
  });

  it('is said by "list", "tags" and "info"', async () => {
    await make();
    for (const command of ['list', 'tags']) {
      const { stderr } = await cli(command, folder());
      for (const name of odd) {
        assert.ok(stderr.includes(`${path.join(folder(), `${name}.txt`)}: `), `${command} ${name}: ${stderr}`);
      }
      assert.ok(!stderr.includes('none.txt'), stderr);
    }
    const { stderr } = await cli('info', path.join(folder(), 'gone.png'));
    assert.match(stderr, /gone\.txt: The caption is a link to a file that does not exist\./);
  });
});
