import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { captionHash } from '../../../../src/dataset/captions/captionHash';
import type { WriteIntent } from '../../../../src/jobs/folder/journalEntries';
import { settleIntents, type UnsettledImage } from '../../../../src/jobs/run/settleIntents';
import { namesIn, testFolder, writeFiles } from '../../shared/testFolder';
import { writerScript } from '../../shared/writerScript';

describe('Captions that were being written when a process died', () => {
  const folder = testFolder();

  /** What was about to be written in place of `previous`; null for no file. */
  function intent(previous: string | null, text: string | null): WriteIntent {
    return { previous: previous === null ? null : { file: previous, start: 0, length: 1 }, written: captionHash(text) };
  }

  async function settled(...images: Omit<UnsettledImage, 'index'>[]): Promise<[number, WriteIntent][]> {
    const found: [number, WriteIntent][] = [];
    const unsettled = images.map((image, position) => ({ ...image, index: 10 + position }));
    await settleIntents({ root: folder(), captionExtension: '.txt' }, unsettled, (index, written) => {
      found.push([index, written]);
      return Promise.resolve();
    });
    return found;
  }

  it('are done where the file holds what was to be written', async () => {
    await writeFiles(folder(), { 'a.txt': 'new', 'below/b.txt': 'new' });
    const written = intent('old', 'new');
    assert.deepEqual(
      await settled({ path: 'a.png', intents: [written] }, { path: 'below/b.jpg', intents: [written] }),
      [
        [10, written],
        [11, written],
      ],
    );
  });

  it('are completed where the file was written in place and the process died half-way', async function () {
    if (process.platform === 'win32') this.skip();
    const script = writerScript(
      folder(),
      `
      require('node:fs').ftruncateSync = () => process.kill(process.pid, 'SIGKILL');
      writeInPlace(process.argv[2], process.argv[2], Buffer.from('new'), Buffer.from('old text'));
    `,
    );
    const file = path.join(folder(), 'a.txt');
    await writeFiles(folder(), { 'a.txt': 'old text' });
    spawnSync(process.execPath, [script, file]);
    assert.equal(await readFile(file, 'utf8'), 'new text');
    const written = intent('old text', 'new');
    assert.deepEqual(await settled({ path: 'a.png', intents: [written] }), [[10, written]]);
    assert.equal(await readFile(file, 'utf8'), 'new');
    assert.deepEqual(await namesIn(folder()), ['a.txt', 'writer.cjs']);
  });

  it('are done where the file was to be deleted and is gone', async () => {
    const deleted = intent('old', null);
    assert.deepEqual(await settled({ path: 'a.png', intents: [deleted] }), [[10, deleted]]);
  });

  it('are left to the next run where the file is as it was, or was changed by somebody else', async () => {
    await writeFiles(folder(), { 'a.txt': 'old', 'b.txt': 'by hand' });
    const images = ['a.png', 'b.png', 'gone.png'].map((image) => ({ path: image, intents: [intent('old', 'new')] }));
    assert.deepEqual(await settled(...images), []);
  });

  it('are left to the next run where the file cannot be read', async () => {
    await mkdir(path.join(folder(), 'a.txt'));
    assert.deepEqual(await settled({ path: 'a.png', intents: [intent(null, null)] }), []);
  });

  it('are done by whichever of several workers wrote what the file holds', async () => {
    await writeFiles(folder(), { 'a.txt': 'second' });
    const [first, second] = [intent(null, 'first'), intent('first', 'second')];
    assert.deepEqual(await settled({ path: 'a.png', intents: [first, second] }), [[10, second]]);
  });
});
