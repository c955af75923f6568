import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFile, rename, rm, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Caption, EmptiedCaption } from '../../../src/dataset/captions/Caption';
import { CaptionConflictError, CaptionError } from '../../../src/dataset/files/CaptionError';
import type { FileWriter } from '../../../src/dataset/files/FileWriter';
import { Dataset } from '../../../src/dataset/Dataset';
import { mergeTags } from '../../../src/tags/tagCounts';
import { captionOf, openDataset } from './openDataset';
import { fingerprint, namesIn, testFolder, writeFiles, type TestFiles } from '../shared/testFolder';

describe('A dataset that shares its files', function () {
  this.timeout(60_000);
  const folder = testFolder();
  const inFolder = (name: string): string => path.join(folder(), name);
  const textOf = (name: string): Promise<string> => readFile(inFolder(name), 'utf8');

  const open = (files: TestFiles, emptied?: EmptiedCaption): Promise<Dataset> => openDataset(folder(), files, emptied);

  describe('with a conflict whose content is the wanted one', () => {
    /** Writes, then says that the file is in the way, as a network file system does that lost its own answer. */
    const lateAnswers: FileWriter = {
      write: async ({ file, content }) => {
        await writeFile(file, content ?? '');
        throw new CaptionConflictError(file, Buffer.from(content ?? ''));
      },
    };
    async function openWith(writer: FileWriter): Promise<{ dataset: Dataset; caption: Caption }> {
      await writeFiles(folder(), { 'a.jpg': '' });
      const dataset = new Dataset(folder(), { captionExtension: '.txt', emptiedCaption: 'delete' }, writer);
      await dataset.load();
      return { dataset, caption: captionOf(dataset, 'a.jpg') };
    }

    it('counts a generated caption as written, and leaves nothing to save that would delete it', async () => {
      const { dataset, caption } = await openWith(lateAnswers);
      const change = await dataset.writeGenerated(caption, () => 'the new text', null);
      assert.deepEqual([change?.before, change?.after], [null, 'the new text']);
      assert.equal(caption.isDirty, false);
      await dataset.save();
      assert.equal(await textOf('a.txt'), 'the new text');
    });

    it('counts a typed caption as saved, and goes on with what was typed meanwhile', async () => {
      const { dataset, caption } = await openWith({
        write: async (write) => {
          dataset.setText(caption, 'typed, and more');
          return lateAnswers.write(write);
        },
      });
      dataset.setText(caption, 'typed');
      const report = await dataset.save();
      assert.deepEqual(report, { saved: 1, failures: [] });
      assert.deepEqual([caption.inConflict, caption.isDirty, caption.text], [false, true, 'typed, and more']);
      assert.equal(caption.onDisk?.raw, 'typed');
    });
  });

  describe('that another program changes', () => {
    async function conflict(
      base: string | undefined,
      theirs: string | undefined,
    ): Promise<{ dataset: Dataset; caption: Caption }> {
      const dataset = await open({ 'a.jpg': '', ...(base === undefined ? {} : { 'a.txt': base }) });
      const caption = captionOf(dataset, 'a.jpg');
      dataset.setText(caption, 'mine');
      if (theirs === undefined) await unlink(inFolder('a.txt'));
      else await writeFile(inFolder('a.txt'), theirs);
      return { dataset, caption };
    }
    const cases: [what: string, base: string | undefined, theirs: string | undefined][] = [
      ['changed', 'base', 'theirs'],
      ['created', undefined, 'theirs'],
      ['deleted', 'base', undefined],
    ];

    for (const [what, base, theirs] of cases) {
      for (const noticed of ['by the save', 'by a watcher', 'by a refresh']) {
        it(`never overwrites a caption that was ${what} under an edit, noticed ${noticed}`, async () => {
          const { dataset, caption } = await conflict(base, theirs);
          if (noticed === 'by a watcher') await dataset.reconcile(['a.txt']);
          if (noticed === 'by a refresh') await dataset.load();
          for (let round = 0; round < 3; round++) {
            const report = await dataset.save();
            assert.equal(report.saved, 0);
            assert.equal(report.failures.length, 1);
            assert.equal(caption.inConflict, true);
            assert.equal(caption.text, 'mine');
            assert.equal(caption.theirs?.raw, theirs);
            assert.deepEqual(await namesIn(folder()), theirs === undefined ? ['a.jpg'] : ['a.jpg', 'a.txt']);
            if (theirs !== undefined) assert.equal(await textOf('a.txt'), theirs);
          }
        });
      }

      it(`keeps mine when the user says so: ${what}`, async () => {
        const { dataset, caption } = await conflict(base, theirs);
        await dataset.save();
        dataset.resolveConflict(caption, 'mine', mergeTags);
        assert.equal(caption.inConflict, false);
        assert.equal((await dataset.save()).saved, 1);
        assert.equal(await textOf('a.txt'), 'mine');
      });

      it(`takes theirs when the user says so, and undo brings the conflict back: ${what}`, async () => {
        const { dataset, caption } = await conflict(base, theirs);
        await dataset.save();
        const change = dataset.resolveConflict(caption, 'theirs', mergeTags)!;
        assert.equal(caption.text, theirs ?? '');
        assert.equal(caption.isDirty, false);
        dataset.replay([change], 'undo');
        assert.equal(caption.text, 'mine');
        assert.equal(caption.inConflict, true);
        assert.equal((await dataset.save()).saved, 0);
        dataset.replay([change], 'redo');
        assert.equal(caption.inConflict, false);
        assert.equal(caption.text, theirs ?? '');
      });
    }

    it('merges both when the user says so; undo brings the conflict back, redo ends it', async () => {
      const { dataset, caption } = await conflict('base', '\uFEFFtheirs\r\n');
      await dataset.save();
      const change = dataset.resolveConflict(caption, 'both', mergeTags)!;
      assert.equal(caption.text, 'mine, theirs');
      dataset.replay([change], 'undo');
      assert.equal(caption.inConflict, true);
      assert.equal((await dataset.save()).saved, 0);
      dataset.replay([change], 'redo');
      assert.equal((await dataset.save()).saved, 1);
      assert.equal(await textOf('a.txt'), '\uFEFFmine, theirs\r\n');
    });

    it('settles when the other program wrote the same', async () => {
      const { dataset, caption } = await conflict('base', 'mine');
      const before = await fingerprint(inFolder('a.txt'));
      await dataset.save();
      assert.equal(caption.isDirty, false);
      assert.equal(await fingerprint(inFolder('a.txt')), before);
    });

    it('saves the edit when the change was changed back', async () => {
      const { dataset, caption } = await conflict('base', 'theirs');
      await dataset.reconcile(['a.txt']);
      assert.equal(caption.inConflict, true);
      await writeFile(inFolder('a.txt'), 'base');
      await dataset.reconcile(['a.txt']);
      assert.equal((await dataset.save()).saved, 1);
      assert.equal(await textOf('a.txt'), 'mine');
    });

    it('among a thousand files is a conflict exactly where an edit was unsaved, and nothing of either is lost', async () => {
      const files: TestFiles = {};
      for (let n = 0; n < 1000; n++) Object.assign(files, { [`${n}.jpg`]: '', [`${n}.txt`]: `old ${n}` });
      const dataset = await open(files);
      const edited = dataset.allImages.filter((_, index) => index % 20 === 0).map(({ caption }) => caption);
      for (const caption of edited) dataset.setText(caption, `mine of ${caption.path}`);
      const script = `for (let n = 0; n < 1000; n++) require('fs').writeFileSync(n + '.txt', 'theirs ' + n)`;
      execFileSync(process.execPath, ['-e', script], { cwd: folder() });
      const saves = [dataset.save(), dataset.load({ changedOnly: true }), dataset.save()];
      await Promise.all(saves);
      assert.equal(dataset.counts.conflicts, 50);
      const conflicts = [...dataset.allCaptions].filter(({ inConflict }) => inConflict);
      assert.deepEqual(conflicts.map((caption) => caption.path).sort(), edited.map((caption) => caption.path).sort());
      for (const caption of dataset.allCaptions) {
        const theirs = `theirs ${caption.path.replace('.txt', '')}`;
        assert.equal(caption.text, caption.inConflict ? `mine of ${caption.path}` : theirs);
        assert.equal(await textOf(caption.path), theirs);
        if (caption.inConflict) assert.equal(caption.theirs?.raw, theirs);
      }
      for (const caption of conflicts) dataset.resolveConflict(caption, 'both', mergeTags);
      assert.equal((await dataset.save()).saved, 50);
      assert.equal(await textOf('0.txt'), 'mine of 0.txt, theirs 0');
    });

    it('is left alone by undo when its caption holds something else by now', async () => {
      const dataset = await open({ 'a.jpg': '', 'a.txt': 'base' });
      const caption = captionOf(dataset, 'a.jpg');
      const change = dataset.setText(caption, 'mine')!;
      await dataset.save();
      await writeFile(inFolder('a.txt'), 'theirs');
      await dataset.reconcile(['a.txt']);
      assert.deepEqual(dataset.replay([change], 'undo'), [caption]);
      assert.equal(caption.text, 'theirs');
    });

    it('keeps an unsaved edit when its image goes, and shows it until it is saved', async () => {
      const dataset = await open({ 'a.jpg': '', 'b.jpg': '' });
      dataset.setText(captionOf(dataset, 'a.jpg'), 'mine');
      await unlink(inFolder('a.jpg'));
      await dataset.reconcile(['a.jpg']);
      assert.equal(captionOf(dataset, 'a.jpg').text, 'mine');
      await dataset.save();
      assert.equal(await textOf('a.txt'), 'mine');
      await dataset.load();
      assert.equal(dataset.image('a.jpg'), undefined);
    });

    it('can be undone after its image was away for a while', async () => {
      const dataset = await open({ 'a.jpg': '', 'a.txt': 'old' });
      const change = dataset.setText(captionOf(dataset, 'a.jpg'), 'new')!;
      await dataset.save();
      await rename(inFolder('a.jpg'), inFolder('away'));
      await dataset.load();
      assert.equal(dataset.replay([change], 'undo').length, 1);
      await rename(inFolder('away'), inFolder('a.jpg'));
      await dataset.load();
      assert.deepEqual(dataset.replay([change], 'undo'), []);
      await dataset.save();
      assert.equal(await textOf('a.txt'), 'old');
    });

    it('notices images and folders that come and go, told of the folder alone', async () => {
      const dataset = await open({ 'a.jpg': '', 'set.v1/b.jpg': '', 'set.v1/deep/c.jpg': '' });
      const images = (): string[] => dataset.allImages.map((image) => image.path);
      await writeFiles(folder(), { 'set.v2/d.jpg': '' });
      await dataset.reconcile(['set.v2']);
      assert.deepEqual(images(), ['a.jpg', 'set.v1/b.jpg', 'set.v1/deep/c.jpg', 'set.v2/d.jpg']);
      await rm(inFolder('set.v1'), { recursive: true });
      await dataset.reconcile(['set.v1']);
      assert.deepEqual(images(), ['a.jpg', 'set.v2/d.jpg']);
      await writeFiles(folder(), { 'e.png': '' });
      await unlink(inFolder('a.jpg'));
      await dataset.reconcile(['e.png', 'a.jpg']);
      assert.deepEqual(images(), ['e.png', 'set.v2/d.jpg']);
    });

    it('keeps one object for each caption when refreshes overlap, and every edit made meanwhile', async () => {
      const dataset = await open({ 'a.jpg': '' });
      for (let round = 0; round < 20; round++) {
        await writeFiles(folder(), { [`n${round}.jpg`]: '' });
        const first = dataset.load();
        const second = dataset.load();
        await first;
        const caption = captionOf(dataset, `n${round}.jpg`);
        dataset.setText(caption, `typed ${round}`);
        await second;
        assert.equal(captionOf(dataset, `n${round}.jpg`), caption);
      }
      assert.equal((await dataset.save()).saved, 20);
      assert.equal(await textOf('n7.txt'), 'typed 7');
    });

    it('forgets unsaved edits when it is reverted', async () => {
      const { dataset, caption } = await conflict('base', 'theirs');
      await dataset.revert();
      assert.equal(caption.text, 'theirs');
      assert.equal(caption.isDirty, false);
      assert.equal(caption.inConflict, false);
    });

    it('loads again after its folder was gone, with the unsaved edits', async () => {
      const dataset = await open({ 'd/a.jpg': '' });
      const inner = new Dataset(inFolder('d'), dataset.options);
      await inner.load();
      inner.setText(captionOf(inner, 'a.jpg'), 'mine');
      await rename(inFolder('d'), inFolder('moved'));
      await assert.rejects(inner.load(), (error) => error instanceof CaptionError && error.code === 'FOLDER_MISSING');
      assert.equal((await inner.save()).failures.length, 1);
      await rename(inFolder('moved'), inFolder('d'));
      await inner.load();
      assert.equal((await inner.save()).saved, 1);
      assert.equal(await textOf('d/a.txt'), 'mine');
    });
  });
});
